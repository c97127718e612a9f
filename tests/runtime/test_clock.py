"""Virtual time: when it jumps, when it stands, what it says when it can do neither."""

import asyncio
import datetime as dt
import io
import logging
import math
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any, TypeVar

import anyio
import anyio.from_thread
import anyio.to_thread
import httpx
import pytest

from eventbus.runtime.clock import (
    VIRTUAL_START,
    AsleepForever,
    ClockStuck,
    VirtualLoop,
    epoch_of,
    fresh_seed,
    is_virtual,
    park_sleeps_with,
    real_monotonic,
    run,
)
from eventbus.runtime.clock import loop as loop_module

T = TypeVar("T")
DAY = 86_400.0
WORK = 0.05  # real seconds that outside work takes here


def go(main: Callable[[], Coroutine[Any, Any, T]], **options: Any) -> T:
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(**options)) as runner:
        return runner.run(main())


def virtual_loop() -> VirtualLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop


def now() -> float:
    return asyncio.get_running_loop().time()


def work() -> str:
    time.sleep(WORK)
    return "done"


class Elapsed:
    """Real seconds that a block took."""

    seconds = 0.0

    def __enter__(self) -> "Elapsed":
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start


# ---------------------------------------------------------------- jumping
def test_fourteen_days_pass_at_once() -> None:
    """A sleep of two weeks ends at its own time and costs no real time."""

    async def main() -> float:
        await asyncio.sleep(14 * DAY)
        await anyio.sleep(60)
        return now()

    with Elapsed() as elapsed:
        assert run(main, virtual=True) == 14 * DAY + 60
    assert elapsed.seconds < 1


def test_time_is_the_timers_own() -> None:
    """A jump lands on the timer's `when` itself, in order, whatever sums of spans would round to."""
    whens = [0.1, 0.1 + 0.2, 0.3, 1e6 + 0.1, 1e9 + 1e-6]

    async def main() -> list[float]:
        seen: list[float] = []
        loop = asyncio.get_running_loop()
        for when in reversed(whens):
            loop.call_at(when, lambda: seen.append(loop.time()))
        await asyncio.sleep(2e9)
        return seen

    assert run(main, virtual=True) == sorted(whens)


def test_timers_fire_after_two_hundred_days() -> None:
    """Time goes on when it has become so large that asyncio's own clock resolution is lost in it."""

    async def main() -> float:
        await asyncio.sleep(2.0**25)
        await asyncio.sleep(2.0**40)
        await asyncio.sleep(0.5)
        return now()

    assert run(main, virtual=True) == 2.0**25 + 2.0**40 + 0.5


def test_timeouts_are_virtual() -> None:
    """asyncio's and anyio's timeouts, httpx's included, fire at their virtual deadline."""

    async def main() -> list[object]:
        seen: list[object] = []
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3):
                await asyncio.sleep(4)
        seen.append(now())
        with anyio.move_on_after(5) as scope:
            await anyio.sleep(10)
        seen += [scope.cancelled_caught, now()]
        with pytest.raises(TimeoutError):
            with anyio.fail_after(2):
                await anyio.sleep_forever()
        return [*seen, now()]

    assert run(main, virtual=True) == [3.0, True, 8.0, 10.0]


def test_sleepers_wake_in_order_and_alike_in_each_run() -> None:
    """Many sleepers wake in the order of their deadlines, equal deadlines in the same order in every run."""

    async def main() -> list[int]:
        woken: list[int] = []

        async def sleeper(number: int) -> None:
            await asyncio.sleep(number * 7 % 13)
            woken.append(number)

        async with asyncio.TaskGroup() as group:
            for number in range(50):
                group.create_task(sleeper(number))
        return woken

    first = run(main, virtual=True)
    assert [n * 7 % 13 for n in first] == sorted(n * 7 % 13 for n in range(50))
    assert run(main, virtual=True) == first


def test_handle_that_a_thread_adds_in_between_runs_before_the_jump() -> None:
    """A handle whose wake-up byte is not there yet keeps time where it is."""

    async def main() -> list[float]:
        loop, seen = virtual_loop(), []
        peek = loop._peek

        def race(timeout: float, most: int) -> object:
            loop._peek = peek
            nothing = peek(timeout, most)
            loop.call_soon(lambda: seen.append(loop.time()))
            return nothing

        loop._peek = race
        await asyncio.sleep(DAY)
        return [*seen, now()]

    assert run(main, virtual=True) == [0.0, DAY]


