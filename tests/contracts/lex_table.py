"""Lex V2 and V1 as data: one small bot, what each answer of a code hook makes of the conversation, and what is refused.

A conversation is a list of texts that one user (`anna`) says to the alias `live` of the bot `flowers`; the last one is
answered by the function as the row says, those before it with `Delegate` and nothing else.

Sources, in the columns `source`: "v2" is the Lex V2 developer guide on Lambda functions (text of 2022 unless it says
2025), "v1" the V1 guide on input and response, "bc" the service models (botocore 1.44.5, lex-runtime and
lexv2-runtime), "systems" the project's reference text 3.4, "field" a public report of what Lex did, with its date,
"unverified" general knowledge found in no text read, "choice" ours.

Left open, so in no row: `Delegate` of a V2 fulfilment hook, slots of the shapes List and Composite, Kendra, sentiment,
audio, the wording of an error behind the beginning that a row gives.
"""

import json
from typing import Any, Literal

import attrs

Hook = Literal["DialogCodeHook", "FulfillmentCodeHook"]

# --------------------------------------------------------------------------------------------------------- the bot


@attrs.frozen
class Slot:
    """A required slot; `values` empty: any date written YYYY-MM-DD (AMAZON.Date)."""

    name: str
    prompt: str
    values: tuple[str, ...] = ()


@attrs.frozen
class Intent:
    """Both hooks are on. No confirmation prompt; `closing`: the closing response, the message after a bare Close."""

    name: str
    utterances: tuple[str, ...]
    slots: tuple[Slot, ...]
    closing: str | None


FLOWER_PROMPT = "What type of flowers would you like?"
DATE_PROMPT = "For which day?"
CLOSING = "Thank you for your order."
BOT_NAME = "flowers"
BOT_ALIAS = "live"
USER = "anna"

ORDER = Intent(
    "OrderFlowers",
    ("I would like to order flowers", "I want {FlowerType}"),
    (Slot("FlowerType", FLOWER_PROMPT, ("roses", "lilies", "tulips")), Slot("PickupDate", DATE_PROMPT)),
    CLOSING,
)
FALLBACK = Intent("FallbackIntent", (), (), None)
"""Built in (AMAZON.FallbackIntent), V2 only here: what no utterance and no slot takes."""
BOT: tuple[Intent, ...] = (ORDER, FALLBACK)

OPENING = "I would like to order flowers"
ASKED_FLOWER: tuple[str, ...] = (OPENING,)
ASKED_DATE: tuple[str, ...] = (OPENING, "roses")
COMPLETE: tuple[str, ...] = (OPENING, "roses", "2026-02-05")

# ------------------------------------------------------------------------------------------------- what is understood


@attrs.frozen
class Understood:
    """Everything is delegated; `hooks` are called in the last turn, `slots` are the values in the first of them."""

    id: str
    texts: tuple[str, ...]
    hooks: tuple[Hook, ...]
    intent: str
    slots: dict[str, str | None]
    elicited: str | None  # the slot that the bot asks for at the end of the turn
    source: str


_NO_SLOTS: dict[str, str | None] = {"FlowerType": None, "PickupDate": None}
_DIALOG: tuple[Hook, ...] = ("DialogCodeHook",)
_BOTH: tuple[Hook, ...] = ("DialogCodeHook", "FulfillmentCodeHook")

UNDERSTOOD: list[Understood] = [
    Understood("opening", ASKED_FLOWER, _DIALOG, "OrderFlowers", _NO_SLOTS, "FlowerType", "v2"),
    Understood(
        "utterance with a slot",
        ("I want lilies",),
        _DIALOG,
        "OrderFlowers",
        {"FlowerType": "lilies", "PickupDate": None},
        "PickupDate",
        "v2",
    ),
    Understood(
        "case does not count",
        ("i WOULD like to order flowers",),
        _DIALOG,
        ORDER.name,
        _NO_SLOTS,
        "FlowerType",
        "choice",
    ),
    Understood(
        "slot answered",
        ASKED_DATE,
        _DIALOG,
        "OrderFlowers",
        {"FlowerType": "roses", "PickupDate": None},
        "PickupDate",
        "v2",
    ),
    Understood(
        "last slot answered: fulfilment in the same turn",
        COMPLETE,
        _BOTH,
        "OrderFlowers",
        {"FlowerType": "roses", "PickupDate": "2026-02-05"},
        None,
        "v2",
    ),
    Understood("nothing matches: fallback", ("open the pod bay doors",), _BOTH, "FallbackIntent", {}, None, "v2"),
]

# -------------------------------------------------------------------------------------------------------- V2 answers


@attrs.frozen
class Reply:
    """What RecognizeText answers (status 200): of `sessionState` and `messages` what is not None.

    `hooks` were called in this turn, the one that answered included; `slots` are interpreted values.
    """

    dialog_action: dict[str, Any]
    intent: str | None = "OrderFlowers"
    state: str | None = "InProgress"
    confirmation_state: str | None = None
    slots: dict[str, str | None] | None = None
    messages: list[dict[str, Any]] | None = None
    session_attributes: dict[str, str] | None = None
    request_attributes: dict[str, str] | None = None
    hooks: tuple[Hook, ...] = _DIALOG


@attrs.frozen
class Failure:
    """An error of the runtime call; `message` is how its text begins, None: not known."""

    code: str
    status: int
    message: str | None = None


@attrs.frozen
class Answer:
    """The hook of the last turn that is named answers `answer` (a JSON value, or the text `raw`)."""

    id: str
    texts: tuple[str, ...]
    hook: Hook
    answer: Any
    outcome: Reply | Failure
    source: str
    raw: str | None = None


