"""A balancer without a bus: a listener, its rules and target groups, and functions that answer as the test says."""

from collections.abc import Sequence
from json import dumps, loads
from typing import Any

from attrs import define, field

from eventbus.core.effects import Fetch, Fetched, Invoke
from eventbus.core.http import Request, Response
from eventbus.core.outcomes import Outcome, Succeeded
from sources import alb
from tests.sources.doors import CALLER, SOURCE_IP, WORK, Answer
from tests.sources.helpers import birth

HOST = ("Host", "shop.example.com")


def group_of(function: Any = WORK, name: str = "hello", **settings: Any) -> alb.TargetGroup:
    return alb.TargetGroup(name, function, **settings)


@define(eq=False)
class Balancer:
    """Whatever is handed on or invoked happens at once; a function without an answer runs on."""

    listener: alb.Listener
    rules: Sequence[alb.ListenerRule] = ()
    functions: dict[str, Answer] = field(factory=dict)
    now: float = 10.5
    machines: dict[str, Any] = field(factory=dict, init=False)
    events: list[Any] = field(factory=list, init=False)
    invokes: list[Invoke] = field(factory=list, init=False)
    responses: list[Response] = field(factory=list, init=False)
    reasons: list[str] = field(factory=list, init=False)  # what the trace says of each, whoever answers first
    notes: list[Any] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        for declared in (self.listener, *(rule.action for rule in self.rules), self.listener.default):
            if isinstance(declared, alb.Listener | alb.TargetGroup):
                self.machines[declared.arn] = declared.machine(birth(declared.arn))
        for rule in self.rules:
            rule.connect(self.machines[self.listener.arn])

    @property
    def group(self) -> Any:
        """The machine of the default action."""
        assert isinstance(self.listener.default, alb.TargetGroup)
        return self.machines[self.listener.default.arn]

    def request(
        self, method: str = "GET", target: str = "/", headers: Any = (HOST,), body: bytes = b"", client: str = SOURCE_IP
    ) -> Response:
        """What it answers, at once."""
        self.send(method, target, headers, body, client)
        return self.responses[-1]

    def send(
        self, method: str = "GET", target: str = "/", headers: Any = (HOST,), body: bytes = b"", client: str = SOURCE_IP
    ) -> None:
        request = Request(method, target, list(headers), body, client)
        listener = self.machines[self.listener.arn]
        listener.fetch(self.now, Fetch(self.listener.arn, CALLER, len(self.responses) + 1, request))
        self.drain()

    def answer(self, found: Any) -> None:
        """The last function that was invoked ends so."""
        outcome = found if isinstance(found, Outcome) else Succeeded(dumps(found, ensure_ascii=False).encode())
        invoke = self.invokes[-1]
        self.machines[invoke.asker].finished(self.now, invoke.token, outcome)
        self.drain()

    def deny(self, reason: str) -> None:
        """The last function that was invoked may not be."""
        invoke = self.invokes[-1]
        self.machines[invoke.asker].denied(self.now, invoke.token, reason)
        self.drain()

    def advance(self, until: float) -> None:
        while True:
            machine = min(self.machines.values(), key=lambda each: each.next_deadline())
            if machine.next_deadline() > until:
                break
            self.now = max(self.now, machine.next_deadline())
            machine.wake(self.now)
            assert machine.next_deadline() > self.now
            self.drain()
        self.now = until

    def drain(self) -> None:
        moving = True
        while moving:
            moving = False
            for machine in self.machines.values():
                effects, machine.effects[:] = list(machine.effects), []
                for effect in effects:
                    moving = True
                    self._happens(effect)
        for machine in self.machines.values():
            self.notes += machine.notes
            machine.notes.clear()
        told: dict[str, str] = {}
        for what, _, id, detail, _ in self.notes:
            if what == "responded" and detail[3:] and "health check" not in detail:
                told.setdefault(id, detail.partition(": ")[2])
        self.reasons = list(told.values())

    def _happens(self, effect: Any) -> None:
        match effect:
            case Fetch():
                self.machines[effect.target].fetch(self.now, effect)
            case Fetched() if effect.asker == CALLER:
                self.responses.append(effect.response)
            case Fetched():
                self.machines[effect.asker].fetched(self.now, effect.token, effect.response)
            case Invoke():
                assert effect.payload is not None
                self.events.append(loads(effect.payload))
                self.invokes.append(effect)
                answer = self.functions.get(effect.function.name)
                if answer is not None:
                    self.answer(answer(self.events[-1]))
            case _:
                raise AssertionError(f"{effect} of a balancer")


def balancer(
    default: Any = None,
    rules: Sequence[dict[str, Any]] = (),
    answer: Answer | None = None,
    protocol: Any = "HTTPS",
    port: int | None = None,
    **group: Any,
) -> Balancer:
    """With one target group, or that default action. Of a rule without an action it is a response that names it."""
    listener = alb.Listener("web", group_of(**group) if default is None else default, protocol=protocol, port=port)
    declared = [
        alb.ListenerRule(listener, **{"action": alb.FixedResponse(200, "text/plain", str(rule["priority"])), **rule})
        for rule in rules
    ]
    return Balancer(listener, declared, {} if answer is None else {"work": answer})


def ok(event: Any) -> Any:
    return {"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": "ok"}
