"""Alexa custom skills as data: what each answer of a skill's function does to the session, and what ends it.

A user launches the skill at 10 s (new session), the function answers `OPEN`; the answer of a row is given to an
IntentRequest (OrderFlowers) in that session at 20 s, unless the row says otherwise. The device has no screen.

Sources, in the columns `source`: "json" is the request and response reference of the Alexa developer documentation,
"lifecycle" its page on keeping the session open, "systems" the project's reference text 3.5 (whose failure rules are
unverified), "field" a public report with its date, "unverified" general knowledge found in no text read, "choice" ours.

Left open, so in no row: directives of single interfaces (Dialog, AudioPlayer, APL), speech that is no valid SSML, account
linking, progressive responses, the words of an error's message.
"""

import json
from typing import Any, Literal

import attrs

Ends = Literal["stays", "ends", "error"]

OPEN: dict[str, Any] = {
    "version": "1.0",
    "sessionAttributes": {"step": 1},
    "response": {
        "outputSpeech": {"type": "PlainText", "text": "Which flowers?"},
        "reprompt": {"outputSpeech": {"type": "PlainText", "text": "Roses or lilies?"}},
        "shouldEndSession": False,
    },
}


@attrs.frozen
class Answer:
    """What becomes of the session: it stays open, ends, or ends with SessionEndedRequest of reason ERROR.

    `attributes`: `session.attributes` of the next request of the session, which is the SessionEndedRequest when it ends
    in an error. `spoken`: the text or SSML that the user hears, None: nothing, ERROR_SPEECH after an error.
    """

    id: str
    answer: Any
    session: Ends
    source: str
    spoken: str | None = None
    attributes: dict[str, Any] | None = None
    raw: str | None = None


ERROR_SPEECH = "There was a problem with the requested skill's response"
"""What the user hears (unverified)."""
ERROR_TYPE = "INVALID_RESPONSE"
"""`request.error.type` of the SessionEndedRequest, for every row here and for the outcomes (unverified)."""


def _speech(text: str) -> dict[str, str]:
    return {"type": "PlainText", "text": text}


def _answer(**response: Any) -> dict[str, Any]:
    return {"version": "1.0", "response": response}


def _values(*values: Any) -> list[Any]:
    return list(values)


_HELLO = _speech("Hello.")
_SSML = {"type": "SSML", "ssml": "<speak>Hello.</speak>"}


def _stays(id: str, answer: Any, source: str, spoken: str | None = "Hello.", attributes: Any = None) -> Answer:
    return Answer(id, answer, "stays", source, spoken, {} if attributes is None else attributes)


def _ends(id: str, answer: Any, source: str, spoken: str | None = "Hello.") -> Answer:
    return Answer(id, answer, "ends", source, spoken)


def _bad(id: str, answer: Any, source: str = "choice", *, raw: str | None = None) -> Answer:
    return Answer(id, answer, "error", source, ERROR_SPEECH, {"step": 1}, raw)


