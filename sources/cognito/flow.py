"""A call that asks functions, step by step: what all of them have in common.

Laws: each question is asked in one place, and its answer is told under the trigger's source; whatever is refused is
raised. A trigger without a function says nothing. What a call has changed stays when a later function fails.
"""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from attrs import define, field

from eventbus.core.effects import Cause
from eventbus.names import Arn
from sources._calling import Pending

from . import messages
from .answers import Answer
from .app_client import AppClient
from .events import Texts
from .messages import Letter
from .results import CodeDeliveryDetails
from .users import User

if TYPE_CHECKING:
    from .machine import PoolMachine

R = TypeVar("R")


@define(eq=False)
class Asked:
    """A question that waits for its answer."""

    source: str
    function: Arn
    event: str  # JSON
    until: float = 0.0
    attempts: int = 0


@define(eq=False, kw_only=True)
class Flow(ABC, Generic[R]):
    """One call under way. `client` is None where an administrator calls, `metadata` what its functions are told."""

    username: str
    client: AppClient | None = None
    metadata: Texts | None = None
    cause: Cause | None = None
    id: str = field(default="", init=False)
    line: str = field(default="", init=False)  # what was asked for, in the trace
    invoked: str | None = field(default=None, init=False)
    pending: Pending[R] = field(init=False)
    asked: Asked | None = field(default=None, init=False)
    user: User | None = field(default=None, init=False)  # once it is known
    letters: list[Letter] = field(factory=list, init=False)  # to be sent yet
    sent: list[CodeDeliveryDetails] = field(factory=list, init=False)  # where they went

    @abstractmethod
    def start(self, pool: "PoolMachine", now: float) -> None:
        """The call has come."""

    @property
    def known(self) -> User:
        assert self.user is not None, f"{type(self).__name__} of nobody"
        return self.user

    def concern(self, user: User | None, client: AppClient | None = None) -> None:
        """This user, of that client if it was not known before."""
        self.user = user
        self.client = client or self.client
        if user is not None:
            self.username = user.username

    def hidden(self, pool: "PoolMachine") -> bool:
        """Whether nobody is to know that there is no such user."""
        return self.client is not None and self.client.hides_users and self.username not in pool.users

    def told(self, pool: "PoolMachine", now: float, source: str, answer: Answer) -> None:
        """What the function of that trigger says."""
        assert source.startswith("CustomMessage_"), f"{source} was not asked for by {type(self).__name__}"
        letter = self.letters.pop(0)
        messages.send(pool, now, self, letter, answer)
        self.sent.append(letter.details)
        self.post(pool, now)

    def post(self, pool: "PoolMachine", now: float) -> None:
        """Send the next letter, if any."""
        if self.letters:
            messages.ask(pool, now, self, self.letters[0])
        else:
            self.posted(pool, now)

    def posted(self, pool: "PoolMachine", now: float) -> None:
        """All letters are sent."""
        raise AssertionError(f"{type(self).__name__} sends nothing")
