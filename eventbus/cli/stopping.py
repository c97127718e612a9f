"""How commands that go on until they are stopped are stopped."""

import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final

import anyio
from anyio.abc import TaskGroup, TaskStatus

INTERRUPTED: Final = 130


async def stop_on_signal(
    drain: Callable[[], Coroutine[Any, Any, None]],
    tasks: TaskGroup,
    stopped: anyio.Event,
    *,
    task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
) -> None:
    """The first signal drains, the second leaves at once."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        async for _ in signals:
            if stopped.is_set():
                os._exit(INTERRUPTED)
            stopped.set()
            print("draining; once more to leave at once", file=sys.stderr)
            tasks.start_soon(drain)