def test_idle_is_the_end_of_an_instant() -> None:
    """`idle()` is done after everything that is left to do at this instant, chains and threads too (sleeps 0.05 s)."""

    async def main() -> list[object]:
        seen: list[object] = []

        async def chain() -> None:
            for _ in range(100):
                await asyncio.sleep(0)
            seen.append(await asyncio.to_thread(work))
            await asyncio.sleep(1)
            seen.append("later")

        task = asyncio.create_task(chain())
        given_up = virtual_loop().idle()
        given_up.cancel()
        await virtual_loop().idle()
        seen.append(now())
        await task
        return seen

    assert run(main, virtual=True) == ["done", 0.0, "later"]


# ---------------------------------------------------------------- threads
@pytest.mark.parametrize(
    "in_thread",
    [
        pytest.param(lambda: asyncio.to_thread(work), id="asyncio"),
        pytest.param(lambda: anyio.to_thread.run_sync(work), id="anyio"),
        pytest.param(lambda: asyncio.get_running_loop().run_in_executor(None, work), id="executor"),
    ],
)
def test_clock_stands_while_a_pool_thread_works(in_thread: Callable[[], Awaitable[str]]) -> None:
    """Real work in a worker thread takes no virtual time (really sleeps: a thread has to work for 0.05 s)."""

    async def main() -> tuple[str, float]:
        async with asyncio.timeout(0.01):
            answer = await in_thread()
        return answer, now()

    assert run(main, virtual=True) == ("done", 0.0)


def test_waiting_for_an_anyio_limiter_takes_virtual_time() -> None:
    """Only the thread's work holds the clock, not the wait for a token that a sleeping task has."""

    async def main() -> float:
        limiter = anyio.CapacityLimiter(1)

        async def owner() -> None:
            async with limiter:
                await asyncio.sleep(DAY)

        async with asyncio.TaskGroup() as group:
            group.create_task(owner())
            await asyncio.sleep(1)
            await anyio.to_thread.run_sync(work, limiter=limiter)
        return now()

    assert go(main, watchdog=0.5) == DAY


def test_anyio_threads_of_real_loops_are_as_before() -> None:
    """A real loop's anyio threads work as ever after a virtual loop has been made."""

    async def main() -> list[object]:
        here = await anyio.to_thread.run_sync(threading.current_thread)
        with pytest.raises(ZeroDivisionError):
            await anyio.to_thread.run_sync(lambda: 1 // 0, abandon_on_cancel=True)
        return [here is threading.current_thread(), is_virtual(asyncio.get_running_loop())]

    VirtualLoop().close()
    assert run(main) == [False, False]


@pytest.mark.parametrize("introspection", [None, False], ids=["introspection", "fallback"])
def test_idle_pool_threads_cost_no_grace(introspection: bool | None) -> None:
    """Jumps are fast again as soon as the pools' threads are idle (measured really)."""

    async def main() -> float:
        await asyncio.to_thread(work)
        await anyio.to_thread.run_sync(work)
        start = time.perf_counter()
        for _ in range(200):
            await asyncio.sleep(1)
        return time.perf_counter() - start

    assert go(main, introspection=introspection) < 1  # 200 graces are 4 s


def test_process_pool_holds_the_clock_and_is_idle_afterwards() -> None:
    """Work in another process takes no virtual time, and the pool's own thread does not stop time later on."""

    async def main() -> list[object]:
        with ProcessPoolExecutor(1) as pool:
            other = await asyncio.get_running_loop().run_in_executor(pool, os.getpid)
            answered_at = now()
            await asyncio.sleep(DAY)
        return [other != os.getpid(), answered_at, now()]

    assert go(main, watchdog=5) == [True, 0.0, DAY]


def test_new_foreign_thread_is_waited_for() -> None:
    """A thread that answers for the first time is in time (really sleeps: the thread works for 0.05 s)."""

    async def main() -> tuple[str, float]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str] = loop.create_future()
        threading.Thread(target=lambda: loop.call_soon_threadsafe(answer.set_result, work())).start()
        async with asyncio.timeout(1):
            return await answer, now()

    assert run(main, virtual=True) == ("done", 0.0)


