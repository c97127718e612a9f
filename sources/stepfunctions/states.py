"""The states of a definition, checked and compiled: values that never change. What each makes of its input is here, how
an execution goes through them in `machine`."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any, ClassVar, Final

from attrs import field, frozen

from eventbus.names import Arn

from .choices import Rule
from .data import Scope, instant, whole
from .errors import (
    ALL,
    DATA_LIMIT,
    HEARTBEAT_TIMEOUT,
    NO_CHOICE,
    RUNTIME,
    TASK_FAILED,
    TIMEOUT,
    Failed,
)
from .intrinsics import Call
from .paths import NothingThere, Path, path, put
from .templates import Template, found

SECONDS_LIMIT: Final = 99_999_999
"""Of timeouts, waits and intervals [guide]; of attempts too."""
DELAY_LIMIT: Final = 31_622_399
"""Of MaxDelaySeconds [guide]."""
ROOT: Final = ()


@frozen(eq=False, kw_only=True)
class Retrier:
    error_equals: Sequence[str]
    interval_seconds: int = 1
    max_attempts: int = 3
    backoff_rate: float = 2.0
    max_delay_seconds: int = DELAY_LIMIT
    jitter: bool = False

    def wait(self, retries: int) -> float:
        """Seconds before the next one, after so many."""
        try:
            return min(self.interval_seconds * self.backoff_rate**retries, self.max_delay_seconds)
        except OverflowError:
            return self.max_delay_seconds


@frozen(eq=False, kw_only=True)
class Catcher:
    error_equals: Sequence[str]
    next: str
    result_path: Sequence[str | int] | None = ROOT

    def output(self, raw: Any, failed: Failed) -> Any:
        """Raises `Failed`."""
        return _into(self.result_path, raw, {"Error": failed.error, "Cause": failed.cause})


def takes(error_equals: Sequence[str], error: str) -> bool:
    """`States.Runtime` is never taken, nor `States.DataLimitExceeded` but by its name; a lost heartbeat is a timeout
    [guide, spec]."""
    if error == RUNTIME:
        return False
    if error in error_equals:
        return True
    if error == DATA_LIMIT:
        return False
    return (
        ALL in error_equals
        or (TASK_FAILED in error_equals and error != TIMEOUT)
        or (TIMEOUT in error_equals and error == HEARTBEAT_TIMEOUT)
    )


@frozen(eq=False, kw_only=True)
class State:
    kind: ClassVar[str]
    name: str
    next: str | None = None  # None: its branch ends here
    input_path: Path | None = field(factory=lambda: path("$"))  # None: an empty object
    output_path: Path | None = field(factory=lambda: path("$"))
    parameters: Template | None = None
    result_selector: Template | None = None
    result_path: Sequence[str | int] | None = ROOT  # None: the input goes on as it came
    retry: Sequence[Retrier] = ()
    catch: Sequence[Catcher] = ()

    def effective_input(self, scope: Scope) -> Any:
        """Of the input as it came. Raises `Failed`."""
        data = selected(self.input_path, scope, "InputPath")
        return data if self.parameters is None else self.parameters.fill(scope.of(data))

    def output(self, scope: Scope, result: Any) -> Any:
        """What goes on, of the input as it came and a result. Raises `Failed`."""
        if self.result_selector is not None:
            result = self.result_selector.fill(scope.of(result))
        return selected(self.output_path, scope.of(_into(self.result_path, scope.data, result)), "OutputPath")

    def __deepcopy__(self, memo: dict[int, Any]) -> "State":
        return self


@frozen(eq=False, kw_only=True)
class Branch:
    """A whole definition, or a branch of a Parallel state."""

    start_at: str
    states: Mapping[str, State]
    timeout_seconds: float = inf

    def __deepcopy__(self, memo: dict[int, Any]) -> "Branch":
        return self


@frozen(eq=False, kw_only=True)
class Seconds:
    """A number of them, or the path to it."""

    given: int | Path
    low: int
    name: str

    def of(self, scope: Scope) -> int:
        """Raises `Failed`."""
        if not isinstance(self.given, Path):
            return self.given
        value = found(self.given, scope, self.name)
        if not whole(value) or not self.low <= value <= SECONDS_LIMIT:
            raise Failed(
                RUNTIME, f"{self.name} leads to {value!r}, not to {self.low} to {SECONDS_LIMIT:,} whole seconds"
            )
        return int(value)


@frozen(eq=False, kw_only=True)
class Pass(State):
    kind = "Pass"
    result: Sequence[Any] = ()  # one value, or none: its input is its result


@frozen(eq=False, kw_only=True)
class Task(State):
    kind = "Task"
    function: Arn | None  # None: a path in its parameters says which
    integrated: bool = False  # called by lambda:invoke, with parameters
    with_token: bool = False
    timeout: Seconds | None = None
    heartbeat: Seconds | None = None


@frozen(eq=False, kw_only=True)
class Wait(State):
    kind = "Wait"
    seconds: Seconds | None = None
    timestamp: str | Path = ""

    def until(self, scope: Scope, now: float, epoch: float) -> float:
        """As `now`, which is `epoch` seconds after 1970 at 0; fractions of a timestamp are cut. Raises `Failed`."""
        if self.seconds is not None:
            return now + self.seconds.of(scope)
        value = found(self.timestamp, scope, "TimestampPath") if isinstance(self.timestamp, Path) else self.timestamp
        due = instant(value)
        if due is None:
            raise Failed(RUNTIME, f"TimestampPath leads to {value!r}, which is no timestamp")
        return due.timestamp() // 1 - epoch


@frozen(eq=False, kw_only=True)
class Choice(State):
    kind = "Choice"
    choices: Sequence[tuple[Rule, str]]
    default: str | None = None

    def chosen(self, scope: Scope) -> str:
        """Raises `Failed`."""
        for rule, target in self.choices:
            if rule.holds(scope):
                return target
        if self.default is None:
            raise Failed(NO_CHOICE, f"No rule of the state '{self.name}' matches, and it has no Default")
        return self.default


@frozen(eq=False, kw_only=True)
class Succeed(State):
    kind = "Succeed"


@frozen(eq=False, kw_only=True)
class Fail(State):
    kind = "Fail"
    error: str | Path | Call = ""
    cause: str | Path | Call = ""

    def failure(self, scope: Scope) -> Failed:
        """Raises `Failed` where a path leads to no text."""
        return Failed(_words(self.error, scope, "ErrorPath"), _words(self.cause, scope, "CausePath"))


@frozen(eq=False, kw_only=True)
class Parallel(State):
    kind = "Parallel"
    branches: Sequence[Branch]


def selected(path: Path | None, scope: Scope, name: str) -> Any:
    if path is None:
        return {}
    try:
        return path.find(scope)
    except NothingThere:
        raise Failed(RUNTIME, f"Invalid path '{path.text}': {name} leads nowhere") from None


def _into(result_path: Sequence[str | int] | None, raw: Any, result: Any) -> Any:
    return raw if result_path is None else put(tuple(result_path), raw, result)


def _words(given: str | Path | Call, scope: Scope, name: str) -> str:
    value = given if isinstance(given, str) else found(given, scope, name)
    if not isinstance(value, str):
        raise Failed(RUNTIME, f"{name} leads to {value!r}, not to a text")
    return value
