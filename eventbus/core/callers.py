"""Callers that wait for a RequestResponse: the asker of their Invoke."""

from math import inf
from typing import Final

from attrs import define, field

from eventbus.names import Arn

from .effects import Cause, Effect, Invoke, Note, Reply
from .outcomes import Outcome

CALLERS: Final = Arn("callers")


@define(eq=False)
class Callers:
    address: Arn = field(default=CALLERS, init=False)
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    _waiting: set[int] = field(factory=set, init=False)

    def call(
        self,
        now: float,
        token: int,
        function: Arn,
        request_id: str,
        payload: bytes,
        cause: Cause | None,
        tail: list[str] | None,
    ) -> None:
        self._waiting.add(token)
        self.effects.append(Invoke(function, self.address, token, request_id, payload, cause=cause, tail=tail))

    def finished(self, now: float, token: int, outcome: Outcome) -> None:
        if token in self._waiting:  # not one that gave up
            self._waiting.remove(token)
            self.effects.append(Reply(token, outcome))

    def gave_up(self, now: float, token: int) -> None:
        """The caller was cancelled: the invocation goes on, its answer is dropped, as on AWS."""
        self._waiting.discard(token)

    def wake(self, now: float) -> None:
        return

    def next_deadline(self) -> float:
        return inf

    def outstanding(self) -> int:
        return len(self._waiting)