def test_known_foreign_thread_is_waited_for_and_then_idle() -> None:
    """A driver's own thread takes no virtual time however long it lives (really sleeps: it works for 0.05 s)."""

    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        orders: queue.SimpleQueue[asyncio.Future[str] | None] = queue.SimpleQueue()

        def driver() -> None:
            while (answer := orders.get()) is not None:
                loop.call_soon_threadsafe(answer.set_result, work())

        thread = threading.Thread(target=driver)
        thread.start()
        times = []
        for _ in range(3):
            answer: asyncio.Future[str] = loop.create_future()
            orders.put(answer)
            async with asyncio.timeout(0.01):
                await answer
            times.append(now())
            await asyncio.sleep(DAY)
        orders.put(None)
        thread.join()
        return times

    assert run(main, virtual=True) == [0.0, DAY, 2 * DAY]


def test_threads_that_never_call_cost_nothing() -> None:
    """Telemetry and debugger threads are waited for once at most, not at each jump (measured really)."""
    stop = threading.Event()

    def debugger() -> None:
        while not stop.is_set():
            time.sleep(0.01)

    def telemetry() -> None:
        while not stop.wait(0.01):
            pass

    before = threading.Thread(target=debugger)
    before.start()

    async def main() -> float:
        threading.Thread(target=telemetry).start()
        start = time.perf_counter()
        for _ in range(500):
            await asyncio.sleep(1)
        return time.perf_counter() - start

    try:
        assert run(main, virtual=True) < 2  # 500 graces are 10 s
    finally:
        stop.set()
        before.join()


def test_adopted_thread_is_not_waited_for() -> None:
    """Whoever adopts a thread accounts for it: time jumps past its work."""

    async def main() -> float:
        loop, stop = virtual_loop(), threading.Event()

        def busy() -> None:
            loop.adopt(threading.current_thread())
            loop.call_soon_threadsafe(started.set_result, None)
            while not stop.is_set():
                time.sleep(0.001)

        started: asyncio.Future[None] = loop.create_future()
        thread = threading.Thread(target=busy)
        loop.adopt(thread)
        with loop.hold("the thread to start"):
            thread.start()
            await started
        await asyncio.sleep(DAY)
        stop.set()
        thread.join()
        return now()

    assert go(main, watchdog=0.2) == DAY


def test_loop_in_another_thread_waits_for_the_main_one() -> None:
    """A portal's loop with nothing to do is not asleep for ever while its caller is at work (really sleeps 0.05 s)."""

    async def sleep_a_day() -> None:
        await asyncio.sleep(DAY)

    with anyio.from_thread.start_blocking_portal(backend_options={"loop_factory": VirtualLoop}) as portal:
        time.sleep(WORK)
        assert portal.call(anyio.current_time) == 0.0

        portal.call(sleep_a_day)

        assert portal.call(anyio.current_time) == DAY


# ---------------------------------------------------------------- holds
def test_clock_stands_inside_a_hold() -> None:
    """Time waits for a hold to be given back, by another thread as well (really sleeps: 0.05 s of it)."""

    async def main() -> list[float]:
        loop, times = virtual_loop(), []
        with loop.hold("the proof"):
            await asyncio.sleep(0)
            sleeper = asyncio.create_task(asyncio.sleep(DAY))
            await asyncio.to_thread(work)
            times.append(now())
            assert not sleeper.done()

        def elsewhere() -> None:
            with loop.hold("elsewhere"):
                taken.set()
                work()

        taken = threading.Event()
        thread = threading.Thread(target=elsewhere)
        loop.adopt(thread)
        thread.start()
        taken.wait()
        start = time.perf_counter()
        await asyncio.sleep(5)
        times += [now(), float(time.perf_counter() - start >= WORK / 2)]
        return times

    assert run(main, virtual=True) == [0.0, 5.0, 1.0]


def test_given_back_hold_wakes_a_loop_without_timers() -> None:
    """A thread that gives back its hold is noticed although it calls nothing (really sleeps: 0.05 s of work)."""

    async def main() -> None:
        loop = virtual_loop()
        taken = threading.Event()

        def elsewhere() -> None:
            with loop.hold("elsewhere"):
                taken.set()
                work()

        thread = threading.Thread(target=elsewhere)
        loop.adopt(thread)
        thread.start()
        taken.wait()
        await asyncio.Event().wait()

    with Elapsed() as elapsed, pytest.raises(AsleepForever):
        run(main, virtual=True)
    assert WORK / 2 < elapsed.seconds < 2


