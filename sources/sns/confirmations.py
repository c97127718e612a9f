"""Tokens with which endpoints confirm that they want to be subscribed [bc:sns Subscribe, ConfirmSubscription]."""

from typing import Final

from attrs import define, field

from eventbus.names import Ids

from .errors import invalid
from .subscribed import Subscribed

VALID: Final = 2 * 86_400.0
"""Seconds."""


@define(eq=False)
class Confirmations:
    _known: dict[str, tuple[float, Subscribed]] = field(factory=dict, init=False)  # by token, with its end

    def token(self, now: float, ids: Ids, subscription: Subscribed) -> str:
        """A new one for this subscription."""
        token = ids.text(ids.draw()).replace("-", "")
        self._known[token] = now + VALID, subscription
        return token

    def find(self, now: float, token: str) -> Subscribed:
        """Raises `InvalidParameterException` for a token that was never sent, is too old, or of a subscription that
        has left since."""
        known = self._known.get(token) if isinstance(token, str) else None
        if known is None or known[0] <= now:
            raise invalid("Token")
        return known[1]

    def forget(self, subscription: Subscribed) -> None:
        self._known = {token: known for token, known in self._known.items() if known[1] is not subscription}
