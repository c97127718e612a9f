"""From what a handler did to an outcome, as Lambda words it (recorded 2025-11)."""

from traceback import walk_tb
from typing import Any, Final

from eventbus.core.effects import Invoke
from eventbus.core.outcomes import NULL, Frame, HandlerFailed, Succeeded, TimedOut

from . import codec

RESPONSE_LIMIT: Final = 6_291_456
"""Bytes of a result, for every way of invoking (dg:gettingstarted-limits)."""

_RUNTIME: Final = __file__.rpartition("outcome_of")[0]


def succeeded(invoke: Invoke, result: Any) -> Succeeded | HandlerFailed:
    if result is None:
        return NULL
    try:
        payload = codec.encode_result(result)
    except (TypeError, ValueError, RecursionError) as error:
        message = f"Unable to marshal response: {error}"
        return HandlerFailed("Runtime.MarshalError", message, invoke.request_id, (), error)
    if len(payload) > RESPONSE_LIMIT:
        message = f"Response payload size exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes)."
        return HandlerFailed("Function.ResponseSizeTooLarge", message, invoke.request_id, None)
    return Succeeded(payload)


def failed(invoke: Invoke, error: BaseException) -> HandlerFailed:
    """What the handler raised; leaving the process is an error of the runtime."""
    if not isinstance(error, SystemExit):
        return HandlerFailed(type(error).__name__, _text(error), invoke.request_id, _handlers_own(error), error)
    if error.code in (None, 0):
        how = "without providing a reason"
    else:
        how = f"with error: exit status {error.code if isinstance(error.code, int) else 1}"
    message = f"RequestId: {invoke.request_id} Error: Runtime exited {how}"
    return HandlerFailed("Runtime.ExitError", message, invoke.request_id, None, error)


def timed_out(invoke: Invoke, seconds: float) -> TimedOut:
    message = f"RequestId: {invoke.request_id} Error: Task timed out after {seconds:.2f} seconds"
    return TimedOut("Sandbox.Timedout", message)


def _text(error: BaseException) -> str:
    """What the exception says of itself, made fit for JSON; its `__str__` is user code, and may fail in its turn."""
    try:
        return str(error).encode(errors="replace").decode()
    except Exception as worse:
        return f"<{type(error).__name__} whose text can't be told: {type(worse).__name__}>"


def _handlers_own(error: BaseException) -> tuple[Frame, ...]:
    """The stack without the frames that called the handler; the exception forgets those too, and what they hold."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_RUNTIME):
        trace = trace.tb_next
    error.__traceback__ = trace
    return tuple((frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in walk_tb(trace))
