"""What one can do with the detectors of a model."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final, NoReturn

from attrs import define, frozen

from eventbus.checks import texts
from eventbus.ports import Feed

from .errors import InvalidRequestException
from .expressions import Value
from .machine import VERSION, Detector, DetectorModelMachine, Message

MESSAGES_LIMIT: Final = 10
PAYLOAD_LIMIT: Final = 1_024
"""Bytes of a message."""
_ID: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_MEMBERS: Final = {"message_id", "input_name", "payload"}


@frozen(eq=False)
class ErrorEntry:
    """A message that was not taken."""

    message_id: str
    error_code: str
    error_message: str


@frozen(eq=False)
class BatchPutMessageResult:
    batch_put_message_error_entries: Sequence[ErrorEntry]


@frozen(eq=False, kw_only=True)
class DetectorSummary:
    """Dates are aware."""

    detector_model_name: str
    key_value: str
    detector_model_version: str
    state_name: str
    creation_time: datetime
    last_update_time: datetime


@frozen(eq=False, kw_only=True)
class DescribedDetector(DetectorSummary):
    """With its variables, and when its timers end."""

    variables: Mapping[str, Value]
    timers: Mapping[str, datetime]


@define(eq=False)
class DetectorModelClient:
    """`bus[model]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's errors."""

    _machine: DetectorModelMachine
    _feed: Feed

    async def batch_put_message(self, messages: Sequence[Mapping[str, Any]]) -> BatchPutMessageResult:
        """One to ten of `{"message_id": ..., "input_name": ..., "payload": ...}` meet their detectors, one after the
        other; a payload is a JSON object, in bytes or text. Those that are not taken are answered. Raises
        `InvalidRequestException` for the whole of them."""
        machine, cause = self._machine, self._feed.cause()
        taken: list[Message] = []
        refused: list[ErrorEntry] = []
        for entry in _entries(messages):
            found = _message(entry, machine.settings.inputs)
            if isinstance(found, Message):
                taken.append(found)
            else:
                refused.append(found)
        await self._feed.call(machine, "iotevents:BatchPutMessage", machine.put, taken, cause)
        return BatchPutMessageResult(refused)

    async def describe_detector(self, key_value: str = "") -> DescribedDetector:
        """As it is now; without a key that of a model without one. Raises `ResourceNotFoundException`."""
        machine = self._machine
        texts(InvalidRequestException, key_value=key_value)
        found = await self._feed.call(machine, "iotevents:DescribeDetector", machine.detector, key_value)
        timers = {name: self._date(ends_at) for name, ends_at in found.timers.items()}
        return DescribedDetector(**self._summary(found), variables=dict(found.variables), timers=timers)

    async def list_detectors(self, *, state_name: str | None = None) -> list[DetectorSummary]:
        """All, or those in that state, by key."""
        machine = self._machine
        texts(InvalidRequestException, state_name=state_name)
        found = await self._feed.call(machine, "iotevents:ListDetectors", machine.detectors, state_name)
        return [DetectorSummary(**self._summary(each)) for each in found]

    def _summary(self, detector: Detector) -> dict[str, Any]:
        return {
            "detector_model_name": self._machine.settings.name,
            "key_value": detector.key,
            "detector_model_version": VERSION,
            "state_name": detector.state.state_name,
            "creation_time": self._date(detector.created_at),
            "last_update_time": self._date(detector.updated_at),
        }

    def _date(self, at: float) -> datetime:
        return datetime.fromtimestamp(self._machine.birth.epoch + at, UTC)


def _entries(given: Any) -> Sequence[Mapping[str, Any]]:
    if isinstance(given, str | Mapping) or not isinstance(given, Sequence) or not 1 <= len(given) <= MESSAGES_LIMIT:
        raise InvalidRequestException(f"messages: a list of 1 to {MESSAGES_LIMIT}")
    for entry in given:
        if not isinstance(entry, Mapping) or entry.keys() != _MEMBERS:
            raise InvalidRequestException(f"messages: each with {', '.join(sorted(_MEMBERS))}, and nothing else")
        if not isinstance(entry["message_id"], str) or not _ID.fullmatch(entry["message_id"]):
            raise InvalidRequestException(f"message_id={entry['message_id']!r}: 1 to 64 letters, digits, - and _")
    if len({entry["message_id"] for entry in given}) < len(given):
        raise InvalidRequestException("messages: each message_id once")
    return given


def _message(entry: Mapping[str, Any], inputs: frozenset[str]) -> Message | ErrorEntry:
    id, name = entry["message_id"], entry["input_name"]
    if not isinstance(name, str) or name not in inputs:
        return ErrorEntry(id, "ResourceNotFoundException", f"input_name={name!r}: this model has no such input")
    payload = entry["payload"]
    try:
        size = len(payload.encode()) if isinstance(payload, str) else len(payload)
        content = _DECODER.decode(payload if isinstance(payload, str) else bytes(payload).decode())
    except (TypeError, ValueError, RecursionError):
        return _invalid(id, "JSON, in bytes or text")
    if size > PAYLOAD_LIMIT:
        return _invalid(id, f"up to {PAYLOAD_LIMIT:,} bytes, not {size:,}")
    if not isinstance(content, dict):
        return _invalid(id, "a JSON object")
    return Message(id, name, content)


def _invalid(id: str, allowed: str) -> ErrorEntry:
    return ErrorEntry(id, "InvalidRequestException", f"payload is refused; allowed: {allowed}")


def _float(text: str) -> float:
    found = float(text)
    if not isfinite(found):
        raise ValueError(text)
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER: Final = json.JSONDecoder(parse_float=_float, parse_constant=_refuse_constant)
