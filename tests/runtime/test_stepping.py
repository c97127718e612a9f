"""Coroutines awaited step by step."""

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any

import pytest

from eventbus.runtime.stepping import Stepped
from tests.helpers import virtually

variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


def stepped(work: Coroutine[Any, Any, Any], dies_at: int = 0) -> Stepped:
    return Stepped(work, contextvars.copy_context(), dies_at)


def test_result_comes_through() -> None:
    """After any number of steps."""

    async def work() -> int:
        await asyncio.sleep(1)
        await asyncio.sleep(1)
        return 7

    async def main() -> None:
        assert await stepped(work()) == 7

    virtually(main)


def test_errors_go_both_ways() -> None:
    """Those of the coroutine out, those of what it awaits in."""

    async def work(future: asyncio.Future[None]) -> str:
        try:
            await future
        except ValueError as error:
            raise KeyError("mine") from error
        return "never"

    async def main() -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.set_exception(ValueError("theirs"))
        with pytest.raises(KeyError, match="mine") as caught:
            await stepped(work(future))

        assert isinstance(caught.value.__cause__, ValueError)

    virtually(main)


def test_each_step_runs_in_its_context() -> None:
    """What it sets stays there, from step to step."""
    seen: list[str] = []

    async def work() -> None:
        seen.append(variable.get())
        variable.set("inside")
        await asyncio.sleep(1)
        seen.append(variable.get())

    async def main() -> None:
        variable.set("outside")
        await stepped(work())

        assert seen == ["outside", "inside"]
        assert variable.get() == "outside"

    virtually(main)


def test_cancellation_comes_in() -> None:
    """A coroutine may answer it."""

    async def work() -> str:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            return "tidied up"
        return "never"

    async def wait() -> Any:
        return await stepped(work())

    async def main() -> None:
        task = asyncio.create_task(wait())
        await asyncio.sleep(1)
        task.cancel()

        assert await task == "tidied up"

    virtually(main)


def test_abandoned_coroutine_is_never_stepped_again() -> None:
    """Not even its finally runs, as long as somebody keeps it."""
    seen: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(10)
        finally:
            seen.append("finally")

    async def main() -> None:
        steps = stepped(work())

        async def wait() -> None:
            await steps

        task = asyncio.create_task(wait())
        await asyncio.sleep(1)
        steps.abandoned = True
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(20)

        assert seen == []

    virtually(main)


@pytest.mark.parametrize(("dies_at", "reached"), [(1, ["a"]), (2, ["a", "b"]), (3, ["a", "b", "c", "finally"])])
def test_dies_at_an_await(dies_at: int, reached: list[str]) -> None:
    """Counted from 1; with fewer awaits it lives."""
    seen: list[str] = []

    async def work() -> None:
        try:
            seen.append("a")
            await asyncio.sleep(1)
            seen.append("b")
            await asyncio.sleep(1)
            seen.append("c")
        finally:
            seen.append("finally")

    async def main() -> None:
        steps = stepped(work(), dies_at)
        try:
            await steps
        except SystemExit:
            assert steps.abandoned
        await asyncio.sleep(5)

        assert seen == reached

    virtually(main)
