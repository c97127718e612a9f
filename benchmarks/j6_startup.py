"""J6: a fresh process: import time over the interpreter and our dependencies, and the first message through J1."""

import asyncio
import sys
import time
from contextlib import nullcontext

from benchmarks.harness import Timer, report


def candidate(name: str) -> None:
    started = time.perf_counter()
    if name == "dependencies":
        import anyio
        import attrs
        import structlog

        report("J6", name, 1, Timer(), True, import_ms=round((time.perf_counter() - started) * 1e3, 2))
        return
    import anyio  # noqa: F401
    import attrs  # noqa: F401
    import structlog  # noqa: F401

    started = time.perf_counter()
    import eventbus  # noqa: F401
    from sources import sqs  # noqa: F401

    imported = time.perf_counter()
    from benchmarks.j1_queue import phased as first_message

    ok = asyncio.run(first_message(1, nullcontext()))  # a timer would first collect garbage, which takes longer
    first = time.perf_counter() - imported
    spans = {"import_ms": imported - started, "first_message_ms": first}
    report("J6", name, 1, Timer(), ok, **{name: round(span * 1e3, 2) for name, span in spans.items()})


if __name__ == "__main__":
    candidate(sys.argv[1])
