"""From `module:name` to an app, and from a line of a file to a call."""

import importlib
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from eventbus import App, Bus
from eventbus.errors import EventBusError, suggest


class NotLoaded(EventBusError):
    """What the command line named is not there; the message says where it looked."""


def load_app(target: str) -> App:
    """The `App` that `module:name` names, looked for from the current folder."""
    module_name, colon, name = target.partition(":")
    if not (module_name and colon and name):
        raise NotLoaded(f"{target!r} is not MODULE:APP, such as shop:app")
    sys.path.insert(0, "")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as missing:
        if missing.name is None or not module_name.startswith(missing.name):
            raise
        raise NotLoaded(f"no module {module_name} from {Path.cwd()}") from missing
    app = getattr(module, name, None)
    if not isinstance(app, App):
        known = [each for each, value in vars(module).items() if isinstance(value, App)]
        raise NotLoaded(f"{target} is not an App; {suggest(name, known)}")
    return app


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number and object of each line that is not empty."""
    try:
        lines = path.read_text().splitlines()
    except UnicodeDecodeError as error:
        raise NotLoaded(f"{path}: not UTF-8: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise NotLoaded(f"{path}:{number}: not JSON: {error}") from error
        if not isinstance(entry, dict) or ("invoke" in entry) == ("call" in entry):
            raise NotLoaded(f'{path}:{number}: wanted {{"invoke": NAME, ...}} or {{"call": "RESOURCE.operation", ...}}')
        yield number, entry


async def apply(app: App, bus: Bus, entry: dict[str, Any]) -> Any:
    """Do what one line says; what it answered, as something JSON can say."""
    arguments = dict(entry)
    if "invoke" in arguments:
        name, payload = arguments.pop("invoke"), arguments.pop("payload", None)
        response = await _called(bus.invoke, str(name), payload, **arguments)
        return {
            "status_code": response.status_code,
            "function_error": response.function_error,
            "payload": json.loads(response.payload) if response.payload else None,
            "request_id": response.request_id,
        }
    name, _, operation = arguments.pop("call").rpartition(".")
    found = [resource for resource in app.resources if resource.arn.name == name]
    if not found:
        raise NotLoaded(f"no resource {name!r}; {suggest(name, [resource.arn.name for resource in app.resources])}")
    method = getattr(bus[found[0]], operation, None)
    if method is None or operation.startswith("_"):
        raise NotLoaded(f"{name} has no operation {operation!r}")
    return _plain(await _called(method, **arguments))


async def _called(method: Callable[..., Any], *args: Any, **arguments: Any) -> Any:
    try:
        bound = inspect.signature(method).bind(*args, **arguments)
    except TypeError as error:
        names = ", ".join(inspect.signature(method).parameters)
        raise NotLoaded(f"{method.__name__}: {error}; it takes {names}") from error
    return await method(*bound.args, **bound.kwargs)


def _plain(answer: Any) -> Any:
    """Members of an answer that JSON can say."""
    if answer is None or isinstance(answer, str | int | float | bool):
        return answer
    if isinstance(answer, list | tuple):
        return [_plain(item) for item in answer]
    if isinstance(answer, dict):
        return {str(key): _plain(value) for key, value in answer.items()}
    if isinstance(answer, bytes):
        return answer.decode(errors="replace")
    if isinstance(answer, datetime):
        return answer.isoformat()
    names = [name for name in dir(answer) if not name.startswith("_") and not callable(getattr(answer, name))]
    return {name: _plain(getattr(answer, name)) for name in names} if names else str(answer)
