"""Bots of V2."""

from typing import Any

from attrs import define, frozen

from sources._calling import encode

from . import v2
from .machine import BotMachine, Turn
from .model import begin
from .reading import Order


@frozen
class Recognized:
    """What a call got, in the names of the wire."""

    messages: Any
    state: Any
    interpretations: Any
    request_attributes: Any


@define(eq=False)
class BotV2Machine(BotMachine[Recognized]):
    def event(self, now: float, turn: Turn[Recognized]) -> str:
        said = turn.text, turn.resolved, turn.request_attributes
        return encode(v2.event(now, turn.session, self.model, turn.hook, *said))

    def read(self, now: float, turn: Turn[Recognized], payload: bytes) -> Order:
        order = v2.answer(payload, now, self.model)
        if order.request_attributes is not None:
            turn.request_attributes = order.request_attributes
        return order

    def result(self, now: float, turn: Turn[Recognized]) -> Recognized:
        session = turn.session
        found = v2.interpretations(session, self.model)
        attributes = {} if turn.request_attributes is None else dict(turn.request_attributes)
        return Recognized(list(session.messages), v2.state(session, now), found, attributes)

    def not_understood(self, now: float, turn: Turn[Recognized]) -> None:
        """The fallback takes it [lex '25, AMAZON.FallbackIntent]."""
        assert self.model.fallback is not None
        begin(turn.session, self.model.fallback)
        self.consult(now, turn)
