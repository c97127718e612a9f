"""APIs on a running bus: requests and functions, authorizers, connections, and the time that each of them takes."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eventbus import App, Bus, EventBusError, Function, NotInBus, current_bus, run
from eventbus.errors import AccessDeniedException, InvalidParameterValueException
from sources import apigateway, sqs
from tests.helpers import virtually

ROOT = Path(__file__).parents[2]
OK = {"statusCode": 200, "body": "ok"}
Handler = Callable[[Any, Any], Any]


async def answers(event: Any, context: Any) -> Any:
    return OK


async def raises(event: Any, context: Any) -> Any:
    raise ValueError("boom")


async def takes_40(event: Any, context: Any) -> Any:
    await asyncio.sleep(40)
    return OK


def declare(kind: str, function: Function[Any, Any], app: App, **settings: Any) -> Any:
    """An API of that kind with one way to the function: `/prod/orders`, or `/orders` of HTTP APIs."""
    if kind == "rest":
        api: Any = app.add(apigateway.RestApi("shop"))
        app.add(apigateway.Method(api, "ANY", "/orders", function, **settings))
        return api
    api = app.add(apigateway.HttpApi("shop"))
    app.add(apigateway.Route(api, "ANY /orders", function, payload_format_version=kind, **settings))  # type: ignore[arg-type]  # one of two
    return api


def path_of(kind: str) -> str:
    return "/prod/orders" if kind == "rest" else "/orders"


KINDS = ["rest", "1.0", "2.0"]
kinds = pytest.mark.parametrize("kind", KINDS)


# --------------------------------------------------------------------------------------------------- outcomes, and when
@pytest.mark.parametrize(
    ("kind", "handler", "timeout", "status", "at"),
    [
        ("rest", answers, 3, 200, 0),
        ("rest", raises, 3, 502, 0),
        ("rest", takes_40, 3, 502, 3),
        ("rest", takes_40, 60, 504, 29),
        ("1.0", answers, 3, 200, 0),
        ("1.0", raises, 3, 500, 0),
        ("1.0", takes_40, 3, 500, 3),
        ("1.0", takes_40, 60, 503, 30),
        ("2.0", answers, 3, 200, 0),
        ("2.0", raises, 3, 500, 0),
        ("2.0", takes_40, 3, 500, 3),
        ("2.0", takes_40, 60, 503, 30),
    ],
)
def test_answer_comes_at_its_time(kind: str, handler: Handler, timeout: int, status: int, at: float) -> None:
    """Of the function, at its timeout, or at that of the integration."""
    app = App()
    api = declare(kind, app.function(handler, timeout=timeout), app)

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[api].request("GET", path_of(kind))

            assert (response.status, bus.statistics().now) == (status, at)

    virtually(main)


@kinds
def test_function_that_is_too_late_runs_on(kind: str) -> None:
    """To its end; its client had an answer long before, and gets no other."""
    app = App()
    work = app.function(takes_40, timeout=60)
    api = declare(kind, work, app)

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[api].request("GET", path_of(kind))
            answered_at = bus.statistics().now
            assert bus.invocations(work) == []

            await bus.settle()

            [attempt] = bus.invocations(work)
            assert (attempt.outcome, attempt.result) == ("succeeded", OK)
            assert (answered_at, bus.statistics().now) == (29 if kind == "rest" else 30, 40)
            told = str(bus.trace(attempt.event["requestContext"]["requestId"]))
            assert f"answered {response.status}: the function took longer than the integration may" in told
            assert told.count("answered") == 1

    virtually(main)


@kinds
def test_timeout_of_an_integration_that_is_set(kind: str) -> None:
    """To the millisecond."""
    app = App()
    api = declare(kind, app.function(takes_40, timeout=60), app, timeout_in_millis=1_234)

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[api].request("GET", path_of(kind))

            assert (response.status, bus.statistics().now) == (504 if kind == "rest" else 503, 1.234)

    virtually(main)


@kinds
@pytest.mark.parametrize("reserved", [0, 1])
def test_function_without_capacity_is_not_waited_for(kind: str, reserved: int) -> None:
    """An API retries nothing: the request that finds none fails at once."""
    app = App()
    work = app.function(takes_40, timeout=60, reserved_concurrent_executions=reserved)
    api = declare(kind, work, app)

    async def main() -> None:
        async with app.start() as bus:
            first = [asyncio.create_task(bus[api].request("GET", path_of(kind))) for _ in range(reserved)]
            await asyncio.sleep(0)
            response = await bus[api].request("GET", path_of(kind))

            assert (response.status, bus.statistics().now) == (500, 0)
            assert (bus.statistics().throttles, bus.statistics().running) == (1, reserved)
            for each in first:
                each.cancel()

    virtually(main)


@kinds
def test_api_needs_its_permission(kind: str) -> None:
    """Where permissions are enforced: `lambda:InvokeFunction`, as the API's own resource."""
    app, other = App(), App()
    for each in (app, other):
        api = declare(kind, each.function(answers, name="work"), each)
    other.grant(api, "lambda:InvokeFunction", other.functions[0])

    async def main() -> None:
        async with app.start(permissions="enforced") as bus:
            response = await bus[app.resources[0]].request("GET", path_of(kind))
            assert (response.status, bus.invocations(app.functions[0])) == (500, [])
            assert bus.statistics().refused_permissions == 1
        async with other.start(permissions="enforced") as bus:
            assert (await bus[api].request("GET", path_of(kind))).status == 200

    virtually(main)


def test_permission_of_an_authorizer_is_its_own() -> None:
    """That of the function does not do for it, nor the other way round."""
    app = App()
    work, check = app.function(answers, name="work"), app.function(simple, name="check")
    api = declare("2.0", work, app, authorizer=apigateway.Authorizer(check, enable_simple_responses=True))
    app.grant(api, "lambda:InvokeFunction", work)

    async def main() -> None:
        async with app.start(permissions="enforced") as bus:
            assert (await bus[api].request("GET", "/orders")).status == 500
            assert bus.invocations(work) == bus.invocations(check) == []

    virtually(main)


