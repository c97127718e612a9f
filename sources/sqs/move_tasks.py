"""Moving messages from a dead-letter queue back to where they came from, or elsewhere (bc:sqs StartMessageMoveTask).

Without a rate the whole queue moves at once. A moved message is a new message there: new id, nothing received yet. A
message that came from no queue fails the task, unless a destination is given; it stays, as do those behind it.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from eventbus.core.effects import Deliver
from eventbus.names import Arn

from .deliveries import redriven
from .errors import InvalidParameterValue, QueueDoesNotExist, ResourceNotFoundException, UnsupportedOperation
from .message import Message

if TYPE_CHECKING:
    from .machine import QueueMachine

RATE_LIMIT: Final = 500
"""Messages a second."""
REMEMBERED: Final = 10
"""Tasks that are listed."""
RUNNING: Final = "RUNNING"
CANCELLED: Final = "CANCELLED"
COMPLETED: Final = "COMPLETED"
FAILED: Final = "FAILED"
NO_TARGET: Final = "ResourceNotFoundException"
"""With this a delivery to an address that nobody has is answered."""
NO_SOURCE: Final = "CouldNotDetermineMessageSource"
"""The failure of a task that came across a message which was sent to its queue directly
(sqs:troubleshooting-dlq-redrive)."""


@define(eq=False)
class MoveTask:
    """A task as it is listed: its handle is shown while it runs (bc:sqs ListMessageMoveTasks)."""

    task_handle: str | None
    source_arn: Arn
    destination_arn: Arn | None
    max_number_of_messages_per_second: int | None
    started_timestamp: int  # milliseconds since 1970
    approximate_number_of_messages_to_move: int
    approximate_number_of_messages_moved: int = 0
    status: str = RUNNING
    failure_reason: str | None = None


@define(eq=False)
class Run:
    handle: str
    task: MoveTask
    under_way: int = field(default=0, init=False)

    @property
    def running(self) -> bool:
        return self.task.status == RUNNING


@define(eq=False)
class MoveTasks:
    machine: QueueMachine
    _runs: list[Run] = field(factory=list, init=False)  # newest first
    _under_way: dict[int, tuple[Run, Message]] = field(factory=dict, init=False)
    _next_at: float = field(default=inf, init=False)

    def start(self, now: float, destination: Arn | None, rate: int | None) -> str:
        """The handle of a task that has moved what it may move at once."""
        machine, birth = self.machine, self.machine.birth
        if destination is not None and destination.endswith(".fifo") != machine.settings.fifo:
            raise InvalidParameterValue("Source and destination queues must be of the same type.")
        if self._runs and self._runs[0].running:
            raise UnsupportedOperation(
                "There is already a task running. Only one active task is allowed for a source queue arn at a given "
                "time."
            )
        visible = machine.counts(now)["ApproximateNumberOfMessages"]
        handle = f"task-{birth.ids.text(birth.ids.draw())}"
        started = round((birth.epoch + now) * 1000)
        run = Run(handle, MoveTask(handle, machine.arn, destination, rate, started, visible))
        self._runs.insert(0, run)
        del self._runs[REMEMBERED:]
        self._move_some(now, run)
        return handle

    def list(self, now: float, limit: int) -> list[MoveTask]:
        """As they are now, newest first."""
        return [evolve(run.task, task_handle=run.handle if run.running else None) for run in self._runs[:limit]]

    def cancel(self, now: float, handle: str) -> int:
        """How many were moved; there is no undo."""
        run = next((each for each in self._runs if each.handle == handle), None)
        if run is None:
            raise ResourceNotFoundException("Task does not exist.")
        if not run.running:
            raise InvalidParameterValue("Only active tasks can be cancelled.")
        self._end(run, CANCELLED)
        return run.task.approximate_number_of_messages_moved

    def wake(self, now: float) -> None:
        if self._next_at <= now:
            self._next_at = inf
            self._move_some(now, self._runs[0])

    def next_deadline(self) -> float:
        return self._next_at

    def outstanding(self) -> int:
        return int(self._next_at < inf)

    def delivered(self, now: float, token: int, error: str | None) -> None:
        """The other queue has taken a message, or not: then it is where it was, and its task has failed."""
        if token not in self._under_way:
            return
        run, message = self._under_way.pop(token)
        run.under_way -= 1
        if error is None:
            self.machine.forget(message)
            run.task.approximate_number_of_messages_moved += 1
        else:
            self.machine.put_back(message)
            self._end(run, FAILED, QueueDoesNotExist.wire_code if error == NO_TARGET else error)
        if not run.under_way and self._next_at == inf:
            self._end(run, COMPLETED)

    def _move_some(self, now: float, run: Run) -> None:
        rate = run.task.max_number_of_messages_per_second
        limit = rate or run.task.approximate_number_of_messages_to_move
        messages = self.machine.set_aside(now, limit)
        for message in messages:
            if not run.running or not self._move(now, run, message):
                self.machine.put_back(message)
        if run.running and rate is not None and len(messages) == limit:
            self._next_at = now + 1.0
        elif not run.under_way:
            self._end(run, COMPLETED)

    def _move(self, now: float, run: Run, message: Message) -> bool:
        """Whether it is on its way; the first that can't be told where to go ends the task."""
        machine = self.machine
        source = None if message.more is None else message.more.dead_letter_source
        target = run.task.destination_arn or source
        if target is None:
            self._end(run, FAILED, NO_SOURCE)
            return False
        token = machine.next_token()
        self._under_way[token] = (run, message)
        run.under_way += 1
        machine.notes.append(("moved", machine.arn, message.about(), f"back to {target.name} by a move task", None))
        moved = redriven(now, message)
        machine.effects.append(
            Deliver(target, machine.arn, token, message.body, message.attributes, message.cause, moved)
        )
        return True

    def _end(self, run: Run, status: str, reason: str | None = None) -> None:
        """Once: a task that has ended stays as it is."""
        if run.running:
            run.task.status = status
            run.task.failure_reason = reason
            self._next_at = inf
