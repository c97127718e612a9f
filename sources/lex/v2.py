"""Lex V2 on the wire: what its functions get and answer [lex '25, bc:lexv2-runtime]."""

from collections.abc import Mapping
from typing import Any, Final

from sources._http.answers import Malformed

from . import reading
from .intent import MESSAGE_LIMIT
from .model import Model, Step
from .reading import Given, Order, a_list, a_map, a_text, an_object, one_of, optional, required, short
from .session import (
    CLOSE,
    CONFIRM_INTENT,
    CONFIRMED,
    DELEGATE,
    DENIED,
    ELICIT_INTENT,
    ELICIT_SLOT,
    FAILED,
    FULFILLED,
    IN_PROGRESS,
    NOT_ASKED,
    READY,
    Active,
    Session,
    Slots,
    Value,
)

TEXT_TYPE: Final = "text/plain; charset=utf-8"
ACTIONS: Final = (CLOSE, CONFIRM_INTENT, DELEGATE, ELICIT_INTENT, ELICIT_SLOT)
STATES: Final = (FAILED, FULFILLED, IN_PROGRESS, READY, "Waiting", "FulfillmentInProgress")
CONFIRMATIONS: Final = (CONFIRMED, DENIED, NOT_ASKED)
STYLES: Final = ("Default", "SpellByLetter", "SpellByWord")
CARD: Final = "ImageResponseCard"
MESSAGES: Final = 10
CARD_TEXT: Final = 250
BUTTONS: Final = 5
BUTTON_TEXT: Final = 50
SURE: Final = 1.0
"""Of everything: nothing is guessed."""

# ---------------------------------------------------------------- what is sent


def slot(value: Value | None) -> Any:
    if value is None:
        return None
    return {
        "shape": "Scalar",
        "value": {
            "interpretedValue": value.interpreted,
            "originalValue": value.original,
            "resolvedValues": list(value.resolved),
        },
    }


def slots(given: Slots) -> Any:
    return {name: slot(value) for name, value in given.items()}


def intent(active: Active, state: str | None = None) -> Any:
    return {
        "name": active.name,
        "slots": slots(active.slots),
        "state": state or active.state,
        "confirmationState": active.confirmation,
    }


def contexts(session: Session, now: float) -> Any:
    return [
        {
            "name": each.name,
            "contextAttributes": dict(each.attributes),
            "timeToLive": {"timeToLiveInSeconds": each.seconds(now), "turnsToLive": each.turns},
        }
        for each in session.contexts
    ]


def interpretations(session: Session, model: Model) -> Any:
    """The intent that was understood, and the fallback."""
    found: list[Any] = []
    fallback = model.fallback
    if session.intent is not None:
        understood = {"intent": intent(session.intent), "nluConfidence": SURE, "interpretationSource": "Lex"}
        if fallback is not None and session.intent.name == fallback.name:
            del understood["nluConfidence"]
        found.append(understood)
    if fallback is not None and (session.intent is None or session.intent.name != fallback.name):
        found.append({"intent": intent(Active(fallback.name, {})), "interpretationSource": "Lex"})
    return found


def proposed(session: Session, step: Step) -> Any:
    assert session.intent is not None
    action = {"type": step.action} if step.slot is None else {"type": step.action, "slotToElicit": step.slot}
    found: dict[str, Any] = {"dialogAction": action, "intent": intent(session.intent, step.state)}
    if step.action != CLOSE:
        found["prompt"] = {"attempt": f"Retry{session.attempts}" if session.attempts else "Initial"}
    return found


def event(
    now: float,
    session: Session,
    model: Model,
    hook: str,
    text: str,
    resolved: Slots,
    request_attributes: Mapping[str, str] | None,
) -> dict[str, Any]:
    """What the function gets."""
    assert session.intent is not None
    found: dict[str, Any] = {
        "messageVersion": "1.0",
        "invocationSource": hook,
        "inputMode": "Text",
        "responseContentType": TEXT_TYPE,
        "sessionId": session.id,
        "inputTranscript": text,
        "bot": _bot(model),
        "interpretations": interpretations(session, model),
    }
    if hook == "DialogCodeHook":
        found["proposedNextState"] = proposed(session, model.next_step(session))
    if request_attributes is not None:
        found["requestAttributes"] = dict(request_attributes)
    found["sessionState"] = {
        "activeContexts": contexts(session, now),
        "sessionAttributes": dict(session.attributes),
        "intent": intent(session.intent),
        "originatingRequestId": session.request_id,
    }
    found["transcriptions"] = [_transcription(text, session.intent.name, resolved)]
    return found


def _bot(model: Model) -> dict[str, str]:
    return {
        "id": model.id,
        "name": model.name,
        "aliasId": model.alias_id,
        "aliasName": model.alias,
        "localeId": model.locale,
        "version": model.version,
    }


