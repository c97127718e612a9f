"""The plugin, seen from suites that use it and from suites that don't."""

import re
import sys
from collections.abc import Callable, Sequence

import pytest

from eventbus.testing import plugin

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
        if "asyncio" in plugins:
            chosen += ["-o", "asyncio_default_fixture_loop_scope=function"]
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


# ---------------------------------------------------------------- the marker's arguments
def test_wall_clock(run: Run) -> None:
    """With it time.time() follows virtual time, without it stays real."""
    result = run(
        """
@pytest.mark.asyncio
@pytest.mark.virtual_time(wall_clock=True)
async def test_with():
    before = time.time()
    await asyncio.sleep(3600)
    assert time.time() - before == 3600

@pytest.mark.asyncio
@pytest.mark.virtual_time
async def test_without():
    before = time.time()
    await asyncio.sleep(3600)
    assert time.time() - before < 60
"""
    )

    result.assert_outcomes(passed=2)


def test_watchdog(run: Run) -> None:
    """The clock stands still for outside work only so many real seconds."""
    result = run(
        """
@pytest.mark.asyncio
@pytest.mark.virtual_time(watchdog=0.05)
async def test_it():
    with asyncio.get_running_loop().hold("the tide"):
        await asyncio.sleep(1)
"""
    )

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*ClockStuck: the virtual clock stood still for 0.05 real seconds*the tide*"])


@pytest.mark.parametrize(
    ("marker", "options", "seed"),
    [
        ("", [], 0),
        ("(seed=5)", [], 5),
        ("(seed=5)", ["--eventbus-seed=6"], 6),
        ("", ["--eventbus-seed=6"], 6),
    ],
    ids=["default", "marker", "option-over-marker", "option"],
)
def test_seed(run: Run, marker: str, options: list[str], seed: int) -> None:
    """The option's, else the marker's, else virtual time's own; what the test says itself comes first."""
    result = run(
        f"""
@pytest.mark.asyncio
@pytest.mark.virtual_time{marker}
async def test_it(eventbus_bus, start_bus):
    assert eventbus_bus.seed == {seed}
    assert (await start_bus(app)).seed == {seed}
    assert (await start_bus(app, seed=9)).seed == 9
""",
        *options,
    )

    result.assert_outcomes(passed=1)


def test_unknown_arguments_are_refused(run: Run) -> None:
    """The message says what the marker takes."""
    result = run("@pytest.mark.virtual_time(speed=2)\ndef test_it(): pass\n")

    assert result.ret != 0
    result.stdout.fnmatch_lines(["*test_it*virtual_time: *unexpected keyword argument 'speed'*", "*watchdog*"])


@pytest.mark.parametrize("argument", ["wall_clock=True", "watchdog=1"])
def test_a_def_test_has_no_loop_to_set(run: Run, argument: str) -> None:
    """Its bus lives on a thread: what concerns the test's own loop is refused."""
    result = run(f"@pytest.mark.virtual_time({argument})\ndef test_it(eventbus_bus): pass\n")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*wall_clock and watchdog need an async test*"])


