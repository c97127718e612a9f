"""Events, whole, against goldens by other hands."""

import json
from typing import Any

import pytest

from eventbus.cli.systems import sample
from sources.lex.reading import Order
from tests.contracts import lex_table as table
from tests.golden import load, match
from tests.sources.lex.helpers import Talk, bot_v1, bot_v2, talked

V2_CONFIRM = table._SHALL_I
V1_CONFIRM: Any = {
    "dialogAction": {
        "type": "ConfirmIntent",
        "intentName": "OrderFlowers",
        "slots": {"FlowerType": "roses", "PickupDate": "2026-02-05"},
        "message": {"contentType": "PlainText", "content": "Shall I?"},
    }
}


def conversation(version: str, texts: tuple[str, ...]) -> Any:
    return talked(bot_v2() if version == "v2" else bot_v1(), texts)


def confirming(version: str) -> Talk:
    talk: Talk = conversation(version, table.ASKED_DATE)
    talk.say("2026-02-05", {"DialogCodeHook": V2_CONFIRM if version == "v2" else V1_CONFIRM})
    return talk


@pytest.mark.parametrize("version", ["v2", "v1"])
@pytest.mark.parametrize(
    ("name", "texts", "which"),
    [
        ("dialog_first", table.ASKED_FLOWER, -1),
        ("dialog_slot", table.ASKED_DATE, -1),
        ("dialog_last_slot", table.COMPLETE, -2),
        ("fulfillment", table.COMPLETE, -1),
    ],
)
def test_events_of_a_conversation(version: str, name: str, texts: tuple[str, ...], which: int) -> None:
    """Each as its golden."""
    match(load(f"lex/{version}_{name}"), conversation(version, texts).events[which])


@pytest.mark.parametrize("version", ["v2", "v1"])
@pytest.mark.parametrize(("name", "text"), [("dialog_confirmed", "yes"), ("dialog_denied", "no")])
def test_events_after_a_confirmation(version: str, name: str, text: str) -> None:
    """The dialog hook sees what the user said."""
    talk = confirming(version)
    before = len(talk.events)
    talk.say(text)

    match(load(f"lex/{version}_{name}"), talk.events[before])


def test_event_of_a_confirmed_fulfilment() -> None:
    """The second call of that turn."""
    talk = confirming("v2")
    talk.say("yes")

    match(load("lex/v2_fulfillment_confirmed"), talk.events[-1])


@pytest.mark.parametrize("version", ["v2", "v1"])
def test_event_with_attributes_of_the_caller(version: str) -> None:
    """Of the session, and of the request."""
    talk = conversation(version, ())
    talk.say(table.OPENING, order=Order(attributes={"shop": "north"}), request_attributes={"channel": "web"})

    match(load(f"lex/{version}_dialog_request_attributes"), talk.events[-1])


def test_event_with_attributes_of_the_function() -> None:
    """They are there in the next turn."""
    talk = conversation("v2", ())
    answer = {"sessionState": {"dialogAction": {"type": "Delegate"}, "sessionAttributes": {"price": "25"}}}
    talk.say(table.OPENING, {"DialogCodeHook": answer})
    talk.say("roses")

    match(load("lex/v2_dialog_session_attributes"), talk.events[-1])


@pytest.mark.parametrize(("name", "which"), [("v2_fallback", 0), ("v2_fallback_fulfillment", 1)])
def test_events_of_the_fallback(name: str, which: int) -> None:
    """Both hooks."""
    match(load(f"lex/{name}"), conversation("v2", ("open the pod bay doors",)).events[which])


@pytest.mark.parametrize(("kind", "golden"), [("v2", "lex/v2_dialog_first"), ("v1", "lex/v1_dialog_first")])
def test_sample_events(kind: str, golden: str) -> None:
    """As the golden, but for the slots that an event may have."""
    event, wanted = sample("lex", (f"kind={kind}",)), load(golden)

    assert list(event) == [key for key in wanted if wanted[key] != "<null_or_absent>" or key in event]
    assert json.dumps(event).count("OrderFlowers") >= 1
    assert event["inputTranscript"] == table.OPENING
