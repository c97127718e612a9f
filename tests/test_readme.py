"""The README's own code, run as it stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
        check=False,
    )


def test_commands_are_one_line_each() -> None:
    """The first runs the demo, the second the tests."""
    demo, tests = blocks("bash")[:2]

    assert demo.count("\n") == tests.count("\n") == 1
    assert demo.rstrip().endswith("eventbus demo")
    assert "pytest" in tests


def example(words: str) -> str:
    """The first python block that has these words."""
    return next(block for block in blocks("python") if words in block)


def script(tmp_path: Path, words: str) -> list[str]:
    (tmp_path / "example.py").write_text(example(words))
    done = run(tmp_path, "example.py")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_one_minute_to_a_proven_failure_path(tmp_path: Path) -> None:
    """The first example is a test that passes, with the installed plugin or without it on the command line; so is the
    one about faults, added to it."""
    (tmp_path / "test_shop.py").write_text(blocks("python")[0] + "\n\n" + example("lose_delete"))
    plugins = run(tmp_path, "-c", "from importlib.metadata import entry_points as e; print(e(group='pytest11'))").stdout
    plugin = [] if "eventbus.testing.plugin" in plugins else ["-p", "eventbus.testing.plugin"]
    done = run(tmp_path, "-m", "pytest", "-q", *plugin)

    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_plain_bus_example(tmp_path: Path) -> None:
    """One large order is seen; two mails are tried three times each, and kept."""
    assert script(tmp_path, "app.on(")[-2:] == ["large order 7", "6 attempts, 2 lost mails"]


def test_asynchronous_example(tmp_path: Path) -> None:
    """Three attempts, and the error message of a dead letter."""
    lines = script(tmp_path, "maximum_event_age_in_seconds")

    assert [line.split()[0] for line in lines[:3]] == ["00:00:00", "00:01:00", "00:03:00"]
    assert lines[3] == "mail server is down"


def test_producers_example(tmp_path: Path) -> None:
    """Each picture in the queue of its size, thirty nights."""
    assert script(tmp_path, "sns.Topic") == ["['cat.png'] 1", "30 nights"]


def test_streams_example(tmp_path: Path) -> None:
    """One record is cut out of its batch."""
    lines = script(tmp_path, "kinesis.Stream")

    assert lines[0] == "1 poisoned"
    assert any("bisected" in line for line in lines)