# ---------------------------------------------------------------- fixtures
def test_the_app_must_be_named(run: Run) -> None:
    """A suite that does not override `eventbus_app` is told how to."""
    result = run(
        """
from eventbus.testing.plugin import eventbus_app
def test_it(eventbus_bus): pass
"""
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*Override this fixture*", "*return shop.app*"])


def test_buses_are_closed_when_their_test_ends(run: Run) -> None:
    """The test's own and those it started; functions see their environment variables until then."""
    result = run(
        """
from eventbus import NotInBus
buses = []

@pytest.mark.asyncio
async def test_one(eventbus_bus, start_bus):
    buses.extend([eventbus_bus, await start_bus(app), await start_bus(app)])
    assert os.environ["TABLE"] == "bills"

@pytest.mark.asyncio
async def test_two():
    assert "TABLE" not in os.environ
    for bus in buses:
        with pytest.raises(NotInBus):
            await bus.invoke(bill, {})
"""
    )

    result.assert_outcomes(passed=2)


def test_parametrized_apps(run: Run) -> None:
    """The app may have parameters: the bus is of each in turn."""
    result = run(
        """
from eventbus import App
@pytest.fixture(params=["a", "b"])
def eventbus_app(request):
    return App(request.param)

@pytest.mark.asyncio
@pytest.mark.virtual_time
async def test_it(eventbus_bus):
    assert eventbus_bus.invocations is not None
""",
        "-v",
    )

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*::test_it?a? PASSED*", "*::test_it?b? PASSED*"])


def test_fixtures_of_wider_scope_follow_the_loop(run: Run) -> None:
    """An async fixture of the module is set up anew when marked and unmarked tests take turns."""
    result = run(
        """
import pytest_asyncio
from eventbus import VirtualLoop

@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def loop():
    yield asyncio.get_running_loop()

@pytest.mark.asyncio(loop_scope="module")
async def test_one(loop):
    assert asyncio.get_running_loop() is loop
    assert not isinstance(loop, VirtualLoop)

@pytest.mark.virtual_time
@pytest.mark.asyncio(loop_scope="module")
async def test_two(loop, eventbus_bus):
    assert asyncio.get_running_loop() is loop
    assert isinstance(loop, VirtualLoop)

@pytest.mark.asyncio(loop_scope="module")
async def test_three(loop):
    assert asyncio.get_running_loop() is loop
    assert not isinstance(loop, VirtualLoop)
"""
    )

    result.assert_outcomes(passed=3)


def test_hypothesis(run: Run) -> None:
    """Async tests with examples run in virtual time too."""
    result = run(
        """
from hypothesis import given, settings, strategies as st

@pytest.mark.asyncio
@pytest.mark.virtual_time
@settings(max_examples=3, database=None)
@given(st.integers(0, 9))
async def test_it(n):
    await asyncio.sleep(100)
    assert now() >= 100
"""
    )

    result.assert_outcomes(passed=1)


# ---------------------------------------------------------------- anyio's plugin
@pytest.mark.parametrize(
    "fixture",
    [
        "",
        '@pytest.fixture\ndef anyio_backend(): return "asyncio"',
        '@pytest.fixture(scope="session")\ndef anyio_backend(): return ("asyncio", {"debug": True})',
        '@pytest.fixture(params=["asyncio"])\ndef anyio_backend(request): return request.param',
    ],
    ids=["none", "name", "options", "parameters"],
)
def test_a_suites_own_backend_becomes_virtual(run: Run, fixture: str) -> None:
    """For marked tests only."""
    result = run(
        f"""
from eventbus import VirtualLoop
{fixture}

pytestmark = pytest.mark.anyio

async def test_before():
    assert not isinstance(asyncio.get_running_loop(), VirtualLoop)

@pytest.mark.virtual_time
async def test_marked(eventbus_bus):
    assert isinstance(asyncio.get_running_loop(), VirtualLoop)

async def test_after():
    assert not isinstance(asyncio.get_running_loop(), VirtualLoop)
""",
        "-k",
        "not trio",
    )

    result.assert_outcomes(passed=3, deselected=result.parseoutcomes().get("deselected", 0))


def test_a_tests_own_parameters_become_virtual(run: Run) -> None:
    """Backends that a test was given by parametrize."""
    result = run(
        """
@pytest.mark.anyio
@pytest.mark.virtual_time
@pytest.mark.parametrize("anyio_backend", ["asyncio", ("asyncio", {"debug": True})])
async def test_it(eventbus_bus):
    await asyncio.sleep(1000)
    assert now() == 1000
"""
    )

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    "how",
    [
        '@pytest.fixture\ndef anyio_backend(): return "trio"\n',
        '@pytest.mark.parametrize("anyio_backend", ["trio"])',
    ],
    ids=["fixture", "parameter"],
)
def test_trio_is_refused(run: Run, how: str) -> None:
    """There is no virtual time on trio's loop, and the test says so."""
    result = run(
        f"""
{how}
@pytest.mark.anyio
@pytest.mark.virtual_time
async def test_it(): pass
"""
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*virtual_time runs on asyncio, not on trio*"])


def test_anyio_fixtures_of_wider_scope_follow_the_loop(run: Run) -> None:
    """Marked and unmarked tests of one module never share a runner."""
    result = run(
        """
from eventbus import VirtualLoop
pytestmark = pytest.mark.anyio

@pytest.fixture(scope="module")
def anyio_backend(): return "asyncio"

@pytest.fixture(scope="module")
async def loop(anyio_backend):
    yield asyncio.get_running_loop()

async def test_one(loop):
    assert asyncio.get_running_loop() is loop
    assert not isinstance(loop, VirtualLoop)

@pytest.mark.virtual_time
async def test_two(loop):
    assert asyncio.get_running_loop() is loop
    assert isinstance(loop, VirtualLoop)

async def test_three(loop):
    assert asyncio.get_running_loop() is loop
    assert not isinstance(loop, VirtualLoop)
"""
    )

    result.assert_outcomes(passed=3)


# ---------------------------------------------------------------- marked tests that can't run in virtual time
VERSIONS = """
@pytest.mark.asyncio
@pytest.mark.virtual_time
async def test_marked(eventbus_bus): pass

@pytest.mark.asyncio
async def test_unmarked(eventbus_bus): await eventbus_bus.invoke(bill, {})

@pytest.mark.virtual_time
def test_def(eventbus_bus): eventbus_bus.invoke(bill, {})

@pytest.mark.anyio
@pytest.mark.virtual_time
async def test_anyio(eventbus_bus): await eventbus_bus.advance(1000)
"""


@pytest.mark.parametrize("installed", ["0.23.8", "1.0.0", "1.3.0"])
def test_older_pytest_asyncio(run: Run, monkeypatch: pytest.MonkeyPatch, installed: str) -> None:
    """A marked test fails with one line naming the version needed; everything else works."""
    monkeypatch.setattr(plugin, "asyncio_version", lambda: installed)

    result = run(VERSIONS, "-k", "not trio")

    result.assert_outcomes(passed=3, errors=1, deselected=result.parseoutcomes().get("deselected", 0))
    result.stdout.fnmatch_lines(
        [f"virtual_time: async tests need pytest-asyncio >= 1.4, {installed} is installed", "ERROR *::test_marked *"]
    )


@pytest.mark.parametrize("installed", ["1.4.0", "1.5.0", "1.10.1", "2.0.0a1"])
def test_versions_that_will_do(installed: str) -> None:
    """Versions are compared as numbers."""
    assert plugin.loops_can_be_chosen(installed)


def test_without_pytest_asyncio(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs it says so; `def` tests and those of anyio's plugin run."""
    monkeypatch.setattr(plugin, "asyncio_version", lambda: None)

    result = run(
        VERSIONS, "-k", "not trio and not unmarked", "-W", "ignore:Unknown pytest.mark.asyncio", plugins=["anyio", OURS]
    )

    result.assert_outcomes(passed=2, errors=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(
        ["virtual_time: async tests need pytest-asyncio >= 1.4, which is not installed, or @pytest.mark.anyio"]
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("@pytest.mark.virtual_time\nasync def test_it(): pass", "nobody runs this async test*"),
        (
            "@pytest.mark.asyncio\n@pytest.mark.anyio\n@pytest.mark.virtual_time\nasync def test_it(): pass",
            "pytest-asyncio and anyio's plugin both take this test*",
        ),
        (
            """
marked = pytest.param(1, marks=pytest.mark.virtual_time)
@pytest.mark.asyncio
@pytest.mark.parametrize("n", [marked])
async def test_it(n): pass
""",
            "set the marker on the function*",
        ),
    ],
    ids=["no-runner", "two-runners", "parameter"],
)
def test_a_marked_test_never_runs_in_real_time(run: Run, text: str, reason: str) -> None:
    """Where the loop can't be chosen any more the test fails saying why."""
    result = run(text)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"virtual_time: {reason}"])


