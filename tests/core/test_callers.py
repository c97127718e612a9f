"""Callers that wait for an answer."""

import copy
from math import inf

from eventbus.core.callers import CALLERS, Callers
from eventbus.core.effects import Cause, Fetch, Invoke, Reply
from eventbus.core.http import Request, Response
from eventbus.core.outcomes import NULL, HandlerFailed, Outcome, Stopped, Throttled
from eventbus.names import arn_of, function_arn

WORK = function_arn("work")


def call(callers: Callers, *tokens: int) -> None:
    for token in tokens:
        callers.call(0.0, token, WORK, f"request {token}", b"1", None, None)
    callers.effects.clear()


def replies(callers: Callers) -> list[tuple[int, Outcome | Response]]:
    return [(reply.token, reply.answer) for reply in callers.effects if isinstance(reply, Reply)]


def test_call_is_one_attempt() -> None:
    """All that was given, with an answer to the callers."""
    callers = Callers()
    cause, tail = Cause("before", ()), list[str]()

    callers.call(0.0, 7, WORK, "id", b'{"n":1}', cause, tail)

    [invoke] = callers.effects
    assert isinstance(invoke, Invoke)
    assert (invoke.function, invoke.asker, invoke.token, invoke.request_id) == (WORK, CALLERS, 7, "id")
    assert (invoke.payload, invoke.batch, invoke.source) == (b'{"n":1}', (), None)
    assert invoke.cause is cause
    assert invoke.tail is tail


def test_any_outcome_is_the_answer() -> None:
    """No retry, no queue: a caller decides for itself."""
    callers = Callers()
    outcomes: list[Outcome] = [NULL, HandlerFailed("ValueError", "boom", "id", ()), Throttled("full"), Stopped()]
    call(callers, 0, 1, 2, 3)

    for token, outcome in enumerate(outcomes):
        callers.finished(1.0, token, outcome)

    assert replies(callers) == list(enumerate(outcomes))
    assert callers.outstanding() == 0


def test_only_the_first_answer_counts() -> None:
    """The second, and one to nobody, change nothing."""
    callers = Callers()
    call(callers, 1, 2)

    for token in (1, 1, 9):
        callers.finished(1.0, token, NULL)

    assert replies(callers) == [(1, NULL)]
    assert callers.outstanding() == 1


def test_caller_that_gave_up_gets_no_answer() -> None:
    """Its invocation goes on; giving up twice, or after the answer, is nothing."""
    callers = Callers()
    call(callers, 1, 2)
    callers.gave_up(0.5, 1)
    callers.gave_up(0.5, 1)

    callers.finished(1.0, 1, NULL)
    callers.finished(1.0, 2, NULL)
    callers.gave_up(1.5, 2)

    assert replies(callers) == [(2, NULL)]
    assert callers.outstanding() == 0


def test_callers_are_never_due() -> None:
    """They wait for attempts, not for a time."""
    callers = Callers()
    call(callers, 1)

    callers.wake(1.0)

    assert callers.next_deadline() == inf
    assert callers.effects == []


def test_copy_goes_on_by_itself() -> None:
    """What is answered in one still waits in the other."""
    callers = Callers()
    call(callers, 1)
    other = copy.deepcopy(callers)

    callers.finished(1.0, 1, NULL)

    assert (callers.outstanding(), other.outstanding()) == (0, 1)
    assert replies(other) == []


def test_request_at_a_door_is_answered_once() -> None:
    """By what the door says first; nobody is told who has gone."""
    callers, door = Callers(), arn_of("lambda", "url:work")
    callers.fetch(0.0, 7, door, Request("GET"), None)
    callers.fetch(0.0, 8, door, Request("GET"), None)
    assert [(effect.target, effect.token) for effect in callers.effects if isinstance(effect, Fetch)] == [
        (door, 7),
        (door, 8),
    ]
    callers.effects.clear()

    found = Response(200)
    callers.gave_up(1.0, 8)
    for token in (7, 7, 8):
        callers.fetched(2.0, token, found)

    assert replies(callers) == [(7, found)]
    assert callers.outstanding() == 0
