"""The declaration of a function URL."""

from collections.abc import Sequence
from hashlib import md5
from typing import Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import given, is_function, one_of, refuse
from eventbus.names import REGION, Arn, arn_of
from eventbus.ports import Birth, Feed
from sources._http.asgi import AsgiApp
from sources._http.client import DoorClient
from sources._http.cors import Cors

from .machine import BUFFERED, RESPONSE_STREAM, UrlMachine

AuthType = Literal["NONE"]
InvokeMode = Literal["BUFFERED", "RESPONSE_STREAM"]

_NOT_OFFERED: Final = "NONE; signatures are not checked here, so nobody could be refused"


_CORS_LIMITS: Final = (
    ("allow_methods", 6, 6),
    ("allow_origins", 100, 253),
    ("allow_headers", 100, 1_024),
    ("expose_headers", 100, 1_024),
)
"""How many, and how long (bc:lambda Cors)."""


def _check_function(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not is_function(value):
        raise refuse(attribute.name, value, "a function of the app: what app.function() gave")


def _check_auth(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value != "NONE":
        raise refuse(attribute.name, value, _NOT_OFFERED)


def _check_cors(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not isinstance(value, Cors):
        raise refuse(attribute.name, value, "a functionurl.Cors")
    for name, count, length in _CORS_LIMITS:
        values = () if value is None else getattr(value, name)
        if len(values) > count or any(len(each) > length for each in values):
            raise refuse(name, values, f"up to {count} texts of up to {length:,} characters")


@frozen(eq=False)
class Url:
    """An HTTPS endpoint of `function` (bc:lambda CreateFunctionUrlConfig).

    With `invoke_mode="RESPONSE_STREAM"` an async generator as handler answers piece by piece (our extension: Lambda
    streams from other languages alone): texts and bytes are the body; a dict, if it comes first, is status, headers and
    cookies."""

    function: Any = field(validator=_check_function)
    auth_type: AuthType = field(default="NONE", kw_only=True, validator=_check_auth)
    cors: Cors | None = field(default=None, kw_only=True, validator=_check_cors)
    invoke_mode: InvokeMode = field(
        default="BUFFERED", kw_only=True, validator=given(one_of((BUFFERED, RESPONSE_STREAM)))
    )

    @property
    def arn(self) -> Arn:
        return arn_of("lambda", f"function-url/{self.function.name}")

    @property
    def host(self) -> str:
        """Its domain name: 32 letters and digits, made of the function's name, and the region's own."""
        return f"{md5(self.function.arn.encode(), usedforsecurity=False).hexdigest()}.lambda-url.{REGION}.on.aws"

    @property
    def targets(self) -> Sequence[Arn]:
        return (self.function.arn,)

    def machine(self, birth: Birth) -> UrlMachine:
        return UrlMachine(self.arn, birth, self.function.arn, self.host, self.cors, self.invoke_mode)

    def client(self, machine: Any, feed: Feed) -> DoorClient:
        return DoorClient(machine, feed)

    def asgi(self, bus: Any) -> AsgiApp:
        """An ASGI application that is this URL in a running bus, to mount or to serve."""
        return AsgiApp(bus, self)
