"""What a schedule sends."""

import json

import pytest
from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent
from aws_lambda_powertools.utilities.parser.models import EventBridgeModel

from eventbus.errors import InvalidSetting
from sources.scheduler import Schedule
from sources.scheduler.input import check_input
from tests.sources.scheduler.helpers import BUS, QUEUE, after, deliveries, make_group, nightly

ARN = "arn:aws:scheduler:us-east-1:000000000000:schedule/default/nightly"


def test_input_is_sent_as_it_was_written() -> None:
    """Not a blank of it is changed."""
    text = '{ "n": 1.0,\n "\u00e9": [] }'
    machine = make_group(nightly(input=text))
    machine.wake(0.0)

    assert [effect.body for effect in deliveries(machine)] == [text]


def test_queue_gets_any_text() -> None:
    """A FIFO queue with its group."""
    machine = make_group(nightly(QUEUE, input="run {"))
    machine.wake(0.0)
    [effect] = deliveries(machine)

    assert (effect.target, effect.body, effect.group) == (QUEUE.arn, "run {", None)


def test_keywords_are_replaced_at_each_attempt() -> None:
    """Only the number of the attempt is another one."""
    names = ("schedule-arn", "scheduled-time", "execution-id", "attempt-number", "unknown")
    text = json.dumps({name: f"-<aws.scheduler.{name}>-" for name in names})
    machine = make_group(nightly(input=text, start_date=after(seconds=60.5)))
    machine.wake(60.5)
    [first] = deliveries(machine)
    machine.delivered(60.5, first.token, "ServiceUnavailable")
    machine.wake(61.5)
    [second] = deliveries(machine)

    one, two = json.loads(first.body), json.loads(second.body)
    assert len(one["execution-id"]) == 18
    assert one == {
        "schedule-arn": f"-{ARN}-",
        "scheduled-time": "-2026-01-01T00:01:00Z-",
        "execution-id": one["execution-id"],
        "attempt-number": "-1-",
        "unknown": "-<aws.scheduler.unknown>-",
    }
    assert two == {**one, "attempt-number": "-2-"}


def test_each_occurrence_has_its_own_ids() -> None:
    """Of the event, and of the execution."""
    text = '"<aws.scheduler.execution-id>"'
    machine = make_group(nightly(), Schedule("other", QUEUE, schedule_expression="rate(5 minutes)", input=text))
    machine.wake(600.0)
    bodies = [effect.body for effect in deliveries(machine)]

    assert len(set(bodies)) == len(bodies) == 6


def test_bus_gets_an_entry_with_the_input_as_detail() -> None:
    """As PutEvents takes it; without an input the default event is the detail."""
    for text in ('{"n": 1}', None):
        machine = make_group(nightly(BUS, source="shop", detail_type='it\'s "time"', input=text))
        machine.wake(0.0)
        [effect] = deliveries(machine)
        entry = json.loads(effect.body)

        detail = entry.pop("detail")
        assert detail == {"n": 1} if text else detail["source"] == "aws.scheduler"
        assert entry == {
            "source": "shop",
            "detail-type": 'it\'s "time"',
            "resources": [],
            "time": "2026-01-01T00:00:00Z",
        }


def test_powertools_reads_the_default_event() -> None:
    """Its detail is the text {}."""
    machine = make_group(nightly())
    machine.wake(0.0)
    [effect] = deliveries(machine)
    event = EventBridgeEvent(json.loads(effect.body))
    detail: object = event.detail

    assert (event.source, event.detail_type, detail) == ("aws.scheduler", "Scheduled Event", "{}")
    assert (event.time, event.resources) == ("2026-01-01T00:00:00Z", [ARN])
    model = EventBridgeModel.model_validate_json(effect.body)
    assert (model.source, model.time, model.detail) == ("aws.scheduler", after(), {})


@pytest.mark.parametrize(
    ("text", "service", "reason"),
    [
        ("", "sqs", "a text that is not empty"),
        (5, "sqs", "a text that is not empty"),
        (b"x", "sqs", "a text that is not empty"),
        ("\ud800", "sqs", "that UTF-8 can hold"),
        ("x" * 262_145, "sns", "up to 262,144 bytes, not 262,145"),
        ("\u00e9" * 131_073, "sns", "up to 262,144 bytes, not 262,146"),
        ("hello", "lambda", "JSON, for a function and for an event bus"),
        ("NaN", "lambda", "JSON, for a function and for an event bus"),
        ("[" * 100_000, "lambda", "JSON, for a function and for an event bus"),
        ("{", "events", "JSON, for a function and for an event bus"),
        ("[1]", "events", "a JSON object, which is the detail of an event"),
    ],
    ids=lambda value: str(value)[:12].encode("ascii", "replace").decode(),
)
def test_input_that_a_target_can_not_get_is_refused(text: object, service: str, reason: str) -> None:
    """Where it is written."""
    with pytest.raises(InvalidSetting, match=r"input=.* is refused") as refused:
        check_input(text, service)

    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("x" * 262_144, "sqs"),
        ("hello", "sns"),
        ("[1]", "lambda"),
        ('"x"', "lambda"),
        ("{}", "events"),
        (None, "events"),
    ],
    ids=lambda value: str(value)[:6],
)
def test_input_at_the_limit_is_taken(text: str | None, service: str) -> None:
    """Any text for queues and topics."""
    check_input(text, service)
