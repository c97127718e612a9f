"""The log of one invocation, for callers who ask for it."""

import asyncio
import base64
import io
import logging
import sys
from typing import Any

import pytest

from eventbus import Bus, Function
from eventbus.runtime.tail import TAIL
from tests.helpers import app_of, echo, virtually

log = logging.getLogger("orders")


async def tail_of(bus: Bus, function: Function[Any, Any], event: Any = None) -> list[str]:
    answer = await bus.invoke(function, event, log_type="Tail")
    assert answer.log_result is not None
    return base64.b64decode(answer.log_result).decode().replace(answer.request_id, "<id>").splitlines()


def lines_of(handler: Any, event: Any = None, **settings: Any) -> list[str]:
    """What one invocation of `handler` at 5 s logs."""
    app, work = app_of(handler, **settings)

    async def main() -> list[str]:
        async with app.start() as bus:
            await bus.advance(5)
            return await tail_of(bus, work, event)

    return virtually(main)


async def chatty(event: Any, context: Any) -> None:
    log.warning("before %s", event)
    await asyncio.sleep(0.25)
    log.error("after")


def test_whole_log() -> None:
    """START, what was logged on the bus's clock, END, REPORT."""
    assert lines_of(chatty, 7) == [
        "START RequestId: <id> Version: $LATEST",
        "[WARNING]\t2026-01-01T00:00:05.000Z\t<id>\tbefore 7",
        "[ERROR]\t2026-01-01T00:00:05.250Z\t<id>\tafter",
        "END RequestId: <id>",
        "REPORT RequestId: <id>\tDuration: 250.00 ms\tBilled Duration: 250 ms\tMemory Size: 128 MB",
    ]


@pytest.mark.parametrize("kind", ["thread", "inline"])
def test_log_of_a_def_handler(kind: str) -> None:
    """Collected on its thread too."""

    def handler(event: Any, context: Any) -> None:
        log.warning("here")

    lines = lines_of(handler, run=kind)

    assert [line.rpartition("\t")[2] for line in lines[1:-2]] == ["here"]


async def raises(event: Any, context: Any) -> None:
    raise ValueError("boom")


async def leaves(event: Any, context: Any) -> None:
    raise SystemExit


async def unsayable(event: Any, context: Any) -> Any:
    return {1}


async def late(event: Any, context: Any) -> None:
    await asyncio.sleep(10)


async def stubborn(event: Any, context: Any) -> None:
    while True:
        try:
            await asyncio.gather(asyncio.sleep(10))
        except asyncio.CancelledError:
            log.warning("go on")


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (raises, "Status: error\tError Type: ValueError"),
        (leaves, "Status: error\tError Type: Runtime.ExitError"),
        (unsayable, "Status: error\tError Type: Runtime.MarshalError"),
        (late, "Status: timeout"),
        (stubborn, "Status: timeout"),
    ],
)
def test_status_of_a_failure(handler: Any, status: str) -> None:
    """The log ends with it, also where the handler does not end."""
    lines = lines_of(handler, timeout=1)

    assert lines[-2] == "END RequestId: <id>"
    assert lines[-1].endswith(f"\tMemory Size: 128 MB\t{status}")


async def rude(event: Any, context: Any) -> None:
    sys.exit(7)


async def wordless(event: Any, context: Any) -> None:
    raise KeyError


def test_error_as_the_python_runtime_writes_it() -> None:
    """One event with the traceback, whose lines are indented by blanks that don't break."""
    lines = lines_of(raises)
    place = raises.__code__.co_firstlineno + 1

    assert lines[1:-2] == [
        "[ERROR] ValueError: boom",
        "Traceback (most recent call last):",
        f'\u00a0\u00a0File "{__file__}", line {place}, in raises',
        '\u00a0\u00a0\u00a0\u00a0raise ValueError("boom")',
    ]
    assert lines_of(wordless)[1] == "[ERROR] KeyError"


@pytest.mark.parametrize(
    ("handler", "told"),
    [
        (leaves, ["RequestId: <id> Error: Runtime exited without providing a reason", "Runtime.ExitError"]),
        (rude, ["RequestId: <id> Error: Runtime exited with error: exit status 7", "Runtime.ExitError"]),
        (late, ["2026-01-01T00:00:06.000Z <id> Task timed out after 1.00 seconds", ""]),
    ],
)
def test_ends_that_the_service_tells_of(handler: Any, told: list[str]) -> None:
    """A runtime that is gone, a timeout."""
    assert lines_of(handler, timeout=1)[1:-2] == told


