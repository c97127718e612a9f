"""Await a coroutine step by step, each step in a context of its own, able to stop it for good."""

from collections.abc import Callable, Coroutine, Generator
from contextvars import Context as VarContext
from typing import Any


class Stepped:
    """Each step runs in `context`. Once abandoned, the coroutine is never stepped again: not even its `finally` runs,
    as long as somebody keeps this object. `dies_at` k ends it so at its k-th suspension, counted from 1."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], context: VarContext, dies_at: int = 0) -> None:
        self._coroutine = coroutine
        self._context = context
        self._dies_at = dies_at
        self.abandoned: bool = False

    def __await__(self) -> Generator[Any, Any, Any]:
        step: Callable[..., Any] = self._coroutine.send
        value: Any = None
        run = self._context.run
        while True:
            try:
                waited_for = run(step, value)
            except StopIteration as stop:
                return stop.value
            if self._dies_at:
                self._dies_at -= 1
                if not self._dies_at:
                    self.abandoned = True
                    raise SystemExit  # its process is gone
            try:
                step, value = self._coroutine.send, (yield waited_for)
            except BaseException as error:
                if self.abandoned:
                    raise
                step, value = self._coroutine.throw, error
