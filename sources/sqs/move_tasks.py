"""Moving messages from a dead-letter queue back to where they came from, or elsewhere (bc:sqs StartMessageMoveTask).

Without a rate the whole queue moves at once. A moved message is a new message there: new id, nothing received yet. A
message that came from no queue fails the task, unless a destination is given.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final

from attrs import define, field

from eventbus.core.effects import Deliver
from eventbus.names import Arn

from .errors import InvalidParameterValue, ResourceNotFoundException, UnsupportedOperation
from .message import Message, More, Moved

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


@define(eq=False)
class MoveTask:
    task_handle: str
    source_arn: Arn
    destination_arn: Arn | None
    max_number_of_messages_per_second: int | None
    started_at: float
    status: str = RUNNING
    approximate_number_of_messages_moved: int = 0
    approximate_number_of_messages_to_move: int = 0
    failure_reason: str | None = None


@define(eq=False)
class MoveTasks:
    machine: QueueMachine
    _tasks: list[MoveTask] = field(factory=list, init=False)  # newest first
    _under_way: dict[int, Message] = field(factory=dict, init=False)
    _next_at: float = field(default=inf, init=False)

    def start(self, now: float, destination: Arn | None, rate: int | None) -> MoveTask:
        if rate is not None and not 1 <= rate <= RATE_LIMIT:
            raise InvalidParameterValue.of("MaxNumberOfMessagesPerSecond", rate, "Must be between 1 and 500.")
        if destination is not None and destination.endswith(".fifo") != self.machine.settings.fifo:
            raise InvalidParameterValue("Source and destination queues must be of the same type.")
        if self._running() is not None:
            raise UnsupportedOperation(
                "There is already a task running. Only one active task is allowed for a source queue arn at a given "
                "time."
            )
        handle = f"task-{self.machine.birth.ids.text(self.machine.birth.ids.draw())}"
        task = MoveTask(handle, self.machine.arn, destination, rate, now)
        task.approximate_number_of_messages_to_move = self.machine.counts(now)["ApproximateNumberOfMessages"]
        self._tasks.insert(0, task)
        del self._tasks[REMEMBERED:]
        self._move_some(now, task)
        return task

    def list(self, limit: int) -> list[MoveTask]:
        return self._tasks[:limit]

    def cancel(self, now: float, handle: str) -> int:
        """How many were moved; there is no undo."""
        task = next((each for each in self._tasks if each.task_handle == handle), None)
        if task is None:
            raise ResourceNotFoundException("Task does not exist.")
        if task.status != RUNNING:
            raise InvalidParameterValue("Only active tasks can be cancelled.")
        task.status = CANCELLED
        self._next_at = inf
        return task.approximate_number_of_messages_moved

    def wake(self, now: float) -> None:
        if self._next_at <= now:
            self._next_at = inf
            task = self._running()
            if task is not None:
                self._move_some(now, task)

    def next_deadline(self) -> float:
        return self._next_at

    def outstanding(self) -> int:
        return int(self._next_at < inf)

    def delivered(self, now: float, token: int, error: str | None) -> None:
        message = self._under_way.pop(token, None)
        if message is None:
            return
        task = self._running()
        if error is not None:
            self.machine.put_back(now, message)
            self._fail(task, error)
        else:
            self.machine.forget(message)
            if task is not None:
                task.approximate_number_of_messages_moved += 1
        if not self._under_way and self._next_at == inf and (task := self._running()) is not None:
            task.status = COMPLETED

    def _running(self) -> MoveTask | None:
        return self._tasks[0] if self._tasks and self._tasks[0].status == RUNNING else None

    def _move_some(self, now: float, task: MoveTask) -> None:
        limit = task.max_number_of_messages_per_second or task.approximate_number_of_messages_to_move
        hidden = self.machine.hide_visible(now, limit)
        for message in hidden:
            if not self._move(task, message):
                self.machine.put_back(now, message)
        if task.status == RUNNING and task.max_number_of_messages_per_second and len(hidden) == limit:
            self._next_at = now + 1.0
        elif task.status == RUNNING and not self._under_way:
            task.status = COMPLETED

    def _move(self, task: MoveTask, message: Message) -> bool:
        """Whether it is on its way; the first that can't be told where to go ends the task."""
        if task.status != RUNNING:
            return False
        machine, more = self.machine, message.more or More()
        target = task.destination_arn or more.dead_letter_source
        if target is None:
            self._fail(task, "CouldNotDetermineMessageSource")
            return False
        token = machine.next_token()
        self._under_way[token] = message
        machine.notes.append(("moved", machine.arn, message.about(), f"back to {target.name} by a move task", None))
        moved = Moved(None, 0.0, 0, 0.0, None, more.group, more.deduplication_id, more.trace_header)
        machine.effects.append(
            Deliver(target, machine.arn, token, message.body, message.attributes, message.cause, moved)
        )
        return True

    def _fail(self, task: MoveTask | None, reason: str) -> None:
        if task is not None:
            task.status = FAILED
            task.failure_reason = reason
            self._next_at = inf
