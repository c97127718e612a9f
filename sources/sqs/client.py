"""What one can do with a queue: AWS's operations, and `peek`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from attrs import define

from eventbus.checks import refuse, texts
from eventbus.core.effects import Cause
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
from .deduplication import Attempt, Attempts
from .errors import InvalidAttributeValue, InvalidParameterValue, MissingParameter, SqsError
from .machine import QueueMachine
from .message import Message, Received
from .move_tasks import RATE_LIMIT, REMEMBERED, MoveTask

ALL: Final = ("All",)
CLIENT: Final = "client"
"""Who received, in the trace; mappings give their ARN."""


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
        checking.batch_length(entries)
        outgoing = [(entry["id"], _outgoing(machine, entry)) for entry in entries]
        return await self._feed.call(machine, "sqs:SendMessage", _send_all, machine, outgoing, self._feed.cause())

    async def receive_message(
        self,
        *,
        max_number_of_messages: int = 1,
        visibility_timeout: int | None = None,
        wait_time_seconds: int | None = None,
        message_attribute_names: Iterable[str] = (),
        message_system_attribute_names: Iterable[str] = (),
        receive_request_attempt_id: str | None = None,
    ) -> list[QueueMessage]:
        """Up to that many messages, in flight from now on; with a wait, as soon as there is one. Times in seconds.

        On FIFO the same attempt id gives the same messages and receipts for five minutes, with their visibility started
        again, unless one of them was deleted, changed or is visible again. Raises `InvalidParameterValue`, and
        `OverLimit` on a standard queue with 120,000 messages in flight, where there is no wait."""
        machine = self._machine
        checking.number("MaxNumberOfMessages", max_number_of_messages, 1, 10, "Must be between 1 and 10, if provided.")
        checking.visibility(visibility_timeout)
        checking.number("WaitTimeSeconds", wait_time_seconds, 0, 20)
        wait = machine.settings.receive_message_wait_time_seconds if wait_time_seconds is None else wait_time_seconds
        checking.attempt_id(machine.settings, receive_request_attempt_id)
        asked = max_number_of_messages, visibility_timeout, receive_request_attempt_id
        receive = partial(self._feed.call, machine, "sqs:ReceiveMessage", _receive, machine, *asked)
        now, found = await receive(waits=wait > 0)
        deadline = now + wait
        while not found and now < deadline:
            await self._feed.wait(machine, deadline - now)
            now, found = await receive(waits=True)
        names = answers.wanted(message_attribute_names), answers.wanted(message_system_attribute_names)
        return [answers.received(machine, received, *names) for received in found]

    async def delete_message(self, receipt_handle: str) -> None:
        """The message of this receipt is gone. Raises `ReceiptHandleIsInvalid`, on FIFO `InvalidParameterValue` when
        its visibility is over."""
        await self._feed.call(self._machine, "sqs:DeleteMessage", self._machine.delete, receipt_handle)

    async def delete_message_batch(self, entries: Sequence[Mapping[str, Any]]) -> "BatchResult[DeleteBatchResultEntry]":
        """Each entry is `{"id": ..., "receipt_handle": ...}`."""
        machine = self._machine
        checking.entries(entries)
        handles = [(entry["id"], entry.get("receipt_handle")) for entry in entries]
        return await self._feed.call(machine, "sqs:DeleteMessage", _each, machine.delete, handles)

    async def change_message_visibility(self, receipt_handle: str, visibility_timeout: int) -> None:
        """In flight until so many seconds from now; 0 makes the message visible at once."""
        machine = self._machine
        await self._feed.call(
            machine, "sqs:ChangeMessageVisibility", machine.change_visibility, receipt_handle, visibility_timeout
        )

    async def change_message_visibility_batch(
        self, entries: Sequence[Mapping[str, Any]]
    ) -> "BatchResult[DeleteBatchResultEntry]":
        """Each entry is `{"id": ..., "receipt_handle": ..., "visibility_timeout": ...}`."""
        machine = self._machine
        checking.entries(entries)
        changes = [(entry["id"], entry.get("receipt_handle"), entry.get("visibility_timeout")) for entry in entries]
        return await self._feed.call(machine, "sqs:ChangeMessageVisibility", _each, machine.change_visibility, changes)

    async def purge_queue(self) -> None:
        """Empty, in flight too. Raises `PurgeQueueInProgress` within 60 seconds of the last purge."""
        await self._feed.call(self._machine, "sqs:PurgeQueue", self._machine.purge)

    async def get_queue_attributes(self, attribute_names: Iterable[str] = ALL) -> dict[str, str]:
        """Attributes under AWS's names, as texts; counts are exact."""
        machine = self._machine
        counts = await self._feed.call(machine, "sqs:GetQueueAttributes", machine.counts)
        found = {"QueueArn": str(machine.arn), **machine.settings.shown()}
        found.update({name: str(count) for name, count in counts.items()})
        found["CreatedTimestamp"] = str(int(machine.birth.epoch))
        found["LastModifiedTimestamp"] = str(int(machine.birth.epoch + machine.changed_at))
        names = answers.wanted(attribute_names)
        return found if names is None else checking.chosen(found, names)

    async def set_queue_attributes(self, attributes: Mapping[str, str]) -> None:
        """They hold from now on, for this bus. Raises `InvalidAttributeName`, `InvalidAttributeValue`, and
        `InvalidSetting` for what is not offered."""
        machine = self._machine
        texts(InvalidAttributeValue, **dict(attributes))
        await self._feed.call(machine, "sqs:SetQueueAttributes", machine.change_settings, attributes)

    async def start_message_move_task(
        self, *, destination_arn: Arn | None = None, max_number_of_messages_per_second: int | None = None
    ) -> str:
        """The handle of a task that moves this dead-letter queue's visible messages back to the queues they came from,
        or to `destination_arn`; all at once, or so many a second."""
        machine = self._machine
        texts(InvalidParameterValue, destination_arn=destination_arn)
        rate = max_number_of_messages_per_second
        if rate is not None:
            checking.number("MaxNumberOfMessagesPerSecond", rate, 1, RATE_LIMIT, "Must be between 1 and 500.")
        return await self._feed.call(
            machine,
            "sqs:StartMessageMoveTask",
            machine.tasks.start,
            destination_arn,
            rate,
        )

    async def list_message_move_tasks(self, max_results: int = 1) -> list[MoveTask]:
        """Newest first, 10 at most."""
        machine = self._machine
        checking.number("MaxResults", max_results, 1, REMEMBERED)
        return await self._feed.call(machine, "sqs:ListMessageMoveTasks", machine.tasks.list, max_results)

    async def cancel_message_move_task(self, task_handle: str) -> int:
        """How many messages were moved until now; they stay moved. Raises `ResourceNotFoundException`, and
        `InvalidParameterValue` where the task does not run."""
        machine = self._machine
        return await self._feed.call(machine, "sqs:CancelMessageMoveTask", machine.tasks.cancel, task_handle)

    async def peek(self, limit: int | None = None) -> list[QueueMessage]:
        """All messages, oldest first, delayed and in flight too, with all their attributes; nothing changes."""
        if limit is not None and limit < 0:
            raise refuse("limit", limit, "0 or more")
        machine = self._machine
        await self._feed.call(machine, "sqs:GetQueueAttributes", machine.counts)
        found = [answers.peeked(machine, message) for message in machine.messages()]
        return found if limit is None else found[:limit]


