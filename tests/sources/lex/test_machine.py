"""Conversations: the bot's own rules, failures, sessions and contexts."""

import copy
from math import inf
from typing import Any

import pytest

from eventbus.core.outcomes import HandlerFailed, Stopped, Throttled, TimedOut
from eventbus.errors import ResourceNotFoundException
from sources import lex
from sources.lex import v2
from sources.lex.machine import ERROR, SECONDS, TOO_LATE
from sources.lex.reading import Given, Order
from sources.lex.session import Context
from tests.contracts import lex_table as table
from tests.sources.lex.helpers import FALLBACK, V2_DELEGATE, Talk, as_outcome, bot_v1, bot_v2, slot_of, talked

BOOM = HandlerFailed("ValueError", "boom", "id", ())
DONE = {"sessionState": {"dialogAction": {"type": "Close"}, "intent": {"name": "OrderFlowers", "state": "Fulfilled"}}}
BROKEN = {"sessionState": {"dialogAction": {"type": "Close"}, "intent": {"name": "OrderFlowers", "state": "Failed"}}}


def contents(result: Any) -> list[str]:
    return [each["content"] for each in result.messages]


def asked_again(**settings: Any) -> lex.Bot:
    slot = slot_of(table.ORDER.slots[0], max_retries=2)
    intent = lex.Intent("OrderFlowers", slots=[slot], utterances=[table.OPENING], dialog_code_hook=True, **settings)
    return lex.Bot("flowers", [intent, FALLBACK], function=bot_v2().function)


def test_a_value_that_is_none_is_asked_for_again() -> None:
    """The hook sees each turn and its number; after the last one the fallback takes over."""
    talk = Talk(asked_again())
    results = [talk.say(text) for text in (table.OPENING, "nettles", "thistles")]
    attempts = [event["proposedNextState"]["prompt"]["attempt"] for event in talk.events]
    close = {
        "sessionState": {"dialogAction": {"type": "Close"}, "intent": {"name": "FallbackIntent", "state": "Failed"}}
    }
    last = talk.say("weeds", {"DialogCodeHook": close})

    assert attempts == ["Initial", "Retry1", "Retry2"]
    assert [contents(each) for each in results] == [[table.FLOWER_PROMPT]] * 3
    assert last.state["intent"]["name"] == "FallbackIntent"


def test_the_count_begins_anew_with_what_is_understood() -> None:
    """Another prompt, other attempts."""
    talk = talked(bot_v2(), (table.OPENING, "nettles", "roses"))

    assert talk.events[-1]["proposedNextState"]["prompt"] == {"attempt": "Initial"}


def test_another_intent_in_the_middle() -> None:
    """What is no value may be an utterance."""
    other = lex.Intent("Hours", utterances=["when are you open"], closing_response="From 9 to 5.")
    talk = talked(bot_v2(other), table.ASKED_DATE)
    result = talk.say("When are you open")

    assert (result.state["intent"]["name"], contents(result)) == ("Hours", ["From 9 to 5."])
    assert result.state["intent"]["state"] == "ReadyForFulfillment"


CONFIRMED = {
    "confirmation_prompt": "Order {FlowerType} for [name] on {PickupDate}?",
    "declination_response": "Not then.",
}


def test_the_bots_own_confirmation() -> None:
    """Asked for when all slots are there, with values and session attributes filled in."""
    talk = Talk(bot_v2(**CONFIRMED))
    talk.say(table.OPENING, order=Order(attributes={"name": "Ana"}))
    talk.say("roses")
    asked = talk.say("2026-02-05")
    agreed = copy.deepcopy(talk).say("yes", {"FulfillmentCodeHook": DONE})
    denied = talk.say("NO")

    assert contents(asked) == ["Order roses for Ana on 2026-02-05?"]
    assert asked.state["dialogAction"] == {"type": "ConfirmIntent"}
    assert (agreed.state["intent"]["confirmationState"], agreed.state["intent"]["state"]) == ("Confirmed", "Fulfilled")
    assert (denied.state["dialogAction"], denied.state["intent"]["state"]) == ({"type": "Close"}, "Failed")
    assert contents(denied) == ["Not then."]


def test_a_slot_that_is_not_known_stays_in_the_message() -> None:
    """So does an attribute."""
    talk = talked(bot_v2(**CONFIRMED), table.ASKED_FLOWER)
    state = table._turn({"type": "ElicitSlot", "slotToElicit": "FlowerType"}, {"name": "OrderFlowers"})
    talk.say("roses", {"DialogCodeHook": state})
    order = Order("ConfirmIntent")

    assert contents(talk.put(order)) == ["Order roses for [name] on {PickupDate}?"]


def test_without_hooks_the_bot_is_alone() -> None:
    """The caller fulfils what is ready."""
    talk = Talk(bot_v2(dialog_code_hook=False, fulfillment_code_hook=False))
    results = [talk.say(text) for text in table.COMPLETE]

    assert talk.events == []
    assert results[-1].state["dialogAction"] == {"type": "Close"}
    assert results[-1].state["intent"]["state"] == "ReadyForFulfillment"


