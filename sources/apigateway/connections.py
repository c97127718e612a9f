"""One connection of a WebSocket API, and the events that are about it (apigateway:apigateway-websocket-api-mapping)."""

from collections import deque
from typing import Any, Final

from attrs import define, field

from eventbus.core.http import Request
from eventbus.names import Arn
from sources._http import fields, payload_2
from sources._http.fields import Pairs

from . import payload_1
from .authorizers import Decision
from .gate import Found
from .naming import domain_of, id_of

OF_THE_PROTOCOL: Final = ("connection", "upgrade")
"""Headers of the request to connect that are not in its event."""


@define(eq=False)
class Closing:
    """The end of a connection, as its client sees it."""

    code: int
    reason: str = ""


@define(eq=False)
class Connection:
    """`arn` says `Arrived` when `outbox` has more."""

    api_id: str
    id: str
    arn: Arn
    request: Request
    stage: str
    variables: dict[str, str]
    asked_at: float
    epoch: float
    active_at: float = field(init=False)
    authorizer: dict[str, Any] | None = field(default=None, init=False)
    outbox: deque[str | Closing] = field(factory=deque, init=False)
    ended: Closing | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.active_at = self.asked_at

    def allow(self, found: Found) -> None:
        """What the authorizer said of it, for as long as it lasts."""
        decided: Decision | None = found.decision
        if decided is not None:
            shown = {"principalId": decided.principal_id, "integrationLatency": found.latency}
            self.authorizer = {**shown, **payload_1.authorizer_of(decided.context)}

    # ------------------------------------------------------------ events
    def called(self, lines: Pairs) -> dict[str, Any]:
        """What the request to connect says, whose headers became `lines`."""
        shown = payload_1.maps(fields.without(lines, *OF_THE_PROTOCOL), self.request.query)
        return {name: value for name, value in {**shown, **self._variables()}.items() if value is not None}

    def connect_event(self, now: float, request_id: str, lines: Pairs) -> dict[str, Any]:
        context = self.context(now, request_id, "$connect", "CONNECT")
        return {**self.called(lines), "requestContext": context, "isBase64Encoded": False}

    def message_event(self, now: float, request_id: str, route: str, body: str) -> dict[str, Any]:
        about = {"messageId": id_of("message", request_id, length=15) + "="}
        context = self.context(now, request_id, route, "MESSAGE", about)
        return {"requestContext": context, "body": body, "isBase64Encoded": False, **self._variables()}

    def disconnect_event(self, now: float, request_id: str, code: int, reason: str) -> dict[str, Any]:
        """Its four headers are those that AWS prints, whatever was sent."""
        lines = [("Host", domain_of(self.api_id)), ("x-api-key", ""), ("X-Forwarded-For", ""), ("x-restapi", "")]
        about = {"disconnectStatusCode": code}
        context = self.context(now, request_id, "$disconnect", "DISCONNECT", about, {"disconnectReason": reason})
        return {
            "headers": fields.last(lines),
            "multiValueHeaders": fields.every(lines),
            "requestContext": context,
            "isBase64Encoded": False,
            **self._variables(),
        }

    def context(
        self,
        now: float,
        request_id: str,
        route: str,
        event_type: str,
        about: dict[str, Any] | None = None,
        why: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        at = self.epoch + now
        agent = fields.clean(self.request.header("user-agent"))
        return {
            "routeKey": route,
            **({} if self.authorizer is None else {"authorizer": self.authorizer}),
            **(about or {}),
            "eventType": event_type,
            "extendedRequestId": request_id,
            "requestTime": payload_2.clf_time(at),
            "messageDirection": "IN",
            **(why or {}),
            "stage": self.stage,
            "connectedAt": round((self.epoch + self.asked_at) * 1_000),
            "requestTimeEpoch": round(at * 1_000),
            "identity": {**({"userAgent": agent} if agent else {}), "sourceIp": self.request.source_ip},
            "requestId": request_id,
            "domainName": domain_of(self.api_id),
            "connectionId": self.id,
            "apiId": self.api_id,
        }

    def _variables(self) -> dict[str, Any]:
        return {"stageVariables": self.variables} if self.variables else {}
