"""The bot of the contract table, in V2 and V1, and conversations with it."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from eventbus.core.effects import Invoke
from eventbus.core.outcomes import Outcome, Succeeded
from eventbus.names import function_arn
from sources import lex
from sources._sample import SampleFunction
from sources.lex.machine import BotMachine
from sources.lex.naming import to_camel
from sources.lex.reading import Order
from tests.contracts import lex_table as table
from tests.sources.helpers import birth

WORK = function_arn("work")
V2_DELEGATE: Any = {"sessionState": {"dialogAction": {"type": "Delegate"}}}
V1_DELEGATE: Any = {"dialogAction": {"type": "Delegate"}}


def slot_of(row: table.Slot, **settings: Any) -> lex.Slot:
    kind = lex.SlotType(row.name, list(row.values)) if row.values else "AMAZON.Date"
    return lex.Slot(row.name, kind, prompt=row.prompt, **settings)


def order(**settings: Any) -> lex.Intent:
    row = table.ORDER
    given: dict[str, Any] = {"dialog_code_hook": True, "fulfillment_code_hook": True, "closing_response": row.closing}
    slots = [slot_of(each) for each in row.slots]
    return lex.Intent(row.name, slots=slots, utterances=list(row.utterances), **{**given, **settings})


FALLBACK = lex.Intent(
    table.FALLBACK.name,
    parent_intent_signature="AMAZON.FallbackIntent",
    dialog_code_hook=True,
    fulfillment_code_hook=True,
)


def bot_v2(*others: lex.Intent, function: Any = None, **settings: Any) -> lex.Bot:
    intents = [order(**settings), *others, FALLBACK]
    return lex.Bot(table.BOT_NAME, intents, function=function or SampleFunction("work"))


def bot_v1(*others: lex.Intent, function: Any = None, more: Any = None, **settings: Any) -> lex.BotV1:
    return lex.BotV1(
        table.BOT_NAME, [order(**settings), *others], function=function or SampleFunction("work"), **(more or {})
    )


Answer = Callable[[Any], Any]
"""What the function says to an event: JSON, bytes, or an outcome."""


def as_outcome(said: Any) -> Outcome:
    if isinstance(said, bytes):
        return Succeeded(said)
    if isinstance(said, dict | list | str | int | float | None):
        return Succeeded(json.dumps(said).encode())
    outcome: Outcome = said
    return outcome


class Talk:
    """One user's conversation with a machine; each event is answered at once, by `answer` or with Delegate."""

    def __init__(self, bot: lex.Bot | lex.BotV1, user: str = table.USER) -> None:
        self.machine: BotMachine[Any] = bot.machine(birth(bot.arn))
        self.delegate = V2_DELEGATE if isinstance(bot, lex.Bot) else V1_DELEGATE
        self.user = user
        self.now = 0.0
        self.events: list[Any] = []
        self.hooks: list[str] = []  # of the last turn

    def say(
        self,
        text: str,
        answers: dict[str, Any] | None = None,
        *,
        order: Order | None = None,
        request_attributes: dict[str, str] | None = None,
    ) -> Any:
        """What the caller gets, or the error; `answers` by hook."""
        pending = self.machine.say(self.now, self.user, text, order or Order(), request_attributes, None)
        return self.finish(pending, answers or {})

    def put(self, order: Order, answers: dict[str, Any] | None = None) -> Any:
        return self.finish(self.machine.put(self.now, self.user, order, None, None), answers or {})

    def finish(self, pending: Any, answers: dict[str, Any]) -> Any:
        self.hooks = []
        while not pending.done:
            effect = self.asked()
            hook = self.events[-1]["invocationSource"]
            self.machine.finished(self.now, effect.token, as_outcome(answers.get(hook, self.delegate)))
        return pending.result

    def asked(self) -> Invoke:
        """The call that is under way."""
        [effect] = [each for each in self.machine.effects if isinstance(each, Invoke)]
        self.machine.effects.clear()
        assert effect.payload is not None
        self.events.append(json.loads(effect.payload))
        self.hooks.append(self.events[-1]["invocationSource"])
        return effect


def talked(bot: lex.Bot | lex.BotV1, texts: Sequence[str]) -> Talk:
    """All that was said and delegated."""
    talk = Talk(bot)
    for text in texts:
        talk.say(text)
    return talk


def interpreted(slots: Any) -> dict[str, str | None]:
    return {name: None if each is None else each["value"]["interpretedValue"] for name, each in slots.items()}


def wire(value: Any) -> Any:
    return to_camel(value)
