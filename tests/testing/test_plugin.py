"""The plugin, seen from suites that use it and from suites that don't."""

from collections.abc import Callable
from importlib.metadata import entry_points

import pytest

pytest_plugins = ["pytester"]

Run = Callable[..., pytest.RunResult]

CONFTEST = """
import pytest
from eventbus import App

app = App("shop")

@app.function(environment={"TABLE": "bills"})
async def bill(event, context):
    if "bad" in event:
        raise ValueError("bad order")
    return event

@pytest.fixture
def eventbus_app():
    return app
"""

INI = """
[pytest]
filterwarnings =
    error
    ignore:Module already imported:pytest.PytestAssertRewriteWarning
    ignore:The configuration option:pytest.PytestDeprecationWarning
"""

HEAD = """
import asyncio, os, time
import pytest
from conftest import app, bill

def now():
    return asyncio.get_running_loop().time()
"""


def plugin_options() -> list[str]:
    """Where the distribution is installed, its entry point loads the plugin."""
    installed = any(entry.name == "eventbus" for entry in entry_points(group="pytest11"))
    return [] if installed else ["-p", "eventbus.testing.plugin"]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run pytest on the text of one test module."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    pytester.makeini(INI)
    pytester.makeconftest(CONFTEST)

    def run(text: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(test_it=HEAD + text)
        return pytester.runpytest_inprocess(*plugin_options(), "-p", "no:randomly", "-p", "no:cacheprovider", *options)

    return run


RETRIES = """
async def test_retries(eventbus_bus):
    await eventbus_bus.invoke(bill, {"bad": 1}, invocation_type="Event")
    await eventbus_bus.settle()
    assert len(eventbus_bus.invocations(bill)) == 3
    assert now() == 180
"""


# ---------------------------------------------------------------- virtual time
@pytest.mark.parametrize(
    ("marks", "options"),
    [
        ("@pytest.mark.asyncio\n@pytest.mark.virtual_time", ["--asyncio-mode=strict"]),
        ("@pytest.mark.virtual_time", ["--asyncio-mode=auto"]),
        ("@pytest.mark.anyio\n@pytest.mark.virtual_time", ["--asyncio-mode=strict"]),
        ("@pytest.mark.anyio\n@pytest.mark.virtual_time", ["-p", "no:asyncio"]),
        ("@pytest.mark.virtual_time", ["--anyio-mode=auto"]),
    ],
    ids=["asyncio-strict", "asyncio-auto", "anyio", "anyio-alone", "anyio-auto"],
)
def test_a_marked_test_runs_in_virtual_time(run: Run, marks: str, options: list[str]) -> None:
    """Minutes of retries pass at once, on a fresh bus of the suite's app, whoever runs async tests."""
    result = run(marks + RETRIES, "--strict-markers", *options)

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("scope", ["function", "class", "module", "package", "session"])
def test_the_bus_runs_on_the_loop_of_its_test(run: Run, scope: str) -> None:
    """Tests may share a loop of any scope: its time goes on, each test has a bus of its own."""
    result = run(
        f"""
class TestIt:
    pytestmark = [pytest.mark.asyncio(loop_scope="{scope}"), pytest.mark.virtual_time]

    async def test_one(self, eventbus_bus):
        await eventbus_bus.invoke(bill, {{}})
        await asyncio.sleep(1000)

    async def test_two(self, start_bus):
        bus = await start_bus(app)
        assert bus.invocations(bill) == []
        await bus.invoke(bill, {{}})
        assert now() == {0 if scope == "function" else 1000}
"""
    )

    result.assert_outcomes(passed=2)


def test_def_tests_get_a_blocking_bus(run: Run) -> None:
    """In virtual time where marked, else on a real clock."""
    result = run(
        """
@pytest.mark.virtual_time
def test_marked(eventbus_bus):
    before = eventbus_bus.now()
    eventbus_bus.invoke(bill, {"bad": 1}, invocation_type="Event")
    eventbus_bus.settle()
    assert (eventbus_bus.now() - before).total_seconds() == 180

def test_unmarked(start_bus):
    bus = start_bus(app)
    assert bus.invoke(bill, {"x": 1}).result() == {"x": 1}
    assert bus.now().year > 2000
"""
    )

    result.assert_outcomes(passed=2)


def test_an_unmarked_test_has_a_bus_on_a_real_clock(run: Run) -> None:
    """The fixtures serve unmarked tests too."""
    result = run(
        """
@pytest.mark.asyncio
async def test_it(eventbus_bus):
    began = time.monotonic()
    await eventbus_bus.advance(0.05)
    assert time.monotonic() - began >= 0.05
"""
    )

    result.assert_outcomes(passed=1)
