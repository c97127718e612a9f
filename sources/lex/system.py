"""Lex, as it is looked up."""

from typing import Final

from eventbus.checks import refuse
from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .bot import Bot, BotV1
from .events import LexEvent, LexV1Event
from .intent import Intent, Slot
from .reading import Order

KINDS: Final = ("v2", "v1")


def sample_event(
    *,
    kind: str = "v2",
    bot: str = "flowers",
    intent: str = "OrderFlowers",
    slot: str = "FlowerType",
    text: str = "I would like to order flowers",
    session: str = "anna",
    function: str = "work",
) -> LexEvent | LexV1Event:
    """What `function` gets for the first text of a session, `kind` `v2` or `v1`. Raises `InvalidSetting`."""
    if kind not in KINDS:
        raise refuse("kind", kind, " or ".join(KINDS))
    wanted = Intent(
        intent, slots=[Slot(slot, prompt="Which flowers?")], utterances=[text.translate(_PLAIN)], dialog_code_hook=True
    )
    made = (Bot if kind == "v2" else BotV1)(bot, [wanted], function=SampleFunction(function))
    machine = machine_of(made)
    machine.say(0.0, session, text.translate(_PLAIN), Order(), None, None)
    event: LexEvent | LexV1Event = event_of(machine)
    return event


_PLAIN: Final = str.maketrans("", "", "{}")

SYSTEM: Final = System(
    name="Lex",
    kind="synchronous",
    invoked_by="`lex.Bot(name, intents, function=...)` (V2) or `lex.BotV1(...)`: turns of intents with code hooks",
    event="bot, session and the intent that was understood, as `DialogCodeHook` or `FulfillmentCodeHook`",
    answer="what comes next: `sessionState` (V1: `dialogAction`), and what to say; 424 for any other",
    retries="nobody: 424",
    permission="lexv2.amazonaws.com, SourceArn = the bot alias; V1: lex.amazonaws.com, SourceArn = the intent",
    refused="voice, slots of the shapes List and Composite, conditions, Kendra, sentiment, locales but English",
    deviations="nothing is guessed: declared utterances and values as they are typed; V1 asks for the bot as a whole",
    example="""\
app = App("shop")
work = app.function(lambda event, context: {"sessionState": {"dialogAction": {"type": "Delegate"}}}, name="work")
flower = lex.Slot("Flower", lex.SlotType("Flowers", ["roses", "lilies"]), prompt="Which flowers?")
order = lex.Intent("Order", slots=[flower], utterances=["flowers please"], dialog_code_hook=True)
bot = app.add(lex.Bot("flowers", [order], function=work))
async with app.start() as bus:
    asked = await bus[bot].recognize_text("flowers please", session_id="anna")
    assert asked.messages == [{"content_type": "PlainText", "content": "Which flowers?"}]
    done = await bus[bot].recognize_text("roses", session_id="anna")
    assert done.session_state["intent"]["state"] == "ReadyForFulfillment"
""",
    sample_event=sample_event,
)
