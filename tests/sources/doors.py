"""Front doors without a bus: a request goes in, functions answer as the test says, a response comes out."""

from collections.abc import Callable
from json import dumps, loads
from typing import Any

from attrs import define, field, frozen

from eventbus.core.effects import Deliver, Delivered, Fetch, Fetched, Invoke
from eventbus.core.http import Request, Response
from eventbus.core.outcomes import Outcome, Succeeded
from eventbus.names import Arn, function_arn
from tests.sources.helpers import birth

CALLER = Arn("test")
SOURCE_IP = "203.0.113.9"
Answer = Callable[[Any], Any]
"""What a function returns for an event: any value, or an outcome."""


@frozen(eq=False)
class Function:
    """As far as a door looks at one."""

    name: str

    @property
    def arn(self) -> Arn:
        return function_arn(self.name)


WORK, CHECK = Function("work"), Function("check")


@define(eq=False)
class Door:
    """The machine of a declared front door, with its wires, and functions by name."""

    declared: Any
    wires: list[Any] = field(factory=list)
    functions: dict[str, Answer] = field(factory=dict)
    now: float = 10.5
    machine: Any = field(init=False)
    events: list[tuple[str, Any]] = field(factory=list, init=False)  # function, event
    invokes: list[Invoke] = field(factory=list, init=False)
    responses: list[Response] = field(factory=list, init=False)
    reasons: list[str] = field(factory=list, init=False)  # what the trace says of each

    def __attrs_post_init__(self) -> None:
        self.machine = self.declared.machine(birth(self.declared.arn))
        for wire in self.wires:
            wire.connect(self.machine)

    def request(self, method: str, target: str = "/", headers: Any = (), body: bytes = b"") -> Response:
        """What it answers, at once."""
        self.send(self.made(method, target, headers, body))
        return self.responses[-1]

    def made(self, method: str, target: str, headers: Any, body: bytes) -> Request:
        lines = [(name, value.replace("{host}", self.declared.host)) for name, value in headers]
        return Request(method, target, lines, body, SOURCE_IP)

    def deny(self) -> None:
        """The last function may not be invoked."""
        self.machine.denied(self.now, self.invokes[-1].token, "no permission")
        self.drain()

    def send(self, request: Request) -> None:
        self.machine.fetch(self.now, Fetch(self.declared.arn, CALLER, len(self.responses) + 1, request))
        self.drain()

    def advance(self, until: float) -> None:
        while (due := self.machine.next_deadline()) <= until:
            self.now = due
            self.machine.wake(due)
            self.drain()
        self.now = until

    def drain(self) -> None:
        while self.machine.effects:
            effect = self.machine.effects.pop(0)
            match effect:
                case Invoke():
                    self._invoked(effect)
                case Deliver():
                    self.events.append((effect.target.name, loads(effect.body)))
                    self.machine.delivered(self.now, effect.token, None)
                case Fetched():
                    assert effect.asker == CALLER
                    self.responses.append(effect.response)
                case Delivered():
                    raise AssertionError("nobody delivers to a door")
        for what, _, _, detail, _ in self.machine.notes:
            if what == "responded":
                self.reasons.append(detail)
        self.machine.notes.clear()

    def _invoked(self, effect: Invoke) -> None:
        assert effect.payload is not None
        event = loads(effect.payload)
        self.events.append((effect.function.name, event))
        self.invokes.append(effect)
        answer = self.functions.get(effect.function.name)
        if answer is not None:  # otherwise the test answers, or nobody does
            self.answer(effect, answer(event))

    def answer(self, invoke: Invoke, found: Any) -> None:
        is_outcome = isinstance(found, Outcome)
        self.machine.finished(
            self.now, invoke.token, found if is_outcome else Succeeded(dumps(found, ensure_ascii=False).encode())
        )
        self.drain()


def lines(response: Response) -> dict[str, list[str]]:
    """Header lines by name in lower case."""
    found: dict[str, list[str]] = {}
    for name, value in response.headers:
        found.setdefault(name.lower(), []).append(value)
    return found