async def simple(event: Any, context: Any) -> Any:
    return {"isAuthorized": True}


def test_def_handlers_answer_at_once() -> None:
    """Each on the thread of its environment: those that wait for each other meet (on a real clock: in virtual time one
    thread runs at a time)."""
    app = App()
    barrier = threading.Barrier(3)

    def meets(event: Any, context: Any) -> Any:
        barrier.wait(5)
        return {"statusCode": 200, "body": event["queryStringParameters"]["n"]}

    api = declare("2.0", app.function(meets), app)

    async def main() -> None:
        async with app.start() as bus:
            found = await asyncio.gather(*(bus[api].request("GET", f"/orders?n={n}") for n in range(3)))

            assert [response.text for response in found] == ["0", "1", "2"]
            assert bus.statistics().environments == 3

    run(main)


@kinds
def test_invocations_show_the_events(kind: str) -> None:
    """With what came of each, in the order of their ends."""
    app = App()

    @app.function
    async def work(event: Any, context: Any) -> Any:
        return {"statusCode": 200, "body": event["body"]}

    api = declare(kind, work, app)

    async def main() -> None:
        async with app.start() as bus:
            for n in range(3):
                await bus[api].request(
                    "POST", f"{path_of(kind)}?n={n}", headers={"content-type": "text/plain"}, body=f"b{n}"
                )

            attempts = bus.invocations(work)
            assert [attempt.result["body"] for attempt in attempts] == ["b0", "b1", "b2"]
            assert [attempt.event["queryStringParameters"] for attempt in attempts] == [{"n": str(n)} for n in range(3)]
            ids = [attempt.event["requestContext"]["requestId"] for attempt in attempts]
            assert len({*ids, *(attempt.request_id for attempt in attempts)}) == 6

    virtually(main)


def test_trace_tells_a_request() -> None:
    """What was asked, whom it went to, what these sent, and what was answered; by either id."""
    app = App()
    queue = app.add(sqs.Queue("paid"))

    @app.function
    async def check(event: Any, context: Any) -> Any:
        await asyncio.sleep(0.25)
        return {"isAuthorized": True}

    @app.function
    async def work(event: Any, context: Any) -> Any:
        await current_bus()[queue].send_message("x")
        return {"statusCode": 201, "body": event["requestContext"]["requestId"]}

    api = declare("2.0", work, app, authorizer=apigateway.Authorizer(check, enable_simple_responses=True))

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[api].request("GET", "/orders?a=1")

            assert response.request_id == response.text
            trace = bus.trace(response.request_id)
            told = [(entry["at"], entry["word"]) for entry in trace.to_dict()["entries"]]
            assert told == [
                (0, "requested"),
                (0, "routed"),
                (0, "attempt"),
                (0.25, "routed"),
                (0.25, "attempt"),
                (0.25, "responded"),
            ]
            for line in (
                "GET /orders?a=1",
                "handed to check with {",
                "handed to work with {",
                "to paid",
                "answered 201",
            ):
                assert line in str(trace)
            by_invocation = str(bus.trace(bus.invocations(work)[0].request_id))
            for line in ("handed to work with {", "sent message", "answered 201"):
                assert line in by_invocation

    virtually(main)


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        (raises, "answered 502: HandlerFailed"),
        (takes_40, "answered 502: TimedOut"),
        (lambda event, context: {"statusCode": "no"}, "answered 502: malformed answer: statusCode is a text"),
        (lambda event, context: "text", "answered 502: malformed answer: the answer is a text"),
        (
            lambda event, context: {**OK, "more": 1},
            "answered 502: malformed answer: the answer has the unknown key more",
        ),
    ],
)
def test_trace_tells_why_a_request_failed(handler: Handler, why: str) -> None:
    """Clients are told `Internal server error`, whatever it was."""
    app = App()
    work = app.function(handler, name="work")
    api = declare("rest", work, app)

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[api].request("GET", "/prod/orders")
            [attempt] = bus.invocations(work)

            assert response.json() == {"message": "Internal server error"}
            assert why in str(bus.trace(response.request_id))
            assert why in str(bus.trace(attempt.request_id))

    virtually(main)


# ---------------------------------------------------------------------------------------------------- custom integration
EVENT = {"X-Amz-Invocation-Type": "Event"}


def custom(handler: Any, **settings: Any) -> tuple[App, Any, Function[Any, Any], Any]:
    app = App()
    dead = app.add(sqs.Queue("dead"))
    work = app.function(handler, name="work", dead_letter=dead, **settings)
    return app, declare("rest", work, app, type="AWS"), work, dead


def test_event_of_a_custom_integration_is_retried() -> None:
    """The client has its answer at once; the event is the function's own affair, to its dead letter."""
    app, api, work, dead = custom(raises)

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[api].request("POST", "/prod/orders", headers=EVENT, body='{"id":7}')
            assert (response.status, response.body, bus.statistics().now) == (200, b"", 0)
            assert bus.invocations(work) == []

            await bus.settle()

            attempts = bus.invocations(work)
            assert [attempt.event for attempt in attempts] == [{"id": 7}] * 3
            assert [(each.start - attempts[0].start).total_seconds() for each in attempts] == [0, 60, 180]
            [letter] = await bus[dead].peek()
            assert json.loads(letter.body) == {"id": 7}

    virtually(main)


def test_custom_integration_waits_for_the_answer() -> None:
    """Which is the body of a 200, an error too; the event is the body of the request, and nothing else."""

    async def work(event: Any, context: Any) -> Any:
        if event == {}:
            raise ValueError("nothing")
        return [event]

    app, api, function, _ = custom(work)

    async def main() -> None:
        async with app.start() as bus:
            found = await bus[api].request("POST", "/prod/orders", body='{"a": 1.50}')
            failed = await bus[api].request("POST", "/prod/orders")

            assert (found.status, found.json(), found.headers) == (
                200,
                [{"a": 1.5}],
                [("Content-Type", "application/json")],
            )
            assert (failed.status, failed.json()["errorType"], failed.json()["errorMessage"]) == (
                200,
                "ValueError",
                "nothing",
            )
            assert [attempt.event for attempt in bus.invocations(function)] == [{"a": 1.5}, {}]

    virtually(main)


