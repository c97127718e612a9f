"""What the contract table says of conversations, row by row."""

import json
from typing import Any

import pytest

from sources.lex import DependencyFailedException, LexError
from sources.lex.machine_v2 import Recognized
from tests.contracts import lex_table as table
from tests.sources.lex.helpers import Talk, bot_v1, bot_v2, interpreted, talked


def failed(result: Any, failure: table.Failure) -> None:
    assert isinstance(result, LexError)
    assert (result.code, result.status) == (failure.code, failure.status)
    assert failure.message is None or str(result).startswith(failure.message)


@pytest.mark.parametrize("row", table.UNDERSTOOD, ids=lambda row: row.id)
def test_what_is_understood(row: table.Understood) -> None:
    """Of the last text: the intent, its slots, the hooks that are called, and what is asked for then."""
    talk = talked(bot_v2(), row.texts[:-1])
    before = len(talk.events)
    fallback_closes = {"FulfillmentCodeHook": _closed(row.intent)}
    result = talk.say(row.texts[-1], fallback_closes)

    assert tuple(talk.hooks) == row.hooks
    first = talk.events[before]["sessionState"]["intent"]
    assert first["name"] == row.intent
    assert interpreted(first["slots"]) == row.slots
    assert result.state["dialogAction"].get("slotToElicit") == row.elicited


def _closed(intent: str) -> Any:
    return {"sessionState": {"dialogAction": {"type": "Close"}, "intent": {"name": intent, "state": "Fulfilled"}}}


@pytest.mark.parametrize("row", table.V2_ANSWERS, ids=lambda row: row.id)
def test_answers_of_v2(row: table.Answer) -> None:
    """What each makes of the conversation."""
    talk = talked(bot_v2(), row.texts[:-1])
    result = talk.say(row.texts[-1], {row.hook: row.answer if row.raw is None else row.raw.encode()})

    if isinstance(row.outcome, table.Failure):
        failed(result, row.outcome)
    else:
        replied(result, talk, row.outcome)


def replied(result: Recognized, talk: Talk, wanted: table.Reply) -> None:
    assert isinstance(result, Recognized), result
    intent = result.state.get("intent")
    assert result.state["dialogAction"] == wanted.dialog_action
    assert tuple(talk.hooks) == wanted.hooks
    assert (None if intent is None else (intent["name"], intent["state"])) == (
        None if wanted.intent is None else (wanted.intent, wanted.state)
    )
    assert wanted.confirmation_state in (None, None if intent is None else intent["confirmationState"])
    assert wanted.slots in (None, None if intent is None else interpreted(intent["slots"]))
    assert wanted.messages in (None, result.messages)
    assert wanted.session_attributes in (None, result.state["sessionAttributes"])
    assert wanted.request_attributes in (None, result.request_attributes)


@pytest.mark.parametrize("row", table.V2_LIMITS, ids=lambda row: row.id)
def test_limits_of_answers(row: table.Limit) -> None:
    """At the limit, and one past it."""
    results = []
    for answer in (row.fits, row.too_much):
        talk = talked(bot_v2(), table.ASKED_DATE[:-1])
        results.append(talk.say(table.ASKED_DATE[-1], {"DialogCodeHook": answer}))

    assert isinstance(results[0], Recognized)
    failed(results[1], table.INVALID)


@pytest.mark.parametrize("row", table.NEXT_TURNS, ids=lambda row: row.id)
def test_the_turn_after_an_answer(row: table.NextTurn) -> None:
    """What its first hook sees."""
    talk = talked(bot_v2(), row.texts[:-1])
    talk.say(row.texts[-1], {"DialogCodeHook": row.answer})
    before = len(talk.events)
    talk.say(row.then)

    state = talk.events[before]["sessionState"]
    assert talk.events[before]["invocationSource"] == row.hook
    assert state["intent"]["name"] == row.intent
    assert row.confirmation_state in (None, state["intent"]["confirmationState"])
    assert row.slots in (None, interpreted(state["intent"]["slots"]))
    assert row.session_attributes in (None, state["sessionAttributes"])


@pytest.mark.parametrize("row", table.V1_ANSWERS, ids=lambda row: row.id)
def test_answers_of_v1(row: table.V1Answer) -> None:
    """What each makes of the conversation."""
    talk = talked(bot_v1(), row.texts[:-1])
    result = talk.say(row.texts[-1], {row.hook: row.answer if row.raw is None else row.raw.encode()})

    if isinstance(row.outcome, table.Failure):
        failed(result, row.outcome)
        return
    wanted, members = row.outcome, result.members
    assert members["dialogState"] == wanted.dialog_state
    assert tuple(talk.hooks) == wanted.hooks
    assert wanted.message in (None, members["message"])
    assert wanted.message_format in (None, members["messageFormat"])
    assert wanted.slot_to_elicit in (None, members["slotToElicit"])
    assert wanted.slots in (None, members["slots"])
    assert wanted.session_attributes in (None, members["sessionAttributes"])


@pytest.mark.parametrize(("size", "fits"), [(table.V1_ANSWER_LIMIT, True), (table.V1_ANSWER_LIMIT + 1, False)])
def test_size_of_an_answer_of_v1(size: int, fits: bool) -> None:
    """25 KB, and one byte more."""
    talk = Talk(bot_v1())
    result = talk.say(table.OPENING, {"DialogCodeHook": table.v1_answer_of(size)})

    assert isinstance(result, DependencyFailedException) is not fits


def test_size_of_an_event_of_v1() -> None:
    """12 KB, and one byte more: the function is not called."""
    sizes = []
    for fill in (0, 1):
        talk = Talk(bot_v1())
        talk.say(table.OPENING, request_attributes={"fill": ""})
        [event] = talk.events
        empty = len(json.dumps(event, separators=(",", ":")))
        other = Talk(bot_v1())
        result = other.say(table.OPENING, request_attributes={"fill": "x" * (table.V1_EVENT_LIMIT - empty + fill)})
        sizes.append((isinstance(result, DependencyFailedException), len(other.events)))

    assert sizes == [(False, 1), (True, 0)]
