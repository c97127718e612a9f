"""Streams from end to end: poisoned records, clients that people really use, mappings that come and go."""

import json
from base64 import b64decode
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch import (
    AsyncBatchProcessor,
    BatchProcessor,
    EventType,
    async_process_partial_response,
    process_partial_response,
)

from eventbus import App, InvalidSetting
from eventbus.errors import ResourceConflictException, ResourceNotFoundException
from sources import dynamodb, kinesis, s3, sqs
from tests.helpers import virtually

REPORT = ["ReportBatchItemFailures"]


def test_three_poisoned_records_of_a_thousand() -> None:
    """Each alone in the destination, every other one handled in the order of its key."""
    app = App()
    lost, orders = app.add(sqs.Queue("lost")), app.add(kinesis.Stream("orders"))
    poisoned = {17, 500, 998}
    handled: dict[str, list[int]] = {}

    @app.function
    async def work(event: kinesis.KinesisEvent, context: Any) -> None:
        batch = [
            (record["kinesis"]["partitionKey"], int(b64decode(record["kinesis"]["data"])))
            for record in event["Records"]
        ]
        if any(number in poisoned for _, number in batch):
            raise ValueError("poisoned")
        for key, number in batch:
            handled.setdefault(key, []).append(number)

    app.map(
        orders,
        work,
        starting_position="TRIM_HORIZON",
        batch_size=100,
        bisect_batch_on_function_error=True,
        maximum_retry_attempts=1,
        on_failure=lost,
    )

    async def main() -> list[Any]:
        async with app.start() as bus:
            for number in range(1_000):
                await bus[orders].put_record(data=str(number).encode(), partition_key=f"key-{number % 7}")
            await bus.settle()
            return [json.loads(message.body) for message in await bus[lost].peek()]

    records = virtually(main)
    assert sorted(number for numbers in handled.values() for number in numbers) == [
        number for number in range(1_000) if number not in poisoned
    ]
    assert all(numbers == sorted(numbers) for numbers in handled.values())
    assert [record["KinesisBatchInfo"]["batchSize"] for record in records] == [1, 1, 1]
    assert {record["requestContext"]["condition"] for record in records} == {"RetryAttemptsExhausted"}
    assert {record["requestContext"]["approximateInvokeCount"] for record in records} == {2}


@pytest.mark.parametrize("is_async", [False, True], ids=["BatchProcessor", "AsyncBatchProcessor"])
def test_powertools_on_a_kinesis_stream(is_async: bool) -> None:
    """Untouched, partial failures included: the record that failed goes first in the next batch."""
    app = App()
    orders, lost = app.add(kinesis.Stream("orders")), app.add(sqs.Queue("lost"))
    seen: list[str] = []

    def one(record: Any) -> None:
        body = record.kinesis.data_as_text()
        seen.append(body)
        if body == "bad":
            raise ValueError(body)

    def handler(event: Any, context: Any) -> Any:
        processor = BatchProcessor(event_type=EventType.KinesisDataStreams, raise_on_entire_batch_failure=False)
        return process_partial_response(event=event, record_handler=one, processor=processor, context=context)

    async def one_async(record: Any) -> None:
        one(record)

    def async_handler(event: Any, context: Any) -> Any:
        processor = AsyncBatchProcessor(event_type=EventType.KinesisDataStreams, raise_on_entire_batch_failure=False)
        return async_process_partial_response(event, one_async, processor, context=context)

    work = app.function(async_handler if is_async else handler, name="work")
    app.map(
        orders,
        work,
        starting_position="TRIM_HORIZON",
        function_response_types=REPORT,
        maximum_retry_attempts=1,
        on_failure=lost,
    )

    async def main() -> int:
        async with app.start() as bus:
            for body in ("a", "bad", "b"):
                await bus[orders].put_record(data=body.encode(), partition_key="k")
            await bus.settle()
            return len(await bus[lost].peek())

    assert virtually(main) == 1
    assert sorted(set(seen)) == ["a", "b", "bad"]
    assert seen[:3] == ["a", "bad", "b"]


