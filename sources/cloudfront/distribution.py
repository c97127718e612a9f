"""The declarations: distributions and their cache behaviors."""

import re
from collections.abc import Mapping, Sequence
from hashlib import md5
from typing import Any, Final, Literal, TypedDict, Unpack

from attrs import Attribute, field, fields, frozen

from eventbus.checks import as_tuple, between, given, is_function, one_of, refuse, refuse_unknown
from eventbus.errors import InvalidSetting
from eventbus.names import ACCOUNT, Arn
from eventbus.ports import Birth, Feed
from sources._http.answers import NAME
from sources._http.asgi import AsgiApp
from sources._http.client import DoorClient

from .cache import DEFAULT_TTL, MAX_TTL
from .forwarding import Forwarded, Names
from .machine import Behavior, DistributionMachine
from .origins import Origin, allowed_path, bucket_origin, custom_origin
from .patterns import EVERY, PATTERN_LIMIT, allowed, compile_pattern
from .points import FUNCTION_TIMEOUT, POINTS, VIEWER_TIMEOUT_2023, Point, disallowed

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_OWN_HEADERS: Final = ("content-length", "cookie", "transfer-encoding", "via", "x-forwarded-for")
_ALL_METHODS: Final = "every method is let in, GET and HEAD are cached"
_BY_KEY: Final = "write headers=, query_strings=, cookies= and default_ttl="
NOT_OFFERED: Final = {
    "aliases": "other domain names are not offered",
    "allowed_methods": _ALL_METHODS,
    "cache_policy_id": _BY_KEY,
    "cached_methods": _ALL_METHODS,
    "compress": "compression is not offered",
    "custom_error_responses": "error pages are not offered: write an origin_response function",
    "default_root_object": "a root object is not offered: write a viewer_request function",
    "forwarded_values": _BY_KEY,
    "function_associations": "CloudFront Functions are not offered",
    "lambda_function_associations": "write viewer_request=, origin_request=, origin_response= and viewer_response=",
    "logging": "access logs are not offered: bus.trace tells of a request",
    "max_ttl": "only a default TTL is offered",
    "min_ttl": "only a default TTL is offered",
    "origin_access_control_id": "not offered: grant the distribution s3:GetObject",
    "origin_groups": "origin groups are not offered",
    "origin_request_policy_id": _BY_KEY,
    "realtime_log_config_arn": "access logs are not offered: bus.trace tells of a request",
    "response_headers_policy_id": "not offered: write a viewer_response function",
    "restrictions": "geo restriction is not offered",
    "smooth_streaming": "Smooth Streaming is not offered",
    "trusted_key_groups": "signed URLs and cookies are not offered",
    "trusted_signers": "signed URLs and cookies are not offered",
    "viewer_certificate": "certificates are not offered",
    "viewer_protocol_policy": "not offered: every request counts as HTTPS",
    "web_acl_id": "web access control lists are not offered",
}


class BehaviorSettings(TypedDict, total=False):
    """Described at `CacheBehavior`."""

    viewer_request: Any
    origin_request: Any
    origin_response: Any
    viewer_response: Any
    include_body: bool
    default_ttl: float
    headers: Sequence[str]
    query_strings: Names
    cookies: Names
    origin_path: str
    viewer_timeout: Literal[30, 5]


