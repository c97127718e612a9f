"""What a source hands over, and what becomes of a refusal."""

from math import inf
from typing import Any

import pytest
from attrs import define, field

from eventbus.core.effects import Cause, Deliver
from eventbus.names import Arn, function_arn
from sources._hand_over import HAND_OVER_AGE, HandingMachine
from tests.sources.helpers import birth

ARN = Arn("arn:aws:test:us-east-1:000000000000:thing")
WORK = function_arn("work")
THROTTLED = "TooManyRequestsException"


@define(eq=False)
class Source(HandingMachine):
    ends: list[Any] = field(factory=list, init=False)

    def taken(self, now: float, held: Any) -> None:
        self.ends.append(("taken", now, held))

    def dropped(self, now: float, held: Any, error: str) -> None:
        self.ends.append(("dropped", now, held, error))


def source() -> Source:
    return Source(ARN, birth(ARN))


def sent(machine: Source) -> Deliver:
    [effect] = machine.effects
    machine.effects.clear()
    assert isinstance(effect, Deliver)
    return effect


def test_what_was_taken_is_done() -> None:
    """One try, with the cause it came from; its source is told once."""
    machine, cause = source(), Cause("request", ())
    machine.hand_over(1.0, WORK, "{}", ("id",), cause, held="mail")
    assert machine.outstanding() == 1
    effect = sent(machine)
    machine.delivered(1.0, effect.token, None)
    machine.delivered(1.0, effect.token, None)

    assert (effect.target, effect.asker, effect.body, effect.cause) == (WORK, ARN, "{}", cause)
    assert machine.ends == [("taken", 1.0, "mail")]
    assert (machine.outstanding(), machine.next_deadline(), machine.busiest()) == (0, inf, "")
    assert machine.notes == [("notified", ARN, ("id",), WORK, cause)]


def test_a_refusal_for_a_while_is_tried_again() -> None:
    """After 1, 2, 4 ... seconds, each try under a token of its own."""
    machine = source()
    machine.hand_over(0.0, WORK, "{}", ("id",))
    times, tokens = [0.0], []
    for _ in range(4):
        effect = sent(machine)
        tokens.append(effect.token)
        machine.delivered(times[-1], effect.token, THROTTLED)
        times.append(machine.next_deadline())
        machine.wake(times[-1])

    assert times == [0.0, 1.0, 3.0, 7.0, 15.0]
    assert len(set(tokens)) == 4
    assert machine.outstanding() == 1
    assert machine.ends == []


def test_a_day_of_refusals_ends_it() -> None:
    """The last try is no later than 24 hours after the first; then it is dropped, and the trace says why."""
    machine = source()
    machine.hand_over(0.0, WORK, "{}", ("id",), held="mail")
    last = now = 0.0
    while machine.effects:
        last = now
        machine.delivered(now, sent(machine).token, THROTTLED)
        now = machine.next_deadline()
        if now < inf:
            machine.wake(now)

    assert HAND_OVER_AGE - 450 < last < HAND_OVER_AGE
    assert machine.ends == [("dropped", last, "mail", THROTTLED)]
    assert machine.notes[-1][:1] == ("dropped",)
    assert "MaximumEventAgeInSeconds" in machine.notes[-1][3]


@pytest.mark.parametrize("error", ["AccessDeniedException: no statement", "ResourceNotFoundException"])
def test_a_refusal_for_good_is_dropped_at_once(error: str) -> None:
    """No second try."""
    machine = source()
    machine.hand_over(5.0, WORK, "{}", ("id",))
    machine.delivered(5.0, sent(machine).token, error)

    assert machine.ends == [("dropped", 5.0, None, error)]
    assert (machine.effects, machine.next_deadline(), machine.outstanding()) == ([], inf, 0)
    assert [note[0] for note in machine.notes] == ["notified", "not_taken", "dropped"]