@pytest.mark.parametrize("headers", [{}, EVENT], ids=["answer", "event"])
@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff", b"NaN", b"-Infinity", b"\xef\xbb\xbf{}", json.dumps({"a": 1}).encode("utf-16"), b"[" * 100_000],
    ids=["no json", "no utf-8", "nan", "infinity", "mark", "utf-16", "deep"],
)
def test_custom_integration_takes_json_alone(headers: dict[str, str], body: bytes) -> None:
    """Whatever comes, the bus runs on."""
    app, api, work, _ = custom(answers)

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[api].request("POST", "/prod/orders", headers=headers, body=body)

            assert response.status == 500
            await bus.settle()
            assert bus.invocations(work) == []

    virtually(main)


@pytest.mark.parametrize("headers", [{}, EVENT], ids=["answer", "event"])
def test_custom_integration_passes_on_what_json_can_say(headers: dict[str, str]) -> None:
    """Halves of surrogate pairs too, as they were escaped."""
    app, api, work, _ = custom(answers)

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[api].request("POST", "/prod/orders", headers=headers, body=rb'["\ud800", "\u00e9"]')

            assert response.status == 200
            await bus.settle()
            assert [attempt.event for attempt in bus.invocations(work)] == [["\ud800", "é"]]

    virtually(main)


def test_event_that_nobody_takes() -> None:
    """Is an error of the API, which the trace tells."""
    app, api, work, _ = custom(answers)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.refuse_delivery(work)
            response = await bus[api].request("POST", "/prod/orders", headers=EVENT, body="{}")

            assert response.status == 500
            assert "answered 500: ServiceUnavailable" in str(bus.trace(response.request_id))

    virtually(main)


def test_event_that_is_too_long_is_not_accepted() -> None:
    """Asynchronous ones have 1 MB."""
    app, api, work, _ = custom(answers)

    async def main() -> None:
        async with app.start() as bus:
            statuses = []
            for size in (1_048_576, 1_048_577):
                body = '"' + "x" * (size - 2) + '"'
                response = await bus[api].request("POST", "/prod/orders", headers=EVENT, body=body)
                statuses.append(response.status)
            await bus.settle()

            assert statuses == [200, 500]
            assert len(bus.invocations(work)) == 1

    virtually(main)


# ----------------------------------------------------------------------------------------------------------- authorizers
def policy(arn: str, effect: str = "Allow") -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": arn}
    return {"principalId": "ada", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}


def guarded(check: Handler, **settings: Any) -> tuple[App, Any, Function[Any, Any], Function[Any, Any]]:
    """A REST API with the methods GET and DELETE of `/orders/{id}`; its authorizer, its function."""
    app = App()
    api = app.add(apigateway.RestApi("shop"))
    function, work = app.function(check, name="check"), app.function(answers, name="work")
    authorizer = apigateway.Authorizer(function, **settings)
    for method in ("GET", "DELETE"):
        app.add(apigateway.Method(api, method, "/orders/{id}", work, authorizer=authorizer))
    return app, api, function, work


async def lets_read(event: Any, context: Any) -> Any:
    stage = event["methodArn"].partition("/")[0]
    return policy(f"{stage}/prod/GET/*")


def test_answer_of_an_authorizer_is_kept_for_its_time() -> None:
    """300 s of a REST API, by token; what it allows is looked at anew for each method."""
    app, api, check, work = guarded(lets_read, type="TOKEN")

    async def main() -> None:
        async with app.start() as bus:

            async def ask(method: str = "GET", token: str = "a", id: int = 7) -> int:
                headers = {"Authorization": token}
                return (await bus[api].request(method, f"/prod/orders/{id}", headers=headers)).status  # type: ignore[no-any-return]  # a status

            assert [await ask(), await ask(id=8), await ask("DELETE")] == [200, 200, 403]
            assert len(bus.invocations(check)) == 1
            assert await ask(token="b") == 200
            assert len(bus.invocations(check)) == 2
            await bus.advance(299.999)
            assert await ask() == 200
            assert len(bus.invocations(check)) == 2
            await bus.advance(0.001)
            assert await ask() == 200
            assert len(bus.invocations(check)) == 3
            assert len(bus.invocations(work)) == 5

    virtually(main)


@pytest.mark.parametrize(("ttl", "asked"), [(None, 3), (0, 3), (1, 2), (3_600, 1)])
def test_http_api_keeps_answers_as_it_is_told(ttl: int | None, asked: int) -> None:
    """Not at all by default."""
    app = App()
    check, work = app.function(simple, name="check"), app.function(answers, name="work")
    settings: Any = {"identity_source": "$request.header.Authorization", "enable_simple_responses": True}
    authorizer = apigateway.Authorizer(check, authorizer_result_ttl_in_seconds=ttl, **settings)
    api = declare("2.0", work, app, authorizer=authorizer)

    async def main() -> None:
        async with app.start() as bus:
            for seconds in (0, 0.5, 0.5):
                await bus.advance(seconds)
                response = await bus[api].request("GET", "/orders", headers={"authorization": "x"})
                assert response.status == 200

            assert len(bus.invocations(check)) == asked

    virtually(main)


def test_refusals_are_kept_and_errors_are_not() -> None:
    """An authorizer that failed is asked again."""

    async def check(event: Any, context: Any) -> Any:
        if event["authorizationToken"] == "bad":
            raise ValueError("boom")
        return policy("*", "Deny")

    app, api, function, _ = guarded(check, type="TOKEN")

    async def main() -> None:
        async with app.start() as bus:
            found = []
            for token in ("bad", "bad", "no", "no"):
                response = await bus[api].request("GET", "/prod/orders/7", headers={"Authorization": token})
                found.append((response.status, len(bus.invocations(function))))

            assert found == [(500, 1), (500, 2), (403, 3), (403, 3)]

    virtually(main)


