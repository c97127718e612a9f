"""What users did to break it, and must not."""

import asyncio
from typing import Any

import pytest
from attrs import evolve

from eventbus import App, BusBroken, EventBusError, InvalidSetting, current_bus
from eventbus.errors import ResourceNotFoundException
from eventbus.names import Arn
from sources import dynamodb, s3, sqs
from tests.helpers import app_of, echo, virtually


def test_many_blocking_calls_on_the_loop() -> None:
    """The counted checkpoint of an async call is no reason to refuse a blocking one."""
    app = App()
    orders = app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start() as bus:
            for number in range(250):
                bus.sync[orders].send_message(str(number))
            assert len(await bus[orders].peek()) == 250

    virtually(main)


def test_settle_inside_a_handler_is_refused() -> None:
    """It would wait for itself."""

    async def waits(event: Any, context: Any) -> None:
        await current_bus().settle()

    app, work = app_of(waits)

    async def main() -> None:
        async with app.start() as bus:
            assert b"wait for itself" in (await bus.invoke(work)).payload

    virtually(main)


def test_refused_permission_of_a_handler_shows_in_the_trace() -> None:
    """Though the handler swallowed the error."""
    app = App()
    orders = app.add(sqs.Queue("orders"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        try:
            await current_bus()[orders].send_message("x")
        except Exception:
            return

    async def main() -> None:
        async with app.start(permissions="enforced") as bus:
            response = await bus.invoke(work)
            await bus.settle()
            assert bus.statistics().refused_permissions == 1
            assert 'app.grant(work, "sqs:SendMessage", orders)' in str(bus.trace(response.request_id))

    virtually(main)


def test_fault_that_met_too_few_awaits_did_not_fire() -> None:
    """A run that showed nothing says so."""

    async def one_await(event: Any, context: Any) -> None:
        await asyncio.sleep(0)

    app, work = app_of(one_await)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.handler_exits(work, at_await=5)
            assert (await bus.invoke(work)).function_error is None
            report = bus.faults.report()
            assert (report.fired, len(report.never_fired)) == ([], 1)
            with pytest.raises(InvalidSetting, match="at_await"):
                bus.faults.handler_exits(work, at_await=-1)
            with pytest.raises(InvalidSetting, match="error"):
                bus.faults.handler_raises(work, "text")  # type: ignore[arg-type]  # what is refused
            with pytest.raises(InvalidSetting, match="nth"):
                bus.faults.throttle(work, nth=1.5)  # type: ignore[arg-type]  # what is refused

    virtually(main)


@pytest.mark.parametrize(
    "refused",
    [
        lambda app, queue, work: app.map(sqs.Queue("orders", visibility_timeout=100), work),
        lambda app, queue, work: app.map(queue, lambda event, context: None),
        lambda app, queue, work: app.map(app.add(s3.Bucket("uploads")), work),
        lambda app, queue, work: app.start(seed="x"),
        lambda app, queue, work: app.start(profile=5),
        lambda app, queue, work: app.function(echo, name=""),
        lambda app, queue, work: App(concurrent_executions=None),  # type: ignore[arg-type]  # what is refused
    ],
    ids=["another queue", "a plain handler", "a bucket", "seed", "profile", "no name", "concurrency"],
)
def test_refused_where_it_is_written(refused: Any) -> None:
    """With a word on why, never by an error from deep inside."""
    app, work = app_of(echo)
    queue = app.add(sqs.Queue("orders"))

    with pytest.raises(InvalidSetting):
        refused(app, queue, work)


def test_blocking_twin_offers_what_the_bus_does() -> None:
    """Faults, trace and statistics, too."""
    app, work = app_of(echo)
    with app.start_sync(virtual=True, seed=7, trace="hash") as bus:
        bus.faults.throttle(work, nth=9)
        response = bus.invoke(work, 1)
        assert bus.trace(response.request_id).found
        assert len(bus.trace_hash()) == 32
        assert bus.statistics().invocations == 1
        assert bus.seed == 7


def test_time_does_not_go_back_nor_nowhere() -> None:
    """A span is a number of seconds."""
    app, _ = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            for span in (-1.0, float("nan"), float("inf")):
                with pytest.raises(Exception, match="seconds"):
                    await bus.advance(span)

    virtually(main)


@pytest.mark.parametrize("wrong", [5, ["k"], {"k": 1}, b"k"], ids=lambda wrong: type(wrong).__name__)
def test_values_of_a_wrong_type_are_the_callers_error(wrong: Any) -> None:
    """Whatever is called with them: the bus goes on."""
    app = App()
    bucket, queue = app.add(s3.Bucket("uploads")), app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start() as bus:
            objects, messages = bus[bucket], bus[queue]
            calls: list[Any] = [
                lambda: objects.put_object(wrong),
                lambda: objects.get_object(wrong),
                lambda: objects.get_object("k", version_id=wrong),
                lambda: objects.delete_object("k", version_id=wrong),
                lambda: objects.list_objects_v2(prefix=wrong),
                lambda: objects.list_objects_v2(delimiter=wrong),
                lambda: objects.list_objects_v2(continuation_token=wrong),
                lambda: objects.list_object_versions(prefix=wrong),
                lambda: objects.upload_part("k", wrong, 1, b""),
                lambda: objects.complete_multipart_upload("k", wrong, [{"part_number": 1, "e_tag": "x"}]),
                lambda: objects.abort_multipart_upload(wrong, "x"),
                lambda: messages.send_message(wrong),
                lambda: messages.delete_message(wrong),
                lambda: messages.change_message_visibility(wrong, 1),
                lambda: messages.set_queue_attributes({"DelaySeconds": wrong}),
                lambda: messages.start_message_move_task(destination_arn=wrong),
            ]
            for call in calls:
                with pytest.raises(EventBusError) as raised:
                    await call()
                assert not isinstance(raised.value, BusBroken)

    virtually(main)


def test_statement_about_what_is_not_in_the_app() -> None:
    """It would allow nothing: refused at the start, by name."""
    app, work = app_of(echo)
    app.grant(work, "sqs:SendMessage", sqs.Queue("elsewhere"))

    with pytest.raises(InvalidSetting, match="sqs:SendMessage.*elsewhere"):
        app.start()


def test_names_where_declared_things_are_due() -> None:
    """A text or a bare handler: the error says what to use."""
    app = App()
    app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start() as bus:
            wrong: Any = "orders"
            with pytest.raises(EventBusError, match=r"'orders' is no declared resource: use what app.add\(\) gave"):
                bus[wrong]
            wrong = echo
            with pytest.raises(EventBusError, match=r"use what app.function\(\) gave"):
                await bus.invoke(wrong)

    virtually(main)


def test_answer_that_the_mapping_does_not_read() -> None:
    """batchItemFailures without function_response_types: all is deleted, as on AWS, and the trace says why."""
    app = App()
    orders = app.add(sqs.Queue("orders"))

    @app.function
    async def work(event: Any, context: Any) -> Any:
        return {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}

    app.map(orders, work)

    async def main() -> str:
        async with app.start() as bus:
            sent = await bus[orders].send_message("x")
            await bus.settle()
            assert await bus[orders].peek() == []
            return str(bus.trace(sent.message_id))

    assert "this mapping has no function_response_types" in virtually(main)


def test_trace_tells_of_faults() -> None:
    """Of the record or request that met it."""
    app = App()
    orders = app.add(sqs.Queue("orders"))
    work = app.function(echo, name="work")
    app.map(orders, work)

    async def main() -> tuple[str, str]:
        async with app.start() as bus:
            bus.faults.deliver_twice(orders)
            sent = await bus[orders].send_message("x")
            await bus.settle()
            bus.faults.throttle(work)
            answer = await bus.invoke(work, 1, invocation_type="Event")
            await bus.settle()
            return str(bus.trace(sent.message_id)), str(bus.trace(answer.request_id))

    message, event = virtually(main)
    assert "fault: deliver_twice, time 1" in message
    assert "fault: throttle, time 1" in event


def test_client_of_one_resource_looks_at_no_other() -> None:
    """Else a hundred thousand queues would cost their square."""
    app = App()
    queues = [app.add(sqs.Queue(f"orders-{number}")) for number in range(3)]

    class Unlisted(dict[Arn, Any]):
        """Asked for one by its name, never for all."""

        __iter__ = values = items = keys = None  # type: ignore[assignment]

    async def main() -> None:
        async with app.start() as bus:
            bus._setup = evolve(bus._setup, resources=Unlisted(bus._setup.resources))

            assert bus[queues[1]] is bus[queues[1]]

    virtually(main)


def test_stream_of_another_app_is_not_found() -> None:
    """Whatever its name: a stream is known as the one that was declared."""

    def orders() -> dynamodb.Table:
        return dynamodb.Table("orders", partition_key=("id", "S"), stream_view_type="NEW_IMAGE")

    app = App()
    mine, other = app.add(orders()), App().add(orders())

    async def main() -> None:
        async with app.start() as bus:
            assert bus[mine.stream] is bus[mine.stream]
        async with app.start() as bus:
            with pytest.raises(ResourceNotFoundException, match="no resource"):
                bus[other.stream]

    virtually(main)
