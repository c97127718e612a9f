"""The plugin, seen from suites that use it and from suites that don't."""

from collections.abc import Callable, Sequence
from importlib.metadata import entry_points

import pytest

pytest_plugins = ["pytester"]

Run = Callable[..., pytest.RunResult]

OURS = "eventbus.testing.plugin"
ALL = ("asyncio", "anyio", OURS)

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


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run pytest on the text of one test module, with these plugins and no others."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    pytester.makeini(INI)
    pytester.makeconftest(CONFTEST)

    def run(text: str, *options: str, plugins: Sequence[str] = ALL) -> pytest.RunResult:
        pytester.makepyfile(test_it=HEAD + text)
        chosen = [option for plugin in plugins for option in ("-p", plugin)]
        return pytester.runpytest_inprocess(*chosen, *options)

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
    ("marks", "options", "plugins"),
    [
        ("@pytest.mark.asyncio\n@pytest.mark.virtual_time", ["--asyncio-mode=strict"], ALL),
        ("@pytest.mark.virtual_time", ["--asyncio-mode=auto"], ALL),
        ("@pytest.mark.anyio\n@pytest.mark.virtual_time", ["--asyncio-mode=strict"], ALL),
        ("@pytest.mark.anyio\n@pytest.mark.virtual_time", [], ["anyio", OURS]),
        ("@pytest.mark.virtual_time", ["--anyio-mode=auto"], ["anyio", OURS]),
    ],
    ids=["asyncio-strict", "asyncio-auto", "anyio", "anyio-alone", "anyio-auto"],
)
def test_a_marked_test_runs_in_virtual_time(run: Run, marks: str, options: list[str], plugins: Sequence[str]) -> None:
    """Minutes of retries pass at once, on a fresh bus of the suite's app, whoever runs async tests."""
    result = run(marks + RETRIES, "--strict-markers", *options, plugins=plugins)

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