# ---------------------------------------------------------------- suites that don't use it
FOREIGN = """
@pytest.mark.asyncio
async def test_async(): pass

@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("n", [1, 2])
async def test_module(n): pass

@pytest.mark.anyio
async def test_anyio(): pass

def test_def(): pass

def test_fails(): assert 0

@pytest.fixture
def broken(): raise RuntimeError("no")

def test_broken(broken): pass

def test_no_such_fixture(no_such_fixture): pass
"""

UNCOLLECTABLE = """
def pytest_generate_tests(metafunc): raise RuntimeError("no")

def test_it(): pass
"""


@pytest.mark.parametrize("text", [FOREIGN, UNCOLLECTABLE], ids=["tests", "uncollectable"])
@pytest.mark.parametrize("options", [["--collect-only"], ["-v"], ["--setup-show"]], ids=["ids", "output", "fixtures"])
def test_a_suite_without_marks_is_unchanged(run: Run, text: str, options: list[str]) -> None:
    """Ids, order, fixtures, tracebacks and output are those without the plugin."""
    ours, theirs = (run(text, *options, "--no-header", plugins=plugins) for plugins in (ALL, ALL[:2]))

    kept = [
        [
            re.sub(r"=* (.*) in [\d.]+s(.*?) =*", r"\1", line)
            for line in result.outlines
            if not line.startswith(">       available fixtures")
        ]
        for result in (ours, theirs)
    ]
    assert kept[0] == kept[1]