def _transcription(text: str, name: str, resolved: Slots) -> dict[str, Any]:
    return {
        "transcription": text,
        "transcriptionConfidence": SURE,
        "resolvedContext": {"intent": name},
        "resolvedSlots": slots(resolved),
    }


def state(session: Session, now: float) -> dict[str, Any]:
    """What the caller gets."""
    action: dict[str, Any] = {"type": session.action}
    if session.slot is not None:
        action["slotToElicit"] = session.slot
    if session.style is not None:
        action["slotElicitationStyle"] = session.style
    found: dict[str, Any] = {"dialogAction": action}
    if session.intent is not None:
        found["intent"] = intent(session.intent)
    found["activeContexts"] = contexts(session, now)
    found["sessionAttributes"] = dict(session.attributes)
    found["originatingRequestId"] = session.request_id
    return found


# ---------------------------------------------------------------- what is answered


def answer(payload: bytes, now: float, model: Model) -> Order:
    """Raises `Malformed`."""
    given = reading.parsed(payload)
    session = required(given, "sessionState", an_object)
    required(required(session, "dialogAction", an_object), "type", one_of(ACTIONS))
    order = read_state(session, now, model)
    order.messages = optional(given, "messages", messages) or []
    order.request_attributes = optional(given, "requestAttributes", a_map)
    if order.action in (ELICIT_INTENT, CONFIRM_INTENT) and not order.messages:
        raise Malformed(f"{order.action} needs messages")
    return order


def read_state(given: dict[str, Any], now: float, model: Model) -> Order:
    """A session state, of whomever. Raises `Malformed`."""
    action = optional(given, "dialogAction", an_object) or {}
    order = Order(optional(action, "type", one_of(ACTIONS)))
    wanted = optional(given, "intent", an_object)
    if wanted is not None:
        order.intent = _intent(wanted, model)
    elif order.action in (CLOSE, CONFIRM_INTENT, ELICIT_SLOT):
        raise Malformed(f"{order.action} needs an intent")
    if order.action == CLOSE and (order.intent is None or order.intent.state not in (FULFILLED, FAILED)):
        raise Malformed("Close needs the state Fulfilled or Failed")
    if order.action == ELICIT_SLOT:
        assert order.intent is not None
        order.slot = required(action, "slotToElicit", one_of(list(model.intents[order.intent.name].empty())))
        order.style = optional(action, "slotElicitationStyle", one_of(STYLES))
    order.attributes = optional(given, "sessionAttributes", a_map)
    if given.get("activeContexts") is not None:
        order.contexts = reading.contexts_of(given["activeContexts"], now, "contextAttributes")
    return order


def _intent(given: dict[str, Any], model: Model) -> Given:
    declared = model.intents[required(given, "name", one_of(list(model.intents)))]
    found = Given(declared.name)
    if given.get("slots") is not None:
        found.slots = reading.slots_of(given["slots"], declared, _value)
    found.state = optional(given, "state", one_of(STATES))
    found.confirmation = optional(given, "confirmationState", one_of(CONFIRMATIONS))
    return found


def _value(given: Any, where: str) -> Value | None:
    if an_object(given, where).get("shape") not in (None, "Scalar"):
        raise Malformed(f"{where}: only the shape Scalar is offered")
    value = given.get("value")
    if value is None:
        return None
    interpreted = required(an_object(value, where), "interpretedValue", a_text)
    original = optional(value, "originalValue", a_text) or interpreted
    resolved = value.get("resolvedValues")
    if resolved is None:
        return Value(original, interpreted, (interpreted,))
    return Value(original, interpreted, tuple(a_text(each, where) for each in a_list(resolved, where, MESSAGE_LIMIT)))


def messages(given: Any, where: str) -> list[Any]:
    return [_message(an_object(each, "a message")) for each in a_list(given, where, MESSAGES)]


def _message(given: dict[str, Any]) -> dict[str, Any]:
    kind = required(given, "contentType", one_of((*reading.TEXT_KINDS, CARD)))
    if kind != CARD:
        return {"contentType": kind, "content": required(given, "content", short(MESSAGE_LIMIT))}
    card = required(given, "imageResponseCard", an_object)
    required(card, "title", short(CARD_TEXT))
    optional(card, "subtitle", short(CARD_TEXT))
    optional(card, "imageUrl", short(CARD_TEXT))
    found = reading.kept(card, ("title", "subtitle", "imageUrl"))
    if card.get("buttons") is not None:
        found["buttons"] = [_button(each) for each in a_list(card["buttons"], "buttons", BUTTONS)]
    return {"contentType": kind, "imageResponseCard": found}


def _button(given: Any) -> dict[str, str]:
    button = an_object(given, "a button")
    return {name: required(button, name, short(BUTTON_TEXT)) for name in ("text", "value")}
