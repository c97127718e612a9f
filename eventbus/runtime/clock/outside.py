"""What is real and may still answer the loop: sockets, pipes and threads.

A sight is `(certain, what)`. Certain: it will come, so the clock must stand. Not certain: nothing tells, so it is given
a short real grace once before each jump. Connections between two sockets of one loop are never outside.
Not seen at all: datagram sockets, and a peer that speaks unasked later than the grace; hold the clock for those.
"""

import _thread
import asyncio
import os
import platform
import selectors
import socket
import struct
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from math import inf
from typing import TYPE_CHECKING, Any

import attrs

from .wall import real_monotonic

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

GRACE = 0.02  # real seconds that an uncertain sight is waited for
PATIENCE = 1.0  # real seconds in which a new thread may give its first answer; telemetry never gives one
FUTEX = {"x86_64": "202", "aarch64": "98"}.get(platform.machine(), "")  # number of the system call behind every lock

Sight = tuple[bool, str]
Ready = list[tuple[selectors.SelectorKey, int]]


def can_introspect() -> bool:
    """The system tells what a connection has sent and in which system call a thread waits (Linux does)."""
    own = f"/proc/self/task/{threading.get_native_id()}/syscall"
    return sys.platform == "linux" and FUTEX != "" and hasattr(socket, "TCP_INFO") and os.access(own, os.R_OK)


# ---------------------------------------------------------------- sockets and pipes
@attrs.define(eq=False)
class Stranger:
    """A registered file descriptor that may lead outside the loop."""

    heard_at: float  # real time of its last data or registration
    written: int = 0  # bytes we had sent when that data came
    name: object = None  # own address: a reused descriptor has another


class Selector(selectors.DefaultSelector):
    """A selector whose waits are decided by the loop, and which knows the descriptors that lead outside it."""

    def __init__(self, introspection: bool, decide: Callable[[float | None], Ready]) -> None:
        super().__init__()
        self._decide = decide
        self.strangers: dict[int, Stranger] = {}
        self.doors: set[int] = set()  # listening sockets that are open now
        self._introspection = introspection
        self._known: dict[int, Stranger] = {}  # reading may pause: what was heard stays known
        self._places: set[object] = set()  # ports and paths where this loop ever listened

    def select(self, timeout: float | None = None) -> Ready:
        return self._decide(timeout)

    def peek(self) -> Callable[[float, int], object]:
        """A call that says at once whether anything may be ready: epoll's own, at half the price of a whole select."""
        epoll: Any = getattr(self, "_selector", None)
        return epoll.poll if type(epoll).__name__ == "epoll" else lambda _timeout, _most: True

    def poll(self, timeout: float | None) -> Ready:
        """Really wait for at most `timeout`."""
        ready = super().select(timeout)
        if ready and self.strangers:
            self._hear(ready)
        return ready

    def register(self, fileobj: "FileDescriptorLike", events: int, data: object = None) -> selectors.SelectorKey:
        key = super().register(fileobj, events, data)
        with _borrowed(key.fd) as sock:
            if sock is not None and _listens(sock):
                self.doors.add(key.fd)
                self._places.add(_place(sock.getsockname()))
                return key

        stranger = self._known.setdefault(key.fd, Stranger(0.0))
        stranger.heard_at = real_monotonic()
        self.strangers[key.fd] = stranger
        return key

    def unregister(self, fileobj: "FileDescriptorLike") -> selectors.SelectorKey:
        key = super().unregister(fileobj)
        self.strangers.pop(key.fd, None)
        self.doors.discard(key.fd)
        return key

    def look(self, now: float) -> Iterator[Sight]:
        """What each descriptor that leads outside is waiting for; those that turn out to be ours are forgotten."""
        for fd, stranger in list(self.strangers.items()):
            with _borrowed(fd) as sock:
                if sock is None:
                    yield True, f"pipe or device {fd} to have data or to end"
                elif self._is_ours(sock):
                    del self.strangers[fd], self._known[fd]
                elif sight := self._sight(sock, stranger, now):
                    yield sight

    def _hear(self, ready: Ready) -> None:
        """Remember how much each heard stranger had been sent: order by bytes, since the kernel's ages are too coarse.

        (With ticks of 4 ms a request and its quick answer have the same age for ever.) What came is acknowledged at
        once: a peer may keep back the rest of its answer until then, for 40 ms, which is longer than the grace.
        """
        for key, events in ready:
            stranger = self.strangers.get(key.fd)
            if stranger is not None and events & selectors.EVENT_READ:
                with _borrowed(key.fd) as sock:
                    written = self._written(sock) if sock is not None else None
                    if sock is not None and written is not None:
                        stranger.name, stranger.written = sock.getsockname(), written
                        stranger.heard_at = real_monotonic()
                        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _is_ours(self, sock: socket.socket) -> bool:
        """A datagram socket, or one end of a connection to a place on which this loop listens."""
        if sock.type != socket.SOCK_STREAM:
            return True

        name, peer = sock.getsockname(), _peer(sock)
        if sock.family == socket.AF_UNIX:  # no name on either end: a pair of this process
            return not (name or peer) or name in self._places or peer in self._places
        same_host = peer is not None and peer[0] == name[0]
        return _place(name) in self._places or (same_host and _place(peer) in self._places)

    def _sight(self, sock: socket.socket, stranger: Stranger, now: float) -> Sight | None:
        name, peer, written = sock.getsockname(), _peer(sock), self._written(sock)
        heard = stranger.written if stranger.name == name else 0
        if peer is None:
            return True, f"connection {sock.fileno()} to be made"
        if written is None:
            return False, f"connection to {peer}"
        if written > heard:
            return True, f"reply from {peer}"
        if now - stranger.heard_at < GRACE:  # a body often follows its headers by a moment
            return False, f"more from {peer}"
        return None

    def _written(self, sock: socket.socket) -> int | None:
        """Bytes ever given to this connection to send, or None if the system does not tell."""
        if not self._introspection or sock.family not in (socket.AF_INET, socket.AF_INET6):
            return None
        try:
            info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 216)
        except OSError:
            return None
        if len(info) < 216:  # a kernel before 4.19
            return None
        (not_sent,) = struct.unpack_from("I", info, 144)
        sent, sent_again = struct.unpack_from("QQ", info, 200)
        return int(not_sent + sent - sent_again)


