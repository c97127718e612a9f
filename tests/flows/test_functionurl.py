"""Function URLs on a running bus: answers at their times, and answers in pieces."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from eventbus import App, Bus, Function, FunctionError, NotInBus, Profile, current_bus
from eventbus.errors import InvalidParameterValueException
from sources import functionurl, sqs
from sources.functionurl import StreamBroken
from tests.helpers import virtually

OK = {"statusCode": 200, "body": "ok"}
HEAD = {"statusCode": 201, "headers": {"content-type": "text/event-stream"}, "cookies": ["a=1", "b=2"]}
REMAPPED = ("x-amzn-remapped-Content-Length", "9")
OCTETS = ("content-type", "application/octet-stream")
Handler = Callable[[Any, Any], Any]


def door_of(handler: Any, **settings: Any) -> tuple[App, Function[Any, Any], functionurl.Url]:
    """`cors` and `invoke_mode` are the URL's, all others the function's."""
    app = App()
    of_url = {name: settings.pop(name) for name in ("cors", "invoke_mode") if name in settings}
    function = app.function(handler, name="work", **settings)
    return app, function, app.add(functionurl.Url(function, **of_url))


def streaming(handler: Any, **settings: Any) -> tuple[App, Function[Any, Any], functionurl.Url]:
    return door_of(handler, invoke_mode="RESPONSE_STREAM", **settings)


async def answers(event: Any, context: Any) -> Any:
    return OK


async def raises(event: Any, context: Any) -> Any:
    raise ValueError("boom")


async def sleeps(event: Any, context: Any) -> Any:
    await asyncio.sleep(800)
    return OK


# --------------------------------------------------------------------------------------------------- outcomes, and when
@pytest.mark.parametrize(
    ("handler", "timeout", "status", "at"),
    [(answers, 3, 200, 0), (raises, 3, 502, 0), (sleeps, 3, 502, 3), (sleeps, 900, 200, 800)],
)
def test_answer_comes_at_its_time(handler: Handler, timeout: int, status: int, at: float) -> None:
    """A URL waits for as long as its function may run."""
    app, _, url = door_of(handler, timeout=timeout)

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[url].request("GET", "/")

            assert (response.status, bus.statistics().now) == (status, at)

    virtually(main)


def test_function_without_capacity() -> None:
    """429, at once; what runs is left alone."""
    app, _, url = door_of(sleeps, timeout=900, reserved_concurrent_executions=1)

    async def main() -> None:
        async with app.start() as bus:
            first = asyncio.create_task(bus[url].request("GET", "/"))
            await asyncio.sleep(0)
            second = await bus[url].request("GET", "/")
            assert (second.status, second.json(), bus.statistics().now) == (429, {"Message": "Rate Exceeded."}, 0)
            assert (await first).status == 200

    virtually(main)


def test_url_needs_its_permission() -> None:
    """`lambda:InvokeFunction`, as the URL's own resource."""
    app, work, url = door_of(answers)

    async def ask() -> int:
        async with app.start(permissions="enforced") as bus:
            status: int = (await bus[url].request("GET", "/")).status
            return status

    assert virtually(ask) == 403
    app.grant(url, "lambda:InvokeFunction", work)
    assert virtually(ask) == 200


def test_preflight_invokes_nothing() -> None:
    """Whatever the function does, and for how long."""
    app, work, url = door_of(sleeps, cors=functionurl.Cors(allow_origins=["*"], allow_methods=["PUT"]))
    headers = {"Origin": "https://a.example", "Access-Control-Request-Method": "PUT"}

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[url].request("OPTIONS", "/", headers=headers)

            assert (response.status, response.header("access-control-allow-methods")) == (200, "PUT")
            assert (bus.invocations(work), bus.statistics().now) == ([], 0)

    virtually(main)


