"""One measured run: a candidate does a job in this process and reports `{job, candidate, n, seconds, ...}` as JSON."""

import argparse
import asyncio
import gc
import json
import logging
import resource
import time
from collections.abc import Callable, Coroutine
from typing import Any

Job = Callable[[int], Coroutine[Any, Any, bool]]


class Timer:
    """Wall and CPU time of the part that counts."""

    seconds = 0.0
    cpu = 0.0

    def __enter__(self) -> "Timer":
        gc.collect()
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._wall
        self.cpu += time.process_time() - self._cpu


def report(job: str, candidate: str, n: int, timer: Timer, ok: bool, **more: Any) -> None:
    print(
        json.dumps(
            {
                "job": job,
                "candidate": candidate,
                "n": n,
                "seconds": round(timer.seconds, 4),
                "ops_per_s": round(n / timer.seconds) if timer.seconds else None,
                "cpu_us_per_op": round(timer.cpu / n * 1e6, 3),
                "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
                "ok": ok,
                **more,
            }
        )
    )


def main(job: str, candidates: dict[str, Callable[[int, Timer], Coroutine[Any, Any, bool]]], default: int) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("candidate", choices=sorted(candidates))
    parser.add_argument("-n", type=int, default=default)
    options = parser.parse_args()
    logging.getLogger().addHandler(logging.NullHandler())  # failing handlers are logged by every candidate: to nobody
    timer = Timer()
    run = candidates[options.candidate]
    if options.candidate.startswith("eventbus"):
        import eventbus

        ok = eventbus.run(lambda: run(options.n, timer), virtual=True)
    else:
        ok = asyncio.run(run(options.n, timer))
    report(job, options.candidate, options.n, timer, ok)


def bodies(n: int) -> list[str]:
    """Distinct texts of 1 KB."""
    return [f"{number:08d}".ljust(1024, "x") for number in range(n)]
