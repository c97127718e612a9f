"""App: the declaration. Built once at import, does no I/O, knows no loop; `start()` makes one run of it."""

import sys
from collections import ChainMap
from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from contextlib import AbstractContextManager
from typing import Any, Final, Literal, TypeVar, Unpack, overload

from attrs import define, field

from .checks import between, given, refuse
from .core.concurrency import ACCOUNT_CONCURRENCY, UNRESERVED_MINIMUM
from .core.policy import Policy, Statement
from .core.profile import Profile
from .declaration import Function, FunctionSettings, Listener, function_of
from .errors import InvalidSetting
from .event_source_mapping import Mapping, MappingSettings, mapping_of
from .listening import check_event, default_bus, listener, listening
from .names import Arn
from .observe.logs import log_dropped, log_failure
from .observe.trace import Journal
from .ports import EventSource, Resource, Wire
from .runtime import portal
from .runtime.bus import Bus
from .runtime.engine import Setup
from .runtime.sync import SyncBus

E = TypeVar("E")
R = TypeVar("R")
D = TypeVar("D", bound="Resource[Any] | Wire")
Declared = Resource[Any] | Function[Any, Any]
Permissions = Literal["granted", "enforced"]
Trace = Literal["off", "ring", "hash"]


@define(eq=False)
class App:
    """Functions, resources and what connects them. The same app may run many times at once, each time a new `Bus`.

    `concurrent_executions` is the account's concurrency.
    """

    name: str = field(default="app")
    concurrent_executions: int = field(
        default=ACCOUNT_CONCURRENCY, kw_only=True, validator=given(between(1, 1_000_000, whole=True))
    )
    _functions: dict[Arn, Function[Any, Any]] = field(factory=dict, init=False)
    _resources: dict[Arn, Resource[Any]] = field(factory=dict, init=False)
    _streams: dict[Arn, Any] = field(factory=dict, init=False)  # of tables: what mappings read
    _wires: list[Wire] = field(factory=list, init=False)
    _mappings: dict[tuple[Arn, Arn], Mapping] = field(factory=dict, init=False)  # by source and function
    _grants: list[Statement] = field(factory=list, init=False)
    _revoked: list[Statement] = field(factory=list, init=False)
    _places: dict[Arn, str] = field(factory=dict, init=False)

    @name.validator
    def _check_name(self, _: Any, value: object) -> None:
        """It is the source of what `bus.emit` says, and `aws.` is AWS's."""
        if not isinstance(value, str) or not value or value.startswith("aws."):
            raise refuse("name", value, "a text that does not begin with 'aws.'")

    def add(self, declared: D) -> D:
        """A resource or a wire is part of the app. Raises `InvalidSetting` if its name is taken, or if it can't stand
        beside what is there."""
        if not isinstance(getattr(declared, "arn", None), Arn):
            raise refuse("declared", declared, "a resource or a wire, such as sqs.Queue('orders')")
        if isinstance(declared, Wire):
            if declared.source.arn not in self._resources and getattr(declared.source, "always_there", False):
                self.add(declared.source)
            self._known(declared.source.arn, "source")
            declared.check([wire for wire in self._wires if wire.source.arn == declared.source.arn])
            self._claim(declared.arn)
            self._wires.append(declared)
        elif declared.arn in self._resources and getattr(declared, "always_there", False):
            return self._resources[declared.arn]  # type: ignore[return-value]  # of one ARN, so of one type
        else:
            self._claim(declared.arn)
            self._resources[declared.arn] = declared
            self._streams.update((stream.arn, stream) for stream in getattr(declared, "streams", ()))
        return declared

    @overload
    def function(self, handler: Callable[[E, Any], R], **settings: Unpack[FunctionSettings]) -> Function[E, R]: ...
    @overload
    def function(self, **settings: Unpack[FunctionSettings]) -> Callable[[Callable[[E, Any], R]], Function[E, R]]: ...
    def function(self, handler: Callable[..., Any] | None = None, **settings: Any) -> Any:
        """Declare a handler: as a decorator, or called with one that exists. Settings are described at `Function`."""
        if handler is None:
            return lambda decorated: self.function(decorated, **settings)
        return self._with(function_of(handler, settings))

    @overload
    def on(
        self,
        event: str,
        handler: Listener[E, R],
        *,
        detail: MappingOf[str, Any] | None = None,
        **settings: Unpack[FunctionSettings],
    ) -> Function[E, R]: ...
    @overload
    def on(
        self, event: str, *, detail: MappingOf[str, Any] | None = None, **settings: Unpack[FunctionSettings]
    ) -> Callable[[Listener[E, R]], Function[E, R]]: ...
    def on(
        self,
        event: str,
        handler: Any = None,
        *,
        detail: MappingOf[str, Any] | None = None,
        **settings: Any,
    ) -> Any:
        """`handler` gets the payload of what `bus.emit(event, payload)` says, with retries and dead letters as any
        function has them: as a decorator, or called with a handler or a declared function.

        `event` may have `*` for any letters; `detail` is a pattern of the payload. A handler takes the payload, or the
        payload and a context. Settings are those of `app.function`."""
        check_event(event)
        if handler is None:
            return lambda decorated: self.on(event, decorated, detail=detail, **settings)
        function = listener(handler, settings)
        if function is handler and self._functions.get(function.arn) is not function:
            raise InvalidSetting(f"handler: {function.name} is not a function of this app")
        rule = listening(self.name, event, detail, function)
        if function is not handler:
            self._with(function)
        self.add(rule)
        return function

    def map(
        self,
        source: EventSource[Any, E],
        function: Function[E, Any] | Function[dict[str, Any], Any],
        **settings: Unpack[MappingSettings],
    ) -> Mapping:
        """Have the records of `source` handled by `function` in batches (CreateEventSourceMapping). Settings are
        described at `QueueMappingConfig` and `StreamMappingConfig`; a stream needs `starting_position`."""
        sources: MappingOf[Arn, Any] = ChainMap(self._resources, self._streams)
        for what, end, known in (("source", source, sources), ("function", function, self._functions)):
            arn = getattr(end, "arn", None)
            if not isinstance(arn, Arn) or known.get(arn) is not end:
                raise InvalidSetting(f"{what}: {arn or end} is not part of this app; add it first")
        ends = source.arn, function.arn
        if ends in self._mappings:
            raise InvalidSetting(f"{source.arn.name} is already mapped to {function.name}")
        mapping = self._mappings[ends] = mapping_of(source, function, settings)
        return mapping

    @property
    def functions(self) -> tuple[Function[Any, Any], ...]:
        """In the order of declaration."""
        return tuple(self._functions.values())

    @property
    def resources(self) -> tuple[Resource[Any], ...]:
        """In the order of declaration."""
        return tuple(self._resources.values())

    def grant(self, principal: Declared, action: str, resource: Declared) -> None:
        """`principal` may do `action` (such as `sqs:SendMessage`, `lambda:*`) to `resource`: an execution role's
        statement where the principal is a function, a resource policy's where it is a bucket."""
        self._grants.append(Statement(principal.arn, _action(action), resource.arn))

    def revoke(self, principal: Declared, action: str, resource: Declared) -> None:
        """`principal` may not do `action` to `resource`, whatever grants it."""
        self._revoked.append(Statement(principal.arn, _action(action), resource.arn))

    def start(
        self,
        *,
        seed: int | None = None,
        profile: Profile | None = None,
        permissions: Permissions = "granted",
        environ: bool = False,
        trace: Trace = "ring",
    ) -> Bus:
        """One run of this app, to be entered with `async with`.

        `seed` decides every id and every random choice; by default 0 in virtual time and fresh on a real clock.
        `environ=True` puts the functions' environment variables into `os.environ` until the bus closes.
        """
        _check_choice("permissions", permissions, ("granted", "enforced"))
        _check_choice("trace", trace, ("off", "ring", "hash"))
        _check_kind("seed", seed, int, "a whole number")
        _check_kind("profile", profile, Profile, "a Profile")
        self._check_targets()
        journal = None if trace == "off" else Journal(hashed=trace == "hash")
        return Bus(
            Setup(
                functions=dict(self._functions),
                resources=dict(self._resources),
                wires=tuple(self._wires),
                mappings=tuple(self._mappings.values()),
                concurrent_executions=self.concurrent_executions,
                policy=self._policy(permissions == "enforced"),
                profile=profile or Profile(),
                seed=seed,
                environ=self._variables(environ),
                probe=journal,
                log_failure=log_failure,
                log_dropped=log_dropped,
                journal=journal,
                app_name=self.name,
                default_bus=default_bus,
            )
        )

    def start_sync(
        self,
        *,
        seed: int | None = None,
        profile: Profile | None = None,
        permissions: Permissions = "granted",
        environ: bool = False,
        trace: Trace = "ring",
        virtual: bool = False,
        drain: float = 0.0,
    ) -> AbstractContextManager[SyncBus]:
        """One run of this app for code without a loop: `with app.start_sync() as bus: bus.invoke(...)`.

        It runs on a thread of its own, in virtual time if asked for; leaving waits up to `drain` seconds for what runs.
        """
        bus = self.start(seed=seed, profile=profile, permissions=permissions, environ=environ, trace=trace)
        return portal.running(bus, virtual=virtual, drain=drain)

    def _with(self, function: Function[Any, Any]) -> Function[Any, Any]:
        self._check_reservation(function)
        self._claim(function.arn)
        self._functions[function.arn] = function
        return function

    def _policy(self, enforced: bool) -> Policy | None:
        """None where everything is allowed."""
        if not enforced and not self._revoked:
            return None
        return Policy(enforced, tuple(self._grants), tuple(self._revoked))

    def _variables(self, environ: bool) -> dict[str, str]:
        found: dict[str, tuple[str, str]] = {}
        for function in self._functions.values():
            for name, value in function.environment.items():
                if not environ:
                    raise refuse("environ", False, f"True, since {function.name} has environment variables ({name})")
                other, theirs = found.setdefault(name, (function.name, value))
                if theirs != value:
                    raise InvalidSetting(
                        f"environment: {name} is {theirs!r} for {other} and {value!r} for {function.name}; "
                        "one process has one value"
                    )
        return {name: value for name, (_, value) in found.items()}

    def _check_reservation(self, function: Function[Any, Any]) -> None:
        wanted = function.reserved_concurrent_executions
        if not wanted:
            return
        taken = sum(each.reserved_concurrent_executions or 0 for each in self._functions.values())
        if self.concurrent_executions - taken - wanted < UNRESERVED_MINIMUM:
            raise InvalidSetting(
                f"reserved_concurrent_executions={wanted}: Specified ReservedConcurrentExecutions for function "
                f"decreases account's UnreservedConcurrentExecution below its minimum value of [{UNRESERVED_MINIMUM}]."
            )

    def _check_targets(self) -> None:
        for function in self._functions.values():
            for setting in ("dead_letter", "on_success", "on_failure"):
                target = getattr(function, setting)
                if target is not None:
                    self._known(target.arn, f"{setting} of {function.name}")
        for resource in self._resources.values():
            for target in getattr(resource, "targets", ()):
                self._known(target, f"target of {resource.arn}")
        for wire in self._wires:
            for target in wire.targets:
                self._known(target, f"target of {wire.arn}")
        for mapping in self._mappings.values():
            for target in mapping.targets:
                self._known(target, f"on_failure of the mapping from {mapping.source.arn.name}")
        for statement in (*self._grants, *self._revoked):
            for end in (statement.principal, statement.resource):
                self._known(end, f"statement about {statement.action}")

    def _known(self, arn: Arn, what: str) -> None:
        if arn.startswith(("http://", "https://")):  # an endpoint: declared by being named
            return
        if arn not in self._resources and arn not in self._functions:
            how = "add it first" if arn.name != "event-bus/default" else "add eventbridge.EventBus() first"
            raise InvalidSetting(f"{what}: {arn} is not part of this app; {how}")

    def _claim(self, arn: Arn) -> None:
        place = _place()
        if arn in self._places:
            cure = "; give one of them another name=..." if arn.resource.startswith("function:") else ""
            raise InvalidSetting(f"{arn} is declared twice: {self._places[arn]} and {place}{cure}")
        self._places[arn] = place


def _action(action: str) -> str:
    service, colon, name = action.partition(":")
    if not (service and colon and name):
        raise refuse("action", action, "service:Operation, such as sqs:SendMessage")
    return action


def _check_choice(setting: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise refuse(setting, value, " or ".join(allowed))


def _check_kind(setting: str, value: object, kind: type, allowed: str) -> None:
    if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
        raise refuse(setting, value, allowed)


def _place() -> str:
    """File and line of the declaration that is being made."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


_HERE: Final = __file__.rpartition("app.py")[0]
