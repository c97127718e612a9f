"""What a REST API makes of a request, and of the answer of its function.

Proxy integration, and of the custom one what needs no mapping: the function gets the body alone, its answer is the body
of a 200; it can be invoked asynchronously. Sources: apigateway:set-up-lambda-proxy-integrations,
set-up-lambda-integration-async; refusals as recorded (2024) and as AWS's support words them.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from attrs import define

from eventbus.core.effects import Deliver
from eventbus.core.http import Request, Response
from eventbus.core.outcomes import HandlerFailed, Outcome, Succeeded, Throttled, TimedOut
from eventbus.names import ACCOUNT
from sources._http import bodies, fields, payload_2
from sources._http.answers import Malformed, strict
from sources._http.door import Visit
from sources._http.forwarding import HTTPS_PORT, forwarded, trace_root

from . import payload_1
from .authorizers import ARN_LIMIT, REST_TTL
from .gate import ACCEPTED, BODY_LIMIT, FUNCTION, HEADERS_LIMIT, Found, Gate, message
from .naming import id_of, method_arn

JSON_TYPE: Final = "application/json"
ASYNCHRONOUS: Final = "x-amz-invocation-type"
NOT_AUTHORIZED: Final = "User is not authorized to access this resource"
FORBIDDEN: Final = "Forbidden"
DROPPED: Final = frozenset(
    {
        "content-length",
        "expect",
        "host",
        "proxy-authenticate",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    }
)
RENAMED: Final = frozenset(
    {"authorization", "connection", "content-md5", "max-forwards", "user-agent", "www-authenticate"}
)
"""Headers of answers that clients don't get, or under another name (apigateway:api-gateway-known-issues)."""
IDENTITY: Final = (
    "cognitoIdentityPoolId",
    "accountId",
    "cognitoIdentityId",
    "caller",
    "sourceIp",
    "principalOrgId",
    "accessKey",
    "cognitoAuthenticationType",
    "cognitoAuthenticationProvider",
    "userArn",
    "userAgent",
    "user",
)
"""In the documented order."""


