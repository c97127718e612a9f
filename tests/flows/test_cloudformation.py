"""Custom resources with the helpers that people use: real requests to the ResponseURL, in virtual time."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import httpx
import pytest
import urllib3
from aws_lambda_powertools.utilities.data_classes import CloudFormationCustomResourceEvent
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import (
    CloudFormationCustomResourceCreateModel,
    CloudFormationCustomResourceDeleteModel,
    CloudFormationCustomResourceUpdateModel,
)

from eventbus import App, Bus, current_bus, run
from sources import cloudformation, sns, sqs
from tests.contracts.cloudformation_table import CALLBACKS, Callback
from tests.helpers import virtually
from tests.sources.cloudformation.helpers import answer_to, seconds

http = urllib3.PoolManager()


def send(event: Any, context: Any, status: str, data: dict[str, Any], physical_id: str | None = None) -> None:
    """As AWS's bundled `cfnresponse` does it."""
    body = {
        "Status": status,
        "Reason": f"See the details in CloudWatch Log Stream: {context.log_stream_name}",
        "PhysicalResourceId": physical_id or context.log_stream_name,
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
        "NoEcho": False,
        "Data": data,
    }
    content = json.dumps(body)
    headers = {"content-type": "", "content-length": str(len(content))}
    assert http.request("PUT", event["ResponseURL"], headers=headers, body=content).status == 200


def named(event: Any, context: Any) -> None:
    """A provider that names what it makes after its property."""
    name = event["ResourceProperties"].get("Name", "x")
    send(event, context, "SUCCESS", {"Url": f"https://{name}.example.com"}, f"{name}-1")


def stack_of(handler: Callable[..., Any], names: str = "A", **settings: Any) -> tuple[App, cloudformation.Stack]:
    """Each resource depends on the one before."""
    app = App()
    function = app.function(handler, name="work", **settings)
    resources: dict[str, cloudformation.CustomResource] = {}
    for name in names:
        properties = {"Name": name, **{f"After{other}": {"Ref": other} for other in list(resources)[-1:]}}
        resources[name] = cloudformation.CustomResource(function, properties=properties)
    return app, app.add(cloudformation.Stack("shop", resources))


async def status_of(bus: Bus, stack: cloudformation.Stack) -> str:
    return (await bus[stack].describe_stacks())[0].stack_status


@pytest.mark.parametrize("virtual", [True, False], ids=["virtual", "real"])
def test_life_of_a_stack(virtual: bool) -> None:
    """Made, changed, deleted, by a `def` handler."""
    app, stack = stack_of(named, "ABC")

    async def main() -> None:
        async with app.start() as bus:
            await bus[stack].create_stack()
            await bus.settle()
            assert await status_of(bus, stack) == "CREATE_COMPLETE"
            found = await bus[stack].describe_stack_resources()
            assert [each.physical_resource_id for each in found] == ["A-1", "B-1", "C-1"]

            function = app.functions[0]
            changed = cloudformation.CustomResource(function, properties={"Name": "D"})
            await bus[stack].update_stack({**stack.resources, "C": changed})
            await bus.settle()
            assert await status_of(bus, stack) == "UPDATE_COMPLETE"
            assert (await bus[stack].describe_stack_resources())[2].physical_resource_id == "D-1"

            await bus[stack].delete_stack()
            await bus.settle()
            assert await status_of(bus, stack) == "DELETE_COMPLETE"
            types = [attempt.event["RequestType"] for attempt in bus.invocations(function)]
            assert types == ["Create"] * 3 + ["Update", "Delete"] + ["Delete"] * 3
            for attempt in bus.invocations(function):
                read(attempt.event)

    run(main, virtual=virtual)


def read(event: Any) -> None:
    """By the models and data classes of powertools."""
    models: dict[str, Any] = {
        "Create": CloudFormationCustomResourceCreateModel,
        "Update": CloudFormationCustomResourceUpdateModel,
        "Delete": CloudFormationCustomResourceDeleteModel,
    }
    model: Any = parse(event=event, model=models[event["RequestType"]])
    assert model.logical_resource_id == event["LogicalResourceId"]
    data = CloudFormationCustomResourceEvent(event)
    assert data.stack_id == event["StackId"]
    assert data.physical_resource_id == event.get("PhysicalResourceId", "")
    assert data.old_resource_properties == event.get("OldResourceProperties", {})