def _check_pattern(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not allowed(value):
        raise refuse(
            attribute.name, value, f"1 to {PATTERN_LIMIT} letters, digits and any of _ - . * $ / ~ \" ' @ : + & ?"
        )


def check_origin(setting: str, value: Any) -> None:
    if _is_resource(value):
        known = value.arn.service == "s3" or isinstance(getattr(value, "host", None), str)
    else:
        known = callable(value)
    if not known:
        raise refuse(setting, value, "a front door or a bucket of the app, or an ASGI application")


def _check_origin(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    check_origin(attribute.name, value)


def _check_function(instance: Any, attribute: "Attribute[Any]", value: Any) -> None:
    """What Lambda@Edge takes of a function (cf:lambda-at-edge-function-restrictions)."""
    if value is None:
        return
    if not is_function(value):
        raise refuse(attribute.name, value, "a function of the app: what app.function() gave")
    viewer = attribute.name.startswith("viewer")
    longest = instance.viewer_timeout if viewer else FUNCTION_TIMEOUT
    why = f"{attribute.name}: {value.name} is refused: a function at this point"
    if value.timeout > longest:
        raise InvalidSetting(f"{why} has a timeout of up to {longest} s, not {value.timeout:g} s")
    if value.environment or value.dead_letter is not None:
        raise InvalidSetting(f"{why} has neither environment variables nor a dead-letter queue")


def _check_headers(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or not all(isinstance(name, str) and NAME.fullmatch(name) for name in value):
        raise refuse(attribute.name, value, "names of headers")
    for name in value:
        if name.lower() in _OWN_HEADERS or disallowed(name.lower()):
            why = "; write cookies=" if name.lower() == "cookie" else ""
            raise refuse(attribute.name, name, f"headers that CloudFront does not set or use itself{why}")


def _check_names(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value != "all" and (not isinstance(value, tuple) or not all(isinstance(each, str) and each for each in value)):
        raise refuse(attribute.name, value, "names, or 'all'")


def _check_path(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not allowed_path(value):
        raise refuse(attribute.name, value, "a path that begins with a slash and ends without one, such as /prod")


@frozen(eq=False, init=False)
class CacheBehavior:
    """Requests whose path fits `path_pattern` (`images/*.jpg`) go to `origin`: a front door of the app (a function URL,
    a listener, an API), a bucket of the app, or an ASGI application.

    `viewer_request`, `origin_request`, `origin_response` and `viewer_response` are functions of the app, one at each
    point (on AWS a numbered version of one, which does not exist here). Request points see the body with
    `include_body`. Functions have up to 30 s, at viewer points `viewer_timeout`, which was 5 s in 2023.

    Only `headers`, `query_strings` and `cookies` count for the cache, and nothing else of their kind reaches the
    origin: names, or "all"; none unless given. What an origin says about caching counts, without a word its answer is
    kept for `default_ttl` seconds. `origin_path` is put in front of what the origin is asked for."""

    path_pattern: str = field(validator=_check_pattern)
    origin: Any = field(validator=_check_origin)
    viewer_timeout: Literal[30, 5] = field(
        default=FUNCTION_TIMEOUT, kw_only=True, validator=given(one_of((FUNCTION_TIMEOUT, VIEWER_TIMEOUT_2023)))
    )
    viewer_request: Any = field(default=None, kw_only=True, validator=_check_function)
    origin_request: Any = field(default=None, kw_only=True, validator=_check_function)
    origin_response: Any = field(default=None, kw_only=True, validator=_check_function)
    viewer_response: Any = field(default=None, kw_only=True, validator=_check_function)
    include_body: bool = field(default=False, kw_only=True, validator=given(one_of((True, False))))
    default_ttl: float = field(default=DEFAULT_TTL, kw_only=True, validator=given(between(0, MAX_TTL)))
    headers: Sequence[str] = field(default=(), kw_only=True, converter=as_tuple, validator=_check_headers)
    query_strings: Names = field(default=(), kw_only=True, converter=as_tuple, validator=_check_names)
    cookies: Names = field(default=(), kw_only=True, converter=as_tuple, validator=_check_names)
    origin_path: str = field(default="", kw_only=True, validator=_check_path)

    def __init__(self, path_pattern: str, origin: Any, **settings: Unpack[BehaviorSettings]) -> None:
        refuse_unknown(settings, NOT_OFFERED, _SETTINGS)
        self.__attrs_init__(path_pattern, origin, **settings)

    @property
    def functions(self) -> Mapping[Point, Any]:
        """By point, where there is one."""
        found = {point: getattr(self, point.replace("-", "_")) for point in POINTS}
        return {point: function for point, function in found.items() if function is not None}


_SETTINGS: Final = tuple(each.name for each in fields(CacheBehavior) if each.kw_only)


@frozen(eq=False, init=False)
class Distribution:
    """A CloudFront distribution with Lambda@Edge. A request takes the first of `cache_behaviors` that fits, or the
    default one, which `origin` and the settings of a `CacheBehavior` are. A function at origin-request may also choose
    one of `origins`, by its domain name."""

    name: str
    behaviors: Sequence[CacheBehavior]  # the default one is the last
    origins: Sequence[Any]

    def __init__(
        self,
        name: str,
        origin: Any,
        *,
        cache_behaviors: Sequence[CacheBehavior] = (),
        origins: Sequence[Any] = (),
        **settings: Unpack[BehaviorSettings],
    ) -> None:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise refuse("name", name, "1 to 64 letters, digits, - and _")
        for behavior in cache_behaviors:
            if not isinstance(behavior, CacheBehavior):
                raise refuse("cache_behaviors", behavior, "cloudfront.CacheBehavior objects")
        default = CacheBehavior(EVERY, origin, **settings)
        for other in origins:
            check_origin("origins", other)
        self.__attrs_init__(name, (*cache_behaviors, default), tuple(origins))

    @property
    def arn(self) -> Arn:
        return Arn(f"arn:aws:cloudfront::{ACCOUNT}:distribution/{self.name}")

    @property
    def distribution_id(self) -> str:
        """Fourteen letters and digits, made of its name."""
        return f"E{self._digest[:13].upper()}"

    @property
    def host(self) -> str:
        """Its domain name, made of its name."""
        return f"d{self._digest[:13]}.cloudfront.net"

    @property
    def apps(self) -> Mapping[Arn, Any]:
        """ASGI applications among its origins, by the ARN that their requests go to."""
        found = dict.fromkeys(each for each in self._reached if not _is_resource(each))
        return {Arn(f"{self.arn}/origin-{number}"): app for number, app in enumerate(found, 1)}

    @property
    def targets(self) -> Sequence[Arn]:
        functions = [function for behavior in self.behaviors for function in behavior.functions.values()]
        resources = [each for each in self._reached if _is_resource(each)]
        return list(dict.fromkeys(each.arn for each in (*functions, *resources)))

    def machine(self, birth: Birth) -> DistributionMachine:
        behaviors = [self._behavior(each) for each in self.behaviors]
        reached = [self._origin(each, "") for each in self._reached]
        addresses = {origin.domain: origin.address for origin in reached}
        edge = f"{self._digest}.cloudfront.net"
        return DistributionMachine(self.arn, birth, self.host, self.distribution_id, edge, behaviors, addresses)

    def client(self, machine: Any, feed: Feed) -> DoorClient:
        return DoorClient(machine, feed)

    def asgi(self, bus: Any) -> AsgiApp:
        """An ASGI application that is this distribution in a running bus, to mount or to serve."""
        return AsgiApp(bus, self)

    @property
    def _digest(self) -> str:
        return md5(self.arn.encode(), usedforsecurity=False).hexdigest()

    @property
    def _reached(self) -> Sequence[Any]:
        return [*(behavior.origin for behavior in self.behaviors), *self.origins]

    def _behavior(self, declared: CacheBehavior) -> Behavior:
        names = tuple(name.lower() for name in declared.headers)
        return Behavior(
            compile_pattern(declared.path_pattern),
            {point: function.arn for point, function in declared.functions.items()},
            declared.include_body,
            self._origin(declared.origin, declared.origin_path),
            Forwarded(names, declared.query_strings, declared.cookies),
            declared.default_ttl,
        )

    def _origin(self, origin: Any, path: str) -> Origin:
        if not _is_resource(origin):
            address = next(arn for arn, app in self.apps.items() if app is origin)
            return custom_origin(address, f"{address.rpartition('/')[2]}.{self.name}.internal", path)
        if origin.arn.service == "s3":
            return bucket_origin(origin.arn, path)
        return custom_origin(origin.arn, origin.host, path)


def _is_resource(origin: Any) -> bool:
    return isinstance(getattr(origin, "arn", None), Arn)
