"""Schedules, as they are looked up."""

from typing import Any, Final

from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .schedule import Schedule


def sample_event(*, schedule: str = "nightly", input: str = "", function: str = "work") -> Any:
    """`input`, which is JSON, or the event of a schedule without one. Raises `InvalidSetting`."""
    declared = Schedule(
        schedule, SampleFunction(function), schedule_expression="at(2026-01-01T00:01:00)", input=input or None
    )
    machine = machine_of(declared.source, declared)
    machine.wake(machine.next_deadline())
    return event_of(machine)


SYSTEM: Final = System(
    name="EventBridge Scheduler",
    kind="asynchronous",
    invoked_by=(
        "`scheduler.Schedule(name, target, schedule_expression=...)`, to a function, queue, topic or event "
        "bus: points in time"
    ),
    event="the schedule's `input`, or an event whose `detail` is the text `{}`",
    answer="not looked at",
    retries="the function's asynchronous queue; the hand-over by the schedule's retry policy",
    permission="the schedule's role, trusted by scheduler.amazonaws.com",
    refused="universal targets, roles, groups made at run time",
    deviations="in the very second, with the profile `realistic` within the minute",
    example="""\
app = App("shop")
tidy = app.function(lambda event, context: None, name="tidy")
app.add(scheduler.Schedule("nightly", tidy, schedule_expression="cron(30 2 * * ? *)"))
async with app.start() as bus:
    await bus.advance(7 * 86_400)
    assert len(bus.invocations(tidy)) == 7
""",
    sample_event=sample_event,
)
