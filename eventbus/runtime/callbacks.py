"""A door on the loopback address for answers that come by HTTP: handlers PUT them to a URL of their event.

Laws: it has threads of its own, because the loop waits while a `def` handler runs in virtual time. A PUT is answered at
once, then told to the machine whose URL it is: on a real clock as soon as the loop may, in virtual time once nothing is
left to do at this instant, in the order in which the URLs were given, so that the order is the same in every run. Time
never jumps past a PUT that is under way. As with a presigned URL of S3, other methods and content types are refused.
The URLs are plain http; a client that speaks TLS to them all the same gets a certificate of our own (extra `tls`).
"""

import asyncio
import logging
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import MSG_PEEK, create_connection, socket
from typing import Any, ClassVar, Final

from attrs import define, field

from eventbus.names import Arn

from . import clock
from .driver import Driver

HOST: Final = "127.0.0.1"
PATIENCE: Final = 5.0
"""Real seconds that a client may take for its request."""
METHODS: Final = ("do_PUT", "do_POST", "do_GET", "do_HEAD", "do_DELETE")
HELLO: Final = b"\x16"
"""How TLS begins."""

logger: Final = logging.getLogger("eventbus.callbacks")


@define(eq=False)
class Callbacks:
    driver: Driver
    waiting: list[tuple[int, str, bytes]] = field(factory=list, init=False)  # PUT in this instant of virtual time
    told: int = field(default=0, init=False)
    _machines: list[Arn] = field(factory=list, init=False)  # by the number in their URLs
    _server: "Server" = field(init=False)
    _thread: threading.Thread = field(init=False)
    closed: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self._server = Server(self)
        self._thread = threading.Thread(target=self._serve, name="eventbus callbacks", daemon=True)
        self._adopt(self._thread)
        self._thread.start()

    def url_of(self, machine: Arn) -> str:
        """What is PUT to `<url>/<name>` is told to `called_back` of that machine."""
        self._machines.append(machine)
        return f"http://{HOST}:{self._server.server_port}/{len(self._machines) - 1}"

    def close(self) -> None:
        """Nobody is answered any more."""
        self.closed = True
        try:
            create_connection((HOST, self._server.server_port)).close()  # the thread waits for somebody
        except OSError:  # it has ended already
            return
        self._thread.join(PATIENCE)

    # ------------------------------------------------------------ on threads of the door
    @contextmanager
    def under_way(self) -> Iterator[None]:
        """The calling thread answers a request: until it has, virtual time stands."""
        loop = self.driver.loop
        self._adopt(threading.current_thread())
        with loop.hold("an answer to be PUT") if isinstance(loop, clock.VirtualLoop) else nullcontext():
            yield

    def put(self, path: str, content: bytes) -> bool:
        """The loop will know; False if there is nobody who asked for it."""
        number, _, name = path.partition("/")
        if not (number.isascii() and number.isdigit() and int(number) < len(self._machines)):
            return False
        try:
            self.driver.loop.call_soon_threadsafe(self._take, int(number), name, content)
        except RuntimeError:  # the loop is closed
            return False
        return True

    def _serve(self) -> None:
        with self._server:
            while not self.closed:
                self._server.handle_request()

    def _adopt(self, thread: threading.Thread) -> None:
        if isinstance(self.driver.loop, clock.VirtualLoop):
            self.driver.loop.adopt(thread)

    # ------------------------------------------------------------ on the loop
    def _take(self, number: int, name: str, content: bytes) -> None:
        loop = self.driver.loop
        if not isinstance(loop, clock.VirtualLoop):
            self._tell(number, name, content)
            return
        self.waiting.append((number, name, content))
        if len(self.waiting) == 1:
            loop.idle().add_done_callback(self._tell_all)

    def _tell_all(self, idle: "asyncio.Future[None]") -> None:
        waiting, self.waiting = self.waiting, []
        for entry in sorted(waiting, key=lambda entry: entry[:2]):  # of one URL: as they came
            self._tell(*entry)

    def _tell(self, number: int, name: str, content: bytes) -> None:
        self.told += 1
        machine = self.driver.machines.get(self._machines[number])
        if machine is not None:
            self.driver.feed_if_alive(machine, machine.called_back, name, content)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, callbacks: Callbacks) -> None:
        self.callbacks = callbacks
        super().__init__((HOST, 0), Request)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return not self.callbacks.closed

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self.callbacks.under_way():
            super().process_request_thread(request, client_address)

    def finish_request(self, request: Any, client_address: Any) -> None:
        with self._opened(request) as connection:
            super().finish_request(connection, client_address)

    def _opened(self, connection: socket) -> socket:
        connection.settimeout(PATIENCE)
        if connection.recv(1, MSG_PEEK) != HELLO:
            return connection
        return self._tls.wrap_socket(connection, server_side=True)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        try:
            import trustme  # noqa: PLC0415  # an extra
        except ImportError:
            logger.warning("an answer came by TLS, which needs the extra: pip install 'eventbus[tls]'")
            raise
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert(HOST).configure_cert(context)
        return context

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or sent what is no HTTP, is nobody's failure."""


class Request(BaseHTTPRequestHandler):
    """HTTP/1.0: one request a connection."""

    timeout: ClassVar[float | None] = PATIENCE
    server: Server

    def answer(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._skip_chunks()
            self._answer(411 if self.command == "PUT" else 403)
            return
        content = self.rfile.read(int(length))
        signed = self.command == "PUT" and not self.headers.get("Content-Type") and len(content) == int(length)
        path = self.path.lstrip("/").partition("?")[0]
        self._answer(200 if signed and self.server.callbacks.put(path, content) else 403)

    def __getattr__(self, name: str) -> Any:
        """`do_PUT` and its sisters: what the server calls for each method."""
        if name in METHODS:
            return self.answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""

    def _skip_chunks(self) -> None:
        """What is not read would cut the answer off."""
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline() or b"0", 16):
                self.rfile.read(size + 2)
            self.rfile.readline()

    def _answer(self, status: int) -> None:
        content = b"<Error><Code>SignatureDoesNotMatch</Code></Error>" if status == 403 else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