@pytest.mark.parametrize(
    ("fault", "status", "at"),
    [
        (lambda bus, work: bus.faults.throttle(work), 429, 0),
        (lambda bus, work: bus.faults.handler_raises(work, KeyError("x")), 502, 0),
        (lambda bus, work: bus.faults.handler_times_out(work), 502, 3),
        (lambda bus, work: bus.faults.handler_exits(work), 502, 0),
    ],
    ids=["throttled", "raises", "times out", "exits"],
)
def test_declared_faults_reach_clients(fault: Any, status: int, at: float) -> None:
    """Once; the next request finds the function well."""
    app, work, url = door_of(answers)

    async def main() -> None:
        async with app.start() as bus:
            fault(bus, work)
            response = await bus[url].request("GET", "/")
            assert (response.status, bus.statistics().now) == (status, at)
            assert (await bus[url].request("GET", "/")).status == 200
            assert bus.faults.report().never_fired == []

    virtually(main)


@pytest.mark.parametrize("blocking", [False, True], ids=["async", "def"])
def test_handler_that_calls_its_own_url_is_stopped(blocking: bool) -> None:
    """After 16 invocations in one chain."""
    urls: list[functionurl.Url] = []

    async def calls(event: Any, context: Any) -> Any:
        response = await current_bus()[urls[0]].request("GET", "/")
        return {"statusCode": response.status}

    def blocks(event: Any, context: Any) -> Any:
        return {"statusCode": current_bus().sync[urls[0]].request("GET", "/").status}

    app, work, url = door_of(blocks if blocking else calls, timeout=20)
    urls.append(url)

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus[url].request("GET", "/")).status == 502
            assert len(bus.invocations(work)) == 16
            assert bus.statistics().recursive_invocations_dropped == 1

    virtually(main)


def test_trace_tells_a_request() -> None:
    """And why the function's answer was none."""
    app, work, url = door_of(lambda event, context: {"statusCode": 99})

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[url].request("POST", "/a?b=1")
            [attempt] = bus.invocations(work)

            told = str(bus.trace(response.request_id))
            assert (response.status, response.request_id) == (502, attempt.event["requestContext"]["requestId"])
            for line in ("POST /a?b=1", "handed to work with {", "attempt of work", "answered 502: malformed answer"):
                assert line in told

    virtually(main)


def test_sync_bus_has_urls() -> None:
    """Answers in pieces come whole."""
    app, _, url = streaming(three_pieces, timeout=10)

    with app.start_sync(virtual=True) as bus:
        response = bus[url].request("GET", "/")

        assert (response.status, response.text, bus.statistics().now) == (201, "one two three", 3)
        with pytest.raises(InvalidParameterValueException):
            bus[url].request("GET", "/", source_ip=7)


def test_two_buses_and_two_seeds() -> None:
    """Requests have the ids that their bus draws."""
    app, work, url = door_of(answers)

    async def main() -> list[Any]:
        async with app.start(seed=1) as one, app.start(seed=1) as same, app.start(seed=2) as other:
            for bus in (one, same, other, other):
                await bus[url].request("GET", "/")
            return [
                [each.event["requestContext"]["requestId"] for each in bus.invocations(work)]
                for bus in (one, same, other)
            ]

    one, same, other = virtually(main)
    assert one == same
    assert len(set(other)) == 2
    assert one[0] not in other


# --------------------------------------------------------------------------------------------------- answers in pieces
async def three_pieces(event: Any, context: Any) -> AsyncIterator[Any]:
    yield HEAD
    for word in ("one ", b"two ", "three"):
        await asyncio.sleep(1)
        yield word


Sent = tuple[float, dict[str, Any]]


async def over_asgi(bus: Bus, url: functionurl.Url, method: str = "GET", sent: list[Sent] | None = None) -> list[Sent]:
    """What a server is told, and when."""
    told: list[Sent] = [] if sent is None else sent

    async def send(message: Any) -> None:
        told.append((bus.statistics().now, message))

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": method, "path": "/", "raw_path": b"/", "headers": [], "query_string": b""}
    await url.asgi(bus)(scope, receive, send)
    return told


