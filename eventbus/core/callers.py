"""Callers that wait for a RequestResponse, or for a front door: the asker of their Invoke or Fetch."""

from math import inf
from typing import TYPE_CHECKING, Final

from attrs import define, field

from eventbus.names import Arn

from .effects import Cause, Effect, Fetch, Invoke, Note, Reply
from .outcomes import Outcome

if TYPE_CHECKING:
    from .http import Request, Response

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

    def fetch(self, now: float, token: int, door: Arn, request: "Request", cause: Cause | None) -> None:
        self._waiting.add(token)
        self.effects.append(Fetch(door, self.address, token, request, cause))

    def finished(self, now: float, token: int, outcome: Outcome) -> None:
        self._reply(token, outcome)

    def fetched(self, now: float, token: int, response: "Response") -> None:
        self._reply(token, response)

    def gave_up(self, now: float, token: int) -> None:
        """The caller was cancelled: the invocation goes on, its answer is dropped, as on AWS."""
        self._waiting.discard(token)

    def wake(self, now: float) -> None:
        return

    def next_deadline(self) -> float:
        return inf

    def outstanding(self) -> int:
        return len(self._waiting)

    def _reply(self, token: int, answer: "Outcome | Response") -> None:
        if token in self._waiting:  # not one that gave up
            self._waiting.remove(token)
            self.effects.append(Reply(token, answer))
