"""What a function behind a trigger gets [cc:how-to-notify-lambda]."""

from collections.abc import Sequence
from datetime import UTC, datetime
from json import dumps
from typing import Final, NotRequired, TypedDict

from eventbus.names import ACCOUNT, REGION, Arn

from .references import Moved
from .settings import RepositoryTrigger

CHANGES: Final = "ReferenceChanges"
TEST: Final = "TriggerEventTest"


class CodeCommitReference(TypedDict):
    """`created` and `deleted` are there where they are true."""

    commit: str
    ref: str
    created: NotRequired[bool]
    deleted: NotRequired[bool]


class CodeCommitReferences(TypedDict):
    references: list[CodeCommitReference]


class CodeCommitRecord(TypedDict):
    awsRegion: str
    codecommit: CodeCommitReferences
    customData: str | None
    eventId: str
    eventName: str
    eventPartNumber: int
    eventSource: str
    eventSourceARN: str
    eventTime: str
    eventTotalParts: int
    eventTriggerConfigId: str
    eventTriggerName: str
    eventVersion: str
    userIdentityARN: str


class CodeCommitEvent(TypedDict):
    Records: list[CodeCommitRecord]


def text(
    repository: Arn,
    trigger: RepositoryTrigger,
    moved: Sequence[Moved],
    *,
    id: str,
    name: str,
    at: float,
    configuration_id: str,
    user: str,
) -> str:
    """The event as JSON; `at` in seconds since 1970."""
    record: CodeCommitRecord = {
        "awsRegion": REGION,
        "codecommit": {"references": [_reference(each) for each in moved]},
        "customData": trigger.custom_data,
        "eventId": id,
        "eventName": name,
        "eventPartNumber": 1,
        "eventSource": "aws:codecommit",
        "eventSourceARN": str(repository),
        "eventTime": f"{datetime.fromtimestamp(round(at, 3), UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "+0000",
        "eventTotalParts": 1,
        "eventTriggerConfigId": configuration_id,
        "eventTriggerName": trigger.name,
        "eventVersion": "1.0",
        "userIdentityARN": f"arn:aws:iam::{ACCOUNT}:user/{user}",
    }
    event: CodeCommitEvent = {"Records": [record]}
    return dumps(event, separators=(",", ":"), ensure_ascii=False)


def _reference(moved: Moved) -> CodeCommitReference:
    found: CodeCommitReference = {"commit": moved.commit, "ref": moved.ref}
    if moved.what == "create":
        found["created"] = True
    elif moved.what == "delete":
        found["deleted"] = True
    return found