INVALID = Failure("DependencyFailedException", 424, "Invalid Lambda Response: Received invalid response from Lambda")
"""Code and status: systems, bc; the text: field 2022-06 (V2), 2020-02 (V1)."""
ERROR = Failure("DependencyFailedException", 424, "Invalid Lambda Response: Received error response from Lambda")
"""field 2019-02, 2019-04; the word behind it is that of X-Amz-Function-Error."""


def scalar(text: str | None) -> dict[str, Any] | None:
    """A V2 slot with that value."""
    if text is None:
        return None
    return {"shape": "Scalar", "value": {"interpretedValue": text, "originalValue": text, "resolvedValues": [text]}}


def _values(*values: Any) -> list[Any]:
    return list(values)


def _slots(flower: str | None, date: str | None) -> dict[str, Any]:
    return {"FlowerType": scalar(flower), "PickupDate": scalar(date)}


def _intent(flower: str | None = "roses", date: str | None = None, state: str = "InProgress", **more: Any) -> Any:
    return {"name": "OrderFlowers", "slots": _slots(flower, date), "state": state, **more}


def _state(action: Any, intent: Any = None, **more: Any) -> dict[str, Any]:
    state: dict[str, Any] = {"dialogAction": action, **more}
    if intent is not None:
        state["intent"] = intent
    return state


def _text(content: str, kind: str = "PlainText") -> dict[str, Any]:
    return {"contentType": kind, "content": content}


def _card(**members: Any) -> dict[str, Any]:
    return {"contentType": "ImageResponseCard", "imageResponseCard": members}


