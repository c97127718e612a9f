"""Events as targets get them: whole goldens, and the clients that read them."""

import json
from typing import Any

import pytest

from sources import eventbridge
from sources.eventbridge.events import Event, event_of, minified
from tests.golden import load, match
from tests.sources.eventbridge.helpers import DETAIL, ENTRY, Sink, client_of, make_bus, rule, run_until
from tests.sources.helpers import done

RESOURCES = ["arn:aws:sqs:us-east-1:000000000000:orders", "arn:aws:s3:::uploads"]


def custom(**members: Any) -> Any:
    sink = Sink()
    client, _, _ = client_of(rule(), others=[sink])
    done(client.put_events([{**ENTRY, **members}]))
    (body,) = sink.bodies
    return body


def scheduled() -> Any:
    sink = Sink()
    run_until(300.0, make_bus("default", rule("nightly", schedule_expression="rate(5 minutes)")), sink)
    (body,) = sink.bodies
    return body


def replayed() -> Any:
    sink = Sink()
    client, machine, feed = client_of(rule(), eventbridge.Archive("all"), others=[sink])

    async def main() -> None:
        await client.put_events([ENTRY])
        feed.now = 5_000.0
        await client.start_replay(
            "again", archive="all", event_start_time="2026-01-01T00:00:00Z", event_end_time="2026-01-01T00:01:00Z"
        )

    done(main())
    run_until(5_000.0, machine, sink)
    return sink.bodies[1]


@pytest.mark.parametrize(
    ("golden", "event"),
    [
        ("custom", custom()),
        ("custom_with_time", custom(resources=RESOURCES, time="2025-12-31T23:59:59.900Z")),
        ("scheduled_rule", scheduled()),
        ("replayed", replayed()),
    ],
    ids=["custom", "custom_with_time", "scheduled_rule", "replayed"],
)
def test_events_are_the_goldens(golden: str, event: Any) -> None:
    """Whole, in their order; powertools reads them, as data classes and as models."""
    from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent
    from aws_lambda_powertools.utilities.parser.models import EventBridgeModel

    match(load(f"eventbridge/{golden}"), event)
    read, model = EventBridgeEvent(event), EventBridgeModel.model_validate(event)

    assert read.get_id == model.id == event["id"]
    assert read.detail == model.detail == event["detail"]
    assert read.detail_type == model.detail_type == event["detail-type"]
    assert read.replay_name == model.replay_name == event.get("replay-name")


def test_detail_goes_out_as_it_came() -> None:
    """Numbers, white space and escapes of its sender stay; nothing is encoded again."""
    detail = '{ "n": 1.0E2,\n"big": 12345678901234567890.5, "s": "\\u00fc\\/" }'
    sink = Sink()
    client, _, _ = client_of(rule(), others=[sink])
    done(client.put_events([{**ENTRY, "detail": detail}]))

    assert detail in sink.taken[0].body


def test_event_text_is_json_of_the_same_event() -> None:
    """Whatever letters its texts have."""
    event = event_of("i", 's"h\\op\n', "Zürich\t", json.loads(DETAIL), DETAIL, ['a"b', "c"], "t", 0.0, None)

    assert json.loads(event.text) == event.value
    assert event.text is event.text


def test_half_letters_are_written_as_escapes() -> None:
    """UTF-8 can hold the text then."""
    assert minified({"a": "ü"}) == '{"a":"ü"}'
    assert minified({"a": "\ud800"}) == '{"a":"\\ud800"}'


def test_replayed_text_of_a_forwarded_event() -> None:
    """White space behind it is no obstacle."""
    again = Event({"id": "i"}, 0.0, None, text='{"id": "i"}\n').replayed(5.0, 'a"b')

    assert json.loads(again.text) == again.value == {"id": "i", "replay-name": 'a"b'}
