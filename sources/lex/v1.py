"""Lex V1 on the wire: what its functions get and answer [lex '23, bc:lex-runtime]."""

import re
from collections.abc import Mapping
from typing import Any, Final

from sources._http.answers import Malformed

from . import reading
from .intent import MESSAGE_LIMIT
from .model import Model
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
    NOT_ASKED,
    RECENT_INTENTS,
    Session,
    Value,
)

EVENT_LIMIT: Final = 12 * 1_024
ANSWER_LIMIT: Final = 25 * 1_024
"""Bytes of JSON text [lex '23]; that of a KB 1,024 are counted is our choice."""
ACTIONS: Final = (CLOSE, CONFIRM_INTENT, DELEGATE, ELICIT_INTENT, ELICIT_SLOT)
CONFIRMATIONS: Final = (CONFIRMED, DENIED, NOT_ASKED)
CONTEXT_NAME: Final = re.compile(r"([A-Za-z]_?){1,100}")
CARD_KIND: Final = "application/vnd.amazonaws.card.generic"
SURE: Final = 1.0

# ---------------------------------------------------------------- what is sent


def contexts(session: Session, now: float) -> Any:
    return [
        {
            "name": each.name,
            "timeToLive": {"timeToLiveInSeconds": each.seconds(now), "turnsToLive": each.turns},
            "parameters": dict(each.attributes),
        }
        for each in session.contexts
    ]


def slots(session: Session) -> dict[str, str | None]:
    if session.intent is None:
        return {}
    return {name: None if value is None else value.interpreted for name, value in session.intent.slots.items()}


def summary(session: Session) -> dict[str, Any]:
    """What the next event tells of this turn."""
    assert session.intent is not None
    return {
        "intentName": session.intent.name,
        "checkpointLabel": None,
        "slots": slots(session),
        "confirmationStatus": session.intent.confirmation,
        "dialogActionType": session.action,
        "fulfillmentState": session.intent.state if session.action == CLOSE else None,
        "slotToElicit": session.slot,
    }


def event(
    now: float, session: Session, model: Model, hook: str, text: str, request_attributes: Mapping[str, str] | None
) -> dict[str, Any]:
    """What the function gets."""
    active = session.intent
    assert active is not None
    return {
        "messageVersion": "1.0",
        "invocationSource": hook,
        "userId": session.id,
        "sessionAttributes": dict(session.attributes),
        "bot": {"name": model.name, "alias": model.alias, "version": model.version},
        "outputDialogMode": "Text",
        "currentIntent": {
            "name": active.name,
            "nluIntentConfidenceScore": SURE,
            "slots": slots(session),
            "slotDetails": {name: _detail(value) for name, value in active.slots.items()},
            "confirmationStatus": active.confirmation,
        },
        "inputTranscript": text,
        "requestAttributes": None if request_attributes is None else dict(request_attributes),
        "alternativeIntents": [],
        "recentIntentSummaryView": list(session.recent) or None,
        "sentimentResponse": None,
        "kendraResponse": None,
        "activeContexts": contexts(session, now),
    }


def _detail(value: Value | None) -> Any:
    if value is None:
        return None
    return {"resolutions": [{"value": each} for each in value.resolved], "originalValue": value.original}


# ---------------------------------------------------------------- what is answered


def answer(payload: bytes, now: float, session: Session, model: Model) -> Order:
    """Raises `Malformed`."""
    if len(payload) > ANSWER_LIMIT:
        raise Malformed(f"it has {len(payload)} bytes; {ANSWER_LIMIT} are allowed")
    given = reading.parsed(payload)
    action = required(given, "dialogAction", an_object)
    order = Order(required(action, "type", one_of(ACTIONS)))
    order.intent = _intent(action, order, session, model)
    if order.action == ELICIT_SLOT:
        assert order.intent is not None
        order.slot = required(action, "slotToElicit", one_of(list(model.intents[order.intent.name].empty())))
    order.messages = [*_messages(action), *_cards(action)]
    order.attributes = optional(given, "sessionAttributes", a_map)
    if given.get("activeContexts") is not None:
        order.contexts = read_contexts(given["activeContexts"], now)
    if given.get("recentIntentSummaryView") is not None:
        views = a_list(given["recentIntentSummaryView"], "recentIntentSummaryView", RECENT_INTENTS)
        order.recent = [_summary(an_object(each, "a summary"), model) for each in views]
    return order


