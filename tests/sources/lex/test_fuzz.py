"""Whatever functions answer and users say: a turn ends, with a result or with an error of Lex, and nothing else."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventbus.core.outcomes import Outcome
from sources.lex import LexError
from sources.lex.machine_v1 import Posted
from sources.lex.machine_v2 import Recognized
from tests.contracts import lex_table as table
from tests.sources.fuzzed import outcomes
from tests.sources.lex.helpers import Talk, bot_v1, bot_v2

TEXTS = st.sampled_from([table.OPENING, "roses", "2026-02-05", "yes", "no", "nettles", "I want lilies", " ", "{x}"])
V2_GOOD = [row.answer for row in table.V2_DIALOG + table.V2_FULFILLMENT] + [row.fits for row in table.V2_LIMITS[:9]]
V1_GOOD = [row.answer for row in table.V1_ANSWERS if isinstance(row.outcome, table.V1Reply)]
CONFIRMED = {"confirmation_prompt": "Order {FlowerType}?", "declination_response": "Not then."}

Conversation = tuple[list[str], list[Outcome]]

quick = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
thorough = settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))


def turns(*good: Any) -> Any:
    return st.tuples(st.lists(TEXTS, min_size=1, max_size=4), st.lists(outcomes(*good), min_size=1, max_size=2))


def converse(talk: Talk, said: Conversation, kind: type) -> None:
    texts, answers = said
    for index, text in enumerate((*table.ASKED_DATE, *texts)):
        answer = answers[index % len(answers)] if index else talk.delegate
        result = talk.say(text, {"DialogCodeHook": answer, "FulfillmentCodeHook": answers[-1]})
        assert isinstance(result, kind | LexError)
        assert not isinstance(result, LexError) or result.status in (400, 424)
        assert len(talk.hooks) <= 2
        assert talk.machine.outstanding() == 0
    talk.machine = copy.deepcopy(talk.machine)
    talk.machine.effects.clear()
    talk.say("tulips")


def of_v2(said: Conversation) -> None:
    converse(Talk(bot_v2(**CONFIRMED)), said, Recognized)


def of_v1(said: Conversation) -> None:
    more = {"clarification_prompt": "Pardon?", "abort_statement": "Goodbye."}
    converse(Talk(bot_v1(**CONFIRMED, more=more)), said, Posted)


@quick
@given(turns(*V2_GOOD))
def test_any_answer_of_v2(said: Any) -> None:
    """A hundred conversations."""
    of_v2(said)


@quick
@given(turns(*V1_GOOD))
def test_any_answer_of_v1(said: Any) -> None:
    """Likewise."""
    of_v1(said)


@pytest.mark.long
@thorough
@given(turns(*V2_GOOD))
def test_very_many_answers_of_v2(said: Any) -> None:
    """Ten thousand."""
    of_v2(said)


@pytest.mark.long
@thorough
@given(turns(*V1_GOOD))
def test_very_many_answers_of_v1(said: Any) -> None:
    """Ten thousand."""
    of_v1(said)
