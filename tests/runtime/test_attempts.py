"""What `bus.invocations(function)` shows."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from eventbus import App, Attempt
from eventbus.core.effects import Invoke
from eventbus.core.outcomes import NULL, Succeeded
from eventbus.names import Arn, function_arn
from eventbus.runtime.attempts import KEPT, Attempts
from sources import sqs
from tests.helpers import app_of, virtually

START = datetime(2026, 1, 1, tzinfo=UTC)
WORK = function_arn("work")


def test_attempt_shows_everything() -> None:
    """Event, outcome, result or exception, start and end; oldest first."""

    async def work(event: Any, context: Any) -> Any:
        await asyncio.sleep(event)
        if event == 2:
            raise ValueError("boom")
        return (event,)

    app, function = app_of(work, timeout=3)

    async def main() -> None:
        async with app.start() as bus:
            ids = [(await bus.invoke(function, seconds)).request_id for seconds in (1, 2, 9)]
            succeeded, failed, timed_out = bus.invocations(function)

            assert [attempt.request_id for attempt in (succeeded, failed, timed_out)] == ids
            assert succeeded == Attempt(ids[0], 1, "succeeded", [1], None, START, START + timedelta(seconds=1))
            assert (failed.outcome, failed.result, str(failed.exception)) == ("failed", None, "boom")
            assert (timed_out.outcome, timed_out.result, timed_out.exception) == ("timed out", None, None)
            assert (timed_out.start, timed_out.end) == (START + timedelta(seconds=3), START + timedelta(seconds=6))

    virtually(main)


def test_retries_have_one_request_id() -> None:
    """And are attempts of their own."""

    async def boom(event: Any, context: Any) -> None:
        raise ValueError("boom")

    app, function = app_of(boom)

    async def main() -> None:
        async with app.start() as bus:
            answer = await bus.invoke(function, 1, invocation_type="Event")
            await bus.settle()

            assert [attempt.request_id for attempt in bus.invocations(function)] == [answer.request_id] * 3

    virtually(main)


def test_events_are_shown_anew() -> None:
    """Whatever a handler or a reader does to them: JSON and batches alike."""
    app = App()
    queue = app.add(sqs.Queue("orders"))

    @app.function
    async def spoils(event: Any, context: Any) -> None:
        event.clear()

    app.map(queue, spoils)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(spoils, {"a": 1})
            await bus[queue].send_message("hello")
            await bus.settle()
            for attempt in bus.invocations(spoils):
                attempt.event.clear()

            plain, batch = (attempt.event for attempt in bus.invocations(spoils))
            assert plain == {"a": 1}
            assert [record["body"] for record in batch["Records"]] == ["hello"]

    virtually(main)


def test_only_the_last_are_kept() -> None:
    """Of each function; all are counted."""
    attempts = Attempts(lambda seconds: START + timedelta(seconds=seconds), lambda invoke: None)
    for number in range(KEPT + 2):
        attempts.add(Invoke(WORK, Arn("callers"), number, f"{number}", b"1"), 0.0, 1.0, NULL)
    attempts.add(Invoke(function_arn("other"), Arn("callers"), 1, "x", b"1"), 0.0, 1.0, Succeeded(b"[]"))

    shown = attempts.of(WORK)
    assert (len(shown), shown[0].request_id, attempts.count) == (KEPT, "2", KEPT + 3)
    assert [attempt.request_id for attempt in attempts.of(function_arn("other"))] == ["x"]
    assert attempts.of(function_arn("none")) == []