@define(eq=False)
class RestMachine(Gate):
    binary_media_types: tuple[str, ...]
    deployment_id: str
    scheme: ClassVar[str] = "https"
    body_limit: ClassVar[int] = BODY_LIMIT
    default_ttl: ClassVar[int] = REST_TTL

    # ------------------------------------------------------------ in
    def visited(self, now: float, visit: Visit) -> None:
        request = visit.request
        if len(request.body) > BODY_LIMIT:
            self.too_long(visit)
        elif fields.size_of_values(request.headers) > HEADERS_LIMIT:
            self.respond(visit, message(431, "Request header fields too large"), "headers over 10,240 bytes")
        else:
            self._route(now, visit)

    def _route(self, now: float, visit: Visit) -> None:
        request = visit.request
        stage, _, rest = fields.clean(request.path).removeprefix("/").partition("/")
        if stage not in self.stages:
            self.respond(visit, message(403, FORBIDDEN, error="ForbiddenException"), "no such stage")
            return
        path = f"/{rest}"
        matching = list(self.matching(path.removesuffix("/") or "/"))
        resource = matching[0][0].template.text if matching else ""
        ways = [(way, values) for way, values in matching if way.template.text == resource]
        for way, values in ways:
            if way.method in (request.method, "ANY"):
                arn = method_arn(self.api_id, stage, request.method, path)
                visit.held = Found(way, path, values, stage, arn)
                self._enter(now, visit)
                return
        error = "MissingAuthenticationTokenException"
        why = "no such method" if ways else "no such resource"
        self.respond(visit, message(403, "Missing Authentication Token", error=error), why)

    def _enter(self, now: float, visit: Visit) -> None:
        found: Found = visit.held
        if found.way.authorizer is not None and len(found.arn.encode()) > ARN_LIMIT:
            self.respond(visit, message(414, "Request-URI Too Long"), "the method's ARN is longer than 1,600 bytes")
        else:
            self.authorize(now, visit)

    def integrate(self, now: float, visit: Visit) -> None:
        found: Found = visit.held
        visit.stage = FUNCTION
        until = now + found.way.timeout
        if found.way.settings.type == "AWS":
            self._pass_through(now, visit, until)
            return
        if not self.invoke(visit, found.way.function, self.event(now, visit), until):
            self.too_long(visit)

    # ------------------------------------------------------------ events
    def event(self, now: float, visit: Visit) -> dict[str, Any]:
        request, found = visit.request, visit.held
        body, encoded = self._body(request)
        return {
            **self._called(now, visit),
            "requestContext": self._request_context(now, visit, self._authorizer(found)),
            "body": body,
            "isBase64Encoded": encoded,
        }

    def _called(self, now: float, visit: Visit) -> dict[str, Any]:
        """What was called, and by which request."""
        request, found = visit.request, visit.held
        headers = fields.as_first_spelt(
            forwarded(request, HTTPS_PORT, trace_root(self.birth.epoch + now, visit.id), str)
        )
        return {
            "resource": found.way.template.text,
            "path": found.path,
            "httpMethod": request.method,
            **payload_1.maps(headers, request.query),
            "pathParameters": found.parameters or None,
            "stageVariables": self.variables(visit) or None,
        }

    def _request_context(self, now: float, visit: Visit, authorizer: dict[str, Any] | None) -> dict[str, Any]:
        request, found, at = visit.request, visit.held, self.birth.epoch + now
        context: dict[str, Any] = {
            "resourceId": found.way.resource_id,
            **({} if authorizer is None else {"authorizer": authorizer}),
            "resourcePath": found.way.template.text,
            "httpMethod": request.method,
            "extendedRequestId": id_of("extended", visit.id, length=15) + "=",
            "requestTime": payload_2.clf_time(at),
            "path": fields.clean(request.path),
            "accountId": ACCOUNT,
            "protocol": request.protocol,
            "stage": found.stage,
            "domainPrefix": self.api_id,
            "requestTimeEpoch": round(at * 1_000),
            "requestId": visit.id,
            "identity": payload_1.identity_of(request.source_ip, _user_agent(request), IDENTITY),
            "domainName": self.host,
            "deploymentId": self.deployment_id,
            "apiId": self.api_id,
        }
        return context

    def _authorizer(self, found: Found) -> dict[str, Any] | None:
        decided = found.decision
        if decided is None:
            return None
        return {
            "principalId": decided.principal_id,
            "integrationLatency": found.latency,
            **payload_1.authorizer_of(decided.context),
        }

    def _body(self, request: Request) -> tuple[str | None, bool]:
        if not request.body:
            return None, False
        if self._binary(request.header("content-type")):
            return bodies.to_base64(request.body), True
        return request.body.decode(errors="replace"), False

    def _binary(self, content_type: str) -> bool:
        """Whether this is one of the API's binary media types."""
        kind = bodies.content_type(content_type)
        family = f"{kind.partition('/')[0]}/*"
        return any(known in ("*/*", family, kind) for known in self.binary_media_types)

    def question(self, now: float, visit: Visit, values: list[str] | None) -> Mapping[str, Any]:
        found: Found = visit.held
        authorizer = found.way.authorizer
        assert authorizer is not None
        if authorizer.type == "TOKEN":
            assert values is not None
            return {"type": "TOKEN", "authorizationToken": values[0], "methodArn": found.arn}
        return {
            "type": "REQUEST",
            "methodArn": found.arn,
            **self._called(now, visit),
            "requestContext": self._request_context(now, visit, None),
        }

    def context(self, now: float, visit: Visit) -> Mapping[str, Any]:
        return self._request_context(now, visit, None)

    # ------------------------------------------------------------ answers
    def integrated(self, now: float, visit: Visit, outcome: Outcome) -> None:
        found: Found = visit.held
        custom = found.way.settings.type == "AWS"
        match outcome:
            case Succeeded() if custom:
                self.respond(visit, Response(200, [("Content-Type", JSON_TYPE)], outcome.payload))
            case HandlerFailed() | TimedOut() if custom:
                self.respond(visit, Response(200, [("Content-Type", JSON_TYPE)], outcome.payload), "function error")
            case Succeeded():
                self._translate(visit, outcome.payload)
            case Throttled():
                self._internal_error(visit, 500, outcome.reason)
            case _:
                self._internal_error(visit, 502, type(outcome).__name__)

    def _translate(self, visit: Visit, payload: bytes) -> None:
        try:
            response, encoded = payload_1.response(payload, JSON_TYPE)
        except Malformed as reason:
            self._internal_error(visit, 502, f"malformed answer: {reason}")
            return
        accepted = visit.request.header("accept", "*/*").partition(",")[0]
        if encoded and self._binary(accepted):
            content = bodies.from_base64(response.body.decode())
            if content is None:
                self._internal_error(visit, 500, "body is no base64")
                return
            response.body = content
        response.headers = [_renamed(*line) for line in response.headers if line[0].lower() not in DROPPED]
        self.respond(visit, response)

    def refused_function(self, visit: Visit, reason: str) -> None:
        self._internal_error(visit, 500, reason)

    def integration_too_late(self, visit: Visit) -> None:
        error = "InternalServerErrorException"
        response = message(504, "Endpoint request timed out", error=error)
        self.respond(visit, response, "the function took longer than the integration may")

    def unauthorized(self, visit: Visit, why: str) -> None:
        self.respond(visit, message(401, "Unauthorized", error="UnauthorizedException"), why)

    def forbidden(self, visit: Visit, *, expressly: bool) -> None:
        text = NOT_AUTHORIZED + (" with an explicit deny" if expressly else "")
        response = message(403, text, "Message", error="AccessDeniedException")
        self.respond(visit, response, "denied by the authorizer" if expressly else "not allowed by the authorizer")

    def authorizer_failed(self, visit: Visit, why: str) -> None:
        response = message(500, None, error="AuthorizerConfigurationException")
        self.respond(visit, response, why)

    def too_long(self, visit: Visit) -> None:
        response = message(413, "Request Too Long", error="RequestTooLargeException")
        self.respond(visit, response, "the request is too long")

    def _internal_error(self, visit: Visit, status: int, why: str) -> None:
        response = message(status, "Internal server error", error="InternalServerErrorException")
        self.respond(visit, response, why)

    # ------------------------------------------------------------ custom integration
    def _pass_through(self, now: float, visit: Visit, until: float) -> None:
        """The body is the event, as it was sent."""
        found: Found = visit.held
        text = _json(visit.request.body)
        if text is None:
            self._internal_error(visit, 500, "the body is no JSON, which a function's event must be")
            return
        if visit.request.header(ASYNCHRONOUS).lower() != "event":
            if not self.invoke_with(visit, found.way.function, text, until):
                self.too_long(visit)
            return
        visit.stage = ACCEPTED
        self.effects.append(Deliver(found.way.function, self.arn, self.wait(visit), text, cause=visit.cause))

    def delivered(self, now: float, token: int, error: str | None) -> None:
        """The asynchronous event was taken, or not."""
        visit = self.waits.pop(token, None)
        if visit is None:
            return
        if error is None:
            self.respond(visit, Response(200, [("Content-Type", JSON_TYPE)]), "accepted as an event")
        else:
            self._internal_error(visit, 500, error)


def _renamed(name: str, value: str) -> tuple[str, str]:
    return (f"x-amzn-Remapped-{name}" if name.lower() in RENAMED else name), value


def _json(body: bytes) -> str | None:
    """None if it is no JSON in UTF-8."""
    try:
        text = body.decode() or "{}"
        strict(text)
    except (ValueError, RecursionError):
        return None
    return text


def _user_agent(request: Request) -> str | None:
    return fields.clean(request.header("user-agent")) or None