def _send(now: float, machine: QueueMachine, outgoing: Outgoing, cause: Cause | None) -> Message:
    return machine.send(now, outgoing.body, outgoing.attributes, cause, outgoing.delay, outgoing.more)


def _outgoing(machine: QueueMachine, entry: Mapping[str, Any]) -> Outgoing | SqsError:
    """What the entry says, or what is wrong with it."""
    try:
        return checking.outgoing_entry(machine.settings, **{name: entry[name] for name in entry if name != "id"})
    except SqsError as error:
        return error


def _send_all(
    now: float, machine: QueueMachine, entries: Iterable[tuple[str, Outgoing | SqsError]], cause: Cause | None
) -> BatchResult[SendMessageBatchResultEntry]:
    result: BatchResult[SendMessageBatchResultEntry] = BatchResult()
    for entry_id, outgoing in entries:
        try:
            if isinstance(outgoing, SqsError):
                raise outgoing
            message = _send(now, machine, outgoing, cause)
        except SqsError as error:
            result.failed.append(_failed(entry_id, error))
        else:
            sent = SendMessageResult(message, machine.birth.ids)
            result.successful.append(SendMessageBatchResultEntry(entry_id, sent))
    return result


def _each(
    now: float, do: Callable[..., None], entries: Iterable[tuple[Any, ...]]
) -> BatchResult[DeleteBatchResultEntry]:
    """`do(now, *parameters)` for each `(id, *parameters)`."""
    result: BatchResult[DeleteBatchResultEntry] = BatchResult()
    for entry_id, *parameters in entries:
        try:
            do(now, *parameters)
        except SqsError as error:
            result.failed.append(_failed(entry_id, error))
        else:
            result.successful.append(DeleteBatchResultEntry(entry_id))
    return result


def _failed(entry_id: str, error: SqsError) -> BatchResultErrorEntry:
    """An entry that lacks a parameter is said to have an invalid one (recorded 2023-11)."""
    code = "InvalidParameterValue" if isinstance(error, MissingParameter) else error.code
    return BatchResultErrorEntry(entry_id, code, str(error))


def _receive(
    now: float,
    machine: QueueMachine,
    limit: int,
    visibility: float | None,
    attempt_id: str | None,
    *,
    waits: bool,
) -> tuple[float, Sequence[Received]]:
    """When, and what; whoever waits is told when there is more."""
    if not waits:
        machine.check_room(now)
    records = _take(now, machine, limit, visibility, attempt_id)
    if waits and not records:
        machine.ask_for_more()
    return now, records


def _take(
    now: float, machine: QueueMachine, limit: int, visibility: float | None, attempt_id: str | None
) -> Sequence[Received]:
    if attempt_id is None:
        return machine.take(now, limit, visibility, CLIENT)
    if machine.attempts is None:
        machine.attempts = Attempts()
    attempt = machine.attempts.find(now, attempt_id)
    if attempt is None or not machine.take_again(now, attempt, visibility):
        records = machine.take(now, limit, visibility, CLIENT)
        if not records:
            return records
        attempt = Attempt(records, records[0].message.hidden_until)
        machine.attempts.remember(now, attempt_id, attempt)
    return attempt.records
