"""The rules of the house that the import contracts in `pyproject.toml` can't say."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sources import SOURCES

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(path for package in ("eventbus", "sources") for path in (ROOT / package).rglob("*.py"))

MODULE_LIMIT = 400
FUNCTION_LIMIT = 40

CLOCKS_AND_DICE = {"random", "secrets", "time", "uuid"}
DATES = {"date", "datetime"}
OWNERS_OF_TIME = ("eventbus/names.py", "eventbus/runtime/clock")
"""One owns the seeded random streams, the other real time; everybody else is told."""


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def taken_time_or_chance(tree: ast.AST) -> Iterator[str]:
    """What a module takes time or chance from, by itself; imports for type checkers alone are none."""
    for node in running(tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names if name.name.partition(".")[0] in CLOCKS_AND_DICE)
            case ast.ImportFrom(module=str(module), level=0) if module.partition(".")[0] in CLOCKS_AND_DICE:
                yield module
            case ast.Attribute(value=owner, attr="now" | "utcnow" | "today" as method) if last_word(owner) in DATES:
                yield f"{last_word(owner)}.{method}"


def last_word(node: ast.AST) -> str:
    match node:
        case ast.Name(id=word) | ast.Attribute(attr=word):
            return word
    return ""


def running(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those below `if TYPE_CHECKING:`."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield child
        yield from running(child)


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_modules_are_short() -> None:
    """A module has at most 400 lines; one that outgrows them becomes a package."""
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    assert {name: length for name, length in lengths.items() if length > MODULE_LIMIT} == {}


def test_functions_are_short() -> None:
    """A function has at most 40 lines, signature and docstring included."""
    lengths = {
        f"{named(path)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name: length for name, length in lengths.items() if length > FUNCTION_LIMIT} == {}


def test_time_and_chance_are_told() -> None:
    """Only the clock reads time, only `names.py` makes random streams."""
    others = [path for path in MODULES if not named(path).startswith(OWNERS_OF_TIME)]
    taken = {named(path): list(taken_time_or_chance(tree_of(path))) for path in others}

    assert {name: found for name, found in taken.items() if found} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import time", ["time"]),
        ("def f():\n    import random as r", ["random"]),
        ("from uuid import uuid4", ["uuid"]),
        ("from datetime import datetime\ndatetime.now(UTC)", ["datetime.now"]),
        ("import datetime\ndatetime.datetime.utcnow()", ["datetime.utcnow"]),
        ("import datetime\ndatetime.date.today()", ["date.today"]),
        ("if TYPE_CHECKING:\n    from random import Random", []),
        ("from .time import Clock\nfrom datetime import UTC\nbus.now()", []),
    ],
    ids=["import", "inside", "from", "now", "utcnow", "today", "types", "others"],
)
def test_what_counts_as_time_and_chance(source: str, found: list[str]) -> None:
    """The check above sees each way in."""
    assert list(taken_time_or_chance(ast.parse(source))) == found


def test_sources_are_listed_once_each() -> None:
    """`SOURCES` names the modules and packages of `sources`, in order; those with an underscore are shared rules."""
    found = [path for path in (ROOT / "sources").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()]

    assert tuple(sorted(path.stem for path in found if not path.stem.startswith("_"))) == SOURCES


def test_every_source_is_an_entry_point(project: dict[str, Any]) -> None:
    """The group `eventbus.sources` finds each under its own name."""
    assert project["project"]["entry-points"]["eventbus.sources"] == {name: f"sources.{name}" for name in SOURCES}


def test_listing_the_sources_imports_none() -> None:
    """`import sources` loads nothing else of it."""
    code = "import sources, sys; print(sorted(name for name in sys.modules if name.startswith('sources.')))"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"


def test_a_source_imports_no_other() -> None:
    """Each loads itself, and the rules that several share."""
    code = """
import sys, importlib, sources
for name in sources.SOURCES:
    for module in [each for each in sys.modules if each.startswith("sources.")]:
        del sys.modules[module]
    importlib.import_module(f"sources.{name}")
    loaded = {each.split(".")[1] for each in sys.modules if each.startswith("sources.")}
    print(name, sorted(each for each in loaded if not each.startswith("_")))
"""
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert shown.stdout.splitlines() == [f"{name} [{name!r}]" for name in SOURCES]
