"""Handlers that listen to the plain event bus of one run: they come and go.

Laws: each subscription is a rule of its own, so cancelling one ends no other. A function that came with a subscription
leaves once nothing listens through it any more and all that it accepted has ended: a service that subscribes for each
of its connections does not grow.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from eventbus.declaration import Function
from eventbus.errors import InvalidSetting
from eventbus.listening import listener, listening
from eventbus.names import Arn, async_address

if TYPE_CHECKING:
    from .engine import Engine

LOOKED_AT: Final = 2  # cancelled functions at each change: more than one change adds
AT_THE_START: Final = ("reserved_concurrent_executions", "environment")
"""What a running bus can't change."""


@define(eq=False, repr=False)
class Subscription:
    """A handler that listens until `cancel()`; `bus.invocations(subscription.function)` shows its attempts."""

    _listeners: "Listeners"
    function: Function[Any, Any]
    event: str
    _rule: Any
    _cancelled: bool = field(default=False, init=False)

    def cancel(self) -> None:
        """Nothing new comes; what was accepted is still handled. From any thread; twice is allowed."""
        engine = self._listeners.engine
        if engine.feed.closing is None:  # else it is gone with the bus
            engine.bus.sync.run(self._cancel())

    def __repr__(self) -> str:
        return f"<Subscription of {self.function.name} to {self.event!r}{' (cancelled)' if self._cancelled else ''}>"

    async def _cancel(self) -> None:
        if not self._cancelled:
            self._cancelled = True
            self._listeners.cancel(self.function.arn, self._rule)


@define(eq=False)
class Listeners:
    engine: "Engine"
    _default_bus: Any = field(default=None, init=False)
    _subscribed: int = field(default=0, init=False)
    _rules: Counter[Arn] = field(factory=Counter, init=False)  # of functions that came with a subscription
    _leaving: dict[Arn, None] = field(factory=dict, init=False)  # cancelled, in that order

    def default_bus(self) -> Any:
        """Its machine; every account has one, so it is made when first asked for."""
        if self._default_bus is None:
            resource = self.engine.setup.default_bus()
            if resource.arn not in self.engine.setup.resources:
                self.engine.setup.resources[resource.arn] = resource
                self.engine.quiet.producers.append(self.engine.add_resource(resource))
            self._default_bus = self.engine.driver.machines[resource.arn]
        return self._default_bus

    def subscribe(
        self, event: str, handler: Any, detail: Mapping[str, Any] | None, settings: Mapping[str, Any]
    ) -> Subscription:
        bus, setup = self.default_bus(), self.engine.setup
        function = listener(handler, settings, self._subscribed + 1)
        rule: Any = listening(setup.app_name, event, detail, function, self._subscribed + 1)
        known = setup.functions.get(function.arn)
        if known is None:
            self._check_new(function)
        elif known is not function:
            raise InvalidSetting(f"this bus has another function {function.name}; give this one another name=...")
        self._subscribed += 1
        if known is None:
            setup.functions[function.arn] = function
            self.engine.add_function(function)
        if known is None or function.arn in self._rules:
            self._rules[function.arn] += 1
            self._leaving.pop(function.arn, None)
        self.engine.driver.feed(bus, lambda _now: rule.connect(bus))
        self._let_go()
        return Subscription(self, function, event, rule)

    def cancel(self, function: Arn, rule: Any) -> None:
        bus = self.default_bus()
        self.engine.driver.feed_if_alive(bus, lambda _now: rule.disconnect(bus))
        if function in self._rules:
            self._rules[function] -= 1
            if not self._rules[function]:
                self._leaving[function] = None
        self._let_go()

    def _check_new(self, function: Function[Any, Any]) -> None:
        policy = self.engine.setup.policy
        if policy is not None and policy.enforced:
            raise InvalidSetting(
                f"permissions='enforced': declare {function.name} with app.on, so that it can be granted"
            )
        for setting in AT_THE_START:
            value = getattr(function, setting)
            if value not in (None, {}):
                raise InvalidSetting(f"{setting}={value!r} is refused: declare {function.name} with app.on for that")
        for setting in ("dead_letter", "on_success", "on_failure"):
            target = getattr(function, setting)
            if target is not None and not any(
                target.arn in known for known in (self.engine.setup.resources, self.engine.setup.functions)
            ):
                raise InvalidSetting(f"{setting} of {function.name}: {target.arn} is not part of this app")

    def _let_go(self) -> None:
        """Look at a few of those that were cancelled: some may have nothing to do any more."""
        for function in tuple(islice(self._leaving, LOOKED_AT)):
            del self._leaving[function]
            if self._busy(function):
                self._leaving[function] = None
            else:
                del self._rules[function]
                self.engine.remove_function(function)

    def _busy(self, function: Arn) -> bool:
        engine = self.engine
        return (
            bool(engine.handlers.queues[async_address(function)].outstanding())
            or bool(engine.concurrency.running_of(function))
            or bool(self.default_bus().outstanding())  # perhaps on its way to it
            or any(mapping.function == function for mapping in engine.mappings.machines())
        )