def pieces(told: list[Sent]) -> list[tuple[float, bytes]]:
    return [(at, message["body"]) for at, message in told[1:] if message["body"]]


def test_pieces_come_as_they_are_written() -> None:
    """The head at once, each piece at its time, the end with the end."""
    app, work, url = streaming(three_pieces, timeout=10)

    async def main() -> None:
        async with app.start() as bus:
            told = await over_asgi(bus, url)

            at, start = told[0]
            assert (at, start["type"], start["status"]) == (0, "http.response.start", 201)
            cookies = [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
            assert start["headers"] == [(b"content-type", b"text/event-stream"), *cookies]
            assert pieces(told) == [(1, b"one "), (2, b"two "), (3, b"three")]
            assert told[-1] == (3, {"type": "http.response.body", "body": b""})
            [attempt] = bus.invocations(work)
            assert (attempt.outcome, attempt.result) == ("succeeded", None)
            assert "answered 201: in pieces" in str(bus.trace(attempt.event["requestContext"]["requestId"]))

    virtually(main)


def test_request_waits_for_the_whole_body() -> None:
    """Of whatever pieces."""
    app, _, url = streaming(three_pieces, timeout=10)

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[url].request("GET", "/")

            assert (response.status, response.body, response.stream) == (201, b"one two three", None)
            assert response.header_list("set-cookie") == ["a=1", "b=2"]
            assert bus.statistics().now == 3

    virtually(main)


def yielding(*given: Any) -> Handler:
    async def handler(event: Any, context: Any) -> AsyncIterator[Any]:
        for piece in given:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    return handler


@pytest.mark.parametrize(
    ("given", "status", "headers", "body"),
    [
        (["a", b"b"], 200, [OCTETS], b"ab"),
        (["caf", "é"], 200, [OCTETS], "café".encode()),
        (["", "a", ""], 200, [OCTETS], b"a"),
        ([], 200, [OCTETS], b""),
        ([{}], 200, [OCTETS], b""),
        ([{"statusCode": 204}], 204, [OCTETS], b""),
        ([{"statusCode": "202"}, "a"], 202, [OCTETS], b"a"),
        ([{"headers": {"X-A": True, "Content-Length": 9}}, "a"], 200, [("X-A", "true"), REMAPPED, OCTETS], b"a"),
        ([{"statusCode": 200, "body": "not here"}, "a"], 200, [OCTETS], b"a"),
        ([{"statusCode": "abc"}, "a"], 502, None, b"Internal Server Error"),
        ([{"headers": {"a b": "c"}}, "a"], 502, None, b"Internal Server Error"),
        ([{"cookies": "a=1"}, "a"], 502, None, b"Internal Server Error"),
        ([7], 502, None, b"Internal Server Error"),
        ([None], 502, None, b"Internal Server Error"),
        ([ValueError("boom")], 502, None, b"Internal Server Error"),
    ],
)
def test_what_is_yielded(given: list[Any], status: int, headers: Any, body: bytes) -> None:
    """Texts and bytes are the body; a dict before them is its head. What is wrong with the first piece the client learns
    by its status."""
    app, _, url = streaming(yielding(*given))

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[url].request("GET", "/")

            assert (response.status, response.body) == (status, body)
            assert headers is None or response.headers == headers
            await bus.settle()

    virtually(main)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (["a", ValueError("boom")], "ValueError"),
        ([HEAD, ValueError("boom")], "ValueError"),
        (["a", HEAD], "TypeError"),
        ([HEAD, HEAD], "TypeError"),
        (["a", 7], "TypeError"),
        (["a", None], "TypeError"),
    ],
)
def test_failure_in_the_middle(given: list[Any], error: str) -> None:
    """The answer has begun: its body breaks off, which no status can say any more."""
    app, work, url = streaming(yielding(*given))

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(StreamBroken, match="HandlerFailed"):
                await bus[url].request("GET", "/")
            sent: list[Sent] = []
            with pytest.raises(StreamBroken):
                await over_asgi(bus, url, sent=sent)

            assert sent[0][1]["type"] == "http.response.start"
            assert all(message["more_body"] for _, message in sent[1:])  # its server cuts the connection
            assert [type(attempt.exception).__name__ for attempt in bus.invocations(work)] == [error] * 2

    virtually(main)


