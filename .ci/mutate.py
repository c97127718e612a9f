"""Change the numbers of the machines by one unit, one number at a time, and list those that no test misses.

    python .ci/mutate.py [--budget SECONDS] [--only PATH ...]

Which numbers: every int and float literal of `eventbus/core`, `sources/sqs` and `sources/s3`, +1 or +1.0; bools stay.
Left out is a 0 or 1 that only counts or points: inside `x[...]`, an argument of `range`, `enumerate`, `len`, `round`
or `count`, added to or subtracted from something (`n + 1`, `n -= 1`), or compared with a `len(...)`. Left out as well
is a line whose comment begins with `arbitrary`: its numbers mean nothing to anybody outside, others would do as well.

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
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple, TypeVar

ROOT = Path(__file__).resolve().parents[1]
FLOWS = "tests/flows"
ROOMS = ("eventbus/core", "sources/sqs", "sources/s3")
APART = "eventbus/core/patterns/"  # compared with a plain matcher of its own on 100,000 pairs
COUNTING = {"range", "enumerate", "len", "round", "count"}
AT_ONCE = 2
PATIENCE = 5  # times the unchanged tests' time
ARBITRARY = b"  # arbitrary"
PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0")
CAUGHT = (1, 2, 3)  # pytest's exit codes: tests failed, a file could not be imported, an internal error

In = TypeVar("In")
Out = TypeVar("Out")


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
        limits = _unchanged(copies, {_mirror_of(mutant.path) for mutant in mutants})
        if limits is None:
            return 1

        def judge(copy: Path, mutant: Mutant) -> bool | None:
            """None: the budget had no time for it."""
            in_time = time.monotonic() < ends_at
            return _caught(copy, mutant, limits[_mirror_of(mutant.path)]) if in_time else None

        verdicts = _spread(copies, mutants, judge)
    survivors = sorted(mutant for mutant, caught in zip(mutants, verdicts, strict=True) if caught is False)
    for mutant in survivors:
        print(mutant)
    changed = sum(caught is not None for caught in verdicts)
    print(f"mutate: {changed} of {len(mutants)} numbers changed, {len(survivors)} survived")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Which numbers does no test know?")
    parser.add_argument("--budget", type=float, default=1800, metavar="SECONDS", help="no new change after so long")
    parser.add_argument("--only", nargs="+", metavar="PATH", help="these files, relative to the repository")
    return parser.parse_args()


def _python_files(room: str) -> list[str]:
    found = sorted(str(path.relative_to(ROOT)) for path in (ROOT / room).rglob("*.py"))
    return [path for path in found if not path.startswith(APART)]


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
        if ARBITRARY in lines[node.lineno - 1]:
            continue
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
def _mirror_of(path: str) -> str:
    """The test file that mirrors `path` or its package, else the folder."""
    parts = list(Path(path).with_suffix("").parts)
    if parts[0] == "eventbus":
        parts = parts[1:]
    if parts[-1] == "__init__":
        parts = parts[:-1]
    folder = Path("tests", *parts[:-1])
    for file in (folder / f"test_{parts[-1]}.py", folder.parent / f"test_{folder.name}.py"):
        if (ROOT / file).is_file():
            return str(file)
    while not (ROOT / folder).is_dir():
        folder = folder.parent
    return str(folder)


def _unchanged(copies: list[Path], mirrors: set[str]) -> dict[str, float] | None:
    """Seconds that each mirror with the flows may take, by its time with nothing changed; None, and told, if red."""
    wanted = [FLOWS, *sorted(mirrors)]
    taken: dict[str, float] = {}
    for tests, (code, output, seconds) in zip(wanted, _spread(copies, wanted, _timed), strict=True):
        if code != 0:
            print(f"{output}\n{tests}: fails with nothing changed (exit {code})")
            return None
        taken[tests] = seconds
    return {tests: 10 + PATIENCE * (seconds + taken[FLOWS]) for tests, seconds in taken.items()}


def _timed(copy: Path, tests: str) -> tuple[int, str, float]:
    began = time.monotonic()
    code, output = _run(copy, (tests,), limit=600)
    return code, output, time.monotonic() - began


# ---------------------------------------------------------------- one change
def _copy(folder: Path) -> Path:
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    return folder


def _spread(copies: list[Path], inputs: Iterable[In], work: Callable[[Path, In], Out]) -> list[Out]:
    """`work` of each input, in order, in whichever copy is free."""
    free: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def once(given: In) -> Out:
        copy = free.get()
        try:
            return work(copy, given)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        return list(pool.map(once, inputs))


def _caught(copy: Path, mutant: Mutant, limit: float) -> bool:
    file = copy / mutant.path
    before = file.read_bytes()
    lines = before.splitlines(keepends=True)
    line = lines[mutant.line - 1]
    lines[mutant.line - 1] = line[: mutant.start] + mutant.new.encode() + line[mutant.end :]
    file.write_bytes(b"".join(lines))
    try:
        code, output = _run(copy, (_mirror_of(mutant.path), FLOWS), limit)
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


if __name__ == "__main__":
    sys.exit(main())
