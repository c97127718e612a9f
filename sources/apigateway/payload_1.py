"""Payload format 1.0 and the proxy integration of REST APIs: how they show a request, and what they make of an answer.

Header lines and query keys come twice, with their last value and with all; what is empty is null (of HTTP APIs the
header maps are not). Sources: apigateway:set-up-lambda-proxy-integrations, http-api-develop-integrations-lambda; what
answers do was recorded (2024).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypedDict

from eventbus.core.http import Response
from sources._http import answers, fields
from sources._http.answers import Malformed, kind_of
from sources._http.fields import Pairs

MEMBERS: Final = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})
"""An answer with any other key is malformed."""


class Identity(TypedDict):
    accessKey: str | None
    accountId: str | None
    caller: str | None
    cognitoAuthenticationProvider: str | None
    cognitoAuthenticationType: str | None
    cognitoIdentityId: str | None
    cognitoIdentityPoolId: str | None
    principalOrgId: str | None
    sourceIp: str
    user: str | None
    userAgent: str | None
    userArn: str | None


class ProxyEvent(TypedDict):
    """Of HTTP APIs with `version`."""

    resource: str
    path: str
    httpMethod: str
    headers: dict[str, str] | None
    multiValueHeaders: dict[str, list[str]] | None
    queryStringParameters: dict[str, str] | None
    multiValueQueryStringParameters: dict[str, list[str]] | None
    pathParameters: dict[str, str] | None
    stageVariables: dict[str, str] | None
    requestContext: dict[str, Any]
    body: str | None
    isBase64Encoded: bool


def maps(headers: Pairs, query: str) -> dict[str, Any]:
    """The four maps of header lines and query keys."""
    lines, keys = fields.in_order(fields.cleaned(headers)), fields.query_decoded(query)
    return {
        "headers": fields.last(lines) or None,
        "multiValueHeaders": fields.every(lines) or None,
        "queryStringParameters": fields.last(keys) or None,
        "multiValueQueryStringParameters": fields.every(keys) or None,
    }


def identity_of(source_ip: str, user_agent: str | None, keys: Sequence[str]) -> Identity:
    """Nobody who is known. The keys come in another order from either kind of API."""
    found: Any = dict.fromkeys(keys)
    found["sourceIp"], found["userAgent"] = source_ip, user_agent
    return found  # type: ignore[no-any-return]  # all keys of it, by whoever asks


def authorizer_of(context: Mapping[str, Any]) -> dict[str, Any]:
    """What an authorizer said, as texts."""
    return {name: answers.scalar(value) for name, value in context.items() if value is not None}


def response(payload: bytes, default_type: str) -> tuple[Response, bool]:
    """The answer of a function, its body as it was given, and whether that is base64. Raises `Malformed`."""
    answer = answers.parsed(payload)
    if not isinstance(answer, dict):
        raise Malformed(f"the answer is {kind_of(answer)}")
    unknown = [key for key in answer if key not in MEMBERS]
    if unknown:
        raise Malformed(f"the answer has the unknown key {unknown[0]}")
    status = answers.status_of(answer.get("statusCode", 200))
    lines = merged(answer)
    answers.check_lines(lines)
    if not any(name.lower() == "content-type" for name, _ in lines):
        lines.append(("Content-Type", default_type))
    body, encoded = answer.get("body"), answer.get("isBase64Encoded")
    if body is not None and not isinstance(body, str):
        raise Malformed(f"body is {kind_of(body)}")
    if encoded is not None and not isinstance(encoded, bool):
        raise Malformed(f"isBase64Encoded is {kind_of(encoded)}")
    return Response(status, lines, answers.utf8(body or "")), bool(encoded)


def merged(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """One line a name, whatever its case: the multiple values first, then the single one unless it is among them."""
    multiple, single = answer.get("multiValueHeaders"), answer.get("headers")
    found: dict[str, tuple[str, list[str]]] = {}
    lists = [] if multiple is None else answers.header_lists(multiple, "multiValueHeaders")
    for name, value in lists:
        found.setdefault(name.lower(), (name, []))[1].append(value)
    for name, value in [] if single is None else answers.header_map(single, "headers"):
        values = found.setdefault(name.lower(), (name, []))[1]
        if value not in values:
            values.append(value)
    return [(name, value) for name, values in found.values() for value in _lines(name, values)]


def _lines(name: str, values: Sequence[str]) -> Sequence[str]:
    """Cookies are the one header that can't be joined (RFC 9110, 5.3)."""
    return values if name.lower() == "set-cookie" else [", ".join(values)]