@pytest.mark.parametrize("mode", ["RESPONSE_STREAM", "BUFFERED"])
def test_generator_that_is_refused_cleans_up(mode: Any) -> None:
    """Within its attempt: nothing of it is left behind."""
    told: list[str] = []

    async def handler(event: Any, context: Any) -> AsyncIterator[Any]:
        try:
            yield "a"
            yield 7
        finally:
            await asyncio.sleep(1)
            told.append("clean")

    app, work, url = door_of(handler, invoke_mode=mode)

    async def main() -> None:
        async with app.start() as bus:
            sent: list[Sent] = []
            if mode == "BUFFERED":
                assert (await bus[url].request("GET", "/")).status == 502
            else:
                with pytest.raises(StreamBroken):
                    await over_asgi(bus, url, sent=sent)
            [attempt] = bus.invocations(work)
            assert (told, bus.statistics().now, (attempt.end - attempt.start).total_seconds()) == (["clean"], 1, 1)

    virtually(main)


@pytest.mark.parametrize(
    ("given", "body", "content_type"),
    [
        (["a", "é"], '"aé"', "application/json"),
        ([], '""', "application/json"),
        (["a", b"\xff"], b"a\xff", "application/json"),
        ([HEAD, "a", b"b"], b"ab", "text/event-stream"),
        ([HEAD], b"", "text/event-stream"),
    ],
)
def test_buffered_url_gives_one_answer(given: list[Any], body: str | bytes, content_type: str) -> None:
    """As if the handler had returned it."""
    app, _, url = door_of(yielding(*given))

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[url].request("GET", "/")

            assert response.body == (body.encode() if isinstance(body, str) else body)
            assert response.header("content-type") == content_type
            assert response.status == (201 if HEAD in given else 200)
            assert response.header_list("set-cookie") == (["a=1", "b=2"] if HEAD in given else [])

    virtually(main)


def test_buffered_answer_comes_at_its_end() -> None:
    """A failure in its middle is one of the whole."""

    async def fails(event: Any, context: Any) -> AsyncIterator[Any]:
        yield "a"
        await asyncio.sleep(1)
        raise ValueError("boom")

    app, _, url = door_of(three_pieces, timeout=10)
    failing = app.function(fails)
    other = app.add(functionurl.Url(failing))

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[url].request("GET", "/")
            assert (response.status, response.text, bus.statistics().now) == (201, "one two three", 3)
            response = await bus[other].request("GET", "/")
            assert (response.status, bus.statistics().now) == (502, 4)

    virtually(main)


def test_invoke_gives_one_answer() -> None:
    """Whoever asks for no pieces gets none."""
    app, work, _ = streaming(three_pieces, timeout=10)
    plain = app.function(yielding("a", "b"), name="plain")
    fails = app.function(yielding("a", 7), name="fails")

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus.invoke(work)).result() == {
                **HEAD,
                "body": "b25lIHR3byB0aHJlZQ==",
                "isBase64Encoded": True,
            }
            assert (await bus.invoke(plain)).result() == "ab"
            with pytest.raises(FunctionError, match="TypeError"):
                (await bus.invoke(fails)).result()
            await bus.invoke(plain, invocation_type="Event")
            await bus.settle()
            assert [attempt.result for attempt in bus.invocations(plain)] == ["ab", "ab"]

    virtually(main)


async def endless(event: Any, context: Any) -> AsyncIterator[Any]:
    while True:
        yield "x"
        await asyncio.sleep(1)


