"""How an attempt ended: values, never raised. Error objects are worded when somebody reads them."""

from json import dumps
from linecache import getline
from typing import Final

from attrs import define

Frame = tuple[str, int, str]  # file, line number, function


@define(eq=False)
class Succeeded:
    payload: bytes  # the result as JSON


@define(eq=False)
class HandlerFailed:
    """The handler raised, left, or returned what can't be encoded: a function error. `stack` None: the runtime failed,
    there is no stack to show."""

    error_type: str
    message: str
    request_id: str
    stack: tuple[Frame, ...] | None
    cause: BaseException | None = None

    @property
    def payload(self) -> bytes:
        """The error object as JSON, in the key order recorded on AWS (2025-11)."""
        if self.stack is None:
            return _runtime_error(self.error_type, self.message)
        members = {
            "errorMessage": self.message,
            "errorType": self.error_type,
            "requestId": self.request_id,
            "stackTrace": [_shown(frame) for frame in self.stack],
        }
        return dumps(members, ensure_ascii=False).encode(errors="replace")


@define(eq=False)
class TimedOut:
    error_type: str
    message: str

    @property
    def payload(self) -> bytes:
        return _runtime_error(self.error_type, self.message)


@define(eq=False)
class Throttled:
    """Refused before the function was reached."""

    reason: str
    terminal: bool = False  # reserved concurrency 0: an event is dropped at once
    wait: bool = False  # the account is full: an asynchronous queue waits for room, without a back-off


@define(eq=False)
class Stopped:
    """The invocation would have been the 17th of its function in one chain of requests (dg:invocation-recursion)."""

    reason: str = "RecursiveInvocationException"


Outcome = Succeeded | HandlerFailed | TimedOut | Throttled | Stopped

NULL: Final = Succeeded(b"null")  # most handlers return None


def _runtime_error(error_type: str, message: str) -> bytes:
    return dumps({"errorType": error_type, "errorMessage": message}, ensure_ascii=False).encode()


def _shown(frame: Frame) -> str:
    file, line, function = frame
    source = getline(file, line).strip()
    return f'  File "{file}", line {line}, in {function}\n' + (f"    {source}\n" if source else "")
