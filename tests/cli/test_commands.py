"""The command line, as a user calls it."""

import json
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from eventbus import Profile
from eventbus.cli import demo, shop
from tests.golden import load


def command(*arguments: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    root = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-m", "eventbus.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin", "HOME": str(cwd or root)},
        timeout=60,
        check=False,
    )


def test_demo_on_the_sample_is_the_golden() -> None:
    """Attempt times, counts and dead letters, written by hand."""
    found = demo.run(demo.SAMPLE).to_json()
    found.pop("real_seconds")

    assert found == load("demo/sample")


def test_demo_prints_json() -> None:
    """And nothing else."""
    done = command("demo", "--json")

    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["dead_letters"]) == 3


def test_demo_counts_the_dead_letters_last() -> None:
    """Time line, story of one, and the count."""
    done = command("demo")

    assert done.returncode == 0, done.stderr
    assert "moved to orders-dead after 3 receives" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("9 invocations, 3 dead letters")


def test_demo_of_streams_cuts_out_what_is_poisoned() -> None:
    """Each bad order alone, tried twice; the story tells of every halving."""
    found = demo.run(demo.SAMPLE, "streams")

    assert [letter["receives"] for letter in found.dead_letters] == [2, 2, 2]
    assert sorted(letter["body"].partition(",")[0] for letter in found.dead_letters) == [
        "west-003;chair;1;13",
        '{"id": "north-005"',
        '{"id": "south-008"',
    ]
    assert found.attempts[0]["records"] == 36
    sizes = [
        int(line.rpartition("batch of ")[2].partition(":")[0])
        for line in found.story.splitlines()
        if "batch of" in line
    ]
    assert sizes[0] == 36
    assert sizes[-2:] == [1, 1]
    assert sizes[:-1] == sorted(set(sizes), reverse=True)
    assert command("demo", "streams").stdout.rstrip().endswith("3 dead letters")


def test_demo_takes_another_folder(tmp_path: Path) -> None:
    """Its files are all there is."""
    (tmp_path / "one.jsonl").write_text('{"id": "1", "quantity": 1, "unit_price": 2}\n')
    done = command("demo", "--input", str(tmp_path), "--json")

    assert json.loads(done.stdout)["invocations"] == 2
    assert json.loads(done.stdout)["dead_letters"] == []


def test_demo_refuses_a_folder_that_is_not_there() -> None:
    """With one line and status 2."""
    done = command("demo", "--input", "/nowhere/at/all")

    assert done.returncode == 2
    assert "no such folder" in done.stderr


APP = """
    from eventbus import App
    from sources import sqs

    app = App("mail")
    dead = app.add(sqs.Queue("dead"))

    @app.function(dead_letter=dead)
    async def send(event, context):
        if event.get("bad"):
            raise ValueError("no")
        return {"sent": event["to"]}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mail.py").write_text(textwrap.dedent(APP))
    return tmp_path


def test_run_over_a_file_in_virtual_time(project: Path) -> None:
    """Answers by line, and what came of it."""
    lines: list[dict[str, Any]] = [
        {"invoke": "send", "payload": {"to": "ada"}},
        {"invoke": "send", "payload": {"bad": True}, "invocation_type": "Event"},
        {"call": "dead.send_message", "message_body": "by hand"},
    ]
    (project / "calls.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    done = command("run", "mail:app", "--events", "calls.jsonl", "--virtual", "--json", cwd=project)

    report = json.loads(done.stdout)
    assert report["invocations"] == 4
    assert report["failed_invocations"] == 3
    assert report["seconds"] == 180.0
    assert report["answers"][0]["answer"]["payload"] == {"sent": "ada"}
    assert report["answers"][1]["answer"]["status_code"] == 202
    assert "message_id" in report["answers"][2]["answer"]


@pytest.mark.parametrize(
    ("target", "line", "word"),
    [
        ("mail", "", "MODULE:APP"),
        ("nothing:app", "", "no module"),
        ("mail:ap", "", "did you mean app"),
        ("mail:app", "nonsense", "not JSON"),
        ("mail:app", "{}", "wanted"),
        ("mail:app", '{"invoke": "sen"}', "did you mean send"),
        ("mail:app", '{"call": "ded.send_message"}', "did you mean dead"),
        ("mail:app", '{"call": "dead.nothing"}', "no operation"),
    ],
)
def test_run_says_what_is_wrong(project: Path, target: str, line: str, word: str) -> None:
    """One line on standard error, and status 2."""
    (project / "calls.jsonl").write_text(line)
    done = command("run", target, "--events", "calls.jsonl", "--virtual", cwd=project)

    assert done.returncode == 2
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_virtual_needs_events(project: Path) -> None:
    """Nothing to do in virtual time is refused."""
    assert "--virtual needs --events" in command("run", "mail:app", "--virtual", cwd=project).stderr


def test_shop_is_not_special() -> None:
    """The demo's app starts like any other."""
    assert [function.name for function in shop.app.functions] == ["ingest", "bill"]
    assert Profile().retry_waits == (60.0, 120.0)


SLOW = """
    import asyncio
    from eventbus import App

    app = App("slow")

    @app.function(timeout=20)
    async def bill(event, context):
        print("begun", flush=True)
        await asyncio.sleep(event)
        print("done", flush=True)
"""


def started(project: Path, *arguments: str) -> "subprocess.Popen[str]":
    (project / "slow.py").write_text(textwrap.dedent(SLOW))
    return subprocess.Popen(
        [sys.executable, "-m", "eventbus.cli", "run", "slow:app", *arguments],
        cwd=project,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin", "HOME": str(project)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(("signals", "seconds", "status", "finished"), [(1, 1, 0, True), (2, 15, 130, False)])
def test_first_signal_drains_second_leaves(
    tmp_path: Path, signals: int, seconds: int, status: int, finished: bool
) -> None:
    """What runs may finish, unless asked twice. Real time, because signals are: a second at most."""
    (tmp_path / "calls.jsonl").write_text(
        json.dumps({"invoke": "bill", "payload": seconds, "invocation_type": "Event"})
    )
    process = started(tmp_path, "--events", "calls.jsonl")
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGINT)
    if signals == 2:
        assert "draining" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)

    assert process.returncode == status, err
    assert ("done" in out) is finished


def test_without_a_file_it_serves_until_stopped(tmp_path: Path) -> None:
    """SIGTERM drains as well. Real time, because a server's is."""
    process = started(tmp_path)
    assert process.stderr is not None
    assert "serving slow" in process.stderr.readline()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.5)
    process.terminate()
    _, err = process.communicate(timeout=20)

    assert process.returncode == 0, err
    assert "draining" in err