def test_time_of_an_authorizer_is_told_and_is_its_own() -> None:
    """In milliseconds; the function has its whole time after it."""

    async def check(event: Any, context: Any) -> Any:
        await asyncio.sleep(2.5)
        return policy("*")

    app = App()
    work = app.function(takes_40, name="work", timeout=60)
    api = app.add(apigateway.RestApi("shop"))
    authorizer = apigateway.Authorizer(app.function(check), type="TOKEN")
    app.add(apigateway.Method(api, "GET", "/", work, authorizer=authorizer))

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[api].request("GET", "/prod/", headers={"Authorization": "x"})

            assert (response.status, bus.statistics().now) == (504, 31.5)
            await bus.settle()
            [attempt] = bus.invocations(work)
            assert attempt.event["requestContext"]["authorizer"] == {"principalId": "ada", "integrationLatency": 2_500}

    virtually(main)


@kinds
def test_authorizer_has_its_time(kind: str) -> None:
    """Ten seconds of an HTTP API, 29 of a REST API (our choice); what it answers later counts for nothing."""
    limit = 29 if kind == "rest" else 10

    async def check(event: Any, context: Any) -> Any:
        await asyncio.sleep(limit + 0.5)
        return policy("*")

    app = App()
    work = app.function(answers, name="work")
    asked = apigateway.Authorizer(
        app.function(check, timeout=60),
        identity_source="method.request.header.Authorization",
        authorizer_result_ttl_in_seconds=300,
    )
    api = declare(kind, work, app, authorizer=asked)

    async def main() -> None:
        async with app.start() as bus:
            statuses = []
            for _ in range(2):
                response = await bus[api].request("GET", path_of(kind), headers={"Authorization": "x"})
                statuses.append((response.status, bus.statistics().now))
            await bus.settle()

            assert statuses == [(500, limit), (500, 2 * limit)]
            assert bus.invocations(work) == []

    virtually(main)


@pytest.mark.parametrize("depth", [10, 970, 5_000])
def test_context_of_any_depth_leaves_the_bus_alone(depth: int) -> None:
    """An HTTP API hands it on as JSON while it can be said."""

    async def check(event: Any, context: Any) -> Any:
        said: Any = {}
        for _ in range(depth):
            said = {"a": said}
        return {"isAuthorized": True, "context": said}

    app = App()
    authorizer = apigateway.Authorizer(app.function(check), enable_simple_responses=True)
    api = declare("2.0", app.function(answers, name="work"), app, authorizer=authorizer)

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[api].request("GET", "/orders")

            assert response.status in ((200,) if depth == 10 else (200, 413, 500))

    virtually(main)


# ------------------------------------------------------------------------------------------------- chains, clients, buses
@kinds
@pytest.mark.parametrize("blocking", [False, True], ids=["async", "def"])
def test_handler_that_calls_its_own_door_is_stopped(kind: str, blocking: bool) -> None:
    """After 16 invocations in one chain; whoever asked then is told of an error, and so on to the first."""
    app = App()
    doors: list[Any] = []

    async def calls(event: Any, context: Any) -> Any:
        response = await current_bus()[doors[0]].request("GET", path_of(kind))
        return {"statusCode": response.status, "body": response.text}

    def blocks(event: Any, context: Any) -> Any:
        response = current_bus().sync[doors[0]].request("GET", path_of(kind))
        return {"statusCode": response.status, "body": response.text}

    work = app.function(blocks if blocking else calls, name="work", timeout=20)
    doors.append(declare(kind, work, app))

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[doors[0]].request("GET", path_of(kind))

            assert response.status == (502 if kind == "rest" else 500)
            assert len(bus.invocations(work)) == 16
            assert bus.statistics().recursive_invocations_dropped == 1

    virtually(main)


def test_chain_goes_on_over_doors_and_queues() -> None:
    """A function that is asked over its API, and asks by a queue that it is mapped to."""
    app = App()
    dead = app.add(sqs.Queue("dead"))
    queue = app.add(sqs.Queue("orders", redrive=sqs.Redrive(dead, 1)))

    @app.function
    async def work(event: Any, context: Any) -> Any:
        await current_bus()[queue].send_message("x")
        return OK

    api = declare("2.0", work, app)
    app.map(queue, work)

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus[api].request("GET", "/orders")).status == 200
            await bus.settle()

            assert len(bus.invocations(work)) == 16
            assert len(await bus[dead].peek()) == 1

    virtually(main)


@kinds
def test_client_that_gives_up_is_not_missed(kind: str) -> None:
    """Its function runs on; the next request finds nothing of it."""
    app = App()
    work = app.function(takes_40, name="work", timeout=60)
    api = declare(kind, work, app)

    async def main() -> None:
        async with app.start() as bus:
            gone = asyncio.create_task(bus[api].request("GET", path_of(kind)))
            await bus.advance(5)
            gone.cancel()
            await asyncio.wait([gone])
            assert gone.cancelled()

            await bus.settle()

            [attempt] = bus.invocations(work)
            assert (attempt.outcome, bus.statistics().now) == ("succeeded", 40)
            assert (await bus[api].request("GET", "/nowhere")).status in (403, 404)

    virtually(main)