def test_async_handler_with_httpx() -> None:
    """Virtual time stands while the request is under way, and the handler sleeps for as long as it likes."""

    async def slow(event: Any, context: Any) -> None:
        async with httpx.AsyncClient(verify=False) as client:
            await asyncio.sleep(100)
            answer = await client.put(event["ResponseURL"], content=json.dumps(answer_to(event)))
            assert answer.status_code == 200

    app, stack = stack_of(slow, "AB", timeout=900)

    async def main() -> None:
        async with app.start() as bus:
            await bus[stack].create_stack()
            await bus.settle()
            assert await status_of(bus, stack) == "CREATE_COMPLETE"
            assert seconds(bus) == 200

    virtually(main)


def test_id_that_changes_with_the_environment() -> None:
    """`cfnresponse` names a resource after the log stream: in another environment an update becomes a replacement."""

    def work(event: Any, context: Any) -> None:
        send(event, context, "SUCCESS", {})
        if event["RequestType"] == "Create":
            raise SystemExit  # its environment ends with it

    app, stack = stack_of(work, maximum_retry_attempts=0)
    changed = cloudformation.CustomResource(app.functions[0], properties={"Name": "B"})

    async def main() -> None:
        async with app.start() as bus:
            await bus[stack].create_stack()
            await bus.settle()
            await bus[stack].update_stack({"A": changed})
            await bus.settle()
            types = [attempt.event["RequestType"] for attempt in bus.invocations(app.functions[0])]
            assert types == ["Create", "Update", "Delete"]

    virtually(main)


def test_function_that_fails_before_it_answers() -> None:
    """Tried again after 60 and 180 s, with the same request id; the trace tells the whole of it."""
    seen: list[tuple[float, str, str]] = []

    def work(event: Any, context: Any) -> None:
        seen.append((seconds(current_bus()), event["RequestId"], context.aws_request_id))
        if len(seen) < 3:
            raise ValueError("boom")
        named(event, context)

    app, stack = stack_of(work)

    async def main() -> None:
        async with app.start() as bus:
            await bus[stack].create_stack()
            await bus.settle()
            assert await status_of(bus, stack) == "CREATE_COMPLETE"
            told = str(bus.trace(seen[0][1]))
            assert "Create A" in told
            assert "ValueError: boom" in told
            assert "answered SUCCESS: A-1" in told

    virtually(main)
    assert [at for at, _, _ in seen] == [0, 60, 180]
    assert len({ids[1:] for ids in seen}) == 1


def test_over_a_topic() -> None:
    """The event is the topic's message."""
    app = App()
    topic = app.add(sns.Topic("requests"))

    @app.function
    def work(event: Any, context: Any) -> None:
        named(json.loads(event["Records"][0]["Sns"]["Message"]), context)

    app.add(sns.Subscription(topic, work))
    stack = app.add(cloudformation.Stack("shop", {"A": cloudformation.CustomResource(topic)}))

    async def main() -> None:
        async with app.start() as bus:
            await bus[stack].create_stack()
            await bus.settle()
            assert await status_of(bus, stack) == "CREATE_COMPLETE"

    virtually(main)


def requests(url: str, row: Callback, event: Any) -> int:
    content = json.dumps(answer_to(event) if row.body is None else answer_to(event) | row.body).encode()
    headers = {"Content-Type": row.content_type}
    try:
        with urlopen(Request(url, content, headers, method=row.method)) as answer:
            return int(answer.status)
    except HTTPError as refusal:
        refusal.close()
        return refusal.code


