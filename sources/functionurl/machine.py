"""What a function URL makes of a request, and of the answer of its function."""

from typing import Any, ClassVar, Final

from attrs import define

from eventbus.core.batching import EVENT_LIMIT
from eventbus.core.effects import Arrived
from eventbus.core.http import BodyStream, Response
from eventbus.core.outcomes import Outcome, Succeeded, Throttled
from eventbus.names import Arn
from sources._http import cors, fields, payload_2
from sources._http.answers import Malformed, said
from sources._http.cors import Cors
from sources._http.door import DoorMachine, Visit
from sources._http.forwarding import HTTPS_PORT, forwarded, trace_root

BUFFERED: Final = "BUFFERED"
RESPONSE_STREAM: Final = "RESPONSE_STREAM"
TLS: Final = (("x-amzn-tls-version", "TLSv1.3"), ("x-amzn-tls-cipher-suite", "TLS_AES_128_GCM_SHA256"))
"""How every client speaks to it (our choice)."""
REMAPPED: Final = ("connection", "content-length", "date", "server")
STREAM_TYPE: Final = "application/octet-stream"


@define(eq=False)
class UrlMachine(DoorMachine):
    function: Arn
    host: str
    cors: Cors | None
    invoke_mode: str
    scheme: ClassVar[str] = "https"
    body_limit: ClassVar[int] = EVENT_LIMIT

    def visited(self, now: float, visit: Visit) -> None:
        if self.cors is not None and cors.is_preflight(visit.request):
            self.respond(visit, cors.preflight(self.cors, visit.request, 200, of_url=True), "preflight")
        else:
            streams = self.invoke_mode == RESPONSE_STREAM
            if not self.invoke(visit, self.function, self.event(now, visit), streams=streams):
                self._fail(visit, 413, "event over 6 MB")

    def event(self, now: float, visit: Visit) -> dict[str, Any]:
        request, at = visit.request, self.birth.epoch + now
        headers = [*forwarded(request, HTTPS_PORT, trace_root(at, visit.id)), *TLS]
        path = fields.clean(request.path)
        event = payload_2.head(request, headers, "$default", path, cookies_in_headers=True)
        event["requestContext"] = {
            "accountId": "anonymous",
            "apiId": self.host.partition(".")[0],
            "domainName": self.host,
            "domainPrefix": self.host.partition(".")[0],
            "http": payload_2.http(request, path),
            "requestId": visit.id,
            "routeKey": "$default",
            "stage": "$default",
            "time": payload_2.clf_time(at),
            "timeEpoch": round(at * 1_000),
        }
        body, encoded = payload_2.body(request)
        if body is not None:
            event["body"] = body
        event["isBase64Encoded"] = encoded
        return event

    def answered(self, now: float, visit: Visit, outcome: Outcome) -> None:
        if visit.held is not None:
            self._end(visit.held, outcome)
            return
        match outcome:
            case Succeeded():
                try:
                    response = payload_2.response(outcome.payload, payload_2.JSON_TYPE, REMAPPED)
                except Malformed as reason:
                    self._fail(visit, 502, f"malformed answer: {reason}")
                else:
                    self._say(visit, response)
            case Throttled():
                self._fail(visit, 429, outcome.reason)
            case _:
                self._fail(visit, 502, type(outcome).__name__)

    def refused(self, now: float, visit: Visit, reason: str) -> None:
        self._fail(visit, 403, reason)

    def streamed(self, now: float, token: int, piece: Any) -> None:
        """A piece of the answer, as it is written."""
        visit = self.waits.get(token)
        if visit is None:
            return
        if visit.held is None:
            visit.held = self._begin(visit, piece)
            if isinstance(piece, dict):
                return
        stream: BodyStream = visit.held
        stream.pieces.append(piece if isinstance(piece, bytes) else str(piece).encode(errors="replace"))
        self.effects.append(Arrived(stream.arn))

    def _begin(self, visit: Visit, piece: Any) -> BodyStream:
        """Status and headers are known: the rest of the body follows."""
        stream = BodyStream(Arn(f"{self.arn}/response/{visit.id}"))
        given = piece if isinstance(piece, dict) else {}
        try:
            status, lines = payload_2.answered_head({"statusCode": 200, **given}, STREAM_TYPE, REMAPPED)
        except Malformed as reason:
            self._fail(visit, 502, f"malformed answer: {reason}")
        else:
            response = Response(status, lines, stream=stream)
            self._say(visit, response, "in pieces")
        return stream

    def _end(self, stream: BodyStream, outcome: Outcome) -> None:
        stream.ended = True
        if not isinstance(outcome, Succeeded):
            stream.broken = f"the function failed after it had begun its answer: {type(outcome).__name__}"
        self.effects.append(Arrived(stream.arn))

    def _fail(self, visit: Visit, status: int, why: str) -> None:
        response = said(status, _FAILURES[status])
        if status in _TYPES:
            response.headers = [*response.headers, ("x-amzn-ErrorType", _TYPES[status])]
        self._say(visit, response, why)

    def _say(self, visit: Visit, response: Response, why: str = "") -> None:
        self.respond(visit, cors.with_cors(self.cors, visit.request, response, of_url=True), why)


_FAILURES: Final = {
    403: (
        '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: '
        'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}'
    ),
    413: f'{{"Message":"Request must be smaller than {EVENT_LIMIT} bytes for the InvokeFunction operation"}}',
    429: '{"Message":"Rate Exceeded."}',
    502: "Internal Server Error",
}
_TYPES: Final = {403: "AccessDeniedException", 413: "RequestTooLargeException", 429: "TooManyRequestsException"}