def test_two_buses_at_once() -> None:
    """Of one app: each has its own kept answers, connections and invocations."""
    app, api, check, work = guarded(lets_read, type="TOKEN")
    chat = app.add(apigateway.WebSocketApi("chat"))
    app.add(apigateway.Route(chat, "$default", work))

    async def main() -> None:
        async with app.start() as one, app.start() as two:
            headers = {"Authorization": "x"}
            for bus in (one, two, one):
                assert (await bus[api].request("GET", "/prod/orders/7", headers=headers)).status == 200
            socket = await one[chat].connect("/prod")
            with pytest.raises(apigateway.GoneException):
                await two[chat].post_to_connection(connection_id=socket.connection_id, data="x")

            assert [len(bus.invocations(check)) for bus in (one, two)] == [1, 1]
            assert [len(bus.invocations(work)) for bus in (one, two)] == [2, 1]

    virtually(main)


def test_closing_bus_tells_whoever_waits() -> None:
    """A request under way ends with an error instead of an answer."""
    app = App()
    api = declare("2.0", app.function(takes_40, timeout=60), app)

    async def main() -> None:
        async with app.start() as bus:
            waiting = asyncio.create_task(bus[api].request("GET", "/orders"))
            await bus.advance(1)
        with pytest.raises(NotInBus, match="closed"):
            await waiting
        with pytest.raises(NotInBus, match="closed"):
            await bus[api].request("GET", "/orders")

    virtually(main)


def test_sync_bus_has_doors() -> None:
    """For code that can't await: requests, and connections by `run`."""
    app, api, check, _ = guarded(lets_read, type="TOKEN")
    chat = app.add(apigateway.WebSocketApi("chat"))

    def echoes(event: Any, context: Any) -> Any:
        return {"statusCode": 200, "body": event["body"].upper()}

    app.add(apigateway.Route(chat, "$default", app.function(echoes), route_response=True))

    with app.start_sync(virtual=True) as bus:
        response = bus[api].request("GET", "/prod/orders/7", headers={"Authorization": "x"})
        assert (response.status, response.text) == (200, "ok")
        bus.advance(300)
        assert bus[api].request("DELETE", "/prod/orders/7", headers={"Authorization": "x"}).status == 403
        assert len(bus.invocations(check)) == 2
        socket = bus[chat].connect("/prod")
        bus.run(socket.send("hello"))
        assert bus.run(socket.receive()) == "HELLO"
        with pytest.raises(InvalidParameterValueException):
            bus[api].request("GET", "nowhere")


# ------------------------------------------------------------------------------------------------------------- bad input
BAD: list[tuple[str, dict[str, Any]]] = [
    ("method", {"method": ""}),
    ("method", {"method": "G T"}),
    ("method", {"method": None}),
    ("method", {"method": "GÉT"}),
    ("target", {"target": "orders"}),
    ("target", {"target": ""}),
    ("target", {"target": None}),
    ("target", {"target": "/a b"}),
    ("target", {"target": "/a\tb"}),
    ("target", {"target": "/a\r\nX: 1"}),
    ("target", {"target": "/café"}),
    ("target", {"target": "/\ud800"}),
    ("target", {"target": "https://example.com/"}),
    ("headers", {"headers": None}),
    ("headers", {"headers": 7}),
    ("headers", {"headers": "ab"}),
    ("headers", {"headers": [["a", "b", "c"]]}),
    ("headers", {"headers": {"a": 7}}),
    ("headers", {"headers": {"": "x"}}),
    ("headers", {"headers": {"a b": "x"}}),
    ("headers", {"headers": {"a": " x"}}),
    ("headers", {"headers": {"a": "x\r\ny"}}),
    ("headers", {"headers": {"a": "\x7f"}}),
    ("headers", {"headers": {"a": "\ud800"}}),
    ("body", {"body": None}),
    ("body", {"body": bytearray(b"x")}),
    ("body", {"body": "\ud800"}),
    ("source_ip", {"source_ip": None}),
    ("source_ip", {"source_ip": ""}),
    ("source_ip", {"source_ip": b"127.0.0.1"}),
    ("source_ip", {"source_ip": "1.2.3.4, 5.6.7.8"}),
    ("source_ip", {"source_ip": "\ud800"}),
]


@pytest.mark.parametrize(("what", "given"), BAD, ids=lambda value: repr(value))
def test_request_that_nobody_can_send(what: str, given: dict[str, Any]) -> None:
    """Refused by name; the bus goes on."""
    app = App()
    api = declare("2.0", app.function(answers), app)
    asked = {"method": "GET", "target": "/orders", **given}
    method, target = asked.pop("method"), asked.pop("target")

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(InvalidParameterValueException, match=what):
                await bus[api].request(method, target, **asked)
            assert (await bus[api].request("GET", "/orders")).status == 200

    virtually(main)


# ------------------------------------------------------------------------------------------------------------ WebSockets
def chat(app: App, **settings: Any) -> Any:
    """Whoever says `{"action": "say", "text": ...}` says it to all who are in the room; who leaves is missed."""
    rooms: dict[Bus, dict[str, str]] = {}  # of each bus
    api: Any = app.add(apigateway.WebSocketApi("chat"))

    async def tell(event: Any, text: str) -> None:
        bus, me = current_bus(), event["requestContext"]["connectionId"]
        for other in [each for each in rooms[bus] if each != me]:
            await bus[api].post_to_connection(connection_id=other, data=text)

    @app.function
    async def enters(event: Any, context: Any) -> Any:
        name = event["queryStringParameters"]["name"]
        rooms.setdefault(current_bus(), {})[event["requestContext"]["connectionId"]] = name
        await tell(event, f"{name} enters")
        return {"statusCode": 200}

    @app.function
    async def says(event: Any, context: Any) -> Any:
        me = rooms[current_bus()][event["requestContext"]["connectionId"]]
        await tell(event, f"{me}: {json.loads(event['body'])['text']}")
        return {"statusCode": 200, "body": "told"}

    @app.function
    async def leaves(event: Any, context: Any) -> Any:
        name = rooms[current_bus()].pop(event["requestContext"]["connectionId"])
        await tell(event, f"{name} leaves: {event['requestContext']['disconnectStatusCode']}")

    app.add(apigateway.Route(api, "$connect", enters, **settings))
    app.add(apigateway.Route(api, "say", says, route_response=True))
    app.add(apigateway.Route(api, "$disconnect", leaves))
    return api


