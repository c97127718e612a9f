"""Origins: where requests go that no cache answers, and what functions see and may change of them.

A function may choose any origin that its distribution names, by its domain name. Source: cf:lambda-event-structure.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from attrs import frozen

from eventbus.names import REGION, Arn
from sources._http import fields
from sources._http.fields import Pairs

from . import headers, invalid
from .events import EdgeOrigin
from .invalid import Invalid

READ_TIMEOUT: Final = 30
KEEPALIVE_TIMEOUT: Final = 5
LONGEST_TIMEOUT: Final = 120
"""Seconds."""

_ADDRESS: Final = re.compile(r"\d+\.\d+\.\d+\.\d+")
_PATH: Final = re.compile(r"(/[!\"$-.0->@-~]+)*")
_PROTOCOLS: Final = frozenset({"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"})
_METHODS: Final = ("none", "origin-access-identity")
_DOMAIN_LIMITS: Final = {"custom": 253, "s3": 128}
_PATH_LIMIT: Final = 255


@frozen(eq=False)
class Origin:
    """The address of its machine, and its part of an event."""

    address: Arn
    shown: EdgeOrigin

    @property
    def domain(self) -> str:
        return domain_of(self.shown)


def custom_origin(address: Arn, domain: str, path: str) -> Origin:
    shown: EdgeOrigin = {
        "custom": {
            "customHeaders": {},
            "domainName": domain,
            "keepaliveTimeout": KEEPALIVE_TIMEOUT,
            "path": path,
            "port": 443,
            "protocol": "https",
            "readTimeout": READ_TIMEOUT,
            "sslProtocols": ["TLSv1.2"],
        }
    }
    return Origin(address, shown)


def bucket_origin(bucket: Arn, path: str) -> Origin:
    shown: EdgeOrigin = {
        "s3": {
            "authMethod": "none",
            "customHeaders": {},
            "domainName": f"{bucket.name}.s3.{REGION}.amazonaws.com",
            "path": path,
            "region": REGION,
        }
    }
    return Origin(bucket, shown)


def domain_of(shown: EdgeOrigin) -> str:
    name: str = _part(shown)["domainName"]
    return name


def path_of(shown: EdgeOrigin) -> str:
    """In front of what is asked for."""
    path: str = _part(shown)["path"]
    return path


def read_timeout(shown: EdgeOrigin) -> float:
    """Seconds; of a bucket it can't be set."""
    seconds: float = _part(shown).get("readTimeout", READ_TIMEOUT)
    return seconds


def custom_headers(shown: EdgeOrigin) -> list[tuple[str, str]]:
    return headers.lines_of(_part(shown)["customHeaders"])


def allowed_path(path: object) -> bool:
    return isinstance(path, str) and len(path) <= _PATH_LIMIT and _PATH.fullmatch(path) is not None


def chosen(given: object, lines: Pairs) -> EdgeOrigin:
    """An origin as a function answered it, beside a request with these header lines. Raises `Invalid`."""
    if not isinstance(given, dict) or len(given) != 1 or next(iter(given)) not in _DOMAIN_LIMITS:
        raise Invalid(invalid.ORIGIN, "it is neither one of custom nor one of s3")
    [(kind, part)] = given.items()
    if not isinstance(part, dict):
        raise Invalid(invalid.ORIGIN, f"{kind} is no object")
    for member, allowed in (_CUSTOM if kind == "custom" else _S3).items():
        if not allowed(part.get(member)):
            raise Invalid(invalid.ORIGIN, f"{member} is {str(part.get(member))[:80]!r}")
    if len(part["domainName"]) > _DOMAIN_LIMITS[kind]:
        raise Invalid(invalid.ORIGIN, "domainName is too long")
    taken = fields.every(fields.lowered(lines))
    for name, _ in headers.lines_of(part.get("customHeaders")):
        if name.lower() in taken:
            raise Invalid(invalid.ORIGIN, f"{name} is a header of the request too")
    return cast(EdgeOrigin, given)  # checked member by member


def _part(shown: EdgeOrigin) -> Mapping[str, Any]:
    return shown["custom"] if "custom" in shown else shown["s3"]


def _is_domain(value: object) -> bool:
    return isinstance(value, str) and bool(value) and ":" not in value and not _ADDRESS.fullmatch(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_timeout(value: Any) -> bool:
    return _is_number(value) and 1 <= value <= LONGEST_TIMEOUT


def _is_port(value: Any) -> bool:
    return _is_number(value) and (value in (80, 443) or 1_024 <= value <= 65_535)


_CUSTOM: Final[Mapping[str, Callable[[Any], bool]]] = {
    "domainName": _is_domain,
    "path": allowed_path,
    "port": _is_port,
    "protocol": lambda value: value in ("http", "https"),
    "readTimeout": _is_timeout,
    "keepaliveTimeout": _is_timeout,
    "sslProtocols": lambda value: isinstance(value, list) and all(each in _PROTOCOLS for each in map(str, value)),
}
_S3: Final[Mapping[str, Callable[[Any], bool]]] = {
    "domainName": _is_domain,
    "path": allowed_path,
    "authMethod": lambda value: value in _METHODS,
    "region": lambda value: value is None or isinstance(value, str),  # only an access identity needs it
}
