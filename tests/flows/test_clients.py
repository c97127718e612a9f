"""Handlers written for Lambda with the libraries that people use run untouched."""

from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes import SQSEvent
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import SqsModel
from aws_lambda_powertools.utilities.typing import LambdaContext

import eventbus
from eventbus import App
from sources import sqs

processor = BatchProcessor(event_type=EventType.SQS)


def one_record(record: Any) -> None:
    if record.body == "bad":
        raise ValueError("bad record")


def batch_handler(event: dict[str, Any], context: LambdaContext) -> Any:
    return process_partial_response(event=event, record_handler=one_record, processor=processor, context=context)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_powertools_batch_processor_behind_a_mapping() -> None:
    """Its partial answers are understood: only the bad record comes back, and ends in the dead-letter queue."""
    app = App()
    dead = app.add(sqs.Queue("dead"))
    orders = app.add(sqs.Queue("orders", redrive=sqs.Redrive(dead, 2)))
    handler = app.function(batch_handler)
    app.map(orders, handler, function_response_types=["ReportBatchItemFailures"])

    async def main() -> None:
        async with app.start() as bus:
            for body in ("a", "bad", "b"):
                await bus[orders].send_message(body)
            await bus.settle()

            sizes = [len(attempt.event["Records"]) for attempt in bus.invocations(handler)]
            assert sizes == [3, 1]
            assert [letter.body for letter in await bus[dead].peek()] == ["bad"]

    eventbus.run(main, virtual=True)


def test_powertools_reads_our_events() -> None:
    """Parser model and data class of an SQS event with attributes."""
    app = App()
    orders = app.add(sqs.Queue("orders"))
    found: list[Any] = []

    @app.function
    def read(event: sqs.SqsEvent, context: Any) -> None:
        model: Any = parse(event=dict(event), model=SqsModel)
        found.append(model.Records[0].messageAttributes["kind"].stringValue)
        record: Any = next(SQSEvent(dict(event)).records)
        found.append(record.message_attributes["kind"].string_value)

    app.map(orders, read)

    async def main() -> None:
        async with app.start() as bus:
            kind = {"kind": {"data_type": "String", "string_value": "order"}}
            await bus[orders].send_message("x", message_attributes=kind)
            await bus.settle()

    eventbus.run(main, virtual=True)
    assert found == ["order", "order"]


HTTP_EVENT = {
    "version": "2.0",
    "routeKey": "$default",
    "rawPath": "/hello",
    "rawQueryString": "name=ada",
    "headers": {"host": "example.org"},
    "queryStringParameters": {"name": "ada"},
    "requestContext": {
        "accountId": "000000000000",
        "apiId": "api",
        "domainName": "example.org",
        "domainPrefix": "example",
        "http": {
            "method": "GET",
            "path": "/hello",
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": "test",
        },
        "requestId": "id",
        "routeKey": "$default",
        "stage": "$default",
        "time": "01/Jan/2026:00:00:00 +0000",
        "timeEpoch": 1_767_225_600_000,
    },
    "isBase64Encoded": False,
}


def test_mangum_answers_an_http_event() -> None:
    """An ASGI app behind mangum: a `def` handler that runs a loop of its own."""
    from fastapi import FastAPI
    from mangum import Mangum

    api = FastAPI()

    @api.get("/hello")
    async def hello(name: str) -> dict[str, str]:
        return {"hello": name}

    app = App()
    handler = app.function(Mangum(api, lifespan="off"), name="api")

    async def main() -> None:
        async with app.start() as bus:
            answer = (await bus.invoke(handler, HTTP_EVENT)).result()
            assert answer["statusCode"] == 200
            assert answer["body"] == '{"hello":"ada"}'

    eventbus.run(main, virtual=True)


def test_powertools_takes_our_context() -> None:
    """The context is structurally the LambdaContext of powertools."""
    from aws_lambda_powertools import Logger

    app = App()
    logger = Logger(service="shop")

    @app.function
    @logger.inject_lambda_context
    def work(event: Any, context: LambdaContext) -> dict[str, Any]:
        return {
            "name": context.function_name,
            "version": context.function_version,
            "arn": context.invoked_function_arn,
            "memory": context.memory_limit_in_mb,
            "group": context.log_group_name,
            "left": context.get_remaining_time_in_millis(),
            "identity": context.identity.cognito_identity_id,
            "client": context.client_context,
            "id": context.aws_request_id,
        }

    async def main() -> None:
        async with app.start() as bus:
            response = await bus.invoke(work)
            assert response.result() == {
                "name": "work",
                "version": "$LATEST",
                "arn": "arn:aws:lambda:us-east-1:000000000000:function:work",
                "memory": "128",
                "group": "/aws/lambda/work",
                "left": 3000,
                "identity": None,
                "client": None,
                "id": response.request_id,
            }

    eventbus.run(main, virtual=True)