@pytest.mark.parametrize("kind", ["async", "thread", "inline"])
def test_what_is_printed(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A line each, in order with what is logged, and printed as ever."""

    def handler(event: Any, context: Any) -> None:
        print("one", end="")
        print(" two\nthree")
        log.warning("four")
        sys.stdout.writelines(["five\n", "six"])

    async def asynchronous(event: Any, context: Any) -> None:
        handler(event, context)

    before = sys.stdout
    lines = lines_of(asynchronous) if kind == "async" else lines_of(handler, run=kind)

    assert [line.rpartition("\t")[2] for line in lines[1:-2]] == ["one two", "three", "four", "five", "six"]
    assert capsys.readouterr().out == "one two\nthree\nfive\nsix"
    assert sys.stdout is before


def test_prints_of_others_are_none_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the host, and of an invocation beside it that nobody asked."""

    async def handler(event: Any, context: Any) -> None:
        print(event)
        await asyncio.sleep(1)
        print(event)

    app, work = app_of(handler)

    async def main() -> list[str]:
        async with app.start() as bus:
            await bus.invoke(work, "beside", invocation_type="Event")
            tail = asyncio.ensure_future(tail_of(bus, work, "asked"))
            await asyncio.sleep(0.5)
            print("host")
            return await tail

    assert virtually(main)[1:-2] == ["asked", "asked"]
    assert capsys.readouterr().out.split() == ["beside", "asked", "host", "beside", "asked"]


def test_output_that_user_code_has_replaced() -> None:
    """Stays as it put it; the next invocation collects again."""
    kept: list[Any] = []
    before = sys.stdout

    async def handler(event: Any, context: Any) -> None:
        if event == "replace":
            kept.append(sys.stdout)
            sys.stdout = io.StringIO()
        print("here")

    try:
        assert lines_of(handler, "replace")[1:-2] == []
        replaced = sys.stdout
        assert isinstance(replaced, io.StringIO)
        sys.stdout = kept[0]  # what it had been, as `redirect_stdout` puts it back
        assert lines_of(handler)[1:-2] == ["here"]
    finally:
        sys.stdout = before


def test_part_of_a_millisecond_is_billed_whole() -> None:
    """Rounded up."""

    async def quick(event: Any, context: Any) -> None:
        await asyncio.sleep(0.0011)

    assert "\tDuration: 1.10 ms\tBilled Duration: 2 ms\t" in lines_of(quick)[-1]


def test_last_4_kilobytes() -> None:
    """The beginning is cut off."""

    async def verbose(event: Any, context: Any) -> None:
        for number in range(1_000):
            log.warning("line %s", number)

    app, work = app_of(verbose)

    async def main() -> bytes:
        async with app.start() as bus:
            answer = await bus.invoke(work, log_type="Tail")
            return base64.b64decode(answer.log_result or "")

    shown = virtually(main)

    assert len(shown) == TAIL
    assert b"line 999\nEND RequestId" in shown
    assert b"START" not in shown


def test_invocations_at_the_same_time_are_kept_apart() -> None:
    """And whoever asks for none gets none."""
    app, work = app_of(chatty)

    async def main() -> None:
        async with app.start() as bus:
            one, two, plain = await asyncio.gather(tail_of(bus, work, 1), tail_of(bus, work, 2), bus.invoke(work, 3))

            assert [line.rpartition("\t")[2] for line in one[1:3]] == ["before 1", "after"]
            assert [line.rpartition("\t")[2] for line in two[1:3]] == ["before 2", "after"]
            assert plain.log_result is None

    virtually(main)


def test_root_logger_is_left_as_it_was() -> None:
    """One handler more while such an invocation runs, none before and behind."""
    handlers = list(logging.getLogger().handlers)
    inside: list[int] = []

    async def looks(event: Any, context: Any) -> None:
        inside.append(len(logging.getLogger().handlers))
        if event:
            raise SystemExit

    app, work = app_of(looks)

    async def main() -> None:
        async with app.start() as bus:
            for leaving in (False, True):
                await bus.invoke(work, leaving, log_type="Tail")
            await bus.invoke(work, False)

    virtually(main)

    assert inside == [len(handlers) + 1, len(handlers) + 1, len(handlers)]
    assert logging.getLogger().handlers == handlers


def test_nothing_logged() -> None:
    """START, END, REPORT."""
    assert [line.split()[0] for line in lines_of(echo)] == ["START", "END", "REPORT"]
