"""What an app declares: functions, mappings, grants, and their settings. Frozen values that hash by identity."""

import inspect
import re
from collections.abc import Callable, Iterable
from collections.abc import Mapping as MappingOf
from typing import Any, Final, Generic, Literal, TypedDict, TypeVar

from attrs import field, fields, frozen

from . import checks
from .checks import between, given, one_of, refuse
from .names import Arn, function_arn
from .ports import DeliveryTarget, Resource

E_contra = TypeVar("E_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)
E = TypeVar("E")
R = TypeVar("R")

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
Run = Literal["thread", "inline"]
_TAKERS: Final = {
    "dead_letter": (("lambda", "events", "logs", "s3", "kinesis"), "a queue or a topic"),
    "on_success": (("logs", "s3", "kinesis"), "a queue, a topic, a function or an event bus"),
    "on_failure": (("logs", "kinesis"), "a queue, a topic, a function, an event bus or a bucket"),
}
"""Services that take deliveries, but none of these (dg:invocation-async-retain-records), and those that do."""

NOT_OFFERED: Final = {
    "version": "versions are not offered: every function is $LATEST",
    "versions": "versions are not offered: every function is $LATEST",
    "alias": "aliases are not offered: every function is $LATEST",
    "aliases": "aliases are not offered: every function is $LATEST",
    "publish": "versions are not offered: every function is $LATEST",
    "qualifier": "qualifiers other than $LATEST are not offered",
    "provisioned_concurrent_executions": "provisioned concurrency is not offered",
    "provisioned_concurrency": "provisioned concurrency is not offered",
    "snap_start": "SnapStart is not offered",
    "layers": "layers are not offered: the handler is a Python callable",
    "function_name": "not offered under this word: write name=...",
}


def refuse_unknown(settings: MappingOf[str, object], known: Iterable[str] = ()) -> None:
    """Raise `InvalidSetting` for settings that are not `known`, naming why, or which of them it may be."""
    checks.refuse_unknown(settings, NOT_OFFERED, known)


@frozen(eq=False, kw_only=True)
class Function(Generic[E_contra, R_co]):
    """A declared function; called like its handler, so that unit tests can call it directly.

    Settings are those of Lambda's CreateFunction, PutFunctionConcurrency and PutFunctionEventInvokeConfig, in seconds
    and megabytes. `dead_letter`, `on_success` and `on_failure` are a declared queue or function.
    """

    handler: Callable[[E_contra, Any], R_co]
    name: str
    timeout: float = field(default=3, validator=given(between(1, 900)))
    memory_size: int = field(default=128, validator=given(between(128, 10_240, whole=True)))
    reserved_concurrent_executions: int | None = field(default=None, validator=between(0, 10_000, whole=True))
    maximum_retry_attempts: int = field(default=2, validator=given(between(0, 2, whole=True)))
    maximum_event_age_in_seconds: int = field(default=21_600, validator=given(between(60, 21_600, whole=True)))
    dead_letter: "Resource[Any] | None" = None
    on_success: "Resource[Any] | Function[Any, Any] | None" = None
    on_failure: "Resource[Any] | Function[Any, Any] | None" = None
    environment: MappingOf[str, str] = field(factory=dict)
    run: Run = field(default="thread", validator=one_of(("thread", "inline")))
    arn: Arn = field(init=False)
    is_async: bool = field(init=False)
    is_stream: bool = field(init=False)  # it answers piece by piece

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "arn", function_arn(self.name))
        object.__setattr__(self, "is_stream", _is(inspect.isasyncgenfunction, self.handler))
        object.__setattr__(self, "is_async", runs_async(self.handler))
        self._check()

    def __call__(self, event: E_contra, context: Any = None) -> R_co:
        return self.handler(event, context)

    def _check(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise refuse("name", self.name, "1 to 64 letters, digits, - and _")
        if self.run == "inline" and self.is_async:
            raise refuse("run", self.run, "thread; an async def handler always runs on the bus's loop")
        for setting in ("dead_letter", "on_success", "on_failure"):
            target = getattr(self, setting)
            if target is None:
                continue
            refused, allowed = _TAKERS[setting]
            if not isinstance(target, DeliveryTarget | Function) or target.arn.service in refused:
                raise refuse(setting, getattr(target, "name", target), allowed)
            if target.arn == self.arn:
                raise refuse(setting, target.arn.name, "another function (a function can't be its own destination)")
        for name, value in self.environment.items():
            if not isinstance(name, str) or not isinstance(value, str):
                raise refuse("environment", {name: value}, "texts")
            if not name or "=" in name or "\0" in name + value:
                raise refuse("environment", {name: value}, "what a process can have: names without =, no zero bytes")


Listener = Callable[[E, Any], R] | Callable[[E], R] | Function[E, R]
"""What listens to an event of the plain bus: it takes the payload, and a context if it likes."""


class FunctionSettings(TypedDict, total=False):
    """Described at `Function`."""

    name: str | None
    timeout: float
    memory_size: int
    reserved_concurrent_executions: int | None
    maximum_retry_attempts: int
    maximum_event_age_in_seconds: int
    dead_letter: Resource[Any] | None
    on_success: "Resource[Any] | Function[Any, Any] | None"
    on_failure: "Resource[Any] | Function[Any, Any] | None"
    environment: MappingOf[str, str] | None
    run: Run


def function_of(handler: Callable[..., Any], settings: MappingOf[str, Any]) -> Function[Any, Any]:
    """`handler` with these settings; named after it where they give no name. Raises `InvalidSetting`."""
    refuse_unknown(settings, _SETTINGS)
    if not callable(handler):
        raise refuse("handler", handler, "a callable taking event and context")
    left_out = ("name", "environment")  # None says the same as nothing
    given = {name: value for name, value in settings.items() if value is not None or name not in left_out}
    name = given.pop("name", getattr(handler, "__name__", None))
    if not isinstance(name, str):
        raise refuse("name", name, "a name: this handler has no __name__")
    return Function(handler=handler, name=name, **given)


def runs_async(handler: Callable[..., Any]) -> bool:
    """Whether what it returns is to be awaited, once or piece by piece."""
    return _is(inspect.iscoroutinefunction, handler) or _is(inspect.isasyncgenfunction, handler)


def _is(kind: Callable[[Any], bool], handler: Callable[..., Any]) -> bool:
    """An object may be it by its `__call__`."""
    return kind(handler) or kind(getattr(handler, "__call__", None))  # noqa: B004


_SETTINGS: Final = tuple(
    attribute.name for attribute in fields(Function) if attribute.init and attribute.name != "handler"
)