@pytest.mark.parametrize("is_async", [False, True], ids=["BatchProcessor", "AsyncBatchProcessor"])
def test_powertools_on_a_table(is_async: bool) -> None:
    """Typed values, both images."""
    app = App()
    orders = app.add(dynamodb.Table("orders", stream_view_type="NEW_AND_OLD_IMAGES"))
    seen: list[Any] = []

    def one(record: Any) -> None:
        new = record.dynamodb.new_image
        seen.append((record.event_name.name, new.get("total") if new else None))

    def handler(event: Any, context: Any) -> Any:
        processor = BatchProcessor(event_type=EventType.DynamoDBStreams)
        return process_partial_response(event=event, record_handler=one, processor=processor, context=context)

    async def one_async(record: Any) -> None:
        one(record)

    def async_handler(event: Any, context: Any) -> Any:
        processor = AsyncBatchProcessor(event_type=EventType.DynamoDBStreams)
        return async_process_partial_response(event, one_async, processor, context=context)

    work = app.function(async_handler if is_async else handler, name="work")
    app.map(orders.stream, work, starting_position="TRIM_HORIZON", function_response_types=REPORT)

    async def main() -> None:
        async with app.start() as bus:
            table = bus[orders]
            await table.put_item({"id": {"S": "1"}, "total": {"N": "5"}})
            await table.put_item({"id": {"S": "1"}, "total": {"N": "5"}})  # changes nothing
            await table.put_item({"id": {"S": "1"}, "total": {"N": "6"}})
            await table.delete_item({"id": {"S": "1"}})
            await bus.settle()

    virtually(main)
    assert [name for name, _ in seen] == ["INSERT", "MODIFY", "REMOVE"]
    assert [None if total is None else int(total) for _, total in seen] == [5, 6, None]


def test_records_of_failures_in_a_bucket() -> None:
    """With the event itself, under a key that tells the shard."""
    app = App()
    orders, failures = app.add(kinesis.Stream("orders")), app.add(s3.Bucket("failures"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        raise ValueError("no")

    app.map(orders, work, starting_position="TRIM_HORIZON", maximum_retry_attempts=0, on_failure=failures)

    async def main() -> None:
        async with app.start() as bus:
            await bus[orders].put_record(data=b"x", partition_key="k")
            await bus.settle()

            [stored] = (await bus[failures].list_objects_v2()).contents
            assert "/shardId-000000000000/2026/01/01/2026-01-01T00.00.00-" in stored.key
            record = json.loads((await bus[failures].get_object(stored.key)).body)
            [inner] = json.loads(record["payload"])["Records"]
            assert b64decode(inner["kinesis"]["data"]) == b"x"

    virtually(main)


def test_permission_to_read() -> None:
    """A mapping whose function may not read is disabled; a consumer passes on what its mapping may."""
    app = App()
    orders = app.add(kinesis.Stream("orders"))
    fan = app.add(kinesis.Consumer(orders, "fan"))
    seen: list[str] = []

    @app.function
    async def direct(event: Any, context: Any) -> None:
        seen.append("direct")

    @app.function
    async def pushed(event: Any, context: Any) -> None:
        seen.append("pushed")

    app.map(orders, direct, starting_position="TRIM_HORIZON")
    app.map(fan, pushed, starting_position="TRIM_HORIZON")
    app.revoke(direct, "kinesis:GetRecords", orders)

    async def main() -> list[str]:
        async with app.start() as bus:
            await bus[orders].put_record(data=b"x", partition_key="k")
            await bus.settle()
            return [mapping.state for mapping in await bus.list_event_source_mappings()]

    assert virtually(main) == ["Disabled", "Enabled"]
    assert seen == ["pushed"]


def test_life_of_a_mapping() -> None:
    """Made, changed, disabled, enabled and deleted at run time, in the states of AWS; its checkpoint stays."""
    app = App()
    orders = app.add(kinesis.Stream("orders"))
    seen: list[int] = []

    @app.function
    async def work(event: kinesis.KinesisEvent, context: Any) -> None:
        seen.extend(int(b64decode(record["kinesis"]["data"])) for record in event["Records"])

    async def main() -> None:
        async with app.start() as bus:

            async def put(number: int) -> None:
                await bus[orders].put_record(data=str(number).encode(), partition_key="k")
                await bus.settle()

            async def state() -> str:
                await bus.advance(0)
                return (await bus.get_event_source_mapping(made.uuid)).state

            await put(0)
            await bus.advance(1)
            made = await bus.create_event_source_mapping(orders, work, starting_position="LATEST")
            assert (made.state, made.state_transition_reason, made.batch_size) == ("Creating", "User action", 100)
            assert made.last_processing_result == "No records processed"
            assert await state() == "Enabled"
            await bus.advance(1)
            await put(1)
            assert (await bus.get_event_source_mapping(made.uuid)).last_processing_result == "OK"

            assert (await bus.update_event_source_mapping(made.uuid, enabled=False)).state == "Disabling"
            assert await state() == "Disabled"
            await put(2)
            assert seen == [1]
            assert (await bus.update_event_source_mapping(made.uuid, enabled=True)).state == "Enabling"
            await bus.settle()
            assert seen == [1, 2]

            changed = await bus.update_event_source_mapping(made.uuid, batch_size=7)
            assert (changed.state, changed.batch_size) == ("Updating", 7)
            assert await state() == "Enabled"
            with pytest.raises(ResourceConflictException, match=made.uuid):
                await bus.create_event_source_mapping(orders, work, starting_position="LATEST")
            with pytest.raises(InvalidSetting, match="starting_position"):
                await bus.update_event_source_mapping(made.uuid, starting_position="TRIM_HORIZON")

            assert (await bus.delete_event_source_mapping(made.uuid)).state == "Deleting"
            with pytest.raises(ResourceNotFoundException):
                await bus.get_event_source_mapping(made.uuid)
            assert await bus.list_event_source_mappings() == []
            await put(3)
            assert seen == [1, 2]

    virtually(main)


def test_mapping_of_a_queue_at_run_time() -> None:
    """The same operations, its own reason and no processing result."""
    app = App()
    orders = app.add(sqs.Queue("orders"))

    @app.function
    async def work(event: Any, context: Any) -> None: ...

    async def main() -> None:
        async with app.start() as bus:
            await bus[orders].send_message("x")
            made = await bus.create_event_source_mapping(orders, work, batch_size=5)
            assert (made.state, made.state_transition_reason) == ("Creating", "USER_INITIATED")
            assert (made.last_processing_result, made.starting_position) == (None, None)
            await bus.settle()
            assert len(bus.invocations(work)) == 1
            assert bus.sync.list_event_source_mappings(function=work)[0].uuid == made.uuid

    virtually(main)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({}, "starting_position"),
        ({"starting_position": "EARLIEST"}, "starting_position"),
        ({"starting_position": "LATEST", "maximum_concurrency": 5}, "maximum_concurrency"),
        ({"starting_position": "LATEST", "parallelization_factor": 11}, "parallelization_factor"),
        ({"starting_position": "LATEST", "maximum_record_age_in_seconds": 59}, "maximum_record_age_in_seconds"),
        ({"starting_position": "LATEST", "on_failure": "lost"}, "on_failure"),
        ({"starting_position": "LATEST", "batchsize": 5}, "did you mean batch_size"),
    ],
    ids=str,
)
def test_settings_that_a_stream_does_not_take(settings: dict[str, Any], word: str) -> None:
    """Refused by name, where they are written."""
    app = App()
    orders = app.add(kinesis.Stream("orders"))

    @app.function
    async def work(event: Any, context: Any) -> None: ...

    with pytest.raises(InvalidSetting, match=word):
        app.map(orders, work, **settings)