def test_given_back_hold_is_noticed_at_once() -> None:
    """A thread's release wakes the waiting loop, which need not find out by itself 20 ms later (sleeps 50 x 1 ms)."""

    async def main() -> float:
        loop = virtual_loop()
        given: queue.SimpleQueue[AbstractContextManager[None] | None] = queue.SimpleQueue()

        def handler() -> None:
            while (hold := given.get()) is not None:
                time.sleep(0.001)
                hold.__exit__(None, None, None)

        thread = threading.Thread(target=handler)
        loop.adopt(thread)
        thread.start()
        for _ in range(50):
            hold = loop.hold("the handler")
            hold.__enter__()
            given.put(hold)
            await asyncio.sleep(1)
        given.put(None)
        return now()

    with Elapsed() as elapsed:
        assert run(main, virtual=True) == 50
    assert elapsed.seconds < 0.5


# ---------------------------------------------------------------- sockets and processes
async def answer_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server's side of one connection: each request is answered after 30 virtual seconds."""
    while await reader.readline():
        while (await reader.readline()).strip():
            pass
        await asyncio.sleep(30)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi")
        await writer.drain()
    writer.close()


@asynccontextmanager
async def own_server(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]] = answer_http,
) -> AsyncIterator[int]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.sleep(1)  # for its connections to see their clients go


def test_datagrams_within_the_loop_let_time_jump() -> None:
    """Datagram sockets of the loop deliver at once and stop no clock."""

    class Echo(asyncio.DatagramProtocol):
        def __init__(self) -> None:
            self.heard = asyncio.Event()

        def datagram_received(self, data: bytes, address: Any) -> None:
            self.heard.set()

    async def main() -> float:
        loop = asyncio.get_running_loop()
        one, protocol = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
        other, _ = await loop.create_datagram_endpoint(Echo, remote_addr=one.get_extra_info("sockname"))
        for _ in range(3):
            other.sendto(b"hello")
            async with asyncio.timeout(1):
                await protocol.heard.wait()
            protocol.heard.clear()
            await asyncio.sleep(DAY)
        one.close()
        other.close()
        return now()

    assert run(main, virtual=True) == 3 * DAY


OTHER_PROCESS = """
import socketserver, time
class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while line := self.rfile.readline():
            if b"HTTP" in line:
                while self.rfile.readline().strip(): pass
                time.sleep(0.15)
                self.wfile.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n")
                self.wfile.write(b"ok")
            elif b"parts" in line:
                self.wfile.write(b"a\\n")
                time.sleep(0.005)
                self.wfile.write(b"b\\n")
            else:
                time.sleep(float(line))
                self.wfile.write(line)
class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
with Server(("127.0.0.1", 0), Handler) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
"""


@pytest.fixture(scope="module")
def other_process() -> Iterator[int]:
    """The port of a server in another process: HTTP after 0.15 s, other lines after the seconds they say."""
    with subprocess.Popen([sys.executable, "-c", OTHER_PROCESS], stdout=subprocess.PIPE, text=True) as process:
        assert isinstance(process.stdout, io.TextIOBase)
        yield int(process.stdout.readline())
        process.terminate()


@pytest.mark.parametrize("introspection", [None, False], ids=["introspection", "fallback"])
def test_http_within_the_loop_takes_virtual_time_only(introspection: bool | None) -> None:
    """Twenty requests to a server of the same loop that needs 30 s each take 600 s, and no real ones."""

    async def main() -> float:
        async with own_server() as port, httpx.AsyncClient(timeout=31) as client:
            for _ in range(20):
                assert (await client.get(f"http://127.0.0.1:{port}/")).text == "hi"
            return now()

    with Elapsed() as elapsed:
        assert go(main, introspection=introspection) == 600
    assert elapsed.seconds < 2


def test_server_that_does_not_listen_to_its_client_is_still_ours() -> None:
    """A server's connection that waits for nothing at the moment is not taken for one of another process."""

    async def main() -> tuple[bytes, float]:
        loop = asyncio.get_running_loop()
        with socket.create_server(("127.0.0.1", 0)) as door:
            door.setblocking(False)

            async def serve() -> None:
                own, _ = await loop.sock_accept(door)
                with own:
                    await asyncio.sleep(DAY)
                    await loop.sock_sendall(own, await loop.sock_recv(own, 99))

            task = asyncio.create_task(serve())
            await asyncio.sleep(0)
            reader, writer = await asyncio.open_connection("127.0.0.1", door.getsockname()[1])
            writer.write(b"hello")
            answer = await reader.read()
            writer.close()
            await task
            return answer, now()

    assert go(main, watchdog=0.5) == (b"hello", DAY)