def _turn(action: Any, intent: Any = None, messages: Any = None, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = {"sessionState": _state(action, intent, **more)}
    if messages is not None:
        answer["messages"] = messages
    return answer


_DELEGATE = {"type": "Delegate"}
_ASK_FLOWER = {"type": "ElicitSlot", "slotToElicit": "FlowerType"}
_ASK_DATE = {"type": "ElicitSlot", "slotToElicit": "PickupDate"}
_CONFIRM = {"type": "ConfirmIntent"}
_CLOSE = {"type": "Close"}
_ELICIT_INTENT = {"type": "ElicitIntent"}
_HELLO = [_text("Hello.")]
_ROSES: dict[str, str | None] = {"FlowerType": "roses", "PickupDate": None}
_FULL: dict[str, str | None] = {"FlowerType": "roses", "PickupDate": "2026-02-05"}


def _dialog(id: str, answer: Any, outcome: Reply | Failure, source: str, *, raw: str | None = None) -> Answer:
    return Answer(id, ASKED_DATE, "DialogCodeHook", answer, outcome, source, raw)


def _fulfil(id: str, answer: Any, outcome: Reply | Failure, source: str) -> Answer:
    return Answer(id, COMPLETE, "FulfillmentCodeHook", answer, outcome, source)


def _bad(id: str, answer: Any, source: str = "systems", *, raw: str | None = None) -> Answer:
    return _dialog(id, answer, INVALID, source, raw=raw)


V2_DIALOG: list[Answer] = [
    _dialog(
        "delegate: the bot asks on with its prompt",
        _turn(_DELEGATE, _intent()),
        Reply(_ASK_DATE, slots=_ROSES, messages=[_text(DATE_PROMPT)]),
        "v2",
    ),
    _dialog(
        "delegate without an intent: slots stay",
        _turn(_DELEGATE),
        Reply(_ASK_DATE, slots=_ROSES, messages=[_text(DATE_PROMPT)]),
        "v2: not required",
    ),
    _dialog(
        "delegate, slot taken back",
        _turn(_DELEGATE, _intent(None)),
        Reply(_ASK_FLOWER, slots=_NO_SLOTS, messages=[_text(FLOWER_PROMPT)]),
        "v2",
    ),
    _dialog(
        "delegate, slot changed",
        _turn(_DELEGATE, _intent("lilies")),
        Reply(_ASK_DATE, slots={"FlowerType": "lilies", "PickupDate": None}, messages=[_text(DATE_PROMPT)]),
        "v2",
    ),
    _dialog(
        "delegate, intent without slots: they stay",
        _turn(_DELEGATE, {"name": "OrderFlowers", "state": "InProgress"}),
        Reply(_ASK_DATE, slots=_ROSES, messages=[_text(DATE_PROMPT)]),
        "choice",
    ),
    _dialog(
        "delegate with messages",
        _turn(_DELEGATE, _intent(), _HELLO),
        Reply(_ASK_DATE, slots=_ROSES, messages=_HELLO),
        "choice: they replace the bot's",
    ),
    _dialog(
        "elicit slot with a message",
        _turn(_ASK_FLOWER, _intent(None), [_text("We have no roses. Lilies?")]),
        Reply(_ASK_FLOWER, slots=_NO_SLOTS, messages=[_text("We have no roses. Lilies?")]),
        "v2",
    ),
    _dialog(
        "elicit slot without a message: the slot's prompt",
        _turn(_ASK_FLOWER, _intent(None)),
        Reply(_ASK_FLOWER, slots=_NO_SLOTS, messages=[_text(FLOWER_PROMPT)]),
        "v2",
    ),
    _dialog(
        "elicit slot, empty list of messages: the slot's prompt",
        _turn(_ASK_FLOWER, _intent(None), []),
        Reply(_ASK_FLOWER, slots=_NO_SLOTS, messages=[_text(FLOWER_PROMPT)]),
        "choice",
    ),
    _dialog(
        "elicit slot of one that is filled",
        _turn(_ASK_FLOWER, _intent(), _HELLO),
        Reply(_ASK_FLOWER, slots=_ROSES, messages=_HELLO),
        "choice",
    ),
    *[
        _dialog(
            f"elicit slot, style {style}",
            _turn({**_ASK_DATE, "slotElicitationStyle": style}, _intent(), _HELLO),
            Reply({**_ASK_DATE, "slotElicitationStyle": style}, messages=_HELLO),
            "bc",
        )
        for style in ("Default", "SpellByLetter", "SpellByWord")
    ],
    _dialog(
        "confirm intent",
        _turn(_CONFIRM, _intent("roses", "2026-02-06"), [_text("Shall I order roses?")]),
        Reply(
            _CONFIRM,
            slots={"FlowerType": "roses", "PickupDate": "2026-02-06"},
            messages=[_text("Shall I order roses?")],
        ),
        "v2",
    ),
    _dialog(
        "close, fulfilled",
        _turn(_CLOSE, _intent(state="Fulfilled"), [_text("Done.")]),
        Reply(_CLOSE, state="Fulfilled", messages=[_text("Done.")]),
        "v2",
    ),
    _dialog(
        "close, failed",
        _turn(_CLOSE, _intent(state="Failed"), [_text("No.")]),
        Reply(_CLOSE, state="Failed", messages=[_text("No.")]),
        "v2",
    ),
    _dialog(
        "close without a message: the intent's closing response",
        _turn(_CLOSE, _intent(state="Fulfilled")),
        Reply(_CLOSE, state="Fulfilled", messages=[_text(CLOSING)]),
        "v2",
    ),
    _dialog(
        "elicit intent",
        _turn(_ELICIT_INTENT, None, [_text("What can I do for you?")]),
        Reply(_ELICIT_INTENT, intent=None, state=None, messages=[_text("What can I do for you?")]),
        "v2",
    ),
    _dialog(
        "another intent of the bot",
        _turn(_CLOSE, {"name": "FallbackIntent", "slots": {}, "state": "Failed"}, _HELLO),
        Reply(_CLOSE, intent="FallbackIntent", state="Failed", messages=_HELLO),
        "choice",
    ),
    _dialog(
        "session attributes",
        _turn(_ASK_DATE, _intent(), _HELLO, sessionAttributes={"price": "25"}),
        Reply(_ASK_DATE, messages=_HELLO, session_attributes={"price": "25"}),
        "v2",
    ),
    _dialog(
        "request attributes",
        {"sessionState": _state(_ASK_DATE, _intent()), "messages": _HELLO, "requestAttributes": {"channel": "web"}},
        Reply(_ASK_DATE, messages=_HELLO, request_attributes={"channel": "web"}),
        "v2",
    ),
    _dialog(
        "unknown members",
        {
            "sessionState": {**_state(_ASK_DATE, _intent()), "more": 7},
            "messages": _HELLO,
            "sessionId": "anna",
            "more": 7,
        },
        Reply(_ASK_DATE, messages=_HELLO),
        "choice; field 2022-06 shows that sessionId alone is not what was complained of",
    ),
    _dialog(
        "null for what need not be there",
        {
            "sessionState": {**_state(_DELEGATE), "intent": None, "sessionAttributes": None, "activeContexts": None},
            "messages": None,
            "requestAttributes": None,
        },
        Reply(_ASK_DATE, messages=[_text(DATE_PROMPT)]),
        "choice; field 2022-06 for requestAttributes",
    ),
    *[
        _dialog(
            f"message of type {kind}",
            _turn(_ASK_DATE, _intent(), [message]),
            Reply(_ASK_DATE, messages=[message]),
            "v2",
        )
        for kind, message in [
            ("CustomPayload", _text('{"a": 1}', "CustomPayload")),
            ("SSML", _text("<speak>Hello.</speak>", "SSML")),
            ("ImageResponseCard, title only", _card(title="Flowers")),
            (
                "ImageResponseCard",
                _card(
                    title="Flowers",
                    subtitle="Choose",
                    imageUrl="https://example.com/a.png",
                    buttons=[{"text": "Roses", "value": "roses"}],
                ),
            ),
        ]
    ],
]

V2_FULFILLMENT: list[Answer] = [
    _fulfil(
        "fulfilled",
        _turn(_CLOSE, _intent("roses", "2026-02-05", "Fulfilled"), [_text("Ordered.")]),
        Reply(_CLOSE, state="Fulfilled", slots=_FULL, messages=[_text("Ordered.")], hooks=_BOTH),
        "v2",
    ),
    _fulfil(
        "failed",
        _turn(_CLOSE, _intent("roses", "2026-02-05", "Failed"), [_text("Sold out.")]),
        Reply(_CLOSE, state="Failed", slots=_FULL, messages=[_text("Sold out.")], hooks=_BOTH),
        "v2",
    ),
    _fulfil(
        "fulfilled without a message: the closing response",
        _turn(_CLOSE, _intent("roses", "2026-02-05", "Fulfilled")),
        Reply(_CLOSE, state="Fulfilled", messages=[_text(CLOSING)], hooks=_BOTH),
        "v2",
    ),
    _fulfil(
        "back to a slot",
        _turn(_ASK_DATE, _intent("roses", None), [_text("Closed on that day.")]),
        Reply(_ASK_DATE, slots=_ROSES, messages=[_text("Closed on that day.")], hooks=_BOTH),
        "v2",
    ),
    _fulfil(
        "asks for another intent",
        _turn(_ELICIT_INTENT, None, [_text("Anything else?")]),
        Reply(_ELICIT_INTENT, intent=None, state=None, messages=[_text("Anything else?")], hooks=_BOTH),
        "v2",
    ),
    _fulfil("fulfilment closed without a state", _turn(_CLOSE, {"name": "OrderFlowers"}), INVALID, "systems"),
]

_NO_OBJECTS: list[Any] = [None, "", "Delegate", 5, 1.5, True, False, [], [{}]]
_WRONG_TYPES: list[Any] = [None, "", "delegate", "CLOSE", "None", "Fulfill", 5, True, [], {}]

V2_INVALID: list[Answer] = [
    *[
        _bad(f"text is {raw!r}", None, raw=raw)
        for raw in ("", "Hello", '{"sessionState": {', "{'sessionState': {}}", '{"sessionState": NaN}')
    ],
    *[_bad(f"answer {json.dumps(answer)}", answer) for answer in _NO_OBJECTS],
    _bad("empty object: sessionState is required", {}, "v2 2025"),
    _bad("messages alone", {"messages": _HELLO}, "v2 2025"),
    _bad("a V1 answer", {"dialogAction": {"type": "Close", "fulfillmentState": "Fulfilled"}}, "v2 2025"),
    *[_bad(f"sessionState {json.dumps(state)}", {"sessionState": state}) for state in _values(None, "x", 5, [], {})],
    _bad("no dialogAction", {"sessionState": {"intent": _intent()}}),
    *[
        _bad(f"dialogAction {json.dumps(action)}", _turn(action, _intent()))
        for action in _values(None, "Close", 5, [], {})
    ],
    *[_bad(f"type {json.dumps(kind)}", _turn({"type": kind}, _intent(), _HELLO)) for kind in _WRONG_TYPES],
    _bad("elicit slot, no slot named", _turn({"type": "ElicitSlot"}, _intent(), _HELLO)),
    *[
        _bad(f"elicit slot {json.dumps(name)}", _turn({**_ASK_DATE, "slotToElicit": name}, _intent(), _HELLO), "choice")
        for name in (None, "", "Colour", "pickupdate", 5, ["PickupDate"])
    ],
    _bad("elicit slot without an intent", _turn(_ASK_DATE, None, _HELLO), "v2: required but for two types"),
    _bad("elicit slot, unknown style", _turn({**_ASK_DATE, "slotElicitationStyle": "Loud"}, _intent(), _HELLO), "bc"),
    _bad("confirm intent without an intent", _turn(_CONFIRM, None, _HELLO), "v2"),
    _bad("confirm intent without messages", _turn(_CONFIRM, _intent()), "v2 2025; systems does not say so"),
    _bad("close without an intent", _turn(_CLOSE, None, _HELLO), "v2"),
    *[
        _bad(f"close, state {state}", _turn(_CLOSE, _intent(state=state), _HELLO))
        for state in ("InProgress", "ReadyForFulfillment", "FulfillmentInProgress", "Waiting", "fulfilled", "")
    ],
    _bad("close without a state", _turn(_CLOSE, {"name": "OrderFlowers"}, _HELLO)),
    _bad("elicit intent without messages", _turn(_ELICIT_INTENT)),
    _bad("elicit intent, no message in the list", _turn(_ELICIT_INTENT, None, []), "choice"),
    _bad("intent is a text", _turn(_CLOSE, "OrderFlowers", _HELLO), "field 2022-06"),
    _bad("intent without a name", _turn(_DELEGATE, {"state": "InProgress"}), "bc"),
    *[
        _bad(f"intent named {json.dumps(name)}", _turn(_DELEGATE, {**_intent(), "name": name}), "choice")
        for name in ("", "OrderPizza", "orderflowers", None, 5)
    ],
    _bad("unknown state", _turn(_DELEGATE, _intent(state="Done")), "bc"),
    _bad("unknown confirmation state", _turn(_DELEGATE, _intent(confirmationState="Maybe")), "bc"),
    _bad("unknown slot", _turn(_DELEGATE, {**_intent(), "slots": {"Colour": scalar("red")}}), "choice"),
    _bad("slot is a text (V1's form)", _turn(_DELEGATE, {**_intent(), "slots": {"FlowerType": "roses"}}), "bc"),
    _bad(
        "slot value without interpretedValue",
        _turn(_DELEGATE, {**_intent(), "slots": {"FlowerType": {"value": {"originalValue": "roses"}}}}),
        "bc",
    ),
    *[
        _bad(f"slots {json.dumps(slots)}", _turn(_DELEGATE, {**_intent(), "slots": slots}), "bc")
        for slots in _values([], "x", 5)
    ],
    *[
        _bad(f"session attributes {json.dumps(value)}", _turn(_DELEGATE, _intent(), sessionAttributes=value), "bc")
        for value in _values([], "x", 5, {"a": {"b": "c"}}, {"a": ["b"]})
    ],
    *[
        _bad(f"messages {json.dumps(messages)}", _turn(_ASK_DATE, _intent(), messages), "bc")
        for messages in _values("Hello.", {"contentType": "PlainText", "content": "x"}, ["Hello."], [None], [{}])
    ],
    _bad("message without a type", _turn(_ASK_DATE, _intent(), [{"content": "Hello."}]), "bc"),
    _bad("message of an unknown type", _turn(_ASK_DATE, _intent(), [_text("x", "Text")]), "bc"),
    _bad("message without content", _turn(_ASK_DATE, _intent(), [{"contentType": "PlainText"}]), "choice"),
    _bad("empty message", _turn(_ASK_DATE, _intent(), [_text("")]), "bc"),
    _bad("content is a number", _turn(_ASK_DATE, _intent(), [{"contentType": "PlainText", "content": 5}]), "choice"),
    _bad("card without the card", _turn(_ASK_DATE, _intent(), [{"contentType": "ImageResponseCard"}]), "choice"),
    _bad("card without a title", _turn(_ASK_DATE, _intent(), [_card(subtitle="x")]), "bc"),
    _bad("button without a value", _turn(_ASK_DATE, _intent(), [_card(title="x", buttons=[{"text": "y"}])]), "bc"),
]

V2_ANSWERS: list[Answer] = V2_DIALOG + V2_FULFILLMENT + V2_INVALID


@attrs.frozen
class Limit:
    """The answer is taken at the limit (`fits`) and refused one past it (INVALID)."""

    id: str
    fits: Any
    too_much: Any
    source: str = "bc"


def _messages(messages: Any) -> dict[str, Any]:
    return _turn(_ASK_DATE, _intent(), messages)


def _button(text: str = "a", value: str = "b") -> dict[str, str]:
    return {"text": text, "value": value}


def _context(name: str = "ordered", seconds: int = 60, turns: int = 5, attributes: int = 0, value: int = 1) -> Any:
    return {
        "name": name,
        "contextAttributes": {f"k{index}": "x" * value for index in range(attributes)},
        "timeToLive": {"timeToLiveInSeconds": seconds, "turnsToLive": turns},
    }


def _contexts(*contexts: Any) -> dict[str, Any]:
    return _turn(_ASK_DATE, _intent(), _HELLO, activeContexts=list(contexts))


V2_LIMITS: list[Limit] = [
    Limit("messages", _messages([_text("x")] * 10), _messages([_text("x")] * 11)),
    Limit("characters of a message", _messages([_text("é" * 1024)]), _messages([_text("é" * 1025)])),
    Limit("title", _messages([_card(title="x" * 250)]), _messages([_card(title="x" * 251)])),
    Limit(
        "subtitle", _messages([_card(title="x", subtitle="x" * 250)]), _messages([_card(title="x", subtitle="x" * 251)])
    ),
    Limit(
        "address of the image",
        _messages([_card(title="x", imageUrl="h" * 250)]),
        _messages([_card(title="x", imageUrl="h" * 251)]),
    ),
    Limit(
        "buttons",
        _messages([_card(title="x", buttons=[_button()] * 5)]),
        _messages([_card(title="x", buttons=[_button()] * 6)]),
    ),
    Limit(
        "text of a button",
        _messages([_card(title="x", buttons=[_button("x" * 50)])]),
        _messages([_card(title="x", buttons=[_button("x" * 51)])]),
    ),
    Limit(
        "value of a button",
        _messages([_card(title="x", buttons=[_button(value="x" * 50)])]),
        _messages([_card(title="x", buttons=[_button(value="x" * 51)])]),
    ),
    Limit(
        "active contexts",
        _contexts(*[_context(f"c{index}") for index in range(20)]),
        _contexts(*[_context(f"c{index}") for index in range(21)]),
    ),
    Limit("name of a context", _contexts(_context("c" * 100)), _contexts(_context("c" * 101))),
    Limit("letters of a context's name", _contexts(_context("a_b")), _contexts(_context("a__b"))),
    Limit("context's seconds, low", _contexts(_context(seconds=5)), _contexts(_context(seconds=4))),
    Limit("context's seconds, high", _contexts(_context(seconds=86_400)), _contexts(_context(seconds=86_401))),
    Limit("context's turns, low", _contexts(_context(turns=1)), _contexts(_context(turns=0))),
    Limit("context's turns, high", _contexts(_context(turns=20)), _contexts(_context(turns=21))),
    Limit("context's attributes", _contexts(_context(attributes=10)), _contexts(_context(attributes=11))),
    Limit(
        "value of a context's attribute",
        _contexts(_context(attributes=1, value=1024)),
        _contexts(_context(attributes=1, value=1025)),
    ),
]


# ---------------------------------------------------------------------------------------------------- the next turn


@attrs.frozen
class NextTurn:
    """After `texts` the dialog hook answered `answer`; then the user says `then`: the first hook of that turn sees this.

    `confirmation_state`, `slots` and `session_attributes` of the event; None: not compared. `hook` None: none is called.
    """

    id: str
    texts: tuple[str, ...]
    answer: Any
    then: str
    hook: Hook | None
    intent: str
    source: str
    confirmation_state: str | None = "None"
    slots: dict[str, str | None] | None = None
    session_attributes: dict[str, str] | None = None


_SHALL_I = _turn(_CONFIRM, _intent("roses", "2026-02-05"), [_text("Shall I?")])

NEXT_TURNS: list[NextTurn] = [
    NextTurn("confirmed", COMPLETE, _SHALL_I, "yes", "DialogCodeHook", "OrderFlowers", "v2", "Confirmed", _FULL),
    NextTurn("denied", COMPLETE, _SHALL_I, "no", "DialogCodeHook", "OrderFlowers", "v2", "Denied", _FULL),
    NextTurn(
        "attributes are kept",
        ASKED_DATE,
        _turn(_ASK_DATE, _intent(), _HELLO, sessionAttributes={"price": "25"}),
        "2026-02-05",
        "DialogCodeHook",
        "OrderFlowers",
        "v2",
        session_attributes={"price": "25"},
        slots=_FULL,
    ),
    NextTurn(
        "attributes emptied",
        ASKED_DATE,
        _turn(_ASK_DATE, _intent(), _HELLO, sessionAttributes={}),
        "2026-02-05",
        "DialogCodeHook",
        "OrderFlowers",
        "v2",
        session_attributes={},
    ),
    NextTurn(
        "slots as the function set them",
        ASKED_DATE,
        _turn(_ASK_DATE, _intent("tulips"), _HELLO),
        "2026-02-05",
        "DialogCodeHook",
        "OrderFlowers",
        "v2",
        slots={"FlowerType": "tulips", "PickupDate": "2026-02-05"},
    ),
    NextTurn(
        "asked for the first slot again",
        ASKED_DATE,
        _turn(_ASK_FLOWER, _intent(None), _HELLO),
        "lilies",
        "DialogCodeHook",
        "OrderFlowers",
        "v2",
        slots={"FlowerType": "lilies", "PickupDate": None},
    ),
    NextTurn(
        "closed: a new order starts empty",
        ASKED_DATE,
        _turn(_CLOSE, _intent(state="Failed"), _HELLO),
        OPENING,
        "DialogCodeHook",
        "OrderFlowers",
        "v2",
        slots=_NO_SLOTS,
    ),
    NextTurn(
        "closed: a slot's value alone is not understood",
        ASKED_DATE,
        _turn(_CLOSE, _intent(state="Failed"), _HELLO),
        "2026-02-05",
        "DialogCodeHook",
        "FallbackIntent",
        "v2",
    ),
    NextTurn(
        "after elicit intent a slot's value alone is not understood",
        ASKED_DATE,
        _turn(_ELICIT_INTENT, None, _HELLO),
        "2026-02-05",
        "DialogCodeHook",
        "FallbackIntent",
        "v2",
    ),
    NextTurn(
        "a refused answer changes nothing",
        ASKED_DATE,
        {},
        "roses",
        "DialogCodeHook",
        "OrderFlowers",
        "choice: the slot is still to be asked for",
        slots=_ROSES,
    ),
]

# -------------------------------------------------------------------------------------------------------- V1 answers


@attrs.frozen
class V1Reply:
    """What PostText answers (status 200); what is None is not compared."""

    dialog_state: str
    message: str | None = None
    message_format: str | None = None
    slot_to_elicit: str | None = None
    slots: dict[str, str | None] | None = None
    session_attributes: dict[str, str] | None = None
    hooks: tuple[Hook, ...] = _DIALOG


@attrs.frozen
class V1Answer:
    """As `Answer`, with the same conversations; V1's bot has the one intent and no fallback."""

    id: str
    texts: tuple[str, ...]
    hook: Hook
    answer: Any
    outcome: V1Reply | Failure
    source: str
    raw: str | None = None


BAD_REQUEST = Failure("BadRequestException", 400)
"""There is no usable message: the bot has neither a confirmation prompt nor a clarification prompt (v1, bc)."""


def _v1(kind: Any, /, **members: Any) -> dict[str, Any]:
    return {"dialogAction": {"type": kind, **members}}


def _v1_slots(flower: str | None = "roses", date: str | None = None) -> dict[str, Any]:
    return {"intentName": "OrderFlowers", "slots": {"FlowerType": flower, "PickupDate": date}}


def _v1_dialog(id: str, answer: Any, outcome: V1Reply | Failure, source: str = "v1", *, raw: str | None = None) -> Any:
    return V1Answer(id, ASKED_DATE, "DialogCodeHook", answer, outcome, source, raw)


def _v1_bad(id: str, answer: Any, source: str = "v1", *, raw: str | None = None) -> V1Answer:
    return V1Answer(id, ASKED_DATE, "DialogCodeHook", answer, INVALID, source, raw)


def _v1_fulfil(id: str, answer: Any, outcome: V1Reply | Failure, source: str = "v1") -> V1Answer:
    return V1Answer(id, COMPLETE, "FulfillmentCodeHook", answer, outcome, source)


_V1_HELLO = {"contentType": "PlainText", "content": "Hello."}

V1_ANSWERS: list[V1Answer] = [
    _v1_dialog(
        "delegate",
        _v1("Delegate", slots={"FlowerType": "roses", "PickupDate": None}),
        V1Reply("ElicitSlot", DATE_PROMPT, "PlainText", "PickupDate", _ROSES),
    ),
    _v1_dialog(
        "delegate, slot left out: it is empty",
        _v1("Delegate", slots={"PickupDate": None}),
        V1Reply("ElicitSlot", FLOWER_PROMPT, "PlainText", "FlowerType", _NO_SLOTS),
    ),
    _v1_dialog(
        "elicit slot with a message",
        _v1("ElicitSlot", **_v1_slots(None), slotToElicit="FlowerType", message=_V1_HELLO),
        V1Reply("ElicitSlot", "Hello.", "PlainText", "FlowerType", _NO_SLOTS),
    ),
    _v1_dialog(
        "elicit slot without a message: the slot's prompt",
        _v1("ElicitSlot", **_v1_slots(None), slotToElicit="FlowerType"),
        V1Reply("ElicitSlot", FLOWER_PROMPT, "PlainText", "FlowerType", _NO_SLOTS),
    ),
    _v1_dialog(
        "confirm intent",
        _v1("ConfirmIntent", **_v1_slots("roses", "2026-02-05"), message=_V1_HELLO),
        V1Reply("ConfirmIntent", "Hello.", "PlainText", slots=_FULL),
    ),
    _v1_dialog("confirm intent without any message", _v1("ConfirmIntent", **_v1_slots()), BAD_REQUEST, "v1, bc"),
    _v1_dialog(
        "close, fulfilled",
        _v1("Close", fulfillmentState="Fulfilled", message=_V1_HELLO),
        V1Reply("Fulfilled", "Hello.", "PlainText"),
    ),
    _v1_dialog(
        "close, failed",
        _v1("Close", fulfillmentState="Failed", message=_V1_HELLO),
        V1Reply("Failed", "Hello.", "PlainText"),
    ),
    _v1_dialog(
        "close without a message: the intent's",
        _v1("Close", fulfillmentState="Fulfilled"),
        V1Reply("Fulfilled", CLOSING),
    ),
    _v1_dialog("elicit intent", _v1("ElicitIntent", message=_V1_HELLO), V1Reply("ElicitIntent", "Hello.", "PlainText")),
    _v1_dialog("elicit intent, no message and no clarification prompt", _v1("ElicitIntent"), BAD_REQUEST),
    _v1_dialog(
        "session attributes",
        {**_v1("ElicitIntent", message=_V1_HELLO), "sessionAttributes": {"price": "25"}},
        V1Reply("ElicitIntent", session_attributes={"price": "25"}),
    ),
    _v1_dialog(
        "session attributes, empty",
        {**_v1("ElicitIntent", message=_V1_HELLO), "sessionAttributes": {}},
        V1Reply("ElicitIntent", session_attributes={}),
    ),
    *[
        _v1_dialog(
            f"message of type {kind}",
            _v1("ElicitIntent", message={"contentType": kind, "content": "<speak>x</speak>"}),
            V1Reply("ElicitIntent", "<speak>x</speak>", kind),
        )
        for kind in ("PlainText", "SSML", "CustomPayload")
    ],
    _v1_fulfil(
        "fulfilled",
        _v1("Close", fulfillmentState="Fulfilled", message=_V1_HELLO),
        V1Reply("Fulfilled", "Hello.", "PlainText", hooks=_BOTH),
    ),
    _v1_fulfil(
        "failed",
        _v1("Close", fulfillmentState="Failed", message=_V1_HELLO),
        V1Reply("Failed", "Hello.", "PlainText", hooks=_BOTH),
    ),
    _v1_fulfil(
        "back to a slot",
        _v1("ElicitSlot", **_v1_slots("roses", None), slotToElicit="PickupDate", message=_V1_HELLO),
        V1Reply("ElicitSlot", "Hello.", "PlainText", "PickupDate", _ROSES, hooks=_BOTH),
    ),
    _v1_fulfil(
        "delegate with a slot removed",
        _v1("Delegate", slots={"FlowerType": "roses", "PickupDate": None}),
        V1Reply("ElicitSlot", DATE_PROMPT, "PlainText", "PickupDate", _ROSES, hooks=_BOTH),
    ),
    _v1_fulfil(
        "delegate without removing a slot",
        _v1("Delegate", slots={"FlowerType": "roses", "PickupDate": "2026-02-05"}),
        Failure("DependencyFailedException", 424),
        "v1, bc",
    ),
    # refused
    *[_v1_bad(f"text is {raw!r}", None, "systems", raw=raw) for raw in ("", "Hello", '{"dialogAction": {')],
    *[_v1_bad(f"answer {json.dumps(answer)}", answer, "systems; field 2020-02") for answer in _NO_OBJECTS],
    _v1_bad("empty object: dialogAction is required", {}),
    _v1_bad("a V2 answer", _turn(_CLOSE, _intent(state="Fulfilled"))),
    *[
        _v1_bad(f"dialogAction {json.dumps(value)}", {"dialogAction": value})
        for value in _values(None, "Close", 5, [], {})
    ],
    *[_v1_bad(f"type {json.dumps(kind)}", _v1(kind, message=_V1_HELLO)) for kind in _WRONG_TYPES],
    _v1_bad("close without fulfillmentState", _v1("Close", message=_V1_HELLO)),
    *[
        _v1_bad(
            f"close, state {state}",
            _v1("Close", fulfillmentState=state),
            "v1; ReadyForFulfillment is not for functions",
        )
        for state in ("ReadyForFulfillment", "fulfilled", "", None, True)
    ],
    _v1_bad("close with slots", _v1("Close", fulfillmentState="Failed", slots={}), "systems (not for Close); choice"),
    _v1_bad("close with intentName", _v1("Close", fulfillmentState="Failed", intentName="OrderFlowers"), "as before"),
    _v1_bad("elicit intent with slots", _v1("ElicitIntent", slots={}, message=_V1_HELLO), "as before"),
    _v1_bad("elicit slot, no slot named", _v1("ElicitSlot", **_v1_slots(), message=_V1_HELLO)),
    _v1_bad(
        "elicit slot without intentName",
        _v1("ElicitSlot", slots={"FlowerType": None}, slotToElicit="FlowerType", message=_V1_HELLO),
    ),
    _v1_bad(
        "elicit slot without slots",
        _v1("ElicitSlot", intentName="OrderFlowers", slotToElicit="FlowerType", message=_V1_HELLO),
    ),
    _v1_bad(
        "elicit slot, unknown", _v1("ElicitSlot", **_v1_slots(), slotToElicit="Colour", message=_V1_HELLO), "choice"
    ),
    _v1_bad(
        "elicit slot, unknown intent",
        _v1("ElicitSlot", intentName="OrderPizza", slots={}, slotToElicit="FlowerType", message=_V1_HELLO),
        "choice",
    ),
    _v1_bad("confirm intent without intentName", _v1("ConfirmIntent", slots={}, message=_V1_HELLO)),
    _v1_bad("confirm intent without slots", _v1("ConfirmIntent", intentName="OrderFlowers", message=_V1_HELLO)),
    _v1_bad("unknown slot", _v1("Delegate", slots={"Colour": "red"}), "choice"),
    _v1_bad("slot is an object (V2's form)", _v1("Delegate", slots={"FlowerType": scalar("roses")}), "choice"),
    *[
        _v1_bad(f"message {json.dumps(message)}", _v1("ElicitIntent", message=message), "choice")
        for message in _values(
            "Hello.",
            [],
            {},
            {"content": "x"},
            {"contentType": "PlainText"},
            {"contentType": "X", "content": "x"},
        )
    ],
    *[
        _v1_bad(f"session attributes {json.dumps(value)}", {**_v1("Delegate", slots={}), "sessionAttributes": value})
        for value in _values([], "x", {"a": {"b": "c"}})
    ],
]

# ----------------------------------------------------------------------------------------------------------- outcomes


@attrs.frozen
class Outcome:
    """What the runtime call gets when there is no answer to look at, after how many seconds; nothing is tried again."""

    id: str
    happens: str
    v2: Failure
    v1: Failure
    invoked: int
    seconds: float
    source: str


_NOT_CALLABLE = Failure("DependencyFailedException", 424)
_BAD_GATEWAY = Failure("BadGatewayException", 502)

OUTCOMES: list[Outcome] = [
    Outcome("function error", "the handler raises", ERROR, ERROR, 1, 0, "systems; field 2019-02"),
    Outcome("process ends", "the handler leaves the process", ERROR, ERROR, 1, 0, "systems"),
    Outcome("result is no JSON", "marshal error of the runtime", ERROR, ERROR, 1, 0, "systems"),
    Outcome("function times out", "its timeout of 3 s passes", ERROR, ERROR, 1, 3, "systems"),
    Outcome(
        "30 s pass", "the handler sleeps 60 s, its timeout is 60 s", _NOT_CALLABLE, _NOT_CALLABLE, 1, 30, "bc (V1)"
    ),
    Outcome("no permission", "no statement for the service", _NOT_CALLABLE, _NOT_CALLABLE, 0, 0, "bc (V1); systems"),
    Outcome(
        "permission for another alias",
        "SourceArn names another bot alias (V1: another intent)",
        _NOT_CALLABLE,
        _NOT_CALLABLE,
        0,
        0,
        "systems 1",
    ),
    Outcome("no such function", "it was deleted", _NOT_CALLABLE, _NOT_CALLABLE, 0, 0, "unverified"),
    # 429 is for the caller of Lex; a function without capacity is a dependency that failed
    Outcome("function throttled", "no capacity is left", _NOT_CALLABLE, _NOT_CALLABLE, 0, 0, "choice"),
    Outcome("reserved concurrency 0", "no capacity at all", _NOT_CALLABLE, _NOT_CALLABLE, 0, 0, "choice"),
    Outcome("fault of the function service", "Invoke answers 500", _BAD_GATEWAY, _BAD_GATEWAY, 0, 0, "bc"),
]

THROTTLED_V2 = Failure("ThrottlingException", 429)
THROTTLED_V1 = Failure("LimitExceededException", 429)
"""When the caller of Lex is throttled (bc); the function is not called."""
SECONDS = 30.0
"""29.9 s of the handler are an answer, 30.1 s are none."""

# ---------------------------------------------------------------------------------------------------------- V1 sizes

V1_EVENT_LIMIT = 12 * 1024
"""Bytes of the event's JSON text (systems: 12 KB; that KB is 1024 and what is counted is our choice)."""
V1_ANSWER_LIMIT = 25 * 1024
"""Bytes of the answer's JSON text (systems: 25 KB); one past it is INVALID (choice)."""


def v1_answer_of(size: int) -> dict[str, Any]:
    """An answer whose JSON text, written with `json.dumps` and its defaults, has `size` bytes; V1Reply ElicitIntent."""
    answer: dict[str, Any] = {**_v1("ElicitIntent", message=_V1_HELLO), "sessionAttributes": {"fill": ""}}
    answer["sessionAttributes"]["fill"] = "x" * (size - len(json.dumps(answer)))
    return answer


# ------------------------------------------------------------------------------------------------- the runtime's input


@attrs.frozen
class Request:
    """A member of RecognizeText (V2) or PostText (V1) with that value; `failure` None: it is taken."""

    id: str
    operation: Literal["RecognizeText", "PostText"]
    member: str
    value: Any
    failure: Failure | None
    source: str = "bc"


VALIDATION = Failure("ValidationException", 400)
NOT_FOUND_V2 = Failure("ResourceNotFoundException", 404)
NOT_FOUND_V1 = Failure("NotFoundException", 404)
_BAD_V1 = Failure("BadRequestException", 400)

REQUESTS: list[Request] = [
    Request("V2 text at the limit", "RecognizeText", "text", "x" * 1024, None),
    Request("V2 text past the limit", "RecognizeText", "text", "x" * 1025, VALIDATION),
    Request("V2 no text", "RecognizeText", "text", "", VALIDATION),
    Request("V2 shortest session id", "RecognizeText", "sessionId", "ab", None),
    Request("V2 session id too short", "RecognizeText", "sessionId", "a", VALIDATION),
    Request("V2 longest session id", "RecognizeText", "sessionId", "a" * 100, None),
    Request("V2 session id too long", "RecognizeText", "sessionId", "a" * 101, VALIDATION),
    Request("V2 letters of a session id", "RecognizeText", "sessionId", "a.B_9:-", None),
    Request("V2 blank in a session id", "RecognizeText", "sessionId", "an na", VALIDATION),
    Request("V2 unknown bot", "RecognizeText", "botId", "AAAAAAAAAA", NOT_FOUND_V2),
    Request("V2 unknown locale", "RecognizeText", "localeId", "xx_XX", NOT_FOUND_V2),
    Request("V1 text at the limit", "PostText", "inputText", "x" * 1024, None),
    Request("V1 text past the limit", "PostText", "inputText", "x" * 1025, _BAD_V1),
    Request("V1 no text", "PostText", "inputText", "", _BAD_V1),
    Request("V1 user id too short", "PostText", "userId", "a", _BAD_V1),
    Request("V1 longest user id", "PostText", "userId", "a" * 100, None),
    Request("V1 user id too long", "PostText", "userId", "a" * 101, _BAD_V1),
    Request("V1 blank in a user id", "PostText", "userId", "an na", _BAD_V1),
    Request("V1 unknown bot", "PostText", "botName", "nowhere", NOT_FOUND_V1),
    Request("V1 unknown alias", "PostText", "botAlias", "nowhere", NOT_FOUND_V1),
]