def say(text: str) -> str:
    return json.dumps({"action": "say", "text": text})


def test_two_clients_talk() -> None:
    """By handlers that post to the other one."""
    app = App()
    api = chat(app)

    async def main() -> None:
        async with app.start() as bus:
            ada = await bus[api].connect("/prod?name=ada")
            ben = await bus[api].connect("/prod?name=ben")
            assert await ada.receive() == "ben enters"
            await ada.send(say("hello"))
            assert (await ada.receive(), await ben.receive()) == ("told", "ada: hello")
            await ben.send(say("bye"))
            await ben.close(4_000, "done")
            assert [await ada.receive(), await ada.receive()] == ["ben: bye", "ben leaves: 4000"]

            assert (ada.closed, ben.closed) == (False, True)
            assert bus.statistics().now == 0

    virtually(main)


def test_idle_connection_ends_after_ten_minutes() -> None:
    """Counted from the last message either way; whoever stays is told."""
    app = App()
    api = chat(app)

    async def main() -> None:
        async with app.start() as bus:
            ada = await bus[api].connect("/prod?name=ada")
            await bus.advance(599)
            ben = await bus[api].connect("/prod?name=ben")  # ada gets a message: her time begins anew
            await bus.advance(599.5)
            assert (ada.closed, ben.closed) == (False, False)
            await bus.advance(0.5)
            assert (ada.closed, ben.closed) == (True, True)
            assert await ada.receive() == "ben enters"
            with pytest.raises(apigateway.ConnectionClosed) as closed:
                await ada.receive()
            assert (closed.value.code, bus.statistics().now) == (1001, 1199)

    virtually(main)


def test_receiving_waits_for_the_end() -> None:
    """In virtual time the ten minutes take none."""
    app = App()
    api = chat(app)

    async def main() -> None:
        async with app.start() as bus:
            ada = await bus[api].connect("/prod?name=ada")
            with pytest.raises(apigateway.ConnectionClosed):
                await ada.receive()
            assert bus.statistics().now == 600
            with pytest.raises(apigateway.ConnectionClosed, match="1001"):
                await ada.send(say("x"))
            await ada.close()

    virtually(main)


def test_connection_ends_after_two_hours_whatever_it_does() -> None:
    """From the request to connect."""
    app = App()
    api = chat(app)

    async def main() -> None:
        async with app.start() as bus:
            ada = await bus[api].connect("/prod?name=ada")
            while not ada.closed:
                await ada.send(say("x"))
                await bus.advance(300)

            assert bus.statistics().now == 7_200

    virtually(main)


def test_settling_does_not_wait_for_connections() -> None:
    """Only for what runs: open connections are left alone, and are open still."""
    app = App()
    api = chat(app)

    async def main() -> None:
        async with app.start() as bus:
            ada = await bus[api].connect("/prod?name=ada")
            await ada.send(say("x"))
            await bus.settle()

            assert bus.statistics().now == 0
            assert not ada.closed
            assert await ada.receive() == "told"

    virtually(main)


def test_connection_that_is_open_when_the_bus_closes() -> None:
    """Whoever waits for its messages is told; nothing is invoked any more."""
    app = App()
    api = chat(app)
    functions = app.functions

    async def main() -> None:
        async with app.start() as bus:
            ada = await bus[api].connect("/prod?name=ada")
            waiting = asyncio.create_task(ada.receive())
            await asyncio.sleep(0)
        with pytest.raises(NotInBus, match="closed"):
            await waiting
        for call in (ada.send("x"), ada.close(), ada.receive()):
            with pytest.raises(NotInBus, match="closed"):
                await call

        assert [len(bus.invocations(function)) for function in functions] == [1, 0, 0]

    virtually(main)


def test_client_that_gives_up_receiving_loses_nothing() -> None:
    """The next one who asks gets what came meanwhile."""
    app = App()
    api = chat(app)

    async def main() -> None:
        async with app.start() as bus:
            ada = await bus[api].connect("/prod?name=ada")
            waiting = asyncio.create_task(ada.receive())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
            await bus[api].post_to_connection(connection_id=ada.connection_id, data="news")

            assert await ada.receive() == "news"

    virtually(main)


def test_connecting_waits_for_its_function() -> None:
    """Nobody can post before it has answered; a client that gives up meanwhile leaves a connection behind."""
    app = App()
    seen: list[str] = []
    api = app.add(apigateway.WebSocketApi("chat"))

    @app.function
    async def enters(event: Any, context: Any) -> Any:
        id = event["requestContext"]["connectionId"]
        try:
            await current_bus()[api].post_to_connection(connection_id=id, data="early")
        except apigateway.GoneException:
            seen.append(id)
        await asyncio.sleep(2)
        return {"statusCode": 200}

    app.add(apigateway.Route(api, "$connect", enters))

    async def main() -> None:
        async with app.start() as bus:
            connecting = asyncio.create_task(bus[api].connect("/prod"))
            await bus.advance(1)
            assert not connecting.done()
            socket = await connecting
            assert (bus.statistics().now, seen) == (2, [socket.connection_id])

    virtually(main)


@pytest.mark.parametrize(
    ("handler", "timeout", "status", "at"),
    [(raises, 3, 502, 0), (takes_40, 3, 502, 3), (takes_40, 60, 504, 29)],
)
def test_connection_is_refused_at_its_time(handler: Handler, timeout: int, status: int, at: float) -> None:
    """As requests fail."""
    app = App()
    api = app.add(apigateway.WebSocketApi("chat"))
    app.add(apigateway.Route(api, "$connect", app.function(handler, timeout=timeout)))

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(apigateway.ConnectionRefused) as refused:
                await bus[api].connect("/prod")

            assert (refused.value.response.status, bus.statistics().now) == (status, at)

    virtually(main)