def test_unix_sockets_of_the_loop_are_ours(tmp_path: Any) -> None:
    """A client and a server of one loop over a path, and a pair, let time jump."""

    async def main() -> tuple[bytes, float]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(DAY)
            writer.write(await reader.readline())
            writer.close()

        ours, theirs = socket.socketpair()
        pair = [await asyncio.open_connection(sock=sock) for sock in (ours, theirs)]
        server = await asyncio.start_unix_server(serve, tmp_path / "s")
        reader, writer = await asyncio.open_unix_connection(tmp_path / "s")
        writer.write(b"hello\n")
        answer = await reader.readline()
        for _, each in [*pair, (reader, writer)]:
            each.close()
        server.close()
        return answer, now()

    assert go(main, watchdog=0.5) == (b"hello\n", DAY)


def test_reply_of_another_process_takes_no_virtual_time(other_process: int) -> None:
    """Time stands while a reply is due (really waits: the other process needs 0.15 s)."""

    async def main() -> tuple[str, float]:
        async with httpx.AsyncClient(timeout=0.05) as client:
            return (await client.get(f"http://127.0.0.1:{other_process}/")).text, now()

    assert run(main, virtual=True) == ("ok", 0.0)


def test_idle_connection_to_another_process_lets_time_jump(other_process: int) -> None:
    """A kept-alive connection does not stop the clock once its reply is in (really waits: 0.15 s twice)."""

    async def main() -> list[float]:
        async with httpx.AsyncClient(timeout=1, limits=httpx.Limits(keepalive_expiry=None)) as client:
            times = []
            for _ in range(2):
                await client.get(f"http://127.0.0.1:{other_process}/")
                times.append(now())
                await asyncio.sleep(DAY)
            return times

    assert go(main, watchdog=2) == [0.0, DAY]


def test_quick_and_slow_replies_are_told_apart(other_process: int) -> None:
    """A reply at once counts as come, a request right after it as sent: no kernel tick blurs it (waits 0.1 s)."""

    async def main() -> list[float]:
        reader, writer = await asyncio.open_connection("127.0.0.1", other_process)
        times: list[float] = []
        for pause in [b"0\n", b"0\n", b"0.05\n", b"0\n", b"0.05\n"]:
            writer.write(pause)
            async with asyncio.timeout(0.01):
                await reader.readline()
            times.append(now())
        await asyncio.sleep(DAY)
        writer.close()
        return [*times, now()]

    assert go(main, watchdog=2) == [0.0] * 5 + [DAY]


def test_each_connection_has_its_own_count(other_process: int) -> None:
    """A descriptor that is used again does not inherit what its last connection had heard (really waits: 0.05 s)."""

    async def main() -> float:
        for pause in [b"0.000\n", b"0.050\n"]:
            reader, writer = await asyncio.open_connection("127.0.0.1", other_process)
            writer.write(pause)
            async with asyncio.timeout(0.01):
                await reader.readline()
            writer.close()
            await writer.wait_closed()
        return now()

    assert go(main) == 0.0


def test_answer_in_parts_is_waited_for(other_process: int) -> None:
    """The rest of an answer that follows its beginning by a moment is in time (really waits: 5 ms between parts)."""

    async def main() -> list[object]:
        reader, writer = await asyncio.open_connection("127.0.0.1", other_process)
        writer.write(b"parts\n")
        async with asyncio.timeout(0.01):
            parts = [await reader.readexactly(2), await reader.readexactly(2)]
        writer.close()
        return [*parts, now()]

    assert go(main) == [b"a\n", b"b\n", 0.0]


def test_paused_reading_does_not_forget_what_was_heard(other_process: int) -> None:
    """A connection whose reply is in is idle although its transport stopped and went on reading meanwhile."""

    async def main() -> float:
        reader, writer = await asyncio.open_connection("127.0.0.1", other_process)
        writer.write(b"0\n")
        await reader.readline()
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # a stream's transport can
        await asyncio.sleep(1)
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(DAY)
        writer.close()
        return now()

    assert go(main, watchdog=0.5) == DAY + 1


