"""What a failing test's bus has to say: its seed, the journeys of the events that went wrong, the first exceptions."""

from asyncio import run_coroutine_threadsafe
from collections import Counter
from collections.abc import Iterator
from traceback import format_exception
from typing import Final

from eventbus.app import App
from eventbus.errors import BusBroken, InvalidSetting
from eventbus.runtime.attempts import Attempt
from eventbus.runtime.bus import Bus

from .assertions import ids_of, outstanding, records_of

TRACES: Final = 3
"""Journeys that are shown."""
PATIENCE: Final = 5.0
"""Real seconds in which a bus on another thread must answer."""
LINES: Final = 60
"""Lines of a journey, and of a traceback (its last ones), that are shown."""


def tell_failure(app: App, bus: Bus) -> str:
    """For people; many lines. On the bus's own loop, where that runs on another thread."""
    if not bus.loop.is_running():
        return _told(app, bus)

    async def told() -> str:
        return _told(app, bus)

    try:
        return run_coroutine_threadsafe(told(), bus.loop).result(PATIENCE)
    except TimeoutError:
        return f"app {app.name}, seed {bus.seed}: the loop of this bus did not answer within {PATIENCE:g} s"


def _told(app: App, bus: Bus) -> str:
    attempts = [(function.name, attempt) for function in app.functions for attempt in bus.invocations(function)]
    lines = [f"app {app.name}, seed {bus.seed} (again: pytest --eventbus-seed={bus.seed})"]
    lines += _state(bus)
    lines += _traces(bus, [attempt for _, attempt in attempts])
    lines += _first_exceptions(attempts)
    return "\n".join(lines)


def _state(bus: Bus) -> Iterator[str]:
    """What was still to come when the test failed."""
    try:
        words = outstanding(bus)
    except BusBroken as broken:
        words = f"broken: {broken}"
    if words:
        yield words


def _traces(bus: Bus, attempts: list[Attempt]) -> Iterator[str]:
    """Of what failed, the most often failed first; if nothing failed, of what came last."""
    attempts.sort(key=lambda attempt: attempt.end)
    failures = Counter(id for attempt in attempts for id in _failed(attempt))
    ids = [id for id, _ in failures.most_common()]
    if not ids:
        ids = list(dict.fromkeys(id for attempt in attempts[-TRACES:] for id in _ids(attempt)))
    told = ""
    shown = 0
    for id in ids:
        if id in told:
            continue
        if shown == TRACES:
            yield f"... and more events: {len(ids):,} are involved; bus.trace(id) tells of each"
            return
        try:
            trace = str(bus.trace(id))
        except InvalidSetting as off:
            yield str(off)
            return
        told += trace
        shown += 1
        yield from _some(trace.splitlines(), first=True)


def _ids(attempt: Attempt) -> list[str]:
    """What the attempt was about: the records of its batch, else its request."""
    return [id for record in records_of(attempt.event) for id in ids_of(record)] or [attempt.request_id]


def _failed(attempt: Attempt) -> list[str]:
    """What went wrong in it: the records that its answer names, or all of them."""
    if attempt.outcome != "succeeded":
        return _ids(attempt)
    named = attempt.result.get("batchItemFailures") if isinstance(attempt.result, dict) else None
    failures = named if isinstance(named, list) else []
    return [
        str(failure["itemIdentifier"])
        for failure in failures
        if isinstance(failure, dict) and "itemIdentifier" in failure
    ]


def _first_exceptions(attempts: list[tuple[str, Attempt]]) -> Iterator[str]:
    """One of each function that failed."""
    seen: set[str] = set()
    for name, attempt in attempts:
        if name in seen or attempt.outcome == "succeeded":
            continue
        seen.add(name)
        if attempt.exception is None:
            yield f"first failure of {name}: {attempt.outcome}, request {attempt.request_id}"
            continue
        yield f"first exception of {name}, request {attempt.request_id}:"
        text = "".join(format_exception(attempt.exception)).rstrip()
        yield from (f"  {line}" for line in _some(text.splitlines(), first=False))


def _some(lines: list[str], *, first: bool) -> list[str]:
    if len(lines) <= LINES:
        return lines
    left_out = f"... {len(lines) - LINES} more lines"
    return [*lines[:LINES], left_out] if first else [left_out, *lines[-LINES:]]
