"""Bots as they are declared, and what is refused there."""

from typing import Any

import pytest

from eventbus.errors import InvalidSetting
from sources import lex
from sources._sample import SampleFunction

WORK = SampleFunction("work")
PLAIN = lex.Intent("Help", utterances=["help"])


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: lex.SlotType("a b", ["x"]), "name='a b'"),
        (lambda: lex.SlotType("A", []), "values=()"),
        (lambda: lex.SlotType("A", ["x", "X"]), "each value once"),
        (lambda: lex.SlotType("A", [" "]), "values="),
        (lambda: lex.Slot("A", "AMAZON.Dat", prompt="?"), "did you mean AMAZON.Date"),
        (lambda: lex.Slot("A", 7, prompt="?"), "slot_type=7"),  # type: ignore[arg-type]  # refused at run time too
        (lambda: lex.Slot("A"), "needs a prompt"),
        (lambda: lex.Slot("A", prompt=""), "prompt=''"),
        (lambda: lex.Slot("A", prompt="x" * 1_025), "1,024"),
        (lambda: lex.Slot("A", prompt="\ud800"), "prompt="),
        (lambda: lex.Slot("A", prompt="?", max_retries=6), "max_retries=6"),
        (lambda: lex.Slot("A", prompt="?", required=1), "required"),  # type: ignore[arg-type]  # likewise
        (lambda: lex.Intent("A__B"), "name='A__B'"),
        (lambda: lex.Intent("A", slots=["B"]), "slots="),
        (lambda: lex.Intent("A", slots=[lex.Slot("B", required=False)] * 2), "each name once"),
        (lambda: lex.Intent("A", utterances="help"), "utterances='help'"),
        (lambda: lex.Intent("A", utterances=["x" * 501]), "500"),
        (lambda: lex.Intent("A", utterances=["I want {B}"]), "no slot is named 'B'"),
        (lambda: lex.Intent("A", slots=[lex.Slot("B", required=False)], utterances=["{B} {B}"]), "each slot once"),
        (lambda: lex.Intent("A", utterances=["I want {B"]), "one pair of braces"),
        (lambda: lex.Intent("A", dialog_code_hook="yes"), "dialog_code_hook"),  # type: ignore[arg-type]  # likewise
        (lambda: lex.Intent("A", success_response="done"), "fulfillment_code_hook"),
        (lambda: lex.Intent("A", parent_intent_signature="AMAZON.HelpIntent"), "AMAZON.FallbackIntent"),
        (lambda: lex.Intent("A", parent_intent_signature="AMAZON.FallbackIntent", utterances=["x"]), "a fallback"),
        (lambda: lex.Bot("flowers", []), "intents=()"),
        (lambda: lex.Bot("flowers", [PLAIN, PLAIN]), "each name once"),
        (lambda: lex.Bot("flowers", [lex.Intent("FallbackIntent")]), "signature AMAZON.FallbackIntent"),
        (lambda: lex.Bot("flowers", [PLAIN], function=print), "function="),
        (lambda: lex.Bot("flowers", [PLAIN], locale_id="de_DE"), "en_US"),
        (lambda: lex.Bot("flowers", [PLAIN], idle_session_ttl_in_seconds=59), "60 to 86,400"),
        (lambda: lex.Bot("flowers", [PLAIN], idle_session_ttl_in_seconds=86_401), "60 to 86,400"),
        (lambda: lex.Bot("flowers", [lex.Intent("A", dialog_code_hook=True)]), "the bot no function"),
        (lambda: lex.BotV1("flowers", [lex.Intent("A", fulfillment_code_hook=True)]), "the bot no function"),
        (lambda: lex.BotV1("flowers", [PLAIN], max_attempts=0), "max_attempts=0"),
        (
            lambda: lex.BotV1("f", [lex.Intent("F", parent_intent_signature="AMAZON.FallbackIntent")]),
            "is of V2 alone",
        ),
        (
            lambda: lex.BotV1("f", [lex.Intent("F", fulfillment_code_hook=True, timeout_response="x")], function=WORK),
            "timeout_response='x' is of V2 alone",
        ),
    ],
)
def test_settings_that_are_refused(make: Any, text: str) -> None:
    """Where they are written, by name."""
    with pytest.raises(InvalidSetting, match=".") as refused:
        make()

    assert text in str(refused.value)


def test_a_bot_has_addresses_of_its_own() -> None:
    """The alias is what a statement names; V1's is another one."""
    bot, other = lex.Bot("flowers", [PLAIN], function=WORK), lex.BotV1("flowers", [PLAIN])

    assert bot.arn == f"arn:aws:lex:us-east-1:000000000000:bot-alias/{bot.bot_id}/{bot.bot_alias_id}"
    assert (len(bot.bot_id), len(bot.bot_alias_id)) == (10, 10)
    assert other.arn == "arn:aws:lex:us-east-1:000000000000:bot:flowers:live"
    assert (bot.targets, other.targets) == ((WORK.arn,), ())


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("AMAZON.Date", "2026-02-05", "2026-02-05"),
        ("AMAZON.Date", "2026-02-30", None),
        ("AMAZON.Date", "tomorrow", None),
        ("AMAZON.Time", "23:59", "23:59"),
        ("AMAZON.Time", "24:00", None),
        ("AMAZON.Number", "-1.5", "-1.5"),
        ("AMAZON.Number", "ten", None),
        ("AMAZON.AlphaNumeric", "A7", "A7"),
        ("AMAZON.AlphaNumeric", "A 7", None),
        ("AMAZON.FreeFormInput", " anything at all. ", "anything at all."),
        (lex.SlotType("Sizes", ["small", "x (large)"]), "X (Large)", "x (large)"),
        (lex.SlotType("Sizes", ["small", "kilo"]), "\u212ailo", "kilo"),
        (lex.SlotType("Sizes", ["small"]), "smal", None),
    ],
    ids=str,
)
def test_what_is_a_value(kind: Any, text: str, value: str | None) -> None:
    """As it is typed; of a custom type as it is declared."""
    found = lex.Slot("A", kind, prompt="?").value(text)

    assert (None if found is None else found.interpreted) == value


@pytest.mark.parametrize(
    ("utterance", "text", "found"),
    [
        ("two {A} on {B}", "Two  roses ON 2026-02-05", {"A": "roses", "B": "2026-02-05"}),
        ("two {A} on {B}", "two roses on 2026-02-31", None),
        ("two {A}.", "two roses!", None),
        ("two {A}.", "two roses.", {"A": "roses"}),
        ("{A}", "roses", {"A": "roses"}),
        ("hello", "hello there", None),
    ],
)
def test_what_is_an_utterance(utterance: str, text: str, found: Any) -> None:
    """Compared as a whole, whatever its case."""
    slots = [lex.Slot("A", lex.SlotType("F", ["roses"]), prompt="?"), lex.Slot("B", "AMAZON.Date", prompt="?")]
    values = lex.Intent("I", slots=slots, utterances=[utterance]).understood(text)

    shown = None if values is None else {name: value and value.interpreted for name, value in values.items()}
    assert shown == found
