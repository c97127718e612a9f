"""Distributions without a bus: functions and origins answer as the test says."""

import json
from collections.abc import Callable
from typing import Any

from attrs import define, field, frozen

from eventbus.core.effects import Fetch, Fetched, Invoke
from eventbus.core.http import Request, Response
from eventbus.core.outcomes import Outcome, Succeeded
from eventbus.names import Arn, arn_of, function_arn
from sources import cloudfront
from sources.cloudfront.points import POINTS, Point
from tests.contracts.cloudfront_table import FROM_ORIGIN, Answer
from tests.sources.helpers import birth

CALLER = Arn("test")
VIEWER = "203.0.113.9"
CURL = ("User-Agent", "curl/8.5.0")
Function = Callable[[Any], Any]
"""What a function answers to an event: any value, bytes as they are, an outcome, or None: nothing yet."""


@frozen(eq=False)
class Declared:
    """A function, as far as a distribution looks at one."""

    name: str
    timeout: float = 3
    environment: dict[str, str] = field(factory=dict)
    dead_letter: Any = None

    @property
    def arn(self) -> Arn:
        return function_arn(self.name)


@frozen(eq=False)
class Site:
    """A front door, as far as a distribution looks at one."""

    host: str = "example.org"

    @property
    def arn(self) -> Arn:
        return arn_of("lambda", f"url:{self.host}")


def said(answer: Answer) -> Response:
    return Response(answer.status, answer.headers, answer.body, answer.phrase)


def everything(event: Any) -> Any:
    """What a function returns that changes nothing."""
    cf = event["Records"][0]["cf"]
    return cf["response"] if "response" in cf else cf["request"]


@define(eq=False)
class Edge:
    """A distribution with a function at each point of `does`, named after it."""

    does: dict[Point, Function] = field(factory=dict)
    origin: Any = field(factory=Site)
    settings: dict[str, Any] = field(factory=dict)
    says: Callable[[Request], Response | None] = lambda request: said(FROM_ORIGIN)
    now: float = 10.5
    declared: cloudfront.Distribution = field(init=False)
    machine: Any = field(init=False)
    invoked: list[str] = field(factory=list, init=False)  # points, and "origin" where one was asked
    events: list[Any] = field(factory=list, init=False)
    invokes: list[Invoke] = field(factory=list, init=False)
    asked: list[Fetch] = field(factory=list, init=False)
    responses: list[Response] = field(factory=list, init=False)
    notes: list[Any] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        functions = {point.replace("-", "_"): Declared(point) for point in POINTS if point in self.does}
        self.declared = cloudfront.Distribution("shop", self.origin, **{**functions, **self.settings})
        self.machine = self.declared.machine(birth(self.declared.arn))

    @property
    def name(self) -> str:
        return self.declared.host.partition(".")[0]

    def request(self, method: str = "GET", target: str = "/a", headers: Any = None, body: bytes = b"") -> Response:
        """What it answers, at once."""
        self.send(method, target, headers, body)
        return self.responses[-1]

    def send(self, method: str = "GET", target: str = "/a", headers: Any = None, body: bytes = b"") -> None:
        given = [("Host", self.declared.host), CURL] if headers is None else headers
        lines = [(name, value.replace("{distribution}", self.name)) for name, value in given]
        request = Request(method, target, lines, body, VIEWER)
        self.machine.fetch(self.now, Fetch(self.declared.arn, CALLER, len(self.responses) + 1, request))
        self.drain()

    def drain(self) -> None:
        while self.machine.effects:
            effect = self.machine.effects.pop(0)
            match effect:
                case Invoke():
                    self._invoked(effect)
                case Fetch():
                    self.invoked.append("origin")
                    self.asked.append(effect)
                    response = self.says(effect.request)
                    if response is not None:
                        self.machine.fetched(self.now, effect.token, response)
                case Fetched():
                    self.responses.append(effect.response)
        self.notes += self.machine.notes
        self.machine.notes.clear()

    def answer(self, invoke: Invoke, found: Any) -> None:
        if not isinstance(found, Outcome):
            found = Succeeded(found if isinstance(found, bytes) else json.dumps(found).encode())
        self.machine.finished(self.now, invoke.token, found)
        self.drain()

    def advance(self, until: float) -> None:
        while (due := self.machine.next_deadline()) <= until:
            self.now = due
            self.machine.wake(due)
            self.drain()
        self.now = until

    def why(self) -> list[str]:
        """What the trace says of each response."""
        return [detail for what, _, _, detail, _ in self.notes if what == "responded"]

    def _invoked(self, effect: Invoke) -> None:
        assert effect.payload is not None
        event = json.loads(effect.payload)
        self.invoked.append(effect.function.name)
        self.events.append(event)
        self.invokes.append(effect)
        for point, function in self.does.items():
            if point == effect.function.name:
                found = function(event)
                if found is not None:
                    self.answer(effect, found)


def lines(response: Response) -> dict[str, list[str]]:
    """Header lines by name in lower case."""
    found: dict[str, list[str]] = {}
    for name, value in response.headers:
        found.setdefault(name.lower(), []).append(value)
    return found