async def silent(event: Any, context: Any) -> AsyncIterator[Any]:
    await asyncio.sleep(1_000)
    yield "x"


def test_stream_that_never_ends_times_out() -> None:
    """At the timeout of its function; the client has what came before."""
    app, work, url = streaming(endless, timeout=5)

    async def main() -> None:
        async with app.start() as bus:
            sent: list[Sent] = []
            with pytest.raises(StreamBroken, match="TimedOut"):
                await over_asgi(bus, url, sent=sent)

            assert pieces(sent) == [(at, b"x") for at in range(5)]
            assert (bus.statistics().now, bus.invocations(work)[0].outcome) == (5, "timed out")

    virtually(main)


@pytest.mark.parametrize("mode", ["RESPONSE_STREAM", "BUFFERED"])
@pytest.mark.parametrize("handler", [silent, endless], ids=["silent", "endless"])
def test_stream_that_never_began_is_an_error(mode: Any, handler: Handler) -> None:
    """As any timeout; behind a buffered URL nothing ever begins."""
    app, work, url = door_of(handler, timeout=5, invoke_mode=mode)

    async def main() -> None:
        async with app.start() as bus:
            if handler is endless and mode == "RESPONSE_STREAM":
                with pytest.raises(StreamBroken):
                    await bus[url].request("GET", "/")
            else:
                assert (await bus[url].request("GET", "/")).status == 502
            assert (bus.statistics().now, bus.invocations(work)[0].outcome) == (5, "timed out")

    virtually(main)


def test_generator_is_cancelled_at_its_timeout() -> None:
    """And may clean up within the grace; pieces that it yields then still come."""

    async def stubborn(event: Any, context: Any) -> AsyncIterator[Any]:
        yield "a"
        try:
            await asyncio.sleep(100)
        finally:
            yield "z"

    app, _, url = streaming(stubborn)

    async def main() -> None:
        async with app.start(profile=Profile(timeout_grace=1)) as bus:
            sent: list[Sent] = []
            with pytest.raises(StreamBroken, match="TimedOut"):
                await over_asgi(bus, url, sent=sent)

            assert pieces(sent) == [(0, b"a"), (3, b"z")]

    virtually(main)


def test_process_that_exits_in_the_middle() -> None:
    """The body breaks off where it did."""
    app, work, url = streaming(three_pieces, timeout=10)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.handler_exits(work, at_await=2)
            sent: list[Sent] = []
            with pytest.raises(StreamBroken, match="HandlerFailed"):
                await over_asgi(bus, url, sent=sent)

            assert pieces(sent) == [(1, b"one ")]
            assert (await bus[url].request("GET", "/")).text == "one two three"

    virtually(main)


@pytest.mark.parametrize("after", [0.5, 1.5], ids=["before the first piece", "in the middle"])
def test_client_that_gives_up_is_not_missed(after: float) -> None:
    """Its function runs to its end."""

    async def late(event: Any, context: Any) -> AsyncIterator[Any]:
        await asyncio.sleep(1)
        yield "a"
        await asyncio.sleep(1)
        yield "b"

    app, work, url = streaming(late)

    async def main() -> None:
        async with app.start() as bus:
            gone = asyncio.create_task(bus[url].request("GET", "/"))
            await bus.advance(after)
            gone.cancel()
            await asyncio.wait([gone])
            assert gone.cancelled()

            await bus.settle()

            assert [attempt.outcome for attempt in bus.invocations(work)] == ["succeeded"]
            assert bus.statistics().now == 2
            assert (await bus[url].request("GET", "/")).text == "ab"

    virtually(main)


def test_several_streams_at_once() -> None:
    """Each its own."""

    async def counts(event: Any, context: Any) -> AsyncIterator[Any]:
        name = event["rawPath"][1:]
        for n in range(3):
            await asyncio.sleep(1)
            yield f"{name}{n} "

    app, _, url = streaming(counts, timeout=10)

    async def main() -> None:
        async with app.start() as bus:
            found = await asyncio.gather(*(bus[url].request("GET", f"/{name}") for name in "abc"))

            assert [response.text for response in found] == [f"{name}0 {name}1 {name}2 " for name in "abc"]
            assert bus.statistics().now == 3

    virtually(main)