@pytest.mark.parametrize("stdout", [subprocess.PIPE, None], ids=["pipe", "no pipe"])
def test_subprocess_takes_no_virtual_time(stdout: int | None) -> None:
    """Time stands until a child process has ended (really waits: it needs 0.1 s and Python's start)."""

    async def main() -> list[object]:
        async with asyncio.timeout(1):
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-c", "import time; time.sleep(.1); print(end='x')", stdout=stdout
            )
            output, _ = await child.communicate()
        ended_at = now()
        await asyncio.sleep(DAY)
        return [child.returncode, output, ended_at, now()]

    assert run(main, virtual=True) == [0, b"x" if stdout else None, 0.0, DAY]


# ---------------------------------------------------------------- without introspection
def test_fallback_waits_a_grace_and_warns_once(other_process: int, caplog: pytest.LogCaptureFixture) -> None:
    """Without the system's help quick replies are in time, idle connections cost a grace; one warning says so."""

    async def main() -> list[float]:
        await asyncio.to_thread(work)
        reader, writer = await asyncio.open_connection("127.0.0.1", other_process)
        writer.write(b"0\n")
        async with asyncio.timeout(1):
            await reader.readline()
        times = [now()]
        await asyncio.sleep(14 * DAY)
        writer.close()
        return [*times, now()]

    loop_module._warn_of_fallback.cache_clear()
    with caplog.at_level(logging.WARNING, "eventbus.clock"):
        assert go(main, introspection=False) == [0.0, 14 * DAY]
        assert go(main, introspection=False, watchdog=1) == [0.0, 14 * DAY]
    assert len(caplog.records) == 1


# ---------------------------------------------------------------- the watchdog
def test_watchdog_names_everything_outstanding(other_process: int) -> None:
    """A clock that cannot go on says why: holds, replies, threads, processes (really waits: 0.1 s of patience)."""

    async def main() -> None:
        loop, stop = virtual_loop(), threading.Event()

        def busy() -> None:
            loop.call_soon_threadsafe(lambda: None)
            while not stop.is_set():
                time.sleep(0.3)

        def slow() -> None:
            stop.wait()

        thread = threading.Thread(target=busy, name="a driver", daemon=True)
        thread.start()
        _, writer = await asyncio.open_connection("127.0.0.1", other_process)
        writer.write(b"60\n")
        child = await asyncio.create_subprocess_exec("sleep", "60")
        task = asyncio.create_task(asyncio.to_thread(slow))
        try:
            with loop.hold("the moon"):
                await asyncio.sleep(1)
        finally:
            stop.set()
            child.kill()
            await child.wait()
            writer.close()
            await writer.wait_closed()
            await task

    with pytest.raises(ClockStuck) as error:
        go(main, watchdog=0.1)
    reply = f"reply from ('127.0.0.1', {other_process})"
    for what in ["0.1 real", "the moon", reply, "'a driver'", "subprocess", "slow in an executor"]:
        assert what in str(error.value)


