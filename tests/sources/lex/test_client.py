"""What one can say to a bot, in botocore's names, and what is refused."""

from typing import Any

import pytest

from eventbus.errors import ServiceError
from sources import lex
from tests.contracts import lex_table as table
from tests.sources.helpers import Feed, birth, done
from tests.sources.lex.helpers import bot_v1, bot_v2

ALONE = {"dialog_code_hook": False, "fulfillment_code_hook": False}
"""No hooks, so that nobody waits."""


def client_of(bot: Any) -> Any:
    return bot.client(bot.machine(birth(bot.arn)), Feed())


def v2() -> lex.BotClient:
    fallback = lex.Intent("FallbackIntent", parent_intent_signature="AMAZON.FallbackIntent")
    made = bot_v2(**ALONE)
    found: lex.BotClient = client_of(lex.Bot("flowers", [made.intents[0], fallback]))
    return found


def v1() -> lex.BotV1Client:
    found: lex.BotV1Client = client_of(bot_v1(**ALONE, more={"clarification_prompt": "Pardon?"}))
    return found


NOT_SAID = ("botId", "localeId", "botName", "botAlias")
"""The client is the bot's: it names none."""


@pytest.mark.parametrize(
    "row", [each for each in table.REQUESTS if each.member not in NOT_SAID], ids=lambda row: row.id
)
def test_requests(row: table.Request) -> None:
    """Taken, or refused with code and status."""
    given = {"text": "hello", "sessionId": "anna", "inputText": "hello", "userId": "anna", row.member: row.value}
    if row.operation == "RecognizeText":
        call: Any = v2().recognize_text(given["text"], session_id=given["sessionId"])
    else:
        call = v1().post_text(given["inputText"], user_id=given["userId"])
    if row.failure is None:
        done(call)
        return
    with pytest.raises(ServiceError) as refused:
        done(call)
    assert (refused.value.code, refused.value.status) == (row.failure.code, row.failure.status)


SLOTS = {"FlowerType": None, "PickupDate": None}


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("x", "session_state='x'"),
        ({"runtime_hints": {}}, "runtime_hints is refused: nothing is guessed"),
        ({"sessionAttributes": {}}, "sessionAttributes is refused; allowed"),
        ({"dialog_action": {"type": "ElicitSlot", "slotToElicit": "x"}}, "slotToElicit is refused"),
        ({"dialog_action": {"type": "Guess"}}, "wanted Close"),
        ({"dialog_action": {"type": "ElicitSlot", "slot_to_elicit": "FlowerType"}}, "needs an intent"),
        ({"intent": {"name": "Pizza"}}, "wanted OrderFlowers"),
        ({"intent": {"name": "OrderFlowers", "more": 1}}, "more is refused"),
        ({"intent": {"name": "OrderFlowers", "slots": {"X": None}}}, "no slot 'X'"),
        ({"session_attributes": {"a": 1}}, "wanted a text under a name"),
        ({"session_attributes": {"a": "\ud800"}}, "surrogates"),
        ({"session_attributes": {"a": b""}}, "bytes"),
        ({"active_contexts": [{"name": "x"}]}, "timeToLive is missing"),
    ],
    ids=str,
)
def test_session_states_that_are_refused(state: Any, text: str) -> None:
    """`ValidationException`, before the turn."""
    for call in (
        v2().recognize_text("hello", session_id="anna", session_state=state),
        v2().put_session(session_id="anna", session_state=state),
    ):
        with pytest.raises(lex.ValidationException) as refused:
            done(call)
        assert text.replace(";", ":") in str(refused.value).replace(";", ":")


@pytest.mark.parametrize(
    "settings",
    [
        {"request_attributes": {"a": 1}},
        {"request_attributes": ["a"]},
        {"request_attributes": {"": "a"}},
        {"request_attributes": {"a": "\ud800"}},
        {"messages": [{"content": "no type"}]},
        {"messages": "hello"},
    ],
    ids=str,
)
def test_other_members_that_are_refused(settings: Any) -> None:
    """Likewise."""
    with pytest.raises(lex.ValidationException):
        done(v2().put_session(session_id="anna", session_state={}, **settings))


def test_what_a_session_knows_can_be_given_back() -> None:
    """In the same names."""

    async def main() -> tuple[Any, Any, Any]:
        client = v2()
        first = await client.recognize_text(
            table.OPENING,
            session_id="anna",
            session_state={
                "session_attributes": {"shopName": "north"},
                "active_contexts": [
                    {
                        "name": "ordered",
                        "context_attributes": {"someKey": "x"},
                        "time_to_live": {"time_to_live_in_seconds": 90, "turns_to_live": 3},
                    }
                ],
            },
            request_attributes={"aB": "c"},
        )
        seen = await client.get_session(session_id="anna")
        await client.delete_session(session_id="anna")
        put = await client.put_session(
            session_id="bob",
            session_state=seen.session_state,
            messages=[{"content_type": "PlainText", "content": "Hello."}],
        )
        return first, seen, put

    first, seen, put = done(main())
    assert first.session_state == {
        "dialog_action": {"type": "ElicitSlot", "slot_to_elicit": "FlowerType"},
        "intent": {"name": "OrderFlowers", "slots": SLOTS, "state": "InProgress", "confirmation_state": "None"},
        "active_contexts": [
            {
                "name": "ordered",
                "context_attributes": {"someKey": "x"},
                "time_to_live": {"time_to_live_in_seconds": 90, "turns_to_live": 3},
            }
        ],
        "session_attributes": {"shopName": "north"},
        "originating_request_id": first.request_id,
    }
    assert first.request_attributes == {"aB": "c"}
    assert first.interpretations[0]["nlu_confidence"] == {"score": 1.0}
    assert (seen.session_state, seen.messages) == (first.session_state, first.messages)
    assert put.messages == [{"content_type": "PlainText", "content": "Hello."}]
    assert put.session_state["dialog_action"] == first.session_state["dialog_action"]


def test_a_session_that_is_not_there() -> None:
    """404."""
    for call in (v2().get_session(session_id="anna"), v2().delete_session(session_id="anna")):
        with pytest.raises(lex.ResourceNotFoundException) as refused:
            done(call)
        assert refused.value.status == 404


def test_a_text_for_v1() -> None:
    """Attributes and contexts of the caller take the place of those of the session."""

    async def main() -> Any:
        client = v1()
        left = {"time_to_live_in_seconds": 60, "turns_to_live": 2}
        context = {"name": "ordered", "time_to_live": left, "parameters": {"someKey": "b"}}
        await client.post_text(table.OPENING, user_id="anna", session_attributes={"aB": "c"}, active_contexts=[context])
        return await client.post_text("roses", user_id="anna")

    result = done(main())
    assert (result.dialog_state, result.slot_to_elicit) == ("ElicitSlot", "PickupDate")
    assert result.session_attributes == {"aB": "c"}
    assert result.active_contexts[0]["parameters"] == {"someKey": "b"}
    assert result.active_contexts[0]["time_to_live"]["turns_to_live"] == 1


@pytest.mark.parametrize(
    "settings",
    [{"session_attributes": {"a": 1}}, {"active_contexts": [{"name": "a1"}]}, {"active_contexts": "x"}],
    ids=str,
)
def test_members_that_v1_refuses(settings: Any) -> None:
    """400 `BadRequestException`."""
    with pytest.raises(lex.BadRequestException):
        done(v1().post_text("hello", user_id="anna", **settings))
