"""HTTP(S) endpoints that an app names as targets: real requests, on a real clock only (extra `http`).

Laws: one request at a time to each URL, in order. An answer of 2xx is a delivery, any other is refused by its status,
no answer at all as `ConnectionError`. The link that confirms a subscription leads to a door of ours on the loopback
address: nothing ever calls a real topic.
"""

import asyncio
import json
import socket
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from math import inf
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs, urlsplit

from attrs import define, field

from eventbus.core.effects import Deliver, Delivered, Effect, Note
from eventbus.errors import EventBusError, InvalidSetting
from eventbus.names import Arn

from .driver import Driver

ANSWER_LIMIT: Final = 15.0
"""Seconds that an endpoint has for its answer (sns:sns-message-delivery-retries)."""
CONFIRMATION: Final = "SubscriptionConfirmation"
MESSAGE_TYPE: Final = "x-amz-sns-message-type"


def is_url(target: str) -> bool:
    return target.startswith(("http://", "https://"))


def http_extra() -> Any:
    """httpx, or an `InvalidSetting` that names the extra."""
    try:
        import httpx  # noqa: PLC0415  # an extra
        import uvicorn  # noqa: F401, PLC0415  # of the same extra
    except ImportError:
        raise InvalidSetting("endpoints over HTTP need the extra: pip install 'eventbus[http]'") from None
    return httpx


def check_url(url: str) -> None:
    """Raise `InvalidSetting` for one that no request can be sent to."""
    httpx = http_extra()
    try:
        _ = urlsplit(url).port, httpx.URL(url).host  # each refuses when it is read
    except (ValueError, httpx.InvalidURL) as reason:
        raise InvalidSetting(f"endpoint={url!r} is refused: {reason}") from None


@define(eq=False)
class Endpoint:
    """A machine to the driver, and the one task that sends what it is given."""

    arn: Arn  # the URL
    driver: Driver
    spawn: "Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]"
    confirmations: "Confirmations"
    delivery_action: ClassVar[str] = "sns:Publish"
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    task: "asyncio.Task[None] | None" = field(default=None, init=False)
    _waiting: deque[Deliver] = field(factory=deque, init=False)
    _under_way: int = field(default=0, init=False)
    _called: asyncio.Event = field(factory=asyncio.Event, init=False)

    def deliver(self, now: float, effect: Deliver) -> None:
        self._waiting.append(effect)
        self._under_way += 1
        self._called.set()
        if self.task is None:
            self.task = self.spawn(self._serve(), f"endpoint {self.arn}")

    def wake(self, now: float) -> None:
        return

    def next_deadline(self) -> float:
        return inf

    def outstanding(self) -> int:
        return self._under_way

    async def _serve(self) -> None:
        async with http_extra().AsyncClient(timeout=None) as client:
            while True:
                while self._waiting:
                    effect = self._waiting.popleft()
                    error = await self._send(client, effect)
                    self.driver.feed_if_alive(self, self._answered, effect, error)
                self._called.clear()
                await self._called.wait()

    async def _send(self, client: Any, effect: Deliver) -> str | None:
        headers = {name: str(value) for name, (_, value) in effect.attributes.items()}
        body = effect.body
        if headers.get(MESSAGE_TYPE) == CONFIRMATION:
            body = self.confirmations.linked(body)
        try:
            async with asyncio.timeout(ANSWER_LIMIT):
                answer = await client.post(self.arn, content=body.encode(), headers=headers)
        except (http_extra().HTTPError, TimeoutError) as error:
            return f"ConnectionError: {type(error).__name__}: {error}"
        return None if answer.is_success else f"Status{answer.status_code}"

    def _answered(self, now: float, effect: Deliver, error: str | None) -> None:
        self._under_way -= 1
        self.effects.append(Delivered(effect.asker, effect.token, error))


@define(eq=False)
class Confirmations:
    """A door on the loopback address for the links that confirm subscriptions."""

    driver: Driver
    spawn: "Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]"
    _port: int = field(default=0, init=False)

    def linked(self, body: str) -> str:
        """The confirmation message, its link leading here."""
        if not self._port:
            self._open()
        message = json.loads(body)
        query = urlsplit(message["SubscribeURL"]).query
        message["SubscribeURL"] = f"http://127.0.0.1:{self._port}/?{query}"
        return json.dumps(message)

    def _open(self) -> None:
        door = socket.create_server(("127.0.0.1", 0))
        self._port = door.getsockname()[1]
        self.spawn(self._serve(door), "confirmations")

    async def _serve(self, door: socket.socket) -> None:
        import uvicorn  # noqa: PLC0415  # an extra

        class Server(uvicorn.Server):
            def capture_signals(self) -> Any:
                """Signals are the host's."""
                return nullcontext()

        with door:
            await Server(uvicorn.Config(self._answer, interface="asgi3", log_level="warning", lifespan="off")).serve(
                sockets=[door]
            )

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI: `GET /?Action=ConfirmSubscription&TopicArn=...&Token=...`."""
        asked = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        machine = self.driver.machines.get(Arn(asked.get("TopicArn", "")))
        status, text = 200, f"<ConfirmSubscriptionResponse>{asked.get('TopicArn')}</ConfirmSubscriptionResponse>"
        if machine is None or asked.get("Action") != "ConfirmSubscription":
            status, text = 404, "<ErrorResponse><Error><Code>NotFound</Code></Error></ErrorResponse>"
        else:
            try:
                self.driver.feed(machine, machine.confirm, asked.get("Token", ""))
            except EventBusError as error:
                status, text = 400, f"<ErrorResponse><Error><Message>{error}</Message></Error></ErrorResponse>"
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/xml")]})
        await send({"type": "http.response.body", "body": text.encode()})
