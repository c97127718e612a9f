"""What machines of front doors have in common."""

from json import loads
from math import inf
from typing import Any

import pytest
from attrs import define, field
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eventbus.core.batching import EVENT_LIMIT
from eventbus.core.effects import Cause, Fetch, Fetched, Invoke
from eventbus.core.http import Request, Response
from eventbus.core.outcomes import NULL, Outcome
from eventbus.names import Arn, function_arn
from sources._calling import TOLD
from sources._http.door import DoorMachine, Visit
from tests.sources.helpers import birth

ARN = Arn("arn:aws:door:us-east-1:000000000000:d")
WORK = function_arn("work")


@define(eq=False)
class Plain(DoorMachine):
    """Hands each request to a function, for ten seconds; what it heard is in `heard`."""

    heard: list[tuple[str, str]] = field(factory=list, init=False)

    def visited(self, now: float, visit: Visit) -> None:
        if not self.invoke(visit, WORK, {"target": visit.request.target}, now + 10):
            self.respond(visit, Response(413), "too long")

    def answered(self, now: float, visit: Visit, outcome: Outcome) -> None:
        self._end(visit, "answered", Response(200))

    def refused(self, now: float, visit: Visit, reason: str) -> None:
        self._end(visit, reason, Response(403))

    def too_late(self, now: float, visit: Visit) -> None:
        self._end(visit, "late", Response(504))

    def _end(self, visit: Visit, what: str, response: Response) -> None:
        self.heard.append((visit.request.target, what))
        self.respond(visit, response)


def door() -> Plain:
    return Plain(ARN, birth(ARN))


def ask(machine: Plain, now: float, target: str = "/", token: int = 7, cause: Cause | None = None) -> list[Any]:
    """What comes of it at once."""
    machine.fetch(now, Fetch(ARN, Arn("asker"), token, Request("GET", target), cause))
    return taken(machine)


def taken(machine: Plain) -> list[Any]:
    effects = list(machine.effects)
    machine.effects.clear()
    return effects


def test_request_becomes_an_invocation() -> None:
    """By the door, for whom it acts; each of the two has its own id."""
    machine, cause = door(), Cause("r", ())

    [invoke] = ask(machine, 1.0, "/é", cause=cause)

    assert isinstance(invoke, Invoke)
    assert (invoke.function, invoke.asker, invoke.principal, invoke.cause) == (WORK, ARN, ARN, cause)
    assert invoke.payload == '{"target":"/é"}'.encode()
    requested, routed = machine.notes
    assert requested[:1] + requested[3:] == ("requested", "GET /é", cause)
    assert routed[0] == "routed"
    assert routed[2] == (requested[2], invoke.request_id)
    assert requested[2] != invoke.request_id
    assert (machine.outstanding(), machine.next_deadline()) == (1, 11.0)


def test_answer_goes_to_whoever_asked() -> None:
    """With the id that the trace calls the request by."""
    machine = door()
    [invoke] = ask(machine, 1.0, token=42)

    machine.finished(2.0, invoke.token, NULL)

    [fetched] = taken(machine)
    assert isinstance(fetched, Fetched)
    assert (fetched.asker, fetched.token, fetched.response.status) == (Arn("asker"), 42, 200)
    assert fetched.response.request_id == machine.notes[0][2]
    assert (machine.outstanding(), machine.next_deadline()) == (0, inf)


def test_late_answers_are_dropped() -> None:
    """Also a denial, and an answer that comes twice."""
    machine = door()
    [first], [second] = ask(machine, 0.0, "/1"), ask(machine, 0.0, "/2")
    machine.wake(9.99)
    assert machine.heard == []

    machine.wake(10.0)
    machine.finished(11.0, first.token, NULL)
    machine.denied(11.0, second.token, "no permission")
    machine.finished(11.0, 99, NULL)

    assert machine.heard == [("/1", "late"), ("/2", "late")]
    assert len(taken(machine)) == 2
    assert machine.next_deadline() == inf


def test_denied_request_is_answered_once() -> None:
    """With the reason."""
    machine = door()
    [invoke] = ask(machine, 0.0)

    machine.denied(0.0, invoke.token, "no permission")
    machine.wake(10.0)

    assert machine.heard == [("/", "no permission")]


