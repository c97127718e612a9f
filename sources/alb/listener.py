"""The declarations of listeners and their rules."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Never

from attrs import Attribute, field, frozen

from eventbus.checks import between, given, one_of, refuse, refuse_unknown
from eventbus.names import REGION, Arn, arn_of
from eventbus.ports import Birth, Feed, Resource, Wire
from sources._http.asgi import AsgiApp
from sources._http.client import DoorClient

from .actions import Redirect
from .checking import check_name, digest
from .conditions import Predicate, compiled
from .listener_machine import Action, ListenerMachine, Rule
from .target_group import TargetGroup

Protocol = Literal["HTTP", "HTTPS"]
HeaderCondition = tuple[str, str | Sequence[str]]
QueryCondition = str | tuple[str, str] | Sequence[str | tuple[str, str]]

HTTP_PORT: Final = 80
HTTPS_PORT: Final = 443
LAST_PORT: Final = 65_535
LAST_PRIORITY: Final = 50_000
DEFAULT: Final = "the default rule"
ACTION: Final = "an alb.TargetGroup, alb.FixedResponse or alb.Redirect"

_WEIGHTED: Final = "weighted target groups are not offered: one TargetGroup is the action"
_STICKY: Final = "stickiness is not offered: a target group has one function"
_AUTHENTICATES: Final = "authenticate actions are not offered"
NOT_OFFERED: Final = {
    "target_groups": _WEIGHTED,
    "forward_config": _WEIGHTED,
    "weight": _WEIGHTED,
    "stickiness": _STICKY,
    "target_group_stickiness_config": _STICKY,
    "authenticate_cognito_config": _AUTHENTICATES,
    "authenticate_oidc_config": _AUTHENTICATES,
    "jwt_validation_config": _AUTHENTICATES,
    "actions": "one action, given by itself",
    "default_actions": "one action, given by itself",
    "conditions": "write path_pattern=..., host_header=..., http_header=..., and so on",
    "regex_values": "regular expressions are not offered",
    "transforms": "transforms are not offered",
    "load_balancer_arn": "a listener of that name is its own load balancer",
    "certificates": "certificates are not offered: who serves the listener has them",
    "ssl_policy": "TLS is not offered: who serves the listener has it",
    "alpn_policy": "TLS is not offered: who serves the listener has it",
    "mutual_authentication": "TLS is not offered: who serves the listener has it",
    "tags": "tags are not offered",
}


def _check_action(setting: str, value: object, protocol: str, port: int) -> None:
    if isinstance(value, list | tuple):
        raise refuse(setting, value, f"{ACTION}; {_WEIGHTED}")
    if not isinstance(value, Action):
        raise refuse(setting, value, ACTION)
    if isinstance(value, Redirect):
        value.check(protocol, port)


def _targets(action: Action) -> Sequence[Arn]:
    return (action.arn,) if isinstance(action, TargetGroup) else ()


@frozen(eq=False, init=False)
class Listener:
    """Takes HTTP requests. Those that no `ListenerRule` takes get the action `default`: a target group, a
    `FixedResponse` or a `Redirect`. `name` is the load balancer's, whose listeners have different ports; the usual one
    of `protocol` by default."""

    name: str = field(validator=check_name)
    default: Action
    protocol: Protocol = field(validator=one_of(("HTTP", "HTTPS")))
    port: int = field(validator=given(between(1, LAST_PORT, whole=True)))
    declared_port: int | None
    """Where `eventbus serve` listens; None: where it likes."""

    def __init__(
        self,
        name: str,
        default: Action,
        *,
        port: int | None = None,
        protocol: Protocol = "HTTPS",
        **unsupported: Never,
    ) -> None:
        refuse_unknown(unsupported, NOT_OFFERED)
        usual = HTTPS_PORT if protocol == "HTTPS" else HTTP_PORT
        self.__attrs_init__(name, default, protocol, usual if port is None else port, port)
        _check_action("default", default, protocol, self.port)

    @property
    def arn(self) -> Arn:
        return arn_of("elasticloadbalancing", f"listener/{self.full_name}")

    @property
    def host(self) -> str:
        """The domain name of its load balancer: its name, digits made of it, and the region's own."""
        return f"{self.name.lower()}-{int(digest(self.name), 16) % 10**10:010}.{REGION}.elb.amazonaws.com"

    @property
    def targets(self) -> Sequence[Arn]:
        return _targets(self.default)

    @property
    def full_name(self) -> str:
        return f"app/{self.name}/{digest(self.name)}/{digest(self.name, self.port)}"

    def machine(self, birth: Birth) -> ListenerMachine:
        default = Rule(DEFAULT, LAST_PRIORITY + 1, (), self.default)
        return ListenerMachine(self.arn, birth, self.host, self.protocol.lower(), self.port, default)

    def client(self, machine: Any, feed: Feed) -> DoorClient:
        return DoorClient(machine, feed)

    def asgi(self, bus: Any) -> AsgiApp:
        """An ASGI application that is this listener in a running bus, to mount or to serve."""
        return AsgiApp(bus, self, head_too_long=400)


def _check_listener(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, Listener):
        raise refuse(attribute.name, value, "an alb.Listener")


@frozen(eq=False, init=False)
class ListenerRule:
    """Requests of `listener` that meet all conditions get `action`, if no rule with a lower `priority` takes them.

    A condition holds if one of its values does; of `http_header=(name, values)` there may be a list, each a condition
    of its own; `query_string` is a value, a pair of key and value, a list of those, or a list of such lists, each a
    condition of its own; `source_ip` are blocks of addresses such as `203.0.113.0/24`. Values may have the wildcards
    `*` and `?`. Raises `InvalidSetting` for what AWS refuses."""

    listener: Listener = field(validator=_check_listener)
    action: Action
    priority: int = field(validator=given(between(1, LAST_PRIORITY, whole=True)))
    settings: Mapping[str, Any]  # of its conditions, as they were given
    conditions: tuple[Predicate, ...] = field(repr=False)

    def __init__(
        self,
        listener: Listener,
        action: Action,
        *,
        priority: int,
        path_pattern: str | Sequence[str] | None = None,
        host_header: str | Sequence[str] | None = None,
        http_header: HeaderCondition | Sequence[HeaderCondition] | None = None,
        http_request_method: str | Sequence[str] | None = None,
        query_string: QueryCondition | Sequence[QueryCondition] | None = None,
        source_ip: str | Sequence[str] | None = None,
        **unsupported: Never,
    ) -> None:
        refuse_unknown(unsupported, NOT_OFFERED)
        settings = {
            "path_pattern": path_pattern,
            "host_header": host_header,
            "http_header": http_header,
            "http_request_method": http_request_method,
            "query_string": query_string,
            "source_ip": source_ip,
        }
        shown = {name: value for name, value in settings.items() if value is not None}
        self.__attrs_init__(listener, action, priority, shown, compiled(**settings))
        _check_action("action", action, listener.protocol, listener.port)

    @property
    def arn(self) -> Arn:
        return arn_of("elasticloadbalancing", f"listener-rule/{self.listener.full_name}/{digest(self.priority)}")

    @property
    def source(self) -> Resource[Any]:
        return self.listener

    @property
    def targets(self) -> Sequence[Arn]:
        return _targets(self.action)

    def check(self, others: Sequence[Wire]) -> None:
        if any(isinstance(other, ListenerRule) and other.priority == self.priority for other in others):
            raise refuse("priority", self.priority, f"one that no other rule of {self.listener.name} has")

    def connect(self, machine: ListenerMachine) -> None:
        machine.add(Rule(f"rule {self.priority}", self.priority, self.conditions, self.action))
