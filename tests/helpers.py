"""What tests of running buses share."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from eventbus import App, Function, run

T = TypeVar("T")


def virtually(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run `main()` to its end in virtual time."""
    return run(main, virtual=True)


def app_of(handler: Callable[[Any, Any], Any], **settings: Any) -> tuple[App, Function[Any, Any]]:
    """An app with this function alone, named `work` unless it is told otherwise."""
    app = App("tests")
    return app, app.function(handler, **{"name": "work", **settings})


async def echo(event: Any, context: Any) -> Any:
    return event


async def boom(event: Any, context: Any) -> Any:
    raise ValueError("boom")