def test_deadlines_in_order() -> None:
    """Those of requests that ended are passed by."""
    machine = door()
    [first], [second] = ask(machine, 0.0, "/1"), ask(machine, 1.0, "/2")
    assert machine.next_deadline() == 10.0

    machine.finished(2.0, first.token, NULL)

    assert machine.next_deadline() == 11.0
    machine.finished(3.0, second.token, NULL)
    assert machine.next_deadline() == inf
    machine.wake(20.0)
    assert machine.heard == [("/1", "answered"), ("/2", "answered")]


@pytest.mark.parametrize(("past", "statuses"), [(0, []), (1, [413])])
def test_event_of_six_megabytes(past: int, statuses: list[int]) -> None:
    """At the limit, and one byte past it: nothing is waited for."""
    machine = door()
    target = "/" + "é" * ((EVENT_LIMIT - len('{"target":"/"}')) // 2) + "x" * past

    effects = ask(machine, 0.0, target)

    assert [effect.response.status for effect in effects if isinstance(effect, Fetched)] == statuses
    assert machine.outstanding() == 1 - past
    assert len(machine.notes[1][3]) < TOLD + 20 or past


def test_event_that_nests_too_deeply() -> None:
    """Nothing happens."""
    machine, deep = door(), list[Any]()
    for _ in range(100_000):
        deep = [deep]

    assert machine.invoke(Visit(ARN, 1, Request("GET"), "id", None), WORK, deep) is False
    assert (machine.effects, machine.notes, machine.outstanding()) == ([], [], 0)


def test_event_that_is_json_already() -> None:
    """Is sent as it is; with no deadline none is armed."""
    machine = door()

    assert machine.invoke_with(Visit(ARN, 1, Request("GET"), "id", None), WORK, '{"a" : 1.50}', streams=True)

    [invoke] = machine.effects
    assert isinstance(invoke, Invoke)
    assert (invoke.payload, invoke.streams, machine.next_deadline()) == (b'{"a" : 1.50}', True, inf)


def test_what_a_door_must_say() -> None:
    """Nothing is said for it."""
    machine, visit = DoorMachine(ARN, birth(ARN)), Visit(ARN, 1, Request("GET"), "id", None)
    for say, more in (
        (machine.visited, ()),
        (machine.answered, (NULL,)),
        (machine.refused, ("",)),
        (machine.too_late, ()),
    ):
        with pytest.raises(NotImplementedError):
            say(0.0, visit, *more)


class EachIsAnsweredOnce(RuleBasedStateMachine):
    """In whatever order functions end, are denied, or are too late."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.machine = door()
        self.asked: list[str] = []
        self.invokes: list[Invoke] = []
        self.answered: list[str] = []

    @rule()
    def asks(self) -> None:
        target = f"/{len(self.asked)}"
        self.asked.append(target)
        [invoke] = ask(self.machine, self.now, target, token=len(self.asked))
        self.invokes.append(invoke)

    @precondition(lambda self: self.invokes)
    @rule(number=st.integers(0, 100), denied=st.booleans())
    def ends(self, number: int, denied: bool) -> None:
        token = self.invokes[number % len(self.invokes)].token  # perhaps for the second time
        if denied:
            self.machine.denied(self.now, token, "no")
        else:
            self.machine.finished(self.now, token, NULL)
        self.take()

    @rule(seconds=st.sampled_from([0.0, 0.5, 4.0, 10.0]))
    def passes(self, seconds: float) -> None:
        until = self.now + seconds
        while (due := self.machine.next_deadline()) <= until:
            self.now = due
            self.machine.wake(due)
            assert self.machine.next_deadline() > due
            self.take()
        self.now = until

    def take(self) -> None:
        self.answered += [self.asked[effect.token - 1] for effect in taken(self.machine)]

    @invariant()
    def nothing_is_lost(self) -> None:
        assert len(set(self.answered)) == len(self.answered)
        assert [target for target, _ in self.machine.heard] == self.answered
        assert self.machine.outstanding() == len(self.asked) - len(self.answered)
        waiting = {loads(invoke.payload or b"null")["target"] for invoke in self.invokes} - set(self.answered)
        assert {visit.request.target for visit in self.machine.waits.values()} == waiting
        assert (self.machine.next_deadline() == inf) == (not waiting)


TestEachIsAnsweredOnce = EachIsAnsweredOnce.TestCase
