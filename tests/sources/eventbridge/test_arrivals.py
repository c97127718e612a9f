"""What other machines deliver to a bus."""

import json
from typing import Any

import pytest

from eventbus.core.effects import Cause, Deliver, Delivered
from eventbus.names import Arn, async_address, function_arn
from sources.eventbridge.machine import BusMachine
from tests.golden import load, match
from tests.sources.eventbridge.helpers import Sink, make_bus, rule
from tests.sources.helpers import Machines

BUCKET = Arn("arn:aws:s3:::uploads")
OTHER = Arn("arn:aws:events:us-east-1:000000000000:event-bus/other")
ALL = {"account": [{"exists": True}]}
ENTRY = {"source": "aws.s3", "detail-type": "Object Created", "detail": {"size": 14}}
EVENT = {
    "version": "0",
    "id": "0b9ad9b0-ff5c-4b0c-8d68-9c0d6f1c2a11",
    "detail-type": "order.placed",
    "source": "shop",
    "account": "111111111111",
    "time": "2025-01-01T00:00:00Z",
    "region": "eu-west-1",
    "resources": [],
    "detail": {"id": 7},
}


def delivered(body: str, asker: Arn = BUCKET) -> tuple[BusMachine, Sink, Delivered]:
    """By a machine that is not there to be answered: its answer is kept."""
    machine, sink = make_bus("default", rule(event_pattern=ALL)), Sink()
    machine.deliver(10.0, Deliver(machine.arn, asker, 5, body, cause=Cause("request", ())))
    answer = next(effect for effect in machine.effects if isinstance(effect, Delivered))
    Machines(machine, sink).drain(10.0)
    assert (answer.asker, answer.token) == (asker, 5)
    return machine, sink, answer


def test_entry_becomes_an_event() -> None:
    """With an id, account, region and time of this bus, and the cause of its sender."""
    _, sink, answer = delivered(json.dumps(ENTRY))

    assert answer.error is None
    assert sink.bodies[0] == {
        "version": "0",
        "id": sink.bodies[0]["id"],
        "account": "000000000000",
        "time": "2026-01-01T00:00:10Z",
        "region": "us-east-1",
        "resources": [],
        **ENTRY,
    }
    assert sink.taken[0].cause is not None


def test_entry_of_s3_is_the_golden() -> None:
    """Its resources and its time are kept."""
    golden = load("s3eventbridge/object_created_put")
    entry = {key: golden[key] for key in ("source", "detail-type", "detail", "resources", "time")}
    body = json.dumps(entry).replace("<hex:sequencer>", "00AB").replace("<nz:request>", "r")
    _, sink, _ = delivered(body)

    match(golden, sink.bodies[0])


def test_whole_event_is_kept_as_it_is() -> None:
    """Id, source, account and text of another bus."""
    text = json.dumps(EVENT, indent=1)
    machine, sink, answer = delivered(text, OTHER)

    assert answer.error is None
    assert sink.taken[0].body == text
    assert ("published", machine.arn, EVENT["id"], f"by {OTHER}") == machine.notes[0][:4]


@pytest.mark.parametrize("condition", ["Success", "RetriesExhausted", "EventAgeExceeded"])
def test_records_of_functions_are_events(condition: str) -> None:
    """As recorded on AWS: source, detail type, the bus and the function as resources, the record as detail."""
    record = {"version": "1.0", "requestContext": {"functionArn": "arn:f:$LATEST", "condition": condition}}
    machine, sink, answer = delivered(json.dumps(record), async_address(function_arn("work")))
    (event,) = sink.bodies

    assert answer.error is None
    assert event["source"] == "lambda"
    result = "Success" if condition == "Success" else "Failure"
    assert event["detail-type"] == f"Lambda Function Invocation Result - {result}"
    assert event["resources"] == [machine.arn, "arn:f:$LATEST"]
    assert event["detail"] == record


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        '{"id": "i"}',
        json.dumps({**EVENT, "id": 5}),
        json.dumps({**EVENT, "detail": "text"}),
        json.dumps({**EVENT, "time": "today"}),
        json.dumps({**EVENT, "account": None}),
        json.dumps({key: value for key, value in ENTRY.items() if key != "source"}),
        json.dumps({**ENTRY, "detail": "{}"}),
        json.dumps({**ENTRY, "detail-type": 5}),
        json.dumps({**ENTRY, "resources": "arn"}),
        json.dumps({**ENTRY, "resources": [5]}),
        json.dumps({**ENTRY, "time": 5}),
        json.dumps({**ENTRY, "source": "\ud800"}),
        '{"source": "a", "detail-type": "b", "detail": {"n": 1e999}}',
    ],
)
def test_what_is_no_event_is_refused(body: str) -> None:
    """For good: another try would not help."""
    _, sink, answer = delivered(body)

    assert answer.error is not None
    assert answer.error.startswith("InvalidParameterValue: ")
    assert sink.taken == []


def test_what_is_no_record_is_refused() -> None:
    """Of a function's queue."""
    _, _, answer = delivered("{}", async_address(function_arn("work")))

    assert answer.error is not None


def test_half_letters_in_a_detail_are_escaped() -> None:
    """UTF-8 can hold what goes on."""
    body: dict[str, Any] = {**ENTRY, "detail": {"x": "\ud800", "y": "ü"}}
    _, sink, answer = delivered(json.dumps(body))

    assert answer.error is None
    assert sink.taken[0].body.encode()
    assert sink.bodies[0]["detail"] == body["detail"]