_VALID: list[Answer] = [
    _stays("open", _answer(outputSpeech=_HELLO, shouldEndSession=False), "lifecycle"),
    _stays(
        "open with attributes",
        {**_answer(outputSpeech=_HELLO, shouldEndSession=False), "sessionAttributes": {"n": 2, "list": [1, None]}},
        "json",
        attributes={"n": 2, "list": [1, None]},
    ),
    _stays(
        "attributes left out are gone, not kept",
        _answer(outputSpeech=_HELLO, shouldEndSession=False),
        "json",
        attributes={},
    ),
    _stays(
        "attributes emptied",
        {**_answer(outputSpeech=_HELLO, shouldEndSession=False), "sessionAttributes": {}},
        "json",
    ),
    _stays(
        "attributes null",
        {**_answer(outputSpeech=_HELLO, shouldEndSession=False), "sessionAttributes": None},
        "choice",
    ),
    _ends("ended", _answer(outputSpeech=_HELLO, shouldEndSession=True), "lifecycle"),
    _ends("left out: ends, as there is no screen", _answer(outputSpeech=_HELLO), "lifecycle"),
    _ends("null: as left out", _answer(outputSpeech=_HELLO, shouldEndSession=None), "lifecycle"),
    _ends("nothing said", _answer(shouldEndSession=True), "json", None),
    _stays("nothing said, open", _answer(shouldEndSession=False), "choice", None),
    _ends("empty response", _answer(), "json", None),
    _stays("SSML", _answer(outputSpeech=_SSML, shouldEndSession=False), "json", "<speak>Hello.</speak>"),
    _stays(
        "with a reprompt",
        _answer(outputSpeech=_HELLO, reprompt={"outputSpeech": _SSML}, shouldEndSession=False),
        "json",
    ),
    *[
        _stays(f"card {card['type']}", _answer(outputSpeech=_HELLO, card=card, shouldEndSession=False), "json")
        for card in _values(
            {"type": "Simple", "title": "Flowers", "content": "Roses"},
            {
                "type": "Standard",
                "title": "Flowers",
                "text": "Roses",
                "image": {"smallImageUrl": "https://a.example/s.png"},
            },
            {"type": "LinkAccount"},
            {"type": "AskForPermissionsConsent", "permissions": ["read::alexa:device:all:address"]},
        )
    ],
    _stays("no directives", _answer(outputSpeech=_HELLO, directives=[], shouldEndSession=False), "json"),
    _stays(
        "unknown members",
        {**_answer(outputSpeech=_HELLO, shouldEndSession=False, more=1), "userAgent": "ask-node/2.0", "more": 1},
        "choice (libraries send userAgent)",
    ),
    _stays(
        "nulls for what need not be there",
        _answer(outputSpeech=_HELLO, card=None, reprompt=None, directives=None, shouldEndSession=False),
        "choice",
    ),
    _stays("empty speech", _answer(outputSpeech=_speech(""), shouldEndSession=False), "choice", ""),
]

_INVALID: list[Answer] = [
    *[_bad(f"text is {raw!r}", None, raw=raw) for raw in ("", "Hello", '{"version": "1.0"', "{'version': '1.0'}")],
    *[_bad(f"answer {json.dumps(answer)}", answer) for answer in _values(None, "", "Hello.", 5, True, [], [{}])],
    _bad("empty object: response is required", {}),
    _bad("no version", {"response": {"outputSpeech": _HELLO, "shouldEndSession": False}}),
    *[
        _bad(f"version {json.dumps(version)}", {"version": version, "response": {"shouldEndSession": False}})
        for version in _values(None, 1, 1.0, "", True)
    ],
    _bad("no response", {"version": "1.0"}),
    *[
        _bad(f"response {json.dumps(value)}", {"version": "1.0", "response": value})
        for value in _values(None, "x", [], 5)
    ],
    *[
        _bad(f"shouldEndSession {json.dumps(value)}", _answer(outputSpeech=_HELLO, shouldEndSession=value))
        for value in _values("false", "", 0, 1, [], {})
    ],
    *[
        _bad(f"sessionAttributes {json.dumps(value)}", {**_answer(shouldEndSession=False), "sessionAttributes": value})
        for value in _values([], "x", 5, True)
    ],
    *[
        _bad(f"outputSpeech {json.dumps(value)}", _answer(outputSpeech=value, shouldEndSession=False))
        for value in _values(
            "Hello.",
            [],
            {},
            {"text": "Hello."},
            {"type": "Text", "text": "Hello."},
            {"type": "plaintext", "text": "Hello."},
            {"type": "PlainText"},
            {"type": "PlainText", "ssml": "<speak>x</speak>"},
            {"type": "PlainText", "text": None},
            {"type": "PlainText", "text": 5},
            {"type": "SSML"},
            {"type": "SSML", "text": "Hello."},
        )
    ],
    *[
        _bad(f"reprompt {json.dumps(value)}", _answer(outputSpeech=_HELLO, reprompt=value, shouldEndSession=False))
        for value in _values("Hello.", [], {"outputSpeech": "Hello."}, {"outputSpeech": {"type": "Text", "text": "x"}})
    ],
    *[
        _bad(f"card {json.dumps(value)}", _answer(outputSpeech=_HELLO, card=value, shouldEndSession=False))
        for value in _values("x", [], {}, {"type": "Big"}, {"title": "Flowers", "content": "Roses"})
    ],
    *[
        _bad(f"directives {json.dumps(value)}", _answer(outputSpeech=_HELLO, directives=value, shouldEndSession=False))
        for value in _values("x", {}, ["x"], [None], [{}], [{"name": "no type"}])
    ],
]