@pytest.mark.parametrize(
    ("handler", "timeout", "said", "at"),
    [
        (raises, 3, "Internal server error", 0),
        (takes_40, 3, "Internal server error", 3),
        (takes_40, 60, "Endpoint request timed out", 29),
    ],
)
def test_message_that_fails_is_answered_at_its_time(handler: Handler, timeout: int, said: str, at: float) -> None:
    """By a frame of the API; the connection stays."""
    app = App()
    api = app.add(apigateway.WebSocketApi("chat"))
    app.add(apigateway.Route(api, "$default", app.function(handler, timeout=timeout)))

    async def main() -> None:
        async with app.start() as bus:
            socket = await bus[api].connect("/prod")
            await socket.send("x")
            frame = json.loads(await socket.receive())

            assert (frame["message"], frame["connectionId"]) == (said, socket.connection_id)
            assert (bus.statistics().now, socket.closed) == (at, False)

    virtually(main)


def test_trace_tells_a_message() -> None:
    """By the id that its frame or its event shows, and a connection by its own."""
    app = App()
    api = chat(app)
    says = app.functions[1]

    async def main() -> None:
        async with app.start() as bus:
            ada = await bus[api].connect("/prod?name=ada")
            await ada.send(say("x"))
            await bus.settle()
            await ada.close(4_000, "done")
            [attempt] = bus.invocations(says)

            told = str(bus.trace(attempt.event["requestContext"]["requestId"]))
            assert f"message of {ada.connection_id}" in told
            assert "handed to says with {" in told
            assert f"4 bytes to {ada.connection_id}" in told
            assert "4000 done" in str(bus.trace(ada.connection_id))

    virtually(main)


def test_owner_of_connections_needs_permission() -> None:
    """`execute-api:ManageConnections`, where permissions are enforced, and a handler asks."""
    app = App()
    api = chat(app)
    for function in app.functions:
        app.grant(api, "lambda:InvokeFunction", function)
    says = app.functions[1]

    async def main(granted: bool) -> None:
        async with app.start(permissions="enforced") as bus:
            ada = await bus[api].connect("/prod?name=ada")
            if granted:
                await bus[api].connect("/prod?name=ben")
                await ada.send(say("x"))
                await bus.settle()
                assert bus.invocations(says)[0].outcome == "succeeded"
                return
            with pytest.raises(apigateway.ConnectionRefused):
                await bus[api].connect("/prod?name=ben")
            assert isinstance(bus.invocations(app.functions[0])[1].exception, AccessDeniedException)

    virtually(lambda: main(granted=False))
    for function in app.functions:
        app.grant(function, "execute-api:ManageConnections", api)
    virtually(lambda: main(granted=True))


SENDING: list[tuple[str, Callable[[Any, Any], Any]]] = [
    ("message", lambda client, socket: socket.send("\ud800")),
    ("message", lambda client, socket: socket.send(7)),
    ("message", lambda client, socket: socket.send(["a", None])),
    ("code", lambda client, socket: socket.close(999)),
    ("code", lambda client, socket: socket.close(5_000)),
    ("code", lambda client, socket: socket.close("1000")),
    ("code", lambda client, socket: socket.close(True)),
    ("reason", lambda client, socket: socket.close(1_000, None)),
    ("reason", lambda client, socket: socket.close(1_000, "\ud800")),
    ("reason", lambda client, socket: socket.close(1_000, "é" * 62)),
    ("data", lambda client, socket: client.post_to_connection(connection_id=socket.connection_id, data=None)),
    ("data", lambda client, socket: client.post_to_connection(connection_id=socket.connection_id, data="\ud800")),
    ("not open", lambda client, socket: client.post_to_connection(connection_id=[], data="x")),
    ("not open", lambda client, socket: client.get_connection(connection_id=None)),
    ("target", lambda client, socket: client.connect("prod")),
    ("headers", lambda client, socket: client.connect("/prod", headers=None)),
    ("source_ip", lambda client, socket: client.connect("/prod", source_ip=7)),
]


@pytest.mark.parametrize(("what", "call"), SENDING)
def test_what_nobody_can_send_to_a_connection(what: str, call: Callable[[Any, Any], Any]) -> None:
    """Refused by name; the connection and the bus go on."""
    app = App()
    api = chat(app)

    async def main() -> None:
        async with app.start() as bus:
            ada = await bus[api].connect("/prod?name=ada")
            with pytest.raises(EventBusError, match=what):
                await call(bus[api], ada)

            await ada.send(say("x"))
            assert await ada.receive() == "told"

    virtually(main)


class Peer:
    """A client of WebSockets at the server that runs the API as an ASGI application."""

    def __init__(self, bus: Bus, api: Any, query: bytes = b"name=ada", **scope: Any) -> None:
        self.bus = bus
        self.told: list[tuple[float, dict[str, Any]]] = []
        self.brings: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.brings.put_nowait({"type": "websocket.connect"})
        path = scope.pop("path", "/prod")
        whole = {"type": "websocket", "path": path, "raw_path": path.encode(), "query_string": query, "headers": []}
        self.task = asyncio.create_task(api.asgi(bus)({**whole, **scope}, self.brings.get, self.send))

    async def send(self, message: Any) -> None:
        self.told.append((self.bus.statistics().now, dict(message)))

    def bring(self, kind: str, **given: Any) -> None:
        self.brings.put_nowait({"type": f"websocket.{kind}", **given})

    @property
    def types(self) -> list[str]:
        return [message["type"].removeprefix("websocket.") for _, message in self.told]

    @property
    def texts(self) -> list[str]:
        return [message["text"] for _, message in self.told if message["type"] == "websocket.send"]