@pytest.mark.parametrize("row", [row for row in CALLBACKS if row.http != 200], ids=lambda row: row.id)
def test_request_that_is_no_callback(row: Callback) -> None:
    """Refused as S3 refuses what was not signed so; the resource goes on waiting."""
    statuses: list[int] = []

    def work(event: Any, context: Any) -> None:
        statuses.append(requests(event["ResponseURL"], row, event))

    app, stack = stack_of(work)

    async def main() -> None:
        async with app.start() as bus:
            await bus[stack].create_stack()
            await bus.advance(3_599)
            assert await status_of(bus, stack) == "CREATE_IN_PROGRESS"

    virtually(main)
    assert statuses == [row.http]


@pytest.mark.parametrize("handler", ["def", "async"])
def test_same_trace_in_every_run(handler: str) -> None:
    """Whatever the port is, and however long requests take. Four `def` handlers answer in one instant; `async` ones one
    after the other: which of two that wait for real answers goes on first nobody can promise."""

    async def work(event: Any, context: Any) -> None:
        async with httpx.AsyncClient(verify=False) as client:
            await client.put(event["ResponseURL"], content=json.dumps(answer_to(event)))

    async def one_run() -> str:
        app = App()
        function = app.function(named if handler == "def" else work, name="work")
        resources: dict[str, cloudformation.CustomResource] = {}
        for name in "ABCD":
            before = list(resources)[-1:] if handler == "async" else []
            resources[name] = cloudformation.CustomResource(function, depends_on=before)
        last = cloudformation.CustomResource(function, depends_on=list(resources))
        stack = app.add(cloudformation.Stack("shop", {**resources, "Last": last}))
        async with app.start(trace="hash") as bus:
            await bus[stack].create_stack()
            await bus.settle()
            assert await status_of(bus, stack) == "CREATE_COMPLETE"
            assert seconds(bus) == 0
            return bus.trace_hash()

    assert len({virtually(one_run) for _ in range(3)}) == 1


def test_two_buses_at_once() -> None:
    """Each has a door of its own, closed with it."""
    app, stack = stack_of(named)
    urls: list[str] = []

    async def main() -> None:
        async with app.start() as one, app.start(seed=7) as two:
            for bus in (one, two):
                await bus[stack].create_stack()
            for bus in (one, two):
                await bus.settle()
                assert await status_of(bus, stack) == "CREATE_COMPLETE"
                urls.append(bus.invocations(app.functions[0])[0].event["ResponseURL"])

    virtually(main)

    assert urls[0].rpartition("/")[0] != urls[1].rpartition("/")[0]
    assert not [thread for thread in threading.enumerate() if thread.name == "eventbus callbacks"]
    with pytest.raises(httpx.ConnectError):
        httpx.put(urls[0], content=b"{}")


def test_only_stacks_have_a_door() -> None:
    app = App()
    app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start():
            assert not [thread for thread in threading.enumerate() if thread.name == "eventbus callbacks"]

    virtually(main)


def test_handler_that_never_answers() -> None:
    """The stack waits for its hour, then for another one."""
    app, stack = stack_of(lambda event, context: None)

    async def main() -> None:
        async with app.start() as bus:
            await bus[stack].create_stack()
            await bus.settle()
            assert await status_of(bus, stack) == "ROLLBACK_FAILED"
            assert seconds(bus) == 7_200

    virtually(main)


def test_deleted_while_it_is_made() -> None:
    """What is under way is given up: its answer comes too late, and it is deleted by an id that was made up."""

    async def work(event: Any, context: Any) -> None:
        await asyncio.sleep(10 if event["RequestType"] == "Create" else 0)
        await current_bus()[stack].put_response(event["ResponseURL"], answer_to(event))

    app, stack = stack_of(work, "AB", timeout=60)

    async def main() -> None:
        async with app.start() as bus:
            await bus[stack].create_stack()
            await bus.advance(5)
            await bus[stack].delete_stack()
            with pytest.raises(cloudformation.ValidationError, match="DELETE_IN_PROGRESS"):
                await bus[stack].update_stack(stack.resources)
            await bus.settle()
            assert await status_of(bus, stack) == "DELETE_COMPLETE"
            created, deleted = bus.invocations(app.functions[0])[::-1]
            assert deleted.event["PhysicalResourceId"].startswith("shop-A-")
            assert "nobody waits for" in str(bus.trace(created.event["RequestId"]))
            assert seconds(bus) == 10

    virtually(main)