def test_marked_tests_change_no_others(run: Run) -> None:
    """Beside a marked test the others keep their ids; its own has no suffix either."""
    result = run(FOREIGN + "@pytest.mark.asyncio\n@pytest.mark.virtual_time\nasync def test_marked(): pass\n", "-v")

    names = [line.split("::")[1].split(" ")[0] for line in result.outlines if " PASSED" in line]
    anyio = [name for name in names if name.startswith("test_anyio")]
    assert names == ["test_async", "test_module[1]", "test_module[2]", *anyio, "test_def", "test_marked"]


def test_a_suites_own_loop_factories_stay(run: Run, pytester: pytest.Pytester) -> None:
    """Unmarked tests have the loops of the suite, marked ones virtual loops."""
    (pytester.path / "conftest.py").write_text(
        CONFTEST
        + """
import asyncio
class Own(asyncio.SelectorEventLoop): pass
def pytest_asyncio_loop_factories(config, item):
    return {"own": Own, "other": Own}
"""
    )

    result = run(
        """
from eventbus import VirtualLoop
@pytest.mark.asyncio
async def test_unmarked():
    assert type(asyncio.get_running_loop()).__name__ == "Own"

@pytest.mark.asyncio
@pytest.mark.virtual_time
async def test_marked():
    assert isinstance(asyncio.get_running_loop(), VirtualLoop)
"""
    )

    result.assert_outcomes(passed=3)


# ---------------------------------------------------------------- no way to AWS
def test_aws_is_out_of_reach(run: Run) -> None:
    """A marked test's endpoint refuses every connection; an unmarked test's is unset, as before."""
    result = run(
        """
import socket
from urllib.parse import urlsplit

@pytest.mark.virtual_time
def test_marked():
    url = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((url.hostname, url.port))
    assert os.environ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] == "false"

def test_unmarked():
    assert "AWS_ENDPOINT_URL" not in os.environ
    assert "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" not in os.environ

@pytest.mark.virtual_time(allow_aws=True)
def test_allowed():
    assert "AWS_ENDPOINT_URL" not in os.environ
"""
    )

    result.assert_outcomes(passed=3)


def test_an_endpoint_that_is_set_stays(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody answers there already."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")

    result = run(
        """
@pytest.mark.virtual_time
def test_it():
    assert os.environ["AWS_ENDPOINT_URL"] == "http://localhost:4566"
"""
    )

    result.assert_outcomes(passed=1)


# ---------------------------------------------------------------- what failed
def test_a_failing_test_shows_seed_trace_and_first_exception(run: Run) -> None:
    """And how to run it again; each handler's exception once."""
    result = run(
        """
@pytest.mark.asyncio
@pytest.mark.virtual_time(seed=5)
async def test_it(eventbus_bus):
    await eventbus_bus.invoke(bill, {"good": 1}, invocation_type="Event")
    await eventbus_bus.invoke(bill, {"bad": 1}, invocation_type="Event")
    await eventbus_bus.settle()
    assert 0
"""
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- eventbus -*",
            "app shop, seed 5 (again: pytest --eventbus-seed=5)",
            "event *-000000000002 of bill *",
            "  +0 s*attempt 1 of bill: failed after 0 s: ValueError: bad order",
            "  +180 s*given up*",
            "first exception of bill, request *-000000000002:",
            "  ValueError: bad order",
        ]
    )
    assert result.stdout.str().count("first exception of bill") == 1
    assert "000000000001 of bill" not in result.stdout.str()


