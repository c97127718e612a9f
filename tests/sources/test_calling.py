"""Calls of functions under way: their answers, refusals and deadlines, and clients that wait for them."""

import asyncio
from math import inf
from typing import Any

import pytest
from attrs import define, field

from eventbus.core.batching import EVENT_LIMIT
from eventbus.core.effects import Arrived, Cause, Invoke
from eventbus.core.outcomes import NULL, Outcome
from eventbus.names import Arn, function_arn
from sources._calling import CallingMachine, Pending, result_of
from tests.sources.helpers import birth

ARN = Arn("arn:aws:test:us-east-1:000000000000:thing")
WORK = function_arn("work")


@define(eq=False)
class Question:
    id: str
    cause: Cause | None = None
    invoked: str | None = None


@define(eq=False)
class Source(CallingMachine[Question]):
    ends: list[tuple[str, float, str]] = field(factory=list, init=False)

    def answered(self, now: float, call: Question, outcome: Outcome) -> None:
        self.ends.append(("answered", now, call.id))

    def refused(self, now: float, call: Question, reason: str) -> None:
        self.ends.append(("refused", now, call.id))

    def too_late(self, now: float, call: Question) -> None:
        self.ends.append(("too late", now, call.id))


def source() -> Source:
    return Source(ARN, birth(ARN))


def asked(machine: Source, id: str = "one", until: float = inf) -> Invoke:
    assert machine.invoke(Question(id), WORK, {"id": id}, until)
    effect = machine.effects.pop()
    assert isinstance(effect, Invoke)
    return effect


def test_a_call_invokes_in_the_name_of_its_source() -> None:
    """With an id of its own; the trace knows both."""
    machine = source()
    effect = asked(machine)

    assert (effect.function, effect.asker, effect.principal, effect.payload) == (WORK, ARN, ARN, b'{"id":"one"}')
    assert machine.notes == [("routed", ARN, ("one", effect.request_id), 'to work with {"id":"one"}', None)]
    assert machine.outstanding() == 1


@pytest.mark.parametrize("first", ["answer", "refusal", "deadline"])
def test_a_wait_ends_once(first: str) -> None:
    """Whatever comes behind its end is passed by."""
    machine = source()
    token = asked(machine, until=5.0).token
    ends: dict[str, Any] = {
        "answer": lambda: machine.finished(4.0, token, NULL),
        "refusal": lambda: machine.denied(4.0, token, "no"),
        "deadline": lambda: machine.wake(5.0),
    }
    ends[first]()
    for end in ends.values():
        end()

    assert len(machine.ends) == 1
    assert machine.ends[0][0] == {"answer": "answered", "refusal": "refused", "deadline": "too late"}[first]
    assert (machine.outstanding(), machine.next_deadline()) == (0, inf)


def test_deadlines_come_in_order() -> None:
    """Those of calls that have ended are passed by, and none is due before its time."""
    machine = source()
    first, _, _ = asked(machine, "a", 1.0), asked(machine, "b", 2.0), asked(machine, "c", 3.0)
    machine.finished(0.5, first.token, NULL)
    assert machine.next_deadline() == 2.0
    machine.wake(2.9)

    assert machine.ends == [("answered", 0.5, "a"), ("too late", 2.9, "b")]
    assert machine.next_deadline() == 3.0


def test_an_event_that_no_function_takes() -> None:
    """Too long, or nested too deeply: nothing happens, and the caller knows."""
    machine = source()
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]

    assert not machine.invoke(Question("long"), WORK, "x" * EVENT_LIMIT)
    assert not machine.invoke(Question("deep"), WORK, deep)
    assert (machine.effects, machine.outstanding()) == ([], 0)
    while deep:  # taking it apart at once would be too deep for the interpreter as well
        deep = deep[0]


class Waiting:
    """A feed whose wait ends when the machine has replied."""

    def __init__(self, machine: Source, result: object) -> None:
        self.machine, self.result = machine, result

    async def wait(self, pending: Pending[Any], seconds: float) -> None:
        assert seconds == inf
        self.machine.reply(pending, self.result)


def test_a_client_waits_for_the_reply() -> None:
    """`Arrived` is said of it."""
    machine, pending = source(), Pending[str](Arn("pending"))
    feed: Any = Waiting(machine, "done")

    assert asyncio.run(result_of(feed, pending)) == "done"
    [effect] = machine.effects
    assert isinstance(effect, Arrived)
    assert effect.source == "pending"


def test_a_reply_may_be_an_error() -> None:
    """It is raised where the client waits."""
    machine, pending = source(), Pending[str](Arn("pending"))
    feed: Any = Waiting(machine, LookupError("nobody"))

    with pytest.raises(LookupError, match="nobody"):
        asyncio.run(result_of(feed, pending))
