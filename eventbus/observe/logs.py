"""Log lines: structlog over the stdlib loggers `eventbus.<room>`, whatever structlog is configured to do elsewhere.

Nothing is configured here: stdlib levels, handlers and filters apply. The message is the event's name with its values;
the values are attributes of the log record too.
"""

from logging import ERROR, INFO, Logger, NullHandler, getLogger
from typing import Any, Final

from structlog import wrap_logger
from structlog.stdlib import BoundLogger
from structlog.typing import EventDict

from eventbus.core.outcomes import HandlerFailed, TimedOut
from eventbus.names import Arn

HANDLER_FAILED: Final = "handler failed"
HANDLER_TIMED_OUT: Final = "handler timed out"
DROPPED_AT_CLOSE: Final = "dropped at close"


def log_handler_error(function: str, request_id: str, virtual_time: float, exception: BaseException | None) -> None:
    """One line at ERROR, with the exception's traceback; `virtual_time` in seconds since the bus started."""
    if _handlers.isEnabledFor(ERROR):
        _handlers_log.error(
            HANDLER_FAILED, function=function, request_id=request_id, virtual_time=virtual_time, exc_info=exception
        )


def log_handler_failed(function: str, request_id: str, virtual_time: float, name: str, reason: str) -> None:
    """One line at ERROR for a failure without an exception."""
    if _handlers.isEnabledFor(ERROR):
        _handlers_log.error(name, function=function, request_id=request_id, virtual_time=virtual_time, reason=reason)


def log_dropped(where: Arn, count: int) -> None:
    """One line at INFO: what an in-memory bus still had when it closed is gone."""
    if _bus.isEnabledFor(INFO):
        _bus_log.info(DROPPED_AT_CLOSE, where=where.name, count=count)


def log_failure(now: float, function: Arn, request_id: str, outcome: HandlerFailed | TimedOut) -> None:
    """Every attempt that failed is logged once, as on AWS."""
    if not _handlers.isEnabledFor(ERROR) or not _heard(_handlers):
        return
    if isinstance(outcome, TimedOut):
        log_handler_failed(function.name, request_id, now, HANDLER_TIMED_OUT, outcome.message)
    elif outcome.cause is None:
        reason = f"{outcome.error_type}: {outcome.message}"
        log_handler_failed(function.name, request_id, now, HANDLER_FAILED, reason)
    else:
        log_handler_error(function.name, request_id, now, outcome.cause)


def _heard(logger: Logger) -> bool:
    """Whether anything but a NullHandler would get a record: making one costs more than an attempt."""
    at: Logger | None = logger
    silenced = False
    while at is not None:
        for handler in at.handlers:
            if type(handler) is not NullHandler:
                return True
            silenced = True
        at = at.parent if at.propagate else None
    return not silenced  # without any handler the stdlib writes to standard error


def _render(_: Any, __: str, event: EventDict) -> tuple[tuple[str], dict[str, Any]]:
    """Arguments for the stdlib logger."""
    exc_info = event.pop("exc_info", None)
    message = " ".join([event.pop("event"), *(f"{key}={_shown(value)}" for key, value in event.items())])
    return (message,), {"exc_info": exc_info, "extra": event}


def _shown(value: object) -> str:
    text = f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return repr(text) if " " in text or not text else text


def _wrapped(logger: Logger) -> BoundLogger:
    wrapped: BoundLogger = wrap_logger(
        logger,
        processors=[_render],
        wrapper_class=BoundLogger,
        context_class=dict,
        cache_logger_on_first_use=True,
    )
    return wrapped


_handlers: Final = getLogger("eventbus.handlers")
_handlers_log: Final = _wrapped(_handlers)
_bus: Final = getLogger("eventbus.bus")
_bus_log: Final = _wrapped(_bus)