def test_an_optional_slot_is_not_asked_for() -> None:
    """An utterance may hold it."""
    slot = lex.Slot("Colour", required=False)
    intent = lex.Intent("Paint", slots=[slot], utterances=["paint it", "paint it {Colour}"])
    results = [Talk(lex.Bot("b", [intent])).say(text) for text in ("paint it", "paint it black")]

    assert [each.state["intent"]["slots"]["Colour"] is None for each in results] == [True, False]
    assert {each.state["intent"]["state"] for each in results} == {"ReadyForFulfillment"}


def test_an_intent_that_needs_a_context() -> None:
    """Understood while it is active: for its turns, and not behind its end."""
    more = lex.Intent("More", utterances=["one more"], input_contexts=["ordered"])
    talk = Talk(bot_v2(more))
    context = [Context("ordered", {}, 60.0, 2)]
    talk.put(Order(contexts=context))
    found = []
    for _ in range(3):
        found.append(talk.say("one more", {"FulfillmentCodeHook": _closed("FallbackIntent")}).state["intent"]["name"])

    assert found == ["More", "More", "FallbackIntent"]


def _closed(name: str) -> Any:
    return {"sessionState": {"dialogAction": {"type": "Close"}, "intent": {"name": name, "state": "Failed"}}}


@pytest.mark.parametrize(("now", "left"), [(0.0, 30), (9.5, 21), (28.0, 5), (30.0, None)])
def test_what_is_left_of_a_context(now: float, left: int | None) -> None:
    """Whole seconds, at least those that may be given back."""
    talk = Talk(bot_v2())
    answer = table._turn({"type": "Delegate"}, activeContexts=[table._context(seconds=30)])
    talk.say(table.OPENING, {"DialogCodeHook": answer})
    talk.now = now
    talk.say("roses")

    found = talk.events[-1]["sessionState"]["activeContexts"]
    assert [each["timeToLive"] for each in found] == (
        [] if left is None else [{"timeToLiveInSeconds": left, "turnsToLive": 5}]
    )


def test_an_answer_can_take_contexts_back() -> None:
    """An empty list empties it."""
    talk = Talk(bot_v2())
    talk.put(Order(contexts=[Context("ordered", {}, 60.0, 5)]))
    result = talk.say(table.OPENING, {"DialogCodeHook": table._turn({"type": "Delegate"}, activeContexts=[])})

    assert talk.events[-1]["sessionState"]["activeContexts"][0]["name"] == "ordered"
    assert result.state["activeContexts"] == []


FAILURES: list[Any] = [
    (BOOM, ERROR),
    (TimedOut("Sandbox.Timedout", "x"), ERROR),
    (Throttled("ConcurrentInvocationLimitExceeded"), "The function could not be called: ConcurrentInvocation"),
    (Throttled("ReservedFunctionConcurrentInvocationLimitExceeded", terminal=True), "The function could not be called"),
    (Stopped(), "The function could not be called: RecursiveInvocationException"),
]


@pytest.mark.parametrize(("outcome", "text"), FAILURES, ids=lambda each: str(each)[:40])
@pytest.mark.parametrize("bot", [bot_v2, bot_v1], ids=["v2", "v1"])
def test_a_function_that_fails(bot: Any, outcome: Any, text: str) -> None:
    """424, nothing is tried again, and the session is as it was."""
    talk = talked(bot(), table.ASKED_FLOWER)
    error = talk.say("roses", {"DialogCodeHook": outcome})
    calls = len(talk.events)
    talk.say("lilies")

    assert (error.code, error.status) == ("DependencyFailedException", 424)
    assert str(error).startswith(text)
    assert calls == 2
    assert "lilies" in str(talk.events[-1])


@pytest.mark.parametrize("late", [False, True], ids=["at 29.9 s", "at 30 s"])
def test_a_function_has_30_seconds(late: bool) -> None:
    """What it says later is passed by."""
    talk = Talk(bot_v2())
    pending = talk.machine.say(5.0, "anna", table.OPENING, Order(), None, None)
    effect = talk.asked()
    assert talk.machine.next_deadline() == 5.0 + SECONDS
    if late:
        talk.machine.wake(35.0)
    talk.machine.finished(35.0 if late else 34.9, effect.token, as_outcome(V2_DELEGATE))

    assert pending.done
    assert (str(pending.result) == TOO_LATE) is late
    assert (talk.machine.outstanding(), talk.machine.next_deadline()) == (0, inf)


def test_a_refused_function() -> None:
    """The reason is told."""
    talk = Talk(bot_v1())
    pending = talk.machine.say(0.0, "anna", table.OPENING, Order(), None, None)
    talk.machine.denied(0.0, talk.asked().token, "AccessDenied: nobody may")

    assert str(pending.result) == "The function could not be called: AccessDenied: nobody may"


