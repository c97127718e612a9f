"""What one can do with a queue: AWS's operations, and `peek`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import define

from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from eventbus.ports import Feed

from . import answers, checking
from .answers import (
    BatchResult,
    BatchResultErrorEntry,
    DeleteBatchResultEntry,
    QueueMessage,
    SendMessageBatchResultEntry,
    SendMessageResult,
)
from .checking import Outgoing
from .errors import BatchRequestTooLong, MissingParameter, SqsError
from .machine import QueueMachine
from .move_tasks import MoveTask, MoveTasks

ALL: Final = ("All",)


@define(eq=False)
class QueueClient:
    """`bus[queue]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's errors."""

    _machine: QueueMachine
    _feed: Feed

    async def send_message(
        self,
        message_body: str,
        *,
        delay_seconds: int | None = None,
        message_attributes: Mapping[str, Mapping[str, Any]] | None = None,
        message_system_attributes: Mapping[str, Mapping[str, Any]] | None = None,
        message_group_id: str | None = None,
        message_deduplication_id: str | None = None,
    ) -> SendMessageResult:
        """The message is in the queue. Raises `InvalidParameterValue`, `MissingParameter`."""
        machine = self._machine
        outgoing = checking.outgoing(
            machine.settings,
            message_body,
            delay_seconds,
            message_attributes,
            message_system_attributes,
            message_group_id,
            message_deduplication_id,
        )
        message = await self._feed.call(machine, "sqs:SendMessage", _send, machine, outgoing, self._feed.cause())
        return SendMessageResult(message, machine.birth.ids)

    async def send_message_batch(
        self, entries: Sequence[Mapping[str, Any]]
    ) -> "BatchResult[SendMessageBatchResultEntry]":
        """Each entry is `{"id": ..., "message_body": ...}` and the parameters of `send_message`; one that is refused
        stands in `failed`. Raises what concerns the batch as a whole."""
        machine = self._machine
        checking.entries(entries)
        if sum(checking.length_of(entry) for entry in entries) > machine.settings.maximum_message_size:
            raise _batch_too_long(sum(checking.length_of(entry) for entry in entries))
        result: BatchResult[SendMessageBatchResultEntry] = BatchResult()
        for entry in entries:
            parameters = {name: value for name, value in entry.items() if name != "id"}
            try:
                sent = await self.send_message(**parameters)
            except MissingParameter as error:
                result.failed.append(BatchResultErrorEntry(entry["id"], "InvalidParameterValue", str(error)))
            except SqsError as error:
                result.failed.append(BatchResultErrorEntry(entry["id"], error.code, str(error)))
            else:
                result.successful.append(SendMessageBatchResultEntry(entry["id"], sent))
        return result

    async def receive_message(
        self,
        *,
        max_number_of_messages: int = 1,
        visibility_timeout: int | None = None,
        wait_time_seconds: int | None = None,
        message_attribute_names: Iterable[str] = (),
        message_system_attribute_names: Iterable[str] = (),
    ) -> list[QueueMessage]:
        """Up to that many messages, in flight from now on; with a wait, as soon as there is one. Times in seconds."""
        machine = self._machine
        checking.number("MaxNumberOfMessages", max_number_of_messages, 1, 10, "Must be between 1 and 10, if provided.")
        checking.visibility(visibility_timeout)
        checking.number("WaitTimeSeconds", wait_time_seconds, 0, 20)
        wait = machine.settings.receive_message_wait_time_seconds if wait_time_seconds is None else wait_time_seconds
        found = await self._receive(max_number_of_messages, visibility_timeout, check_room=not wait)
        if not found and wait:
            await self._feed.wait(machine.receivable, wait, machine)
            found = await self._receive(max_number_of_messages, visibility_timeout, check_room=False)
        names = answers.wanted(message_attribute_names), answers.wanted(message_system_attribute_names)
        return [answers.received(machine, received, *names) for received in found]

    async def delete_message(self, receipt_handle: str) -> None:
        """The message of this receipt is gone. Raises `ReceiptHandleIsInvalid`, on FIFO `InvalidParameterValue` when
        its visibility is over."""
        await self._feed.call(self._machine, "sqs:DeleteMessage", self._machine.delete, receipt_handle)

    async def delete_message_batch(self, entries: Sequence[Mapping[str, Any]]) -> "BatchResult[DeleteBatchResultEntry]":
        """Each entry is `{"id": ..., "receipt_handle": ...}`."""
        return await self._for_each(entries, lambda entry: self.delete_message(entry["receipt_handle"]))

    async def change_message_visibility(self, receipt_handle: str, visibility_timeout: int) -> None:
        """In flight until so many seconds from now; 0 makes the message visible at once."""
        machine = self._machine
        checking.visibility(visibility_timeout)
        await self._feed.call(
            machine, "sqs:ChangeMessageVisibility", machine.change_visibility, receipt_handle, visibility_timeout
        )

    async def change_message_visibility_batch(
        self, entries: Sequence[Mapping[str, Any]]
    ) -> "BatchResult[DeleteBatchResultEntry]":
        """Each entry is `{"id": ..., "receipt_handle": ..., "visibility_timeout": ...}`."""
        return await self._for_each(
            entries, lambda entry: self.change_message_visibility(entry["receipt_handle"], entry["visibility_timeout"])
        )

    async def purge_queue(self) -> None:
        """Empty, in flight too. Raises `PurgeQueueInProgress` within 60 seconds of the last purge."""
        await self._feed.call(self._machine, "sqs:PurgeQueue", self._machine.purge)

    async def get_queue_attributes(self, attribute_names: Iterable[str] = ALL) -> dict[str, str]:
        """Attributes under AWS's names, as texts; counts are exact."""
        machine = self._machine
        counts = await self._feed.call(machine, "sqs:GetQueueAttributes", machine.counts)
        found = {"QueueArn": str(machine.arn), **machine.settings.shown()}
        found.update({name: str(count) for name, count in counts.items()})
        names = answers.wanted(attribute_names)
        return found if names is None else checking.chosen(found, names)

    async def set_queue_attributes(self, attributes: Mapping[str, str]) -> None:
        """They hold from now on, for this bus. Raises `InvalidAttributeName`, `InvalidAttributeValue`."""
        machine = self._machine
        await self._feed.call(machine, "sqs:SetQueueAttributes", machine.change_settings, attributes)

    async def start_message_move_task(
        self, *, destination_arn: Arn | None = None, max_number_of_messages_per_second: int | None = None
    ) -> str:
        """The handle of a task that moves this dead-letter queue's visible messages back to the queues they came from,
        or to `destination_arn`; all at once, or so many a second."""
        machine = self._machine
        if machine.moves is None:
            machine.moves = MoveTasks(machine)
        task = await self._feed.call(
            machine,
            "sqs:StartMessageMoveTask",
            machine.moves.start,
            destination_arn,
            max_number_of_messages_per_second,
        )
        return task.task_handle

    async def list_message_move_tasks(self, max_results: int = 1) -> list[MoveTask]:
        """Newest first, 10 at most."""
        checking.number("MaxResults", max_results, 1, 10)
        return [] if self._machine.moves is None else self._machine.moves.list(max_results)

    async def cancel_message_move_task(self, task_handle: str) -> int:
        """How many messages were moved until now; they stay moved."""
        machine = self._machine
        if machine.moves is None:
            machine.moves = MoveTasks(machine)
        return await self._feed.call(machine, "sqs:CancelMessageMoveTask", machine.moves.cancel, task_handle)

    async def peek(self, limit: int | None = None) -> list[QueueMessage]:
        """All messages, oldest first, delayed and in flight too, with all their attributes; nothing changes."""
        if limit is not None and limit < 0:
            raise InvalidSetting(f"limit={limit!r} is refused; allowed: 0 or more")
        machine = self._machine
        await self._feed.call(machine, "sqs:GetQueueAttributes", machine.counts)
        found = [answers.peeked(machine, message) for message in machine.messages()]
        return found if limit is None else found[:limit]

    async def _receive(self, limit: int, visibility: float | None, *, check_room: bool) -> list[Any]:
        machine = self._machine
        if check_room:
            await self._feed.call(machine, "sqs:ReceiveMessage", machine.check_room)
        return await self._feed.call(machine, "sqs:ReceiveMessage", machine.take, limit, visibility, "client")

    async def _for_each(self, entries: Sequence[Mapping[str, Any]], do: Any) -> "BatchResult[DeleteBatchResultEntry]":
        checking.entries(entries)
        result: BatchResult[DeleteBatchResultEntry] = BatchResult()
        for entry in entries:
            try:
                await do(entry)
            except SqsError as error:
                result.failed.append(BatchResultErrorEntry(entry["id"], error.code, str(error)))
            else:
                result.successful.append(DeleteBatchResultEntry(entry["id"]))
        return result


def _send(now: float, machine: QueueMachine, outgoing: Outgoing, cause: Any) -> Any:
    return machine.send(now, outgoing.body, outgoing.attributes, cause, outgoing.delay, outgoing.more)


def _batch_too_long(length: int) -> BatchRequestTooLong:
    return BatchRequestTooLong(f"Batch requests cannot be longer than 1048576 bytes. You have sent {length} bytes.")
