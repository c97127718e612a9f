"""Change the numbers of the machines by one unit, one number at a time, and list those that no test misses.

    python .ci/mutate.py [--budget SECONDS] [--only PATH ...]

Which numbers: every int and float literal of `eventbus/core`, `sources/sqs` and `sources/s3`, +1 or +1.0; bools stay.
Left out is a 0 or 1 that only counts or points: inside `x[...]`, an argument of `range`, `enumerate`, `len`, `round`
or `count`, added to or subtracted from something (`n + 1`, `n -= 1`), or compared with a `len(...)`.

Each change is made in a copy of the tree and judged by the tests that mirror the file, then by `tests/flows`. It is
caught when they fail, or take five times as long as before. Named numbers and defaults come first, then those inside
functions, round all files, so that a short budget still looks everywhere.

Exits 0 when it could look, whatever it found: a survivor is either a missing test or a number without a meaning.
Exits 1 when the unchanged tests fail.
"""

import argparse
import ast
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("eventbus/core", "sources/sqs", "sources/s3")
COUNTING = {"range", "enumerate", "len", "round", "count"}
AT_ONCE = 2
PATIENCE = 5  # times the unchanged tests' time
PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0")
CAUGHT = (1, 2, 3)  # pytest's exit codes: tests failed, a file could not be imported, an internal error


class Mutant(NamedTuple):
    path: str
    line: int
    start: int  # bytes from the start of the line
    end: int
    old: str
    new: str
    named: bool

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.old} -> {self.new}"


def main() -> int:
    arguments = _arguments()
    ends_at = time.monotonic() + arguments.budget
    files = arguments.only or [path for room in ROOMS for path in _python_files(room)]
    mutants = list(_in_order(files))
    with tempfile.TemporaryDirectory() as folder:
        copies = [_copy(Path(folder) / str(number)) for number in range(AT_ONCE)]
        limits = _unchanged(copies, {mutant.path for mutant in mutants})
        if limits is None:
            return 1
        verdicts = _judge(mutants, copies, limits, ends_at)
    return _report(verdicts, len(mutants))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Which numbers does no test know?")
    parser.add_argument("--budget", type=float, default=1800, metavar="SECONDS", help="no new change after so long")
    parser.add_argument("--only", nargs="+", metavar="PATH", help="these files, relative to the repository")
    return parser.parse_args()


def _python_files(room: str) -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / room).rglob("*.py"))


# ---------------------------------------------------------------- which numbers
def _in_order(files: list[str]) -> Iterator[Mutant]:
    """Named ones first, and one of each file in turn."""
    ranked: list[tuple[bool, int, str, Mutant]] = []
    for path in files:
        for named in (True, False):
            found = [mutant for mutant in _mutants(path) if mutant.named is named]
            ranked += [(not named, rank, path, mutant) for rank, mutant in enumerate(found)]
    return (mutant for *_, mutant in sorted(ranked))