def test_calls_that_are_refused() -> None:
    app, stack = stack_of(named)

    async def main() -> None:
        async with app.start() as bus:
            client = bus[stack]
            for call in (client.describe_stacks, client.describe_stack_events, client.describe_stack_resources):
                with pytest.raises(cloudformation.ValidationError, match="Stack with id shop does not exist"):
                    await call()
            with pytest.raises(cloudformation.ValidationError, match="does not exist"):
                await client.update_stack(stack.resources)
            await client.delete_stack()
            await client.create_stack()
            with pytest.raises(cloudformation.AlreadyExistsException, match=r"Stack \[shop\] already exists"):
                await client.create_stack()
            await bus.settle()
            with pytest.raises(cloudformation.ValidationError, match="At least one Resources member"):
                await client.update_stack({})
            general = {"A": cloudformation.CustomResource(app.functions[0], resource_type="Custom::B")}
            with pytest.raises(cloudformation.ValidationError, match="Update of resource type is not permitted"):
                await client.update_stack(general)
            await client.delete_stack()
            await bus.settle()
            await client.create_stack()
            await bus.settle()
            assert await status_of(bus, stack) == "CREATE_COMPLETE"

    virtually(main)


def test_retained() -> None:
    """Nothing is sent when the stack is deleted."""
    app = App()
    function = app.function(named)
    kept = cloudformation.CustomResource(function, deletion_policy="Retain")
    stack = app.add(cloudformation.Stack("shop", {"A": kept}))

    async def main() -> None:
        async with app.start() as bus:
            await bus[stack].create_stack()
            await bus.settle()
            await bus[stack].delete_stack()
            await bus.settle()
            statuses = [event.resource_status for event in await bus[stack].describe_stack_events()]
            assert statuses[:2] == ["DELETE_COMPLETE", "DELETE_SKIPPED"]
            assert len(bus.invocations(function)) == 1

    virtually(main)


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """crhelper sets up the logging of the whole process."""
    loggers = [logging.root, *(logging.getLogger(name) for name in ("boto", "boto3", "botocore", "urllib3"))]
    levels = [logger.level for logger in loggers]
    formatters = [(handler, handler.formatter) for handler in logging.root.handlers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    for handler, formatter in formatters:
        handler.setFormatter(formatter)


@pytest.mark.usefixtures("logging_as_before")
def test_crhelper(monkeypatch: pytest.MonkeyPatch) -> None:
    """It insists on TLS, whatever the URL says; it need not trust our certificate (extra `tls`)."""
    monkeypatch.setenv("AWS_SAM_LOCAL", "1")  # it makes no clients of AWS
    from crhelper import CfnResource

    def create(event: Any, context: Any) -> str:
        helper.Data["Url"] = "https://orders.example.com"
        return "orders-1"

    def update(event: Any, context: Any) -> None:
        raise ValueError("not today")

    helper: Any = CfnResource(ssl_verify=False)
    helper.create(create)
    helper.update(update)
    helper.delete(lambda event, context: None)
    app = App()
    function = app.function(helper, name="work")
    stack = app.add(cloudformation.Stack("shop", {"A": cloudformation.CustomResource(function)}))

    async def main() -> None:
        async with app.start() as bus:
            await bus[stack].create_stack()
            await bus.settle()
            assert (await bus[stack].describe_stack_resources())[0].physical_resource_id == "orders-1"
            changed = cloudformation.CustomResource(function, properties={"Name": "B"})
            await bus[stack].update_stack({"A": changed})
            await bus.settle()
            reasons = [str(event.resource_status_reason) for event in await bus[stack].describe_stack_events()]
            assert any("Message returned: not today" in reason for reason in reasons)
            assert await status_of(bus, stack) == "UPDATE_ROLLBACK_FAILED"
            await bus[stack].delete_stack()
            await bus.settle()
            assert await status_of(bus, stack) == "DELETE_COMPLETE"

    virtually(main)
