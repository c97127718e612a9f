"""What a handler gets beside its event, and how code that it calls finds the bus."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from attrs import define, field

from eventbus.core.chain import follow
from eventbus.core.effects import Cause, Invoke
from eventbus.errors import NotInBus

if TYPE_CHECKING:
    from .bus import Bus
    from .tail import InvocationLog


@define(eq=False)
class Identity:
    """Set by mobile SDKs only; empty here, as for every other caller."""

    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None


NO_IDENTITY: Final = Identity()

OVER: Final = "the invocation is over: its handler returned, or ran past its timeout"


class Environment(Protocol):
    """What a context shows of where its invocation runs."""

    function_name: str
    memory_size: str
    function_arn: str
    log_group: str
    log_stream: str

    def remaining(self) -> float: ...


@define(eq=False)
class Context:
    """The context object of one invocation (dg:python-context); times are on the bus's clock."""

    aws_request_id: str
    _environment: Environment
    function_version: ClassVar[str] = "$LATEST"
    identity: ClassVar[Identity] = NO_IDENTITY
    client_context: ClassVar[None] = None

    @property
    def function_name(self) -> str:
        return self._environment.function_name

    @property
    def memory_limit_in_mb(self) -> str:
        """A text, as on AWS."""
        return self._environment.memory_size

    @property
    def invoked_function_arn(self) -> str:
        return self._environment.function_arn

    @property
    def log_group_name(self) -> str:
        return self._environment.log_group

    @property
    def log_stream_name(self) -> str:
        """A new one for each environment: a cold start shows."""
        return self._environment.log_stream

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function times out, never below 0."""
        return max(0, int(self._environment.remaining() * 1000))


@define(eq=False)
class Invocation:
    """One attempt under way, as code inside it sees it."""

    bus: Bus
    invoke: Invoke
    over: bool = False
    post: Any = None  # how a thread of a `def` handler hands work to the bus in virtual time
    before: frozenset[threading.Thread] = frozenset()  # threads that were there when the handler started
    log: InvocationLog | None = None  # where what it logs is taken down, if anybody wants it
    _cause: Cause | None = field(default=None, init=False)

    def cause(self) -> Cause:
        if self._cause is None:
            self._cause = follow(self.invoke.cause, self.invoke.function, self.invoke.request_id)
        return self._cause


current: Final[ContextVar[Invocation]] = ContextVar("eventbus_invocation")
in_threads: Final[list[Invocation]] = []
"""Invocations that run on threads now, oldest first: how a thread that such a handler started finds its bus."""


def current_invocation() -> Invocation | None:
    """Where the caller runs, if in an invocation. A thread that a `def` handler started belongs to the only invocation
    it can be of; with several under way in this process start it with `contextvars.copy_context().run`."""
    found = current.get(None)
    if found is not None or not in_threads:
        return found
    thread = threading.current_thread()
    candidates = [invocation for invocation in in_threads if thread not in invocation.before]
    return candidates[0] if len(candidates) == 1 else None


def current_bus() -> Bus:
    """The bus whose handler the caller runs in. Raises `NotInBus` elsewhere."""
    found = current_invocation()
    if found is None:
        raise NotInBus(
            "current_bus() is known inside a handler, and in tasks and threads that it starts; "
            "elsewhere use the bus that `app.start()` gave"
            + ("; several handlers run on threads now: start yours with copy_context().run" if in_threads else "")
        )
    return found.bus