ANSWERS: list[Answer] = _VALID + _INVALID

# ------------------------------------------------------------------------------------------------------------ limits


@attrs.frozen
class Limit:
    """At the limit the answer is taken; one past it the session ends in an error."""

    id: str
    fits: Any
    too_much: Any
    source: str


RESPONSE_LIMIT = 24 * 1024
"""Bytes of the answer's JSON text (json, text of 2019; what is counted is our choice, a later text says 120 KB:
unverified)."""


def _ssml(length: int) -> dict[str, str]:
    return {"type": "SSML", "ssml": "<speak>" + "x" * (length - 15) + "</speak>"}


def _card(title: int, content: int) -> Any:
    return _answer(card={"type": "Simple", "title": "t" * title, "content": "c" * content}, shouldEndSession=False)


def answer_of(size: int) -> dict[str, Any]:
    """An answer whose JSON text, written with `json.dumps` and its defaults, has `size` bytes."""
    answer: dict[str, Any] = {**_answer(shouldEndSession=False), "sessionAttributes": {"fill": ""}}
    answer["sessionAttributes"]["fill"] = "x" * (size - len(json.dumps(answer)))
    return answer


LIMITS: list[Limit] = [
    Limit("whole answer", answer_of(RESPONSE_LIMIT), answer_of(RESPONSE_LIMIT + 1), "json 2019"),
    Limit(
        "characters of a text",
        _answer(outputSpeech=_speech("x" * 8000), shouldEndSession=False),
        _answer(outputSpeech=_speech("x" * 8001), shouldEndSession=False),
        "json 2019; field 2020-12",
    ),
    Limit(
        "characters of SSML, marks included",
        _answer(outputSpeech=_ssml(8000), shouldEndSession=False),
        _answer(outputSpeech=_ssml(8001), shouldEndSession=False),
        "json 2019; field 2019-01",
    ),
    Limit("characters of a card, title and content", _card(100, 7900), _card(100, 7901), "json"),
    Limit(
        "address of a card's image",
        _answer(card={"type": "Standard", "title": "t", "text": "x", "image": {"largeImageUrl": "h" * 2000}}),
        _answer(card={"type": "Standard", "title": "t", "text": "x", "image": {"largeImageUrl": "h" * 2001}}),
        "unverified",
    ),
]

# ---------------------------------------------------------------------------------------------------------- outcomes


@attrs.frozen
class Outcome:
    """What happens when there is no answer to look at: `requests` are what the function is invoked with in all.

    The times of the SessionEndedRequest are those of `ended_at`; nothing is tried again.
    """

    id: str
    happens: str
    requests: tuple[str, ...]
    ended_at: float | None
    source: str


_ENDED: tuple[str, ...] = ("IntentRequest", "SessionEndedRequest")
SECONDS = 8.0
"""7.9 s of the handler are an answer, 8.1 s are none (systems, unverified; a text of 2024 on smart home says 8 s)."""

