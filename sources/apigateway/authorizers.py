"""Lambda authorizers: whom they let in, what they are asked, and how long an answer counts.

Sources: apigateway:apigateway-use-lambda-authorizer, http-api-lambda-authorizer, apigateway-websocket-api-lambda-auth,
bc:apigateway and bc:apigatewayv2 CreateAuthorizer.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import translate
from functools import lru_cache
from typing import Any, Final, Literal

from attrs import Attribute, define, field, frozen

from eventbus.checks import between, given, is_function, one_of, refuse
from eventbus.errors import InvalidSetting
from sources._http.answers import Malformed, kind_of

from .refusing import refusing

AuthorizerType = Literal["TOKEN", "REQUEST"]

LONGEST_TTL: Final = 3_600
REST_TTL: Final = 300
"""Seconds that an answer counts, where a REST API says nothing."""
ANSWER_LIMIT: Final = 10.0
"""Seconds that an HTTP API waits for its authorizer."""
ARN_LIMIT: Final = 1_600
"""Bytes of a method's ARN."""
INVOKE: Final = "execute-api:invoke"  # the case of an action counts for nothing

_SOURCE: Final = re.compile(
    r"(?:method\.request|route\.request|\$request)\.(header|querystring)\.(.+)|\$?(context|stageVariables)\.(.+)"
)