def test_watchdog_is_off_under_a_debugger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is hurried at a breakpoint (really sleeps: 0.05 s are longer than the watchdog)."""

    async def main() -> float:
        await asyncio.to_thread(work)
        return now()

    monkeypatch.setitem(sys.modules, "debugpy", None)  # its presence is enough
    assert go(main, watchdog=0.01) == 0.0


def test_thread_that_never_ends_does_not_hide_the_error() -> None:
    """The one who runs the loop gets the error although the pool cannot be shut down (really waits: 0.05 s)."""
    stop = threading.Event()
    try:
        with pytest.raises(ClockStuck, match=r"Event\.wait in an executor"):
            go(lambda: asyncio.to_thread(stop.wait), watchdog=0.05)
    finally:
        stop.set()


def test_cleaning_up_after_a_stuck_clock_lets_time_go_on() -> None:
    """What was outstanding is written off: `finally` blocks sleep and work in threads again (really sleeps: 0.05 s)."""
    seen: list[object] = []
    stop = threading.Event()

    async def main() -> None:
        loop = virtual_loop()

        def busy() -> None:
            loop.call_soon_threadsafe(lambda: None)
            while not stop.is_set():
                time.sleep(0.01)

        threading.Thread(target=busy).start()
        with loop.hold("nobody gives it back"):
            try:
                await asyncio.sleep(1)
            finally:
                seen.append(await asyncio.to_thread(work))
                await asyncio.sleep(5)
                seen.append(now())
                stop.set()

    with pytest.raises(ClockStuck, match="nobody gives it back"):
        go(main, watchdog=0.05)
    assert seen == ["done", 5.0]


# ---------------------------------------------------------------- asleep for ever
def test_asleep_for_ever_names_the_tasks() -> None:
    """Tasks that nothing can wake are named with their coroutine and place instead of hanging."""

    async def lost() -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(lost(), name="first")
            group.create_task(lost(), name="second")

    with Elapsed() as elapsed, pytest.raises(AsleepForever, match=r"first \(.*lost at .*test_clock.py:\d+\), second"):
        run(main, virtual=True)
    assert elapsed.seconds < 1


def test_infinite_sleep_is_no_timer() -> None:
    """Time does not jump to infinity."""

    async def main() -> None:
        try:
            await asyncio.sleep(math.inf)
        finally:
            assert now() == 0.0

    with pytest.raises(AsleepForever):
        run(main, virtual=True)


def test_connected_to_oneself_is_asleep_for_ever_too() -> None:
    """A client and a server of one loop that wait for each other cannot be woken by anybody."""

    async def main() -> None:
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        other, other_writer = await asyncio.open_connection(sock=theirs)
        try:
            await asyncio.gather(reader.read(), other.read())
        finally:
            writer.close()
            other_writer.close()

    with pytest.raises(AsleepForever):
        run(main, virtual=True)


def test_cleaning_up_after_asleep_for_ever_works() -> None:
    """Cancelled tasks sleep, use threads and close their generators before the runner is done."""
    seen: list[object] = []

    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            await asyncio.sleep(1)
            seen.append("generator")

    async def main() -> None:
        async for _ in kept:
            try:
                await asyncio.to_thread(lambda: None)
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(5)
                seen.append(await asyncio.to_thread(lambda: now_is_later))

    kept, now_is_later = numbers(), "thread"
    with pytest.raises(AsleepForever):
        run(main, virtual=True)
    assert seen == ["thread", "generator"]


def test_listening_loop_waits_for_a_caller() -> None:
    """A server without timers waits for someone from outside (really sleeps: who comes after 0.05 s)."""

    async def main() -> bytes:
        came: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            came.set_result(await reader.readline())
            writer.close()

        def caller() -> None:
            work()
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(b"hello\n")

        async with own_server(serve) as port:
            thread = threading.Thread(target=caller)
            virtual_loop().adopt(thread)
            thread.start()
            return await came

    assert go(main, watchdog=0.01) == b"hello\n"


def test_thread_that_is_not_done_may_wake_the_loop() -> None:
    """A timer of another thread is waited for before it is said that nothing can wake (really sleeps: 0.05 s)."""

    async def main() -> str:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str] = loop.create_future()
        threading.Timer(WORK, loop.call_soon_threadsafe, (answer.set_result, "done")).start()
        return await answer

    assert run(main, virtual=True) == "done"


@pytest.mark.parametrize("timers", [True, False], ids=["timers", "no timers"])
def test_keyboard_interrupt_ends_a_waiting_loop(timers: bool) -> None:
    """Control-C gets through while the clock stands (really sleeps: a person needs 0.05 s to press it)."""

    async def main() -> None:
        with virtual_loop().hold("the person"):
            await (asyncio.sleep(1) if timers else asyncio.Event().wait())

    press = threading.Timer(WORK, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
    press.start()
    with pytest.raises(KeyboardInterrupt):
        run(main, virtual=True)


def test_signal_handler_keeps_the_loop_waiting() -> None:
    """A loop that handles a signal can be woken by it (really sleeps: it comes after 0.05 s)."""

    async def main() -> None:
        came = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, came.set)
        thread = threading.Timer(WORK, os.kill, (os.getpid(), signal.SIGUSR1))
        virtual_loop().adopt(thread)
        thread.start()
        await came.wait()

    go(main, watchdog=0.01)


# ---------------------------------------------------------------- the wall clock
def test_wall_clock_follows_virtual_time_and_is_undone() -> None:
    """`time.time()` and `datetime.now()` stand at the virtual instant in the run only; monotonic stays real."""

    async def main() -> list[object]:
        await asyncio.sleep(DAY + 0.25)
        asleep = [time.time(), dt.datetime.now(dt.UTC)]
        start = time.monotonic()
        await asyncio.sleep(DAY)
        return [*asleep, time.monotonic() - start < 60, time.time()]

    before, zone, sleep = time.time(), os.environ.get("TZ"), time.sleep
    start = VIRTUAL_START.timestamp()
    assert run(main, virtual=True, wall_clock=True) == [
        start + DAY + 0.25,
        VIRTUAL_START + dt.timedelta(days=1, seconds=0.25),
        True,
        start + 2 * DAY + 0.25,
    ]
    assert 0 <= time.time() - before < 60
    assert (os.environ.get("TZ"), time.sleep) == (zone, sleep)


def test_wall_clock_is_real_by_default() -> None:
    """Nothing outside the loop is patched unless asked for."""

    async def main() -> float:
        await asyncio.sleep(DAY)
        return time.time()

    before = time.time()
    assert 0 <= run(main, virtual=True) - before < 60


def test_wall_clock_is_undone_after_a_failure() -> None:
    """A run that raises leaves the real wall clock behind."""
    before, sleep = time.time(), time.sleep
    with pytest.raises(AsleepForever):
        run(lambda: asyncio.sleep(math.inf), virtual=True, wall_clock=True)
    assert 0 <= time.time() - before < 60
    assert time.sleep is sleep


def test_sleep_parks_in_threads_with_a_parker() -> None:
    """`time.sleep` calls the thread's own parker; other threads really sleep (here 1 ms)."""

    async def main() -> list[float]:
        parked: list[float] = []

        def handler() -> None:
            park_sleeps_with(parked.append)
            time.sleep(DAY)
            time.sleep(5)
            with pytest.raises(ValueError, match="non-negative"):
                time.sleep(-1)
            park_sleeps_with(None)
            time.sleep(0.001)

        await asyncio.to_thread(handler)
        time.sleep(0.001)
        return parked

    assert run(main, virtual=True, wall_clock=True) == [DAY, 5.0]


