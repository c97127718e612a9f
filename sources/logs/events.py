"""What a function behind a subscription filter gets: JSON, compressed and in base64 [cwl:Subscriptions '23]."""

import json
import zlib
from base64 import b64encode
from collections.abc import Sequence
from typing import Final, TypedDict

from eventbus.names import ACCOUNT

from .streams import LogEvent

GZIP: Final = 31
"""zlib's window bits for gzip, with a header that names no time: the same bytes in every run."""
SERVICE: Final = "CloudwatchLogs"
CONTROL: Final = "CWL CONTROL MESSAGE: Checking health of destination Lambda."


class LogsData(TypedDict):
    data: str


class LogsEvent(TypedDict):
    """`data` is base64 of gzip of the JSON of `LogsMessage`."""

    awslogs: LogsData


class LogsMessageEvent(TypedDict):
    id: str
    timestamp: int
    message: str


class LogsMessage(TypedDict):
    """`messageType` is DATA_MESSAGE, or CONTROL_MESSAGE for a check of the destination, which functions pass by."""

    owner: str
    logGroup: str
    logStream: str
    subscriptionFilters: list[str]
    messageType: str
    logEvents: list[LogsMessageEvent]


def data_message(group: str, stream: str, filter_name: str, events: Sequence[tuple[str, LogEvent]]) -> LogsMessage:
    """Each event with its id."""
    return {
        "owner": ACCOUNT,
        "logGroup": group,
        "logStream": stream,
        "subscriptionFilters": [filter_name],
        "messageType": "DATA_MESSAGE",
        "logEvents": [{"id": id, "timestamp": event.timestamp, "message": event.message} for id, event in events],
    }


def control_message(timestamp: int) -> LogsMessage:
    """The check that a destination can be reached; its text is a choice of ours."""
    return {
        "owner": SERVICE,
        "logGroup": SERVICE,
        "logStream": "",
        "subscriptionFilters": [],
        "messageType": "CONTROL_MESSAGE",
        "logEvents": [{"id": "", "timestamp": timestamp, "message": CONTROL}],
    }


def text(message: LogsMessage) -> str:
    """The event as JSON."""
    plain = json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()
    return f'{{"awslogs":{{"data":"{b64encode(zlib.compress(plain, wbits=GZIP)).decode()}"}}}}'