def test_two_clients_talk_over_asgi() -> None:
    """As by the client of the bus; who disconnects is told of by the code that the server saw."""
    app = App()
    api = chat(app)

    async def main() -> None:
        async with app.start() as bus:
            ada, ben = Peer(bus, api), Peer(bus, api, b"name=ben")
            await bus.advance(1)
            ada.bring("receive", text=say("hello"))
            await bus.advance(1)
            ben.bring("receive", bytes=None, text=say("bye"))
            await bus.advance(1)
            ben.bring("disconnect", code=1006)
            await bus.advance(1)

            assert ada.types[0] == ben.types[0] == "accept"
            assert ada.texts == ["ben enters", "told", "ben: bye", "ben leaves: 1006"]
            assert ben.texts == ["ada: hello", "told"]
            assert (ada.task.done(), ben.task.done()) == (False, True)
            ada.bring("disconnect")
            await ada.task

    virtually(main)


def test_connection_over_asgi_ends_by_the_api() -> None:
    """Its server is told to close it, with the code, at the time."""
    app = App()
    api = chat(app)

    async def main() -> None:
        async with app.start() as bus:
            idle, binary, deleted = (Peer(bus, api, f"name={n}".encode()) for n in "abc")
            await bus.advance(0)
            binary.bring("receive", bytes=b"x")
            await bus.advance(0)
            assert binary.told[-1] == (
                0,
                {"type": "websocket.close", "code": 1003, "reason": "binary messages are not taken"},
            )
            id = bus.invocations(app.functions[0])[2].event["requestContext"]["connectionId"]
            await bus[api].delete_connection(connection_id=id)
            await bus.advance(0)
            assert deleted.told[-1][1]["code"] == 1000
            await idle.task
            assert (idle.told[-1][0], idle.told[-1][1]["code"]) == (600, 1001)
            assert binary.task.done()
            assert deleted.task.done()

    virtually(main)


def test_client_over_asgi_that_can_not_be_reached() -> None:
    """Its functions are told that it left, though it never said so."""
    app = App()
    api = chat(app)

    class Lost(Peer):
        async def send(self, message: Any) -> None:
            await super().send(message)
            if message["type"] == "websocket.send":
                raise OSError("gone")

    async def main() -> None:
        async with app.start() as bus:
            ada = await bus[api].connect("/prod?name=ada")
            ben = Lost(bus, api, b"name=ben")
            assert await ada.receive() == "ben enters"
            await ada.send(say("hello"))
            await bus.settle()
            await ben.task

            assert [await ada.receive(), await ada.receive()] == ["told", "ben leaves: 1006"]

    virtually(main)


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ({}, [{"type": "websocket.close", "code": 1000}]),
        (
            {"extensions": {"websocket.http.response": {}}},
            [
                {
                    "type": "websocket.http.response.start",
                    "status": 403,
                    "headers": [(b"content-type", b"application/json")],
                },
                {"type": "websocket.http.response.body", "body": b'{"message":"Forbidden"}'},
            ],
        ),
    ],
    ids=["plain", "denial"],
)
def test_refusal_over_asgi(scope: dict[str, Any], told: list[dict[str, Any]]) -> None:
    """With its status where the server can say it."""
    app = App()
    api = chat(app)

    async def main() -> None:
        async with app.start() as bus:
            peer = Peer(bus, api, path="/nowhere", **scope)
            await peer.task

            assert [message for _, message in peer.told] == told

    virtually(main)


def test_request_for_no_socket_over_asgi() -> None:
    """Is plain HTTP, which the API takes none of; nor a proxy's odd target."""
    app = App()
    api = chat(app)

    async def main() -> None:
        async with app.start() as bus:
            plain = Peer(bus, api, type="http", method="GET")
            plain.brings.put_nowait({"type": "http.request"})
            odd = Peer(bus, api, path="*")
            await bus.advance(0)

            assert plain.told[0][1]["status"] == 426
            assert odd.types == ["close"]

    virtually(main)


def test_connection_over_asgi_when_the_bus_closes() -> None:
    """Its client is told that it goes away."""
    app = App()
    api = chat(app)

    async def main() -> None:
        async with app.start() as bus:
            peer = Peer(bus, api)
            await bus.advance(1)
        await peer.task
        assert peer.types[-1] == "close"
        assert peer.told[-1][1]["code"] == 1001

    virtually(main)


# ---------------------------------------------------------------------------------------------------- one seed, one story
def story(seed: int) -> tuple[str, list[Any]]:
    """The hash of the trace and all events of a run with every kind of API."""
    app, rest, _, work = guarded(lets_read, type="TOKEN")
    http = app.add(apigateway.HttpApi("web"))
    app.add(apigateway.Route(http, "$default", work))
    room = chat(app)

    async def main() -> tuple[str, list[Any]]:
        async with app.start(seed=seed, trace="hash") as bus:
            requests = [bus[http].request("GET", f"/{n}?b=1&a=2", headers={"x-b": "1", "x-a": "2"}) for n in range(5)]
            await asyncio.gather(*requests)
            for token in ("a", "b", "a"):
                await bus[rest].request("GET", "/prod/orders/7", headers={"Authorization": token})
                await bus.advance(7)
            ada, ben = [await bus[room].connect(f"/prod?name={name}") for name in ("ada", "ben")]
            await ben.send(say("hello"))
            await ada.close()
            await bus.settle()
            events = [attempt.event for function in app.functions for attempt in bus.invocations(function)]
            return bus.trace_hash(), events

    return virtually(main)


def test_one_seed_gives_one_story() -> None:
    """The same events to the last id; another seed gives others."""
    first, again, other = story(7), story(7), story(8)

    assert first == again
    assert first[0] != other[0]
    assert len(first[1]) == len(other[1]) == 14
    told = [event["requestContext"] for event in first[1] if "requestContext" in event]
    others = [event["requestContext"] for event in other[1] if "requestContext" in event]
    assert all(one["requestId"] != two["requestId"] for one, two in zip(told, others, strict=True))


def test_another_hash_seed_changes_nothing() -> None:
    """In a process of its own."""
    code = "import json; from tests.flows.test_apigateway import story; print(json.dumps(story(7)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)},
    )

    assert done.returncode == 0, done.stderr[-2_000:]
    assert json.loads(done.stdout) == list(story(7))
