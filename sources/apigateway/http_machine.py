"""What an HTTP API makes of a request, and of the answer of its function.

Sources: apigateway:http-api-develop-integrations-lambda, http-api-develop-routes, http-api-cors; statuses of failures
from AWS's texts and from field reports.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from attrs import define

from eventbus.core.http import Request, Response
from eventbus.core.outcomes import Outcome, Succeeded
from eventbus.names import ACCOUNT
from sources._http import answers, bodies, cors, fields, payload_2
from sources._http.answers import Malformed
from sources._http.cors import Cors
from sources._http.door import Visit
from sources._http.forwarding import HTTPS_PORT, forwarded, trace_root

from . import payload_1
from .authorizers import ANSWER_LIMIT, Authorizer, Decision, decision
from .gate import BODY_LIMIT, FUNCTION, HEADERS_LIMIT, UNAUTHORIZED, Found, Gate, Way, message
from .naming import method_arn

DEFAULT: Final = "$default"
DEFAULT_TYPE: Final = "text/plain; charset=utf-8"
IDENTITY: Final = (
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "sourceIp",
    "user",
    "userAgent",
    "userArn",
)
"""In the documented order."""


@define(eq=False)
class HttpMachine(Gate):
    cors: Cors | None
    scheme: ClassVar[str] = "https"
    body_limit: ClassVar[int] = BODY_LIMIT
    authorizer_limit: ClassVar[float] = ANSWER_LIMIT

    # ------------------------------------------------------------ in
    def visited(self, now: float, visit: Visit) -> None:
        request = visit.request
        if len(request.body) > BODY_LIMIT:
            self.too_long(visit)
        elif len(_line(request)) + fields.size_of_values(request.headers) > HEADERS_LIMIT:
            self.respond(visit, message(431, "Request Header Fields Too Large"), "headers over 10,240 bytes")
        else:
            self._route(now, visit)

    def _route(self, now: float, visit: Visit) -> None:
        request = visit.request
        stage, path = self._staged(payload_2.decoded_path(request))
        found = None if stage is None else self._way(request.method, path)
        guarded = found is not None and found[0].authorizer is not None
        if self.cors is not None and cors.is_preflight(request) and not guarded:
            self.respond(visit, cors.preflight(self.cors, request, 204), "preflight")
        elif stage is None or found is None:
            self._say(visit, message(404, "Not Found"), "no such stage" if stage is None else "no route")
        else:
            way, values = found
            visit.held = Found(way, path, values, stage, method_arn(self.api_id, stage, request.method, path))
            self.authorize(now, visit)

    def _staged(self, path: str) -> tuple[str | None, str]:
        """The stage, and what is behind it; None without one."""
        stage, _, rest = path.removeprefix("/").partition("/")
        if stage in self.stages:
            return stage, f"/{rest}"
        return (DEFAULT if DEFAULT in self.stages else None), path

    def _way(self, method: str, path: str) -> tuple[Way, dict[str, str]] | None:
        for way, values in self.matching(path):
            if way.key != DEFAULT and way.method in (method, "ANY"):
                return way, values
        return next(((way, {}) for way in self.ways if way.key == DEFAULT), None)

    def integrate(self, now: float, visit: Visit) -> None:
        found: Found = visit.held
        visit.stage = FUNCTION
        if not self.invoke(visit, found.way.function, self.event(now, visit), now + found.way.timeout):
            self.too_long(visit)

    # ------------------------------------------------------------ events
    def event(self, now: float, visit: Visit) -> dict[str, Any]:
        found: Found = visit.held
        if found.way.settings.payload_format_version == "1.0":
            return self._event_1(now, visit)
        event = self._head_2(now, visit)
        event["requestContext"] = self._context_2(now, visit, found.decision)
        body, encoded = payload_2.body(visit.request)
        if body is not None:
            event["body"] = body
        if found.parameters:
            event["pathParameters"] = found.parameters
        event["isBase64Encoded"] = encoded
        if variables := self.variables(visit):
            event["stageVariables"] = variables
        return event

    def _head_2(self, now: float, visit: Visit) -> dict[str, Any]:
        request, found = visit.request, visit.held
        return payload_2.head(request, self._headers(now, visit), found.way.key, payload_2.decoded_path(request))

    def _headers(self, now: float, visit: Visit) -> list[tuple[str, str]]:
        """It says how long a body is, also where there is none."""
        request = visit.request
        lines = forwarded(request, HTTPS_PORT, trace_root(self.birth.epoch + now, visit.id))
        if not request.header("content-length"):
            lines.append(("content-length", str(len(request.body))))
        return lines

    def _context_2(self, now: float, visit: Visit, decided: Decision | None) -> dict[str, Any]:
        request, found, at = visit.request, visit.held, self.birth.epoch + now
        context: dict[str, Any] = {"accountId": ACCOUNT, "apiId": self.api_id}
        if decided is not None:
            context["authorizer"] = {"lambda": dict(decided.context) or None}
        return context | {
            "domainName": self.host,
            "domainPrefix": self.api_id,
            "http": payload_2.http(request, payload_2.decoded_path(request)),
            "requestId": visit.id,
            "routeKey": found.way.key,
            "stage": found.stage,
            "time": payload_2.clf_time(at),
            "timeEpoch": round(at * 1_000),
        }

    def _event_1(self, now: float, visit: Visit) -> dict[str, Any]:
        found: Found = visit.held
        body, encoded = payload_2.body(visit.request)
        authorizer = None
        if found.decision is not None:
            decided = found.decision
            authorizer = payload_1.authorizer_of(decided.context)
        return {
            "version": "1.0",
            **self._called_1(now, visit),
            "requestContext": self._context_1(now, visit, authorizer),
            "pathParameters": found.parameters or None,
            "stageVariables": self.variables(visit) or None,
            "body": body,
            "isBase64Encoded": encoded,
        }

    def _called_1(self, now: float, visit: Visit) -> dict[str, Any]:
        request, found = visit.request, visit.held
        return {
            "resource": _resource(found.way),
            "path": payload_2.decoded_path(request),
            "httpMethod": request.method,
            **payload_1.maps(fields.lowered(self._headers(now, visit)), request.query),
        }

    def _context_1(self, now: float, visit: Visit, authorizer: dict[str, Any] | None) -> dict[str, Any]:
        request, found, at = visit.request, visit.held, self.birth.epoch + now
        context: dict[str, Any] = {"accountId": ACCOUNT, "apiId": self.api_id}
        if authorizer is not None:
            context["authorizer"] = authorizer
        return context | {
            "domainName": self.host,
            "domainPrefix": self.api_id,
            "extendedRequestId": visit.id,
            "httpMethod": request.method,
            "identity": payload_1.identity_of(
                request.source_ip, fields.clean(request.header("user-agent")) or None, IDENTITY
            ),
            "path": payload_2.decoded_path(request),
            "protocol": request.protocol,
            "requestId": visit.id,
            "requestTime": payload_2.clf_time(at),
            "requestTimeEpoch": round(at * 1_000),
            "resourceId": found.way.key,
            "resourcePath": _resource(found.way),
            "stage": found.stage,
        }

    def question(self, now: float, visit: Visit, values: list[str] | None) -> Mapping[str, Any]:
        found: Found = visit.held
        authorizer = found.way.authorizer
        assert authorizer is not None
        if authorizer.authorizer_payload_format_version == "1.0":
            token = ",".join(values) if values else None
            question: dict[str, Any] = {"version": "1.0", "type": "REQUEST", "methodArn": found.arn}
            question |= {"identitySource": token, "authorizationToken": token, **self._called_1(now, visit)}
            for key in ("multiValueHeaders", "multiValueQueryStringParameters"):
                del question[key]
            question["pathParameters"] = found.parameters or None
            question["stageVariables"] = self.variables(visit) or None
            question["requestContext"] = self._context_1(now, visit, None)
            return question
        head = self._head_2(now, visit)
        question = {"version": head.pop("version"), "type": "REQUEST", "routeArn": found.arn}
        question |= {"identitySource": values or None, **head, "requestContext": self._context_2(now, visit, None)}
        if found.parameters:
            question["pathParameters"] = found.parameters
        if variables := self.variables(visit):
            question["stageVariables"] = variables
        return question

    def context(self, now: float, visit: Visit) -> Mapping[str, Any]:
        return self._context_2(now, visit, None)

    # ------------------------------------------------------------ answers
    def integrated(self, now: float, visit: Visit, outcome: Outcome) -> None:
        if not isinstance(outcome, Succeeded):
            self._internal_error(visit, getattr(outcome, "reason", type(outcome).__name__))
            return
        found: Found = visit.held
        try:
            if found.way.settings.payload_format_version == "1.0":
                response = self._response_1(outcome.payload)
            else:
                response = payload_2.response(outcome.payload, DEFAULT_TYPE, bare_texts=True)
        except Malformed as reason:
            self._internal_error(visit, f"malformed answer: {reason}")
        else:
            self._say(visit, response)

    def _response_1(self, payload: bytes) -> Response:
        response, encoded = payload_1.response(payload, DEFAULT_TYPE)
        response.headers = answers.end_to_end(response.headers)
        if encoded:
            content = bodies.from_base64(response.body.decode())
            if content is None:
                raise Malformed("body is no base64")
            response.body = content
        return response

    def refused_function(self, visit: Visit, reason: str) -> None:
        self._internal_error(visit, reason)

    def integration_too_late(self, visit: Visit) -> None:
        why = "the function took longer than the integration may"
        self._say(visit, message(503, "Service Unavailable"), why)

    def read_decision(self, authorizer: Authorizer, answer: object) -> Decision:
        nested = authorizer.authorizer_payload_format_version != "1.0"
        return decision(answer, simple=authorizer.enable_simple_responses, nested=nested)

    def says_unauthorized(self, answer: object) -> bool:
        return isinstance(answer, dict) and answer.get("errorMessage") == UNAUTHORIZED

    def unauthorized(self, visit: Visit, why: str) -> None:
        self._say(visit, message(401, "Unauthorized"), why)

    def forbidden(self, visit: Visit, *, expressly: bool) -> None:
        self._say(visit, message(403, "Forbidden"), "not allowed by the authorizer")

    def authorizer_failed(self, visit: Visit, why: str) -> None:
        self._internal_error(visit, why)

    def _internal_error(self, visit: Visit, why: str) -> None:
        self._say(visit, message(500, "Internal Server Error"), why)

    def too_long(self, visit: Visit) -> None:
        self._say(visit, message(413, "Request Entity Too Large"), "the request is too long")

    def _say(self, visit: Visit, response: Response, why: str = "") -> None:
        self.respond(visit, cors.with_cors(self.cors, visit.request, response), why)


def _line(request: Request) -> str:
    return f"{request.method} {request.target} {request.protocol}"


def _resource(way: Way) -> str:
    return way.key if way.key == DEFAULT else way.template.text
