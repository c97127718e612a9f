"""Bots of V1."""

from collections.abc import Mapping
from typing import Any

from attrs import define, frozen

from sources._calling import encode

from . import v1
from .errors import BadRequestException, DependencyFailedException
from .intent import said
from .machine import BotMachine, Turn
from .reading import Order
from .session import CLOSE, ELICIT_INTENT, FAILED

NO_MESSAGE = "There is no usable message"


@frozen
class Posted:
    """What a call got, in the names of the wire."""

    members: Mapping[str, Any]


@define(eq=False)
class BotV1Machine(BotMachine[Posted]):
    def event(self, now: float, turn: Turn[Posted]) -> str:
        said = turn.text, turn.request_attributes
        text = encode(v1.event(now, turn.session, self.model, turn.hook, *said))
        size = len(text.encode())
        if size > v1.EVENT_LIMIT:
            raise DependencyFailedException(f"The event has {size} bytes; {v1.EVENT_LIMIT} are allowed", turn.id)
        return text

    def read(self, now: float, turn: Turn[Posted], payload: bytes) -> Order:
        return v1.answer(payload, now, turn.session, self.model)

    def result(self, now: float, turn: Turn[Posted]) -> Posted:
        session = turn.session
        message = next((each for each in session.messages if "content" in each), None)
        card = next((each["responseCard"] for each in session.messages if "responseCard" in each), None)
        if message is None and session.action != CLOSE:
            raise BadRequestException(f"{NO_MESSAGE} for {session.action}", turn.id)
        if session.intent is not None:
            session.summarize(v1.summary(session))
        closed = session.action == CLOSE
        state = session.intent.state if closed and session.intent is not None else FAILED if closed else session.action
        members = {
            "intentName": None if session.intent is None else session.intent.name,
            "nluIntentConfidence": None if session.intent is None else {"score": v1.SURE},
            "slots": v1.slots(session),
            "sessionAttributes": dict(session.attributes),
            "message": None if message is None else message["content"],
            "messageFormat": None if message is None else message["contentType"],
            "dialogState": state,
            "slotToElicit": session.slot,
            "responseCard": card,
            "sessionId": session.number,
            "botVersion": self.model.version,
            "activeContexts": v1.contexts(session, now),
            "requestId": turn.id,
        }
        return Posted(members)

    def not_understood(self, now: float, turn: Turn[Posted]) -> None:
        """Clarified a number of times, then aborted [bc:lex-models PutBot]."""
        session, model = turn.session, self.model
        clarifies = session.intent is None or session.action in (CLOSE, ELICIT_INTENT)
        asked = session.attempts if session.action == ELICIT_INTENT else 0
        session.intent = None
        if clarifies and asked < model.max_attempts:
            self.act(now, turn, ELICIT_INTENT, messages=said(model.clarification_prompt, {}, session.attributes))
            session.attempts = asked + 1
        elif model.abort_statement is None:
            self.fail_with(turn, BadRequestException(f"{NO_MESSAGE}: no abort_statement", turn.id))
        else:
            self.act(now, turn, CLOSE, messages=said(model.abort_statement, {}, session.attributes))
