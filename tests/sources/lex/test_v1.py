"""What V1 does in its own way."""

from typing import Any

import pytest

from sources import lex
from tests.contracts import lex_table as table
from tests.sources.lex.helpers import Talk, bot_v1, slot_of, talked

HELLO = {"contentType": "PlainText", "content": "Hello."}


def states(talk: Talk, *texts: str) -> list[Any]:
    results = [talk.say(text) for text in texts]
    return [
        (each.members["dialogState"], each.members["message"]) if hasattr(each, "members") else each.code
        for each in results
    ]


def test_what_is_not_understood_is_clarified_and_then_aborted() -> None:
    """As often as the prompt may be said; understood texts begin the count anew."""
    more = {"clarification_prompt": "Pardon?", "max_attempts": 2, "abort_statement": "Goodbye."}
    talk = Talk(bot_v1(more=more))
    pardon, bye = ("ElicitIntent", "Pardon?"), ("Failed", "Goodbye.")

    assert states(talk, "a", "b", "c", "d") == [pardon, pardon, bye, pardon]
    assert talk.events == []


@pytest.mark.parametrize("more", [{}, {"abort_statement": "Goodbye."}], ids=["neither", "no clarification"])
def test_a_bot_with_nothing_to_say(more: Any) -> None:
    """400: there is no usable message."""
    assert states(Talk(bot_v1(more=more)), "a") == ["BadRequestException"]


def test_a_slot_that_is_never_understood() -> None:
    """Given up with the abort statement."""
    slot = slot_of(table.ORDER.slots[0], max_retries=1)
    intent = lex.Intent("OrderFlowers", slots=[slot], utterances=[table.OPENING])
    prompt = ("ElicitSlot", table.FLOWER_PROMPT)
    bots = [lex.BotV1("b", [intent], abort_statement=text) for text in ("Goodbye.", None)]

    said = table.OPENING, "nettles", "thistles"
    assert states(Talk(bots[0]), *said) == [prompt, prompt, ("Failed", "Goodbye.")]
    assert states(Talk(bots[1]), *said) == [prompt, prompt, "BadRequestException"]


def test_a_rejection() -> None:
    """The intent has failed, in the declared words."""
    talk = talked(bot_v1(confirmation_prompt="Order?", declination_response="Not then."), table.COMPLETE)

    assert states(talk, "no") == [("Failed", "Not then.")]


def test_without_hooks_the_caller_fulfils() -> None:
    """ReadyForFulfillment."""
    talk = Talk(bot_v1(dialog_code_hook=False, fulfillment_code_hook=False))

    assert states(talk, *table.COMPLETE)[-1][0] == "ReadyForFulfillment"
    assert talk.events == []


def test_members_of_a_result() -> None:
    """All that PostText has for a text."""
    talk = talked(bot_v1(), table.ASKED_FLOWER)
    members = talk.say("roses").members

    assert members == {
        "intentName": "OrderFlowers",
        "nluIntentConfidence": {"score": 1.0},
        "slots": {"FlowerType": "roses", "PickupDate": None},
        "sessionAttributes": {},
        "message": table.DATE_PROMPT,
        "messageFormat": "PlainText",
        "dialogState": "ElicitSlot",
        "slotToElicit": "PickupDate",
        "responseCard": None,
        "sessionId": members["sessionId"],
        "botVersion": "1",
        "activeContexts": [],
        "requestId": members["requestId"],
    }


CARD = {
    "version": 1,
    "contentType": "application/vnd.amazonaws.card.generic",
    "genericAttachments": [
        {"title": "Flowers", "subTitle": "Choose", "imageUrl": None, "buttons": [{"text": "Roses", "value": "roses"}]}
    ],
}


def test_a_response_card() -> None:
    """Beside the message; its version is a text [bc:lex-runtime]."""
    answer = {"dialogAction": {"type": "ElicitIntent", "message": HELLO, "responseCard": CARD}}
    members = Talk(bot_v1()).say(table.OPENING, {"DialogCodeHook": answer}).members
    attachment = {"title": "Flowers", "subTitle": "Choose", "buttons": [{"text": "Roses", "value": "roses"}]}

    assert members["message"] == "Hello."
    assert members["responseCard"] == {**CARD, "version": "1", "genericAttachments": [attachment]}


@pytest.mark.parametrize(
    "card",
    [
        "x",
        {},
        {**CARD, "contentType": "other"},
        {**CARD, "genericAttachments": None},
        {**CARD, "genericAttachments": [{}] * 11},
        {**CARD, "genericAttachments": [{"title": "x" * 81}]},
        {**CARD, "genericAttachments": [{"buttons": [{"text": "x" * 16, "value": "y"}]}]},
        {**CARD, "genericAttachments": [{"buttons": [{"text": "x"}]}]},
    ],
    ids=lambda each: str(each)[:60],
)
def test_response_cards_that_are_none(card: Any) -> None:
    """424."""
    answer = {"dialogAction": {"type": "ElicitIntent", "message": HELLO, "responseCard": card}}

    assert Talk(bot_v1()).say(table.OPENING, {"DialogCodeHook": answer}).code == "DependencyFailedException"


def test_three_intents_are_remembered() -> None:
    """The latest first, one summary each; a function may change them."""
    others = [lex.Intent(name, utterances=[name], closing_response="Ok.") for name in ("A", "B", "C")]
    talk = talked(bot_v1(*others), ("A", "B", "C", "A", table.OPENING))
    view = talk.events[-1]["recentIntentSummaryView"]

    assert [each["intentName"] for each in view] == ["A", "C", "B"]
    assert view[0]["fulfillmentState"] == "ReadyForFulfillment"
    answer = {
        "dialogAction": {"type": "Delegate"},
        "recentIntentSummaryView": [{"intentName": "B", "checkpointLabel": "b", "dialogActionType": "Close"}],
    }
    talk.say("roses", {"DialogCodeHook": answer})
    talk.say("2026-02-05")
    shown = [(each["intentName"], each["checkpointLabel"]) for each in talk.events[-1]["recentIntentSummaryView"]]
    assert shown == [("OrderFlowers", None), ("B", "b")]


def test_contexts_of_v1() -> None:
    """With parameters."""
    context = {"name": "ordered", "timeToLive": {"timeToLiveInSeconds": 60, "turnsToLive": 2}, "parameters": {"a": "b"}}
    talk = Talk(bot_v1())
    answer = {"dialogAction": {"type": "Delegate"}, "activeContexts": [context]}
    result = talk.say(table.OPENING, {"DialogCodeHook": answer})
    talk.say("roses")

    assert result.members["activeContexts"] == [context]
    assert talk.events[-1]["activeContexts"] == [context]
