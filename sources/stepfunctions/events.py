"""What functions and states see: the context object, and the result of a Task that called a function by
`lambda:invoke`."""

from email.utils import formatdate
from typing import Any, NotRequired, TypedDict

from sources._http.forwarding import TRACE_ID, trace_root

LATEST = "$LATEST"


class SdkHttpMetadata(TypedDict):
    AllHttpHeaders: dict[str, list[str]]
    HttpHeaders: dict[str, str]
    HttpStatusCode: int


class SdkResponseMetadata(TypedDict):
    RequestId: str


class TaskResult(TypedDict):
    ExecutedVersion: str
    Payload: Any
    SdkHttpMetadata: SdkHttpMetadata
    SdkResponseMetadata: SdkResponseMetadata
    StatusCode: int


class ExecutionContext(TypedDict):
    Id: str
    Input: Any
    Name: str
    RoleArn: str
    StartTime: str
    RedriveCount: int


class StateContext(TypedDict):
    EnteredTime: str
    Name: str
    RetryCount: int


class StateMachineContext(TypedDict):
    Id: str
    Name: str


class TaskContext(TypedDict):
    Token: str


class ContextObject(TypedDict):
    """`$$`."""

    Execution: ExecutionContext
    State: StateContext
    StateMachine: StateMachineContext
    Task: NotRequired[TaskContext]


def task_result(payload: Any, length: int, status: int, request_id: str, at: float) -> TaskResult:
    """Of an answer of so many bytes; `at` in seconds since 1970. The headers are those that the guide prints."""
    headers = {
        "X-Amz-Executed-Version": LATEST,
        "x-amzn-Remapped-Content-Length": "0",
        "Connection": "keep-alive",
        "x-amzn-RequestId": request_id,
        "Content-Length": str(length),
        "Date": formatdate(int(at), usegmt=True),
        TRACE_ID: f"{trace_root(at, request_id)};Sampled=0",
        "Content-Type": "application/json",
    }
    return {
        "ExecutedVersion": LATEST,
        "Payload": payload,
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": status,
        },
        "SdkResponseMetadata": {"RequestId": request_id},
        "StatusCode": status,
    }