def test_stream_sends_as_its_invocation() -> None:
    """Between two pieces the handler may use its bus: what it sends is in the trace of the request."""
    queues: list[Any] = []

    async def sends(event: Any, context: Any) -> AsyncIterator[Any]:
        yield event["requestContext"]["requestId"]
        await current_bus()[queues[0]].send_message("x")

    app, _, url = streaming(sends)
    queues.append(app.add(sqs.Queue("orders")))

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[url].request("GET", "/")

            assert "to orders" in str(bus.trace(response.text))

    virtually(main)


def test_head_has_no_body() -> None:
    """Nor has what answers 204: the pieces are read and dropped."""
    app, work, url = streaming(three_pieces, timeout=10)
    none = app.add(
        functionurl.Url(app.function(yielding({"statusCode": 204}, "a"), name="none"), invoke_mode="RESPONSE_STREAM")
    )

    async def main() -> None:
        async with app.start() as bus:
            told = await over_asgi(bus, url, "HEAD")
            assert (told[0][1]["status"], pieces(told)) == (201, [])
            response = await bus[url].request("HEAD", "/")
            assert (response.status, response.body) == (201, b"")
            response = await bus[none].request("GET", "/")
            assert (response.status, response.body) == (204, b"")
            assert len(bus.invocations(work)) == 2

    virtually(main)


def test_streamed_answer_to_another_origin() -> None:
    """Has the headers of the URL's CORS."""
    cors = functionurl.Cors(allow_origins=["https://a.example"], expose_headers=["X-A"])
    app, _, url = streaming(yielding("a"), cors=cors)

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[url].request("GET", "/", headers={"Origin": "https://a.example"})

            assert response.header("access-control-allow-origin") == "https://a.example"
            assert response.header("access-control-expose-headers") == "X-A"

    virtually(main)


def test_plain_generator_is_no_stream() -> None:
    """A `def` handler that yields returns what JSON can't say."""

    def yields(event: Any, context: Any) -> Any:
        yield "a"

    app, work, url = streaming(yields)

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus[url].request("GET", "/")).status == 502
            assert bus.invocations(work)[0].outcome == "failed"

    virtually(main)


def test_object_whose_call_is_a_generator_streams() -> None:
    """Handlers need not be functions."""

    class Words:
        async def __call__(self, event: Any, context: Any) -> AsyncIterator[Any]:
            yield "a"
            yield "b"

    app, _, url = streaming(Words())

    async def main() -> None:
        async with app.start() as bus:
            response = await bus[url].request("GET", "/")

            assert (response.text, response.header("content-type")) == ("ab", "application/octet-stream")

    virtually(main)


def test_closing_bus_breaks_streams_off() -> None:
    """Whoever reads is told, now and later."""
    app, _, url = streaming(endless, timeout=900)

    async def main() -> None:
        async with app.start() as bus:
            sent: list[Sent] = []
            reading = asyncio.create_task(over_asgi(bus, url, sent=sent))
            await bus.advance(2)
        with pytest.raises(NotInBus, match="closed"):
            await reading
        assert pieces(sent) == [(0, b"x"), (1, b"x"), (2, b"x")]

    virtually(main)


def test_draining_bus_lets_streams_end() -> None:
    """Within the seconds it is given."""
    app, _, url = streaming(three_pieces, timeout=10)

    async def main() -> None:
        async with app.start() as bus:
            sent: list[Sent] = []
            reading = asyncio.create_task(over_asgi(bus, url, sent=sent))
            await bus.advance(1)
            await bus.aclose(drain=10)
            await reading
            assert pieces(sent) == [(1, b"one "), (2, b"two "), (3, b"three")]

    virtually(main)