def test_a_failing_test_shows_what_was_still_to_come(run: Run) -> None:
    """Nothing may have been attempted yet."""
    result = run(
        """
@pytest.mark.virtual_time
def test_it(eventbus_bus):
    eventbus_bus.invoke(bill, {"bad": 1}, invocation_type="Event")
    assert 0
"""
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*function:bill:async: 1 outstanding*"])


def test_a_trace_that_is_off_is_said_to_be(run: Run) -> None:
    """The report does without."""
    result = run(
        """
@pytest.mark.asyncio
@pytest.mark.virtual_time
async def test_it(start_bus):
    bus = await start_bus(app, trace="off")
    await bus.invoke(bill, {})
    assert 0
"""
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["app shop, seed 0*", "trace='off'*"])


# ---------------------------------------------------------------- other runs
def test_parallel_runs(run: Run, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    """Workers collect the same ids, and reports come through."""
    pytest.importorskip("xdist")
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))

    result = run(VERSIONS + "def test_fails(eventbus_bus): assert 0", "-n2", "-k", "not trio", plugins=[*ALL, "xdist"])

    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["failed"]) == (4, 1)
    result.stdout.fnmatch_lines(["*- eventbus -*", "app shop, seed*"])


def test_random_order(run: Run) -> None:
    """Loops of a module are shared in any order."""
    pytest.importorskip("pytest_randomly")

    result = run(
        """
from eventbus import VirtualLoop
pytestmark = pytest.mark.asyncio(loop_scope="module")

@pytest.mark.parametrize("n", range(5))
async def test_unmarked(n):
    assert not isinstance(asyncio.get_running_loop(), VirtualLoop)

@pytest.mark.virtual_time
@pytest.mark.parametrize("n", range(5))
async def test_marked(n, eventbus_bus):
    assert isinstance(asyncio.get_running_loop(), VirtualLoop)
    await eventbus_bus.invoke(bill, {})
""",
        plugins=[*ALL, "randomly"],
    )

    result.assert_outcomes(passed=10)


@pytest.mark.long
@pytest.mark.parametrize(
    ("package", "passed", "reason"),
    [
        ("pytest-asyncio==0.23.8", 3, "async tests need pytest-asyncio >= 1.4, 0.23.8 is installed"),
        ("pytest-asyncio==1.0.0", 3, "async tests need pytest-asyncio >= 1.4, 1.0.0 is installed"),
        ("pytest-asyncio", 4, ""),
        ("", 2, "async tests need pytest-asyncio >= 1.4, which is not installed, or @pytest.mark.anyio"),
    ],
    ids=["0.23", "1.0", "newest", "none"],
)
def test_real_versions(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    pytestconfig: pytest.Config,
    package: str,
    passed: int,
    reason: str,
) -> None:
    """With the plugin of other hands as it really is. Long: each version needs an environment of its own, from pip."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_it=HEAD + VERSIONS)
    environment = pytester.path / "environment"
    pytester.run(sys.executable, "-m", "venv", environment)
    python = environment / "bin" / "python"
    needed = ["pytest", "anyio", "attrs", "structlog", *filter(None, [package])]
    installed = pytester.run(python, "-m", "pip", "install", "--quiet", *needed)
    assert installed.ret == 0
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))
    chosen = "not trio" if package else "not trio and not unmarked"

    result = pytester.run(python, "-m", "pytest", "-p", OURS, "-k", chosen, "test_it.py")

    outcomes = result.parseoutcomes()
    assert (outcomes.get("passed"), outcomes.get("failed", 0), outcomes.get("errors", 0)) == (passed, 0, bool(reason))
    if reason:
        result.stdout.fnmatch_lines([f"virtual_time: {reason}"])
