"""The same seed gives the same trace: in other processes, under other hash seeds, on another Python."""

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from . import topologies

ROOT = Path(__file__).parents[2]


def hashes(python: str, hash_seed: str, first: int, count: int) -> str:
    done = subprocess.run(
        [python, "-m", "tests.flows.topologies", str(first), str(count)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(autouse=True)
def _quiet() -> object:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_ten_topologies_in_two_processes() -> None:
    """With `def` handlers and faults in them; another hash seed changes nothing."""
    here = "".join(f"{seed} {' '.join(map(str, topologies.run(seed)))}\n" for seed in range(10))

    assert hashes(sys.executable, "1", 0, 10) == here


def test_another_seed_is_another_trace() -> None:
    """The hash sees what happened."""
    assert topologies.run(3)[0] == topologies.run(3)[0] != topologies.run(4)[0]


@pytest.mark.long
def test_fifty_topologies_in_three_processes() -> None:
    """Three hash seeds."""
    first, second, third = (hashes(sys.executable, seed, 0, 50) for seed in ("0", "1", "2"))

    assert first == second == third


@pytest.mark.long
def test_another_python() -> None:
    """Where it is there, with our dependencies."""
    python = shutil.which("python3.13") or ""
    usable = (
        python
        and not subprocess.run(
            [python, "-c", "import anyio, attrs, structlog"], capture_output=True, check=False
        ).returncode
    )
    if not usable:
        pytest.skip("no python3.13 with anyio, attrs and structlog")

    assert hashes(python, "0", 0, 50) == hashes(sys.executable, "0", 0, 50)
