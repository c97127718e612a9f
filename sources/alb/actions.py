"""What a rule does with a request, besides handing it on to a target group (bc:elbv2 Action)."""

import re
from typing import Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import encodable, refuse
from eventbus.core.http import Request, Response
from eventbus.errors import InvalidSetting

from .pages import page

MESSAGE_LIMIT: Final = 1_024
TEXT_LIMIT: Final = 128
CONTENT_TYPES: Final = ("text/plain", "text/css", "text/html", "application/javascript", "application/json")
STATUSES: Final = {"HTTP_301": 301, "HTTP_302": 302}

_STATUS: Final = re.compile(r"[245]\d\d")
_KEYWORD: Final = re.compile(r"#\{(protocol|host|port|path|query)\}")
_HOST: Final = re.compile(r"(?:[A-Za-z0-9.-]|#\{host\})+")
_PATH: Final = re.compile(r"/[!-~]*")
_QUERY: Final = re.compile(r"(?:[!->@-~][!-~]*)?")

KEPT: Final = {"protocol": "#{protocol}", "host": "#{host}", "port": "#{port}", "path": "/#{path}"}
"""What leaves a component of the address as it is."""


def _check_status(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _STATUS.fullmatch(value):
        raise refuse(attribute.name, value, "a status of 200 to 299 or 400 to 599")


def _check_type(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and value not in CONTENT_TYPES:
        raise refuse(attribute.name, value, " or ".join(CONTENT_TYPES))


def _check_message(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or len(value) > MESSAGE_LIMIT or not encodable(value):
        raise refuse(attribute.name, value, f"a text of up to {MESSAGE_LIMIT:,} characters, that UTF-8 can hold")


def _text(value: object) -> object:
    """Numbers are texts here."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


@frozen
class FixedResponse:
    """Answers by itself; `text/plain` is the content type of a message without one (unverified)."""

    status_code: int | str = field(converter=_text, validator=_check_status)
    content_type: str | None = field(default=None, validator=_check_type)
    message_body: str = field(default="", validator=_check_message)

    def response(self) -> Response:
        kind = self.content_type or (CONTENT_TYPES[0] if self.message_body else None)
        lines = [] if kind is None else [("Content-Type", f"{kind}; charset=utf-8")]
        return Response(int(self.status_code), lines, self.message_body.encode())


def _check_redirect_status(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value not in tuple(STATUSES):
        raise refuse(attribute.name, value, " or ".join(STATUSES))


def _check_protocol(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value not in ("HTTP", "HTTPS", KEPT["protocol"]):
        raise refuse(attribute.name, value, f"HTTP, HTTPS or {KEPT['protocol']}")


def _check_port(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    number = isinstance(value, str) and value.isascii() and value.isdigit() and 1 <= int(value[:6]) <= 65_535
    if not number and value != KEPT["port"]:
        raise refuse(attribute.name, value, f"1 to 65535 or {KEPT['port']}")


def _like(pattern: "re.Pattern[str]", allowed: str) -> Any:
    def check(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
        if not isinstance(value, str) or not pattern.fullmatch(value) or len(value) > TEXT_LIMIT:
            raise refuse(attribute.name, value, f"{allowed}, up to {TEXT_LIMIT} characters")

    return check


@frozen
class Redirect:
    """Sends the client to another address. What is not given stays as it was; `#{protocol}`, `#{host}`, `#{port}`,
    `#{path}` (without its first slash) and `#{query}` stand for what it was."""

    status_code: Literal["HTTP_301", "HTTP_302"] = field(validator=_check_redirect_status)
    protocol: str = field(default=KEPT["protocol"], kw_only=True, validator=_check_protocol)
    host: str = field(
        default=KEPT["host"], kw_only=True, validator=_like(_HOST, "letters, digits, any of . - and #{host}")
    )
    port: int | str = field(default=KEPT["port"], kw_only=True, converter=_text, validator=_check_port)
    path: str = field(
        default=KEPT["path"], kw_only=True, validator=_like(_PATH, "a path that begins with /, of visible letters")
    )
    query: str = field(
        default="#{query}", kw_only=True, validator=_like(_QUERY, "a query without its question mark, visible letters")
    )

    def check(self, protocol: str, port: int) -> None:
        """Raise `InvalidSetting` if a listener of that protocol and port can't have this."""
        if protocol == "HTTPS" and self.protocol == "HTTP":
            raise refuse("protocol", self.protocol, "HTTPS: HTTPS can't be redirected to HTTP")
        here = {"protocol": protocol, "port": str(port)}
        if all(getattr(self, name) in (kept, here.get(name)) for name, kept in KEPT.items()):
            raise InvalidSetting(
                "The redirect configuration is not valid because it creates a loop: "
                "another protocol, host, port or path is needed"
            )

    def response(self, request: Request, scheme: str, host: str, port: int) -> Response:
        """`host` is the one that was asked, without a port."""
        was = {
            "protocol": scheme,
            "host": host,
            "port": str(port),
            "path": request.path.removeprefix("/"),
            "query": request.query,
        }

        def now(component: object) -> str:
            return _KEYWORD.sub(lambda keyword: was[keyword[1]], str(component))

        query = now(self.query)
        address = f"{now(self.protocol).lower()}://{now(self.host)}:{now(self.port)}{now(self.path)}"
        found = page(STATUSES[self.status_code])
        found.headers = [*found.headers, ("Location", f"{address}?{query}" if query else address)]
        return found
