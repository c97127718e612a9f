"""A stream as the target of a rule: the event is the data, its partition key what the target says."""

import json

import pytest

from eventbus import App
from sources import eventbridge, kinesis, sqs
from tests.helpers import virtually


def test_partition_key_that_is_none() -> None:
    """A number beyond JSON can't be handed over: a dead letter, and the bus goes on."""
    app = App()
    default, stream = app.add(eventbridge.EventBus()), app.add(kinesis.Stream("orders"))
    dead = app.add(sqs.Queue("dead"))
    target = eventbridge.Target(stream, partition_key_path="$.detail.size", dead_letter=dead)
    app.add(eventbridge.Rule("all", default, event_pattern={"source": ["shop"]}, targets=[target]))

    async def main() -> None:
        async with app.start() as bus:
            await bus[default].put_events([{"source": "shop", "detail_type": "t", "detail": '{"size": 1e999}'}])
            await bus.settle()

            [letter] = await bus[dead].peek()
            assert letter.message_attributes["ERROR_CODE"]["string_value"] == "INVALID_JSON"
            assert await bus[stream].peek() == []

    virtually(main)


@pytest.mark.parametrize(
    ("path", "key"),
    [(None, None), ("$.detail.tenant", "acme"), ("$.detail.lines", "[1,2]"), ("$.detail.missing", None)],
    ids=["by default", "a text", "a list", "nothing there"],
)
def test_partition_key(path: str | None, key: str | None) -> None:
    """None: the event's id."""
    app = App()
    default, stream = app.add(eventbridge.EventBus()), app.add(kinesis.Stream("orders"))
    target = eventbridge.Target(stream, partition_key_path=path)
    app.add(eventbridge.Rule("all", default, event_pattern={"source": ["shop"]}, targets=[target]))

    async def main() -> None:
        async with app.start() as bus:
            detail = json.dumps({"tenant": "acme", "lines": [1, 2]})
            await bus[default].put_events([{"source": "shop", "detail_type": "t", "detail": detail}])
            await bus.settle()

            [record] = await bus[stream].peek()
            event = json.loads(record.data)
            assert event["detail"] == {"tenant": "acme", "lines": [1, 2]}
            assert record.partition_key == (key or event["id"])

    virtually(main)