def test_only_one_loop_moves_the_wall_clock() -> None:
    """A second loop in another thread is refused while the first runs."""

    async def main() -> None:
        await asyncio.to_thread(run, lambda: asyncio.sleep(1), virtual=True, wall_clock=True)

    with pytest.raises(RuntimeError, match="another loop"):
        run(main, virtual=True, wall_clock=True)


def test_wall_clock_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of a missing time-machine names what to install."""
    monkeypatch.setitem(sys.modules, "time_machine", None)  # as if not installed
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'eventbus\[time\]'"):
        run(lambda: asyncio.sleep(1), virtual=True, wall_clock=True)


def test_wall_clock_needs_virtual_time() -> None:
    """A real loop cannot move the wall clock."""
    with pytest.raises(ValueError, match="virtual=True"):
        run(lambda: asyncio.sleep(1), wall_clock=True)


# ---------------------------------------------------------------- the functions
def test_run_on_the_real_clock() -> None:
    """Without `virtual` it is a plain asyncio loop with a clock of its own."""

    async def main() -> tuple[bool, float]:
        loop = asyncio.get_running_loop()
        return is_virtual(loop), epoch_of(loop)

    virtual, epoch = run(main)
    assert not virtual
    assert abs(epoch - time.time()) < 60


def test_epoch_of_a_virtual_loop() -> None:
    """The fixed start plus the loop's time."""

    async def main() -> tuple[bool, float]:
        await asyncio.sleep(DAY)
        return is_virtual(asyncio.get_running_loop()), epoch_of(asyncio.get_running_loop())

    assert run(main, virtual=True) == (True, dt.datetime(2026, 1, 2, tzinfo=dt.UTC).timestamp())


def test_epoch_of_a_real_loop_is_real_under_time_machine() -> None:
    """Whoever travels in time does not take a real bus along."""
    time_machine = pytest.importorskip("time_machine")
    loop = asyncio.new_event_loop()
    before, stopwatch = time.time(), real_monotonic()
    try:
        with time_machine.travel(0):
            epoch, span = epoch_of(loop), real_monotonic() - stopwatch
    finally:
        loop.close()
    assert 0 <= epoch - before < 60
    assert 0 <= span < 60


def test_seeds_are_fresh() -> None:
    """Each real bus gets its own entropy."""
    assert len({fresh_seed() for _ in range(100)}) == 100


def test_windows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is given where there is no virtual time."""
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(RuntimeError, match="Windows"):
        VirtualLoop()