RESPONSES = {"success_response": "Done.", "failure_response": "Failed.", "timeout_response": "Too slow."}


@pytest.mark.parametrize(
    ("answer", "messages", "state"),
    [
        (DONE, ["Done.", table.CLOSING], "Fulfilled"),
        (BROKEN, ["Failed."], "Failed"),
        (BOOM, ["Failed."], "Failed"),
        ({**DONE, "messages": [{"contentType": "PlainText", "content": "Sent."}]}, ["Sent."], "Fulfilled"),
    ],
    ids=["fulfilled", "failed", "error", "its own message"],
)
def test_responses_after_the_fulfilment(answer: Any, messages: list[str], state: str) -> None:
    """Declared ones stand in for messages, and for errors."""
    talk = talked(bot_v2(**RESPONSES), table.ASKED_DATE)
    result = talk.say("2026-02-05", {"FulfillmentCodeHook": answer})

    assert (contents(result), result.state["intent"]["state"]) == (messages, state)


def test_response_to_a_fulfilment_that_is_late() -> None:
    """The session goes on, the intent has failed."""
    talk = talked(bot_v2(dialog_code_hook=False, **RESPONSES), table.ASKED_DATE)
    pending = talk.machine.say(0.0, "anna", "2026-02-05", Order(), None, None)
    talk.asked()
    talk.machine.wake(SECONDS)
    result: Any = pending.result

    assert (contents(result), result.state["intent"]["state"]) == (["Too slow."], "Failed")


def test_one_turn_of_a_session_at_a_time() -> None:
    """Another one is refused; other sessions are not."""
    talk = Talk(bot_v2())
    machine = talk.machine
    machine.say(0.0, "anna", table.OPENING, Order(), None, None)
    for refused in (
        lambda: machine.say(0.0, "anna", "roses", Order(), None, None),
        lambda: machine.put(0.0, "anna", Order(), None, None),
        lambda: machine.delete(0.0, "anna"),
    ):
        with pytest.raises(lex.ConflictException) as raised:
            refused()
        assert raised.value.status == 409
    machine.say(0.0, "bob", table.OPENING, Order(), None, None)

    assert machine.outstanding() == 2


@pytest.mark.parametrize(("idle", "kept"), [(299.9, True), (300.0, False)])
def test_a_session_that_nobody_talks_in(idle: float, kept: bool) -> None:
    """Is gone after 300 s; each turn begins them anew."""
    talk = Talk(bot_v2())
    talk.say(table.OPENING)
    talk.now = 200.0
    talk.say("roses")
    talk.now += idle
    talk.say("2026-02-05", {"FulfillmentCodeHook": _closed("FallbackIntent")})

    assert (talk.events[2]["sessionState"]["intent"]["name"] == "OrderFlowers") is kept


def test_idle_sessions_are_forgotten() -> None:
    """Whoever they belong to."""
    talk = Talk(bot_v2())
    for now, user in ((0.0, "anna"), (1.0, "bob"), (2.0, "anna")):
        talk.now, talk.user = now, user
        talk.say(table.OPENING)
    talk.now, talk.user = 301.5, "carl"
    talk.say(table.OPENING)

    assert list(talk.machine.sessions) == ["anna", "carl"]


def test_sessions_by_hand() -> None:
    """Put, looked at, deleted."""
    talk = Talk(bot_v2())
    order = Order("ElicitSlot", slot="PickupDate", attributes={"a": "b"}, intent=Given("OrderFlowers"))
    result = talk.put(order)
    seen = talk.machine.get(0.0, "anna")

    assert contents(result) == [table.DATE_PROMPT]
    assert (seen.action, seen.slot, seen.attributes) == ("ElicitSlot", "PickupDate", {"a": "b"})
    talk.machine.delete(0.0, "anna")
    for gone in (talk.machine.get, talk.machine.delete):
        with pytest.raises(ResourceNotFoundException):
            gone(0.0, "anna")


def test_a_session_that_is_put_with_delegate_goes_on() -> None:
    """Without the dialog hook; the fulfilment is called."""
    talk = talked(bot_v2(), table.ASKED_DATE)
    value = table.scalar("2026-02-05")
    state = {
        "dialogAction": {"type": "Delegate"},
        "intent": {"name": "OrderFlowers", "slots": {"FlowerType": table.scalar("roses"), "PickupDate": value}},
    }
    result = talk.put(v2.read_state(state, 0.0, talk.machine.model), {"FulfillmentCodeHook": DONE})

    assert talk.hooks == ["FulfillmentCodeHook"]
    assert result.state["intent"]["state"] == "Fulfilled"


def test_nothing_to_delegate() -> None:
    """A session without an intent asks for one."""
    result = Talk(bot_v2()).put(Order("Delegate"))

    assert result.state["dialogAction"] == {"type": "ElicitIntent"}
