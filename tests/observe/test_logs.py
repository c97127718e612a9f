"""Every failed attempt is one line of the stdlib's logging, whatever structlog is configured to do."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from eventbus.core.outcomes import HandlerFailed, TimedOut
from eventbus.observe.logs import log_dropped, log_failure, log_handler_error

from .helpers import BILL, ORDERS


@pytest.fixture(params=["structlog-unconfigured", "structlog-configured"])
def structlog_config(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Where a configured structlog would print to."""
    printed = io.StringIO()
    if request.param == "structlog-configured":
        structlog.configure(
            processors=[structlog.processors.JSONRenderer()],
            logger_factory=structlog.PrintLoggerFactory(printed),
            cache_logger_on_first_use=True,
        )
    yield printed
    structlog.reset_defaults()


def raised() -> ValueError:
    try:
        raise ValueError("bad order")
    except ValueError as error:
        return error


def failed(cause: BaseException | None) -> HandlerFailed:
    return HandlerFailed("ValueError", "bad order", "r1", (), cause)


def log(outcome: HandlerFailed | TimedOut) -> None:
    log_failure(30.0, BILL, "r1", outcome)


def test_a_handlers_exception_is_logged_once_with_its_traceback(
    structlog_config: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    """At ERROR, through the stdlib only."""
    log(failed(raised()))

    [record] = caplog.records
    assert (record.name, record.levelname) == ("eventbus.handlers", "ERROR")
    assert record.getMessage() == "handler failed function=bill request_id=r1 virtual_time=30"
    assert 'raise ValueError("bad order")' in caplog.text
    assert structlog_config.getvalue() == ""


def test_the_values_are_attributes_of_the_record(caplog: pytest.LogCaptureFixture) -> None:
    """For handlers that write JSON."""
    log(failed(raised()))

    values = vars(caplog.records[0])
    assert {key: values[key] for key in ("function", "request_id", "virtual_time")} == {
        "function": "bill",
        "request_id": "r1",
        "virtual_time": 30.0,
    }


@pytest.mark.parametrize(
    ("outcome", "message"),
    [
        pytest.param(
            TimedOut("Sandbox.Timedout", "Task timed out after 3.00 seconds"),
            "handler timed out function=bill request_id=r1 virtual_time=30 reason='Task timed out after 3.00 seconds'",
            id="timed-out",
        ),
        pytest.param(
            failed(None),
            "handler failed function=bill request_id=r1 virtual_time=30 reason='ValueError: bad order'",
            id="without-an-exception",
        ),
    ],
)
def test_a_failure_without_an_exception_is_logged_with_its_reason(
    outcome: HandlerFailed | TimedOut, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    """There is no traceback to show."""
    log(outcome)

    [record] = caplog.records
    assert (record.levelname, record.getMessage(), record.exc_info) == ("ERROR", message, None)


def test_the_level_of_the_stdlib_logger_applies(caplog: pytest.LogCaptureFixture) -> None:
    """Silenced like any other logger."""
    with caplog.at_level(logging.CRITICAL, logger="eventbus"):
        log_handler_error("bill", "r1", 0.0, raised())

    assert caplog.records == []


def test_a_percent_sign_in_a_value_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    """The message is not a format."""
    log(TimedOut("Sandbox.Timedout", "100%s"))

    assert caplog.records[0].getMessage().endswith("reason=100%s")


def test_what_a_closing_bus_dropped_is_information(caplog: pytest.LogCaptureFixture) -> None:
    """By queue."""
    with caplog.at_level(logging.INFO, logger="eventbus"):
        log_dropped(ORDERS, 3)

    [record] = caplog.records
    assert (record.levelname, record.getMessage()) == ("INFO", "dropped at close where=orders count=3")


def test_importing_configures_nothing() -> None:
    """No handler, no level: that is the application's."""
    logger = logging.getLogger("eventbus.handlers")

    assert (logger.handlers, logger.level, structlog.is_configured()) == ([], logging.NOTSET, False)


def test_nothing_is_made_where_only_null_handlers_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that nobody would write is not made."""
    made: list[object] = []
    logger = logging.getLogger("eventbus.handlers")
    monkeypatch.setattr(logger, "propagate", False)
    monkeypatch.setattr(logger, "handle", made.append)

    monkeypatch.setattr(logger, "handlers", [logging.NullHandler()])
    log(failed(None))
    assert made == []

    monkeypatch.setattr(logger, "handlers", [])  # the stdlib's last resort
    log(failed(None))
    assert len(made) == 1