OUTCOMES: list[Outcome] = [
    Outcome("function error", "the handler raises at once", _ENDED, 20, "systems"),
    Outcome("process ends", "the handler leaves the process", _ENDED, 20, "systems"),
    Outcome("result is no JSON", "marshal error of the runtime", _ENDED, 20, "systems"),
    Outcome("function times out", "its timeout of 3 s passes", _ENDED, 23, "systems"),
    Outcome("8 s pass", "the handler sleeps 20 s, its timeout is 30 s", _ENDED, 28, "systems"),
    # the function can't be reached, so the request that says so can't either: it is tried once and nothing more is said
    Outcome("no permission", "no statement for the service", (), None, "choice"),
    Outcome("EventSourceToken of another skill", "the statement's token is another skill's", (), None, "systems"),
    Outcome("no such function", "it was deleted", (), None, "choice"),
    Outcome(
        "throttled", "no capacity for the IntentRequest, some again after it", ("SessionEndedRequest",), 20, "choice"
    ),
    Outcome("reserved concurrency 0", "no capacity at all", (), None, "choice"),
    Outcome(
        "error while the session is told to end",
        "raises at SessionEndedRequest",
        ("SessionEndedRequest",),
        None,
        "json",
    ),
]


@attrs.frozen
class SessionEnd:
    """How a session ends, and whether SessionEndedRequest is sent with which reason (None: it is not)."""

    id: str
    happens: str
    reason: str | None
    source: str


SESSION_ENDS: list[SessionEnd] = [
    SessionEnd("answer with shouldEndSession true", "the function ended it itself", None, "json"),
    SessionEnd("answer without shouldEndSession", "no screen: over", None, "choice"),
    SessionEnd("exit", "the user says exit while the session is open", "USER_INITIATED", "json"),
    SessionEnd("silence", "the user says nothing, nor after the reprompt", "EXCEEDED_MAX_REPROMPTS", "json"),
    SessionEnd("not understood", "the user says what matches no intent", "EXCEEDED_MAX_REPROMPTS", "json"),
    SessionEnd("invalid answer", "a row of _INVALID", "ERROR", "systems"),
    SessionEnd("function error", "a row of OUTCOMES", "ERROR", "systems"),
]

# What a function answers to SessionEndedRequest is thrown away, whatever it is, also one with shouldEndSession false
# (json: no response can be returned).
IGNORED_ANSWERS: list[Any] = [None, {}, "x", OPEN, _answer(outputSpeech=_HELLO, shouldEndSession=False)]


@attrs.frozen
class Turns:
    """Requests of one user in turn (`new` and `attributes` of each) with what the function answers to each."""

    id: str
    steps: tuple[tuple[str, Any, bool, dict[str, Any]], ...]  # request type, answer, session.new, session.attributes
    sessions: int  # how many different session ids there are
    source: str


_CLOSED = _answer(outputSpeech=_HELLO, shouldEndSession=True)
_STEP_2 = {**_answer(outputSpeech=_HELLO, shouldEndSession=False), "sessionAttributes": {"step": 2}}

TURNS: list[Turns] = [
    Turns(
        "one session",
        (
            ("LaunchRequest", OPEN, True, {}),
            ("IntentRequest", _STEP_2, False, {"step": 1}),
            ("IntentRequest", _CLOSED, False, {"step": 2}),
        ),
        1,
        "json",
    ),
    Turns(
        "intent opens a session",
        (("IntentRequest", _STEP_2, True, {}), ("IntentRequest", _CLOSED, False, {"step": 2})),
        1,
        "json",
    ),
    Turns(
        "ended and launched again: nothing is carried over",
        (
            ("LaunchRequest", {**_CLOSED, "sessionAttributes": {"step": 1}}, True, {}),
            ("LaunchRequest", OPEN, True, {}),
        ),
        2,
        "json",
    ),
    Turns(
        "ended by the user and launched again",
        (
            ("LaunchRequest", OPEN, True, {}),
            ("SessionEndedRequest", {}, False, {"step": 1}),
            ("LaunchRequest", OPEN, True, {}),
        ),
        2,
        "json",
    ),
    Turns(
        "ended by an error and launched again",
        (
            ("LaunchRequest", OPEN, True, {}),
            ("IntentRequest", {}, False, {"step": 1}),
            ("SessionEndedRequest", {}, False, {"step": 1}),
            ("LaunchRequest", OPEN, True, {}),
        ),
        2,
        "systems",
    ),
    Turns(
        "error at the first request",
        (("LaunchRequest", {}, True, {}), ("SessionEndedRequest", {}, False, {})),
        1,
        "choice",
    ),
]