@pytest.mark.parametrize("setting", ["bisect_batch_on_function_error", "on_failure", "starting_position"])
def test_settings_that_a_queue_does_not_take(setting: str) -> None:
    """In AWS's words."""
    app = App()
    orders = app.add(sqs.Queue("orders"))

    @app.function
    async def work(event: Any, context: Any) -> None: ...

    settings: dict[str, Any] = {setting: True}
    with pytest.raises(InvalidSetting, match=f"Unsupported {setting} parameter for given event source mapping"):
        app.map(orders, work, **settings)


def test_counts_of_mappings() -> None:
    """The metrics of the group EventCount, of a queue and of a stream."""
    app = App()
    queue, stream, lost = app.add(sqs.Queue("q")), app.add(kinesis.Stream("s")), app.add(sqs.Queue("lost"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        if "kinesis" in event["Records"][0]:
            raise ValueError("no")

    app.map(queue, work, filter_criteria=[{"body": ["yes"]}])
    app.map(stream, work, starting_position="TRIM_HORIZON", maximum_retry_attempts=1, on_failure=lost)

    async def main() -> list[dict[str, int]]:
        async with app.start() as bus:
            for body in ("yes", "no", "yes"):
                await bus[queue].send_message(body)
                await bus[stream].put_record(data=body.encode(), partition_key="k")
            await bus.settle()
            return [dict(mapping.event_counts) for mapping in await bus.list_event_source_mappings()]

    of_queue, of_stream = virtually(main)
    assert of_queue == {
        "polled_event_count": 3,
        "filtered_out_event_count": 1,
        "invoked_event_count": 2,
        "failed_invoke_event_count": 0,
        "deleted_event_count": 3,
    }
    assert of_stream == {
        "polled_event_count": 3,
        "filtered_out_event_count": 0,
        "invoked_event_count": 6,
        "failed_invoke_event_count": 6,
        "on_failure_destination_delivered_event_count": 3,
        "dropped_event_count": 0,
    }


def test_client_of_a_tables_stream() -> None:
    """Its records can be looked at; the stream of a table that is not in the app has none."""
    app = App()
    orders = app.add(dynamodb.Table("orders", stream_view_type="KEYS_ONLY"))
    elsewhere = dynamodb.Table("elsewhere", stream_view_type="KEYS_ONLY")

    async def main() -> None:
        async with app.start() as bus:
            await bus[orders].put_item({"id": {"S": "1"}})
            assert len(await bus[orders.stream].peek()) == 1
            with pytest.raises(ResourceNotFoundException):
                bus[elsewhere.stream]

    virtually(main)
