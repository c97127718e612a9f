"""`eventbus systems`, `eventbus events generate`, and what they say of each system."""

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

import eventbus
import sources
from eventbus.cli.systems import NoSample, markdown, sample, system

README = Path(sources.__file__).parent / "README.md"
EXAMPLE_LINES = 14


@pytest.fixture(params=sources.SOURCES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_readme_holds_what_systems_say() -> None:
    """`eventbus systems --markdown` prints its second half."""
    assert markdown() in README.read_text(encoding="utf-8")


def test_every_system_has_a_sample_event(name: str) -> None:
    """JSON, the same each time."""
    event = sample(name, ())

    assert json.loads(json.dumps(event)) == event
    assert sample(name, ()) == event


def test_every_example_runs(name: str) -> None:
    """As it stands, in virtual time; it is short."""
    example = system(name).example
    code = "import eventbus\nfrom eventbus import App\n"
    code += f"from sources import {', '.join(sources.SOURCES)}\n"
    code += f"async def main():\n{textwrap.indent(example, '    ')}"
    found: dict[str, Any] = {}
    exec(compile(code, f"<example of {name}>", "exec"), found)

    eventbus.run(found["main"], virtual=True)
    assert len(example.splitlines()) <= EXAMPLE_LINES


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (["message"], "wanted key=value"),
        (["massage=x"], "did you mean message?"),
        (["group=*"], "is refused"),
    ],
    ids=["no value", "no such key", "refused by its source"],
)
def test_settings_that_an_event_can_not_have(given: list[str], reason: str) -> None:
    """Named, with the way out."""
    with pytest.raises(NoSample, match=reason):
        sample("logs", given)


def test_a_system_that_nobody_knows() -> None:
    """Named, with those that there are."""
    with pytest.raises(NoSample, match="did you mean logs"):
        sample("log", [])