@contextmanager
def _borrowed(fd: int) -> Iterator[socket.socket | None]:
    """The socket behind a descriptor that somebody else owns and closes; None for what is no socket."""
    try:
        sock = socket.socket(fileno=fd)
    except OSError:
        yield None
        return
    try:
        yield sock
    finally:
        sock.detach()


def _listens(sock: socket.socket) -> bool:
    return sock.type == socket.SOCK_STREAM and bool(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def _peer(sock: socket.socket) -> tuple[str, int] | str | None:
    try:
        return sock.getpeername()  # type: ignore[no-any-return]        # the address of its family
    except OSError:
        return None


def _place(address: object) -> object:
    """What stands for a listener whatever name it was bound to: its port, or its path."""
    return address[1] if isinstance(address, tuple) else address


# ---------------------------------------------------------------- threads
class State(Enum):
    IDLE = "waits for a lock without a deadline"
    UNCLEAR = "waits for a lock with a deadline"  # as does a thread that waits for its turn
    AT_WORK = "runs, or waits for the outside"


class Threads:
    """Which threads that are not ours may still call the loop: those that ever did, and new ones for a moment."""

    def __init__(self, introspection: bool) -> None:
        self.held: weakref.WeakSet[asyncio.Future[Any]] = weakref.WeakSet()  # futures whose work holds the clock
        self._introspection = introspection
        self._seen = dict.fromkeys(threading.enumerate(), -inf)  # thread -> real time of the first sight
        self._callers: dict[threading.Thread, object] = {}  # thread -> first argument of its last call
        self._settled: list[threading.Thread] = []  # all threads, when none was of any concern
        self._ours: weakref.WeakSet[threading.Thread] = weakref.WeakSet()

    def exist(self) -> bool:
        """There are others than the main one and those that were found to be of no concern."""
        if self._callers:
            return True
        return _thread._count() > 0 and threading.enumerate() != self._settled  # the count is 10 times cheaper

    def called(self, args: tuple[object, ...]) -> None:
        """Note that the current thread calls the loop."""
        self._callers[threading.current_thread()] = args[0] if args else None

    def adopt(self, thread: threading.Thread) -> None:
        self._ours.add(thread)

    def write_off(self) -> None:
        """Nobody is waited for any longer; who calls again counts again."""
        self._callers.clear()
        self._seen = dict.fromkeys(threading.enumerate(), -inf)

    def look(self, now: float) -> Iterator[Sight]:
        """Threads at work, and those of which nothing tells whether they are."""
        alive = threading.enumerate()
        self._seen = {thread: self._seen.get(thread, now) for thread in alive}
        settled = True
        for thread in self._foreign():
            age = now - self._seen.setdefault(thread, now)
            calls = thread in self._callers
            if not calls and age >= PATIENCE:
                continue
            settled = False
            state = self._state(thread)
            if state is State.AT_WORK:
                yield True, f"thread {thread.name!r} at work"
            elif state is State.UNCLEAR and (calls or age < GRACE):
                yield False, f"thread {thread.name!r}"
        self._settled = alive if settled else []

    def may_call(self) -> bool:
        """A thread that could call the loop is not itself waiting for one."""
        return any(
            self._state(thread) is not State.IDLE
            for thread in self._foreign()
            if thread in self._callers or self._seen.get(thread, 0.0) > -inf or thread is threading.main_thread()
        )

    def _foreign(self) -> list[threading.Thread]:
        """Living threads that nobody accounts for; whoever finished work that held the clock belongs to a pool."""
        for thread, answered in list(self._callers.items()):
            if isinstance(answered, asyncio.Future) and answered in self.held:
                self.adopt(thread)
            if thread in self._ours or not thread.is_alive():
                del self._callers[thread]
        own = threading.current_thread()
        return [thread for thread in threading.enumerate() if thread is not own and thread not in self._ours]

    def _state(self, thread: threading.Thread) -> State:
        if not self._introspection:
            return State.UNCLEAR
        try:
            with open(f"/proc/self/task/{thread.native_id}/syscall") as file:
                call = file.read().split()
        except OSError:  # it has ended
            return State.IDLE
        if call[:1] != [FUTEX]:
            return State.AT_WORK
        return State.IDLE if call[4] == "0x0" else State.UNCLEAR  # the fourth argument: its deadline
