"""What functions behind a filter get."""

from typing import Any

from aws_lambda_powertools.utilities.data_classes import CloudWatchLogsEvent
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import CloudWatchLogsModel

from sources.logs.machine import INVOCATION_LIMIT
from tests.golden import load, match
from tests.sources.helpers import Machines, done
from tests.sources.logs.helpers import AT_10, STREAM, Work, decoded, entry, group_at, make_machine

TWO = [entry("ERROR order 7"), entry("ERROR order 8", AT_10 + 500)]


def logged() -> Any:
    """The event of a function."""
    client, work, machine, _ = group_at()
    machine.put_filter(0.0, "errors", "ERROR", work.arn)
    done(client.put_log_events(STREAM, TWO))
    [event] = work.events
    return event


def test_event_is_the_golden() -> None:
    """Compressed, in base64, and what stands in it."""
    event = logged()

    match(load("logs/event"), event)
    match(load("logs/data"), decoded(event))


def test_event_is_the_same_in_every_run() -> None:
    """No time of compression in it."""
    assert logged() == logged()


def test_control_message_is_the_golden() -> None:
    """It holds nothing that was logged."""
    client, work, machine, _ = group_at()
    machine.put_filter(0.0, "errors", "", work.arn)

    done(client.emit_control_message("errors"))

    match(load("logs/control"), work.messages[0])


def test_powertools_reads_the_event() -> None:
    """Its data class and its parser."""
    event = logged()
    data = CloudWatchLogsEvent(event).parse_logs_data()
    parsed: Any = parse(event=event, model=CloudWatchLogsModel)

    assert (data.owner, data.log_group, data.log_stream) == ("000000000000", "/shop/orders", "one")
    assert [each.message for each in data.log_events] == ["ERROR order 7", "ERROR order 8"]
    assert parsed.awslogs.decoded_data.logEvents[1].message == "ERROR order 8"


def test_what_does_not_fit_into_one_event_becomes_several() -> None:
    """Nothing is lost, in the order in which it was logged."""
    machine, work = make_machine(), Work()
    machine.put_filter(0.0, "all", "", work.arn)
    digits = [f"{machine.birth.ids.random.getrandbits(4 * 60_000):x}" for _ in range(17)]
    machine.put(10.0, STREAM, [(AT_10, text) for text in digits], None)
    noise = [effect.body for effect in machine.effects]  # type: ignore[union-attr]  # deliveries only
    Machines(machine, work).drain(10.0)

    assert all(len(body) <= INVOCATION_LIMIT for body in noise)
    assert [each["message"] for data in work.messages for each in data["logEvents"]] == digits


def test_other_letters_stay() -> None:
    """Messages are UTF-8."""
    client, work, machine, _ = group_at()
    machine.put_filter(0.0, "all", "", work.arn)
    done(client.put_log_events(STREAM, [entry("è 日本 \U0001f600")]))

    assert work.messages[0]["logEvents"][0]["message"] == "è 日本 \U0001f600"