def read_contexts(given: Any, now: float) -> list[Any]:
    return reading.contexts_of(given, now, "parameters", CONTEXT_NAME)


def _intent(action: dict[str, Any], order: Order, session: Session, model: Model) -> Given | None:
    """Of whichever action; one that ends the intent names none."""
    assert session.intent is not None
    if order.action in (CLOSE, ELICIT_INTENT):
        for name in ("intentName", "slots"):
            if action.get(name) is not None:
                raise Malformed(f"{order.action} has no {name}")
        if order.action == ELICIT_INTENT:
            return None
        state = required(action, "fulfillmentState", one_of((FULFILLED, FAILED)))
        return Given(session.intent.name, state=state)
    names = one_of(list(model.intents))
    if order.action == DELEGATE:
        found = Given(session.intent.name)
    else:
        found = Given(required(action, "intentName", names))
        required(action, "slots", an_object)
    if action.get("slots") is not None:
        found.slots = reading.slots_of(action["slots"], model.intents[found.name], _value)
        _keep_details(found, session)
    return found


def _value(given: Any, where: str) -> Value:
    return Value.of(a_text(given, where))


def _keep_details(found: Given, session: Session) -> None:
    """What was typed is still known, as long as the value is the same."""
    assert found.slots is not None
    assert session.intent is not None
    for name, value in found.slots.items():
        before = session.intent.slots.get(name) if found.name == session.intent.name else None
        if value is not None and before is not None and before.interpreted == value.interpreted:
            found.slots[name] = before


def _messages(action: dict[str, Any]) -> list[Any]:
    message = optional(action, "message", an_object)
    if message is None:
        return []
    kind = required(message, "contentType", one_of(reading.TEXT_KINDS))
    return [{"contentType": kind, "content": required(message, "content", short(MESSAGE_LIMIT))}]


def _cards(action: dict[str, Any]) -> list[Any]:
    """A response card, kept beside the message [bc:lex-runtime ResponseCard]."""
    card = optional(action, "responseCard", an_object)
    if card is None:
        return []
    required(card, "contentType", one_of((CARD_KIND,)))
    attachments = [_attachment(each) for each in required(card, "genericAttachments", lambda v, w: a_list(v, w, 10))]
    version = card.get("version")
    found = {"version": "1" if version is None else str(version), "contentType": CARD_KIND}
    return [{"contentType": CARD_KIND, "responseCard": {**found, "genericAttachments": attachments}}]


def _attachment(given: Any) -> dict[str, Any]:
    attachment = an_object(given, "an attachment")
    limits = {"title": 80, "subTitle": 80, "attachmentLinkUrl": 2_048, "imageUrl": 2_048}
    for name, limit in limits.items():
        optional(attachment, name, short(limit))
    found = reading.kept(attachment, limits)
    if attachment.get("buttons") is not None:
        buttons = [an_object(each, "a button") for each in a_list(attachment["buttons"], "buttons", 5)]
        found["buttons"] = [
            {"text": required(each, "text", short(15)), "value": required(each, "value", short(1_000))}
            for each in buttons
        ]
    return found


def _summary(given: dict[str, Any], model: Model) -> dict[str, Any]:
    return {
        "intentName": required(given, "intentName", one_of(list(model.intents))),
        "checkpointLabel": optional(given, "checkpointLabel", short(255)),
        "slots": _summed_slots(given.get("slots") or {}),
        "confirmationStatus": optional(given, "confirmationStatus", one_of(CONFIRMATIONS)) or NOT_ASKED,
        "dialogActionType": required(given, "dialogActionType", one_of(ACTIONS)),
        "fulfillmentState": optional(given, "fulfillmentState", one_of((FULFILLED, FAILED, "ReadyForFulfillment"))),
        "slotToElicit": optional(given, "slotToElicit", a_text),
    }


def _summed_slots(given: Any) -> dict[str, str | None]:
    return {
        name: None if value is None else a_text(value, f"slot {name}")
        for name, value in an_object(given, "slots").items()
    }