def _check_function(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not is_function(value):
        raise refuse(attribute.name, value, "a function of the app: what app.function() gave")


def _sources(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(","))
    return tuple(value) if isinstance(value, list) else value


def _check_sources(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or not all(isinstance(each, str) and _SOURCE.fullmatch(each) for each in value):
        raise refuse(attribute.name, value, "such as method.request.header.Authorization or $request.querystring.key")


def _check_expression(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is None:
        return
    try:
        re.compile(value)
    except (re.error, TypeError) as reason:
        raise InvalidSetting(f"{attribute.name}={value!r} is refused: {reason}") from None


@refusing
@frozen(eq=False)
class Authorizer:
    """`function` says who may call, before the methods and routes that name this authorizer.

    `identity_source` is one or several of `method.request.header.NAME`, `method.request.querystring.NAME` (of HTTP APIs
    `$request.header.NAME`, `$request.querystring.NAME`, of WebSockets `route.request...`), `context.NAME`,
    `stageVariables.NAME`: what a request must have, and what an answer is kept under for
    `authorizer_result_ttl_in_seconds` (0 to 3,600; a REST API keeps it 300 s by default, others not at all). With
    `type="TOKEN"` (REST APIs only) it is one header, by default Authorization, whose value must match
    `identity_validation_expression`. HTTP APIs ask in the format of `authorizer_payload_format_version`, by default
    2.0, and with `enable_simple_responses` take `isAuthorized`."""

    function: Any = field(validator=_check_function)
    type: AuthorizerType = field(default="REQUEST", kw_only=True, validator=given(one_of(("TOKEN", "REQUEST"))))
    identity_source: Sequence[str] = field(default=(), kw_only=True, converter=_sources, validator=_check_sources)
    identity_validation_expression: str | None = field(default=None, kw_only=True, validator=_check_expression)
    authorizer_result_ttl_in_seconds: int | None = field(
        default=None, kw_only=True, validator=between(0, LONGEST_TTL, whole=True)
    )
    authorizer_payload_format_version: Literal["1.0", "2.0"] | None = field(
        default=None, kw_only=True, validator=one_of((None, "1.0", "2.0"))
    )
    enable_simple_responses: bool = field(default=False, kw_only=True, validator=one_of((True, False)))

    def __attrs_post_init__(self) -> None:
        if self.type == "TOKEN":
            if not self.identity_source:
                object.__setattr__(self, "identity_source", ("method.request.header.Authorization",))
            if len(self.identity_source) != 1 or ".header." not in self.identity_source[0]:
                raise refuse("identity_source", self.identity_source, "one header, with type='TOKEN'")
        elif self.identity_validation_expression is not None:
            raise refuse("identity_validation_expression", self.identity_validation_expression, "type='TOKEN' only")
        if self.enable_simple_responses and self.authorizer_payload_format_version == "1.0":
            raise refuse("enable_simple_responses", True, "authorizer_payload_format_version='2.0' only")

    def refuse_of_http(self) -> None:
        """Raise `InvalidSetting` for what only HTTP APIs have."""
        for name in ("authorizer_payload_format_version", "enable_simple_responses"):
            if getattr(self, name):
                raise refuse(name, getattr(self, name), "authorizers of HTTP APIs only")

    def valid(self, token: str) -> bool:
        """Whether a token may be asked about."""
        expression = self.identity_validation_expression
        return expression is None or re.fullmatch(expression, token) is not None


def identity(
    sources: Sequence[str],
    headers: Mapping[str, str],
    query: Mapping[str, str],
    context: Callable[[], Mapping[str, Any]],
    variables: Mapping[str, str],
) -> list[str] | None:
    """The values of identity sources; None if one is missing or empty. Names of `headers` are in lower case."""
    found: list[str] = []
    for source in sources:
        parts = _SOURCE.fullmatch(source)
        assert parts is not None
        value: Any
        if parts[1] == "header":
            value = headers.get(parts[2].lower())
        elif parts[1] == "querystring":
            value = query.get(parts[2])
        elif parts[3] == "context":
            value = _within(context(), parts[4])
        else:
            value = variables.get(parts[4])
        if value is None or value == "":
            return None
        found.append(str(value))
    return found


def _within(context: Mapping[str, Any], path: str) -> Any:
    value: Any = context
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


@define(eq=False)
class Decision:
    """What an authorizer answered. `simple` is of `isAuthorized`; else its policy says to what it applies."""

    context: Mapping[str, Any]
    principal_id: str | None = None
    simple: bool | None = None
    statements: Sequence[Mapping[str, Any]] = ()

    def allows(self, arn: str) -> tuple[bool, bool]:
        """Whether this is allowed, and whether it is denied expressly."""
        if self.simple is not None:
            return self.simple, False
        effects = [each["Effect"] for each in self.statements if _applies(each, arn)]
        return "Allow" in effects and "Deny" not in effects, "Deny" in effects


def decision(answer: object, *, simple: bool, nested: bool) -> Decision:
    """What was answered; `nested`: values of its context need not be scalars. Raises `Malformed`."""
    if not isinstance(answer, dict):
        raise Malformed(f"the authorizer's answer is {kind_of(answer)}")
    context = answer.get("context")
    if context is None:
        context = {}
    if not isinstance(context, dict):
        raise Malformed(f"context is {kind_of(context)}")
    if not nested and any(isinstance(value, dict | list) for value in context.values()):
        raise Malformed("context has values that are no texts, numbers or booleans")
    if simple:
        if not isinstance(answer.get("isAuthorized"), bool):
            raise Malformed("isAuthorized is missing, or no boolean")
        return Decision(context, simple=answer["isAuthorized"])
    principal = answer.get("principalId")
    if not isinstance(principal, str):
        raise Malformed("principalId is missing, or no text")
    return Decision(context, principal, statements=_statements(answer.get("policyDocument")))


def _statements(document: object) -> Sequence[Mapping[str, Any]]:
    statements = document.get("Statement") if isinstance(document, dict) else None
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list):
        raise Malformed("policyDocument has no Statement")
    for statement in statements:
        if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
            raise Malformed("a Statement has no Effect that is Allow or Deny")
        if "Condition" in statement:  # to pass it by would be to allow what it may not
            raise Malformed("a Statement has a Condition, which is not looked at here")
        for member in ("Action", "Resource"):
            given = statement.get(member)
            if not isinstance(given, str) and not (
                isinstance(given, list) and all(isinstance(each, str) for each in given)
            ):
                raise Malformed(f"a Statement has no {member}")
    return statements


def _applies(statement: Mapping[str, Any], arn: str) -> bool:
    actions = [action.lower() for action in _listed(statement["Action"])]
    return _any_fits(actions, INVOKE) and _any_fits(_listed(statement["Resource"]), arn)


def _listed(given: str | Sequence[str]) -> Sequence[str]:
    return [given] if isinstance(given, str) else given


def _any_fits(patterns: Sequence[str], text: str) -> bool:
    return any(_compiled(pattern).fullmatch(text) is not None for pattern in patterns)


@lru_cache(1_024)
def _compiled(pattern: str) -> re.Pattern[str]:
    """`*` any text, `?` any letter."""
    return re.compile(translate(pattern.replace("[", "[[]")))