def _mutants(path: str) -> Iterator[Mutant]:
    source = (ROOT / path).read_bytes()
    lines = source.splitlines()
    tree = ast.parse(source)
    left_out = {id(node) for node in _counters(tree)}
    inside = {id(node) for function in _functions(tree) for part in function.body for node in ast.walk(part)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or type(node.value) not in (int, float) or id(node) in left_out:
            continue
        assert isinstance(node.value, int | float)
        assert node.end_col_offset is not None
        old = lines[node.lineno - 1][node.col_offset : node.end_col_offset].decode()
        if _value(old) != node.value:  # Python 3.11 tells wrong places inside an f-string
            continue
        new = repr(node.value + 1)
        yield Mutant(path, node.lineno, node.col_offset, node.end_col_offset, old, new, id(node) not in inside)


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _value(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return None


def _counters(tree: ast.AST) -> Iterator[ast.AST]:
    """The literals 0 and 1 that only count or point."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(slice=place):
                yield from filter(_zero_or_one, ast.walk(place))
            case ast.Call(func=called, args=given) if _name(called) in COUNTING:
                yield from filter(_zero_or_one, given)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
                yield from filter(_zero_or_one, (left, right))
            case ast.AugAssign(op=ast.Add() | ast.Sub(), value=step) if _zero_or_one(step):
                yield step
            case ast.Compare(left=first, comparators=rest) if any(_is_length(side) for side in (first, *rest)):
                yield from filter(_zero_or_one, (first, *rest))


def _zero_or_one(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value in (0, 1)


def _is_length(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _name(node.func) == "len"


def _name(called: ast.AST) -> str:
    match called:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


# ---------------------------------------------------------------- which tests
def _tests_of(copy: Path, path: str) -> list[str]:
    """The file that mirrors `path` or its package, else the folder; then the flows."""
    parts = list(Path(path).with_suffix("").parts)
    if parts[0] == "eventbus":
        parts = parts[1:]
    if parts[-1] == "__init__":
        parts = parts[:-1]
    mirror = Path("tests", *parts[:-1])
    wanted = [mirror / f"test_{parts[-1]}.py", mirror.parent / f"test_{mirror.name}.py"]
    found = [str(file) for file in wanted if (copy / file).is_file()]
    while not found and mirror.parts and not (copy / mirror).is_dir():
        mirror = mirror.parent
    return (found or [str(mirror)]) + (["tests/flows"] if (copy / "tests/flows").is_dir() else [])


def _unchanged(copies: list[Path], files: set[str]) -> dict[tuple[str, ...], float] | None:
    """Seconds that each list of tests may take, by its time with nothing changed; None, and told, if one fails."""
    lists = sorted({tuple(_tests_of(copies[0], path)) for path in files})
    limits: dict[tuple[str, ...], float] = {}
    for tests in lists:
        began = time.monotonic()
        code, output = _run(copies[0], tests, limit=600)
        if code != 0:
            print(f"{output}\n{' '.join(tests)}: fails with nothing changed (exit {code})")
            return None
        limits[tests] = 10 + PATIENCE * (time.monotonic() - began)
    return limits


# ---------------------------------------------------------------- one change
def _copy(folder: Path) -> Path:
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    return folder


def _judge(
    mutants: list[Mutant], copies: list[Path], limits: dict[tuple[str, ...], float], ends_at: float
) -> list[tuple[Mutant, bool]]:
    """Mutant and whether it was caught, in order; those that the budget had no time for are missing."""
    free: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def judge(mutant: Mutant) -> tuple[Mutant, bool] | None:
        if time.monotonic() >= ends_at:
            return None
        copy = free.get()
        try:
            tests = tuple(_tests_of(copy, mutant.path))
            return mutant, _caught(copy, mutant, tests, limits[tests])
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        return [verdict for verdict in pool.map(judge, mutants) if verdict is not None]


def _caught(copy: Path, mutant: Mutant, tests: tuple[str, ...], limit: float) -> bool:
    file = copy / mutant.path
    before = file.read_bytes()
    lines = before.splitlines(keepends=True)
    line = lines[mutant.line - 1]
    lines[mutant.line - 1] = line[: mutant.start] + mutant.new.encode() + line[mutant.end :]
    file.write_bytes(b"".join(lines))
    try:
        code, output = _run(copy, tests, limit)
    finally:
        file.write_bytes(before)
    if code != 0 and code not in CAUGHT:
        raise SystemExit(f"{mutant}: pytest could not run (exit {code})\n{output}")
    return code != 0


def _run(copy: Path, tests: tuple[str, ...], limit: float) -> tuple[int, str]:
    """Pytest's exit code and output; 1 when it took longer than `limit`.

    Without bytecode: it knows changes by size and whole seconds only.
    """
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(copy)}
    with subprocess.Popen(
        [sys.executable, *PYTEST, *tests],
        cwd=copy,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # its session, and nobody else
            process.communicate()
            return 1, "took too long"
    return process.returncode, output


def _report(verdicts: list[tuple[Mutant, bool]], total: int) -> int:
    survivors = sorted(mutant for mutant, caught in verdicts if not caught)
    for mutant in survivors:
        print(mutant)
    print(f"mutate: {len(verdicts)} of {total} numbers changed, {len(survivors)} survived")
    return 0


if __name__ == "__main__":
    sys.exit(main())
