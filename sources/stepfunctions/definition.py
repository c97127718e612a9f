"""Definitions in the Amazon States Language, from JSON to states. What is not offered is refused by name."""

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Any, Final

from eventbus.checks import is_function
from sources._calling import encode

from .data import instant, parsed, size
from .fields import NO_END, NO_TARGET, NOT_JSON, SCHEMA, TWICE, Fields, refused
from .intrinsics import expression
from .resources import target_of
from .retrying import catchers, retriers
from .rules import choices
from .states import SECONDS_LIMIT, Branch, Choice, Fail, Parallel, Pass, Seconds, State, Succeed, Task, Wait

DEFINITION_LIMIT: Final = 1_048_576
"""Bytes [bc:stepfunctions CreateStateMachine]."""
NAME_LIMIT: Final = 80
_WHOLE: Final = "the definition"


def read(definition: Any) -> Branch:
    """Raises `InvalidSetting`."""
    try:
        given = _json(definition)
        if size(encode(given)) > DEFINITION_LIMIT:
            raise refused(SCHEMA, f"it has more than {DEFINITION_LIMIT:,} bytes", _WHOLE)
        fields = Fields(given, _WHOLE)
        if fields.text("Version", "1.0") != "1.0":
            raise fields.bad("Version is '1.0'")
        timeout = fields.whole("TimeoutSeconds", 1, SECONDS_LIMIT) if "TimeoutSeconds" in fields else inf
        found = _branch(fields, timeout)
    except RecursionError:
        raise refused(SCHEMA, "it nests too deeply", _WHOLE) from None
    seen: set[str] = set()
    for state in every_state(found):
        if state.name in seen:
            raise refused(TWICE, f"the name {state.name!r} stands twice", _WHOLE)
        seen.add(state.name)
    return found


def every_state(branch: Branch) -> Iterator[State]:
    """Those of branches in it too."""
    for state in branch.states.values():
        yield state
        if isinstance(state, Parallel):
            for inner in state.branches:
                yield from every_state(inner)


def _json(definition: Any) -> Any:
    """A value of its own: what was given may change."""
    try:
        return parsed(definition if isinstance(definition, str) else encode(_plain(definition)))
    except (TypeError, ValueError) as error:
        raise refused(NOT_JSON, str(error), _WHOLE) from None


def _plain(value: Any) -> Any:
    """Declared functions become their ARNs."""
    if is_function(value):
        return str(value.arn)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _branch(fields: Fields, timeout: float = inf) -> Branch:
    at = fields.at
    language(fields)
    start, given = fields.text("StartAt"), fields.needed("States")
    fields.end()
    if not isinstance(given, Mapping) or not given:
        raise fields.bad("States is an object with one state or more")
    states = {}
    for name, value in given.items():
        if not isinstance(name, str) or not 1 <= len(name) <= NAME_LIMIT:
            raise fields.bad(f"the name {name!r} is refused: wanted 1 to {NAME_LIMIT} characters")
        states[name] = _state(name, Fields(value, f"state {name!r}"))
    _check_transitions(start, states, at)
    return Branch(start_at=start, states=states, timeout_seconds=timeout)


def language(fields: Fields) -> None:
    if fields.text("QueryLanguage", "JSONPath") != "JSONPath":
        raise fields.bad("QueryLanguage is 'JSONPath'; JSONata is not offered")


def _check_transitions(start: str, states: Mapping[str, State], at: str) -> None:
    reached: set[str] = set()
    waiting = [(start, "StartAt")]
    while waiting:
        name, source = waiting.pop()
        if name not in states:
            raise refused(NO_TARGET, f"{source} leads to {name!r}, which is not there", at)
        if name not in reached:
            reached.add(name)
            waiting += [(target, f"state {name!r}") for target in _targets(states[name])]
    unreached = [name for name in states if name not in reached]
    if unreached:
        raise refused(NO_TARGET, f"nothing leads to the state {unreached[0]!r}", at)
    if all(state.next is not None or isinstance(state, Choice) for state in states.values()):
        raise refused(NO_END, "no state ends it", at)


def _targets(state: State) -> Sequence[str]:
    targets = [] if state.next is None else [state.next]
    if isinstance(state, Choice):
        targets += [target for _, target in state.choices]
        targets += [] if state.default is None else [state.default]
    return targets + [catcher.next for catcher in state.catch]


def _state(name: str, fields: Fields) -> State:
    language(fields)
    kind = fields.text("Type")
    if kind == "Map":
        raise fields.bad("Map states are not offered")
    build = _KINDS.get(kind)
    if build is None:
        raise fields.bad(f"Type is one of {', '.join(_KINDS)}, not {kind!r}")
    state = build(name, fields)
    fields.end()
    return state


def _next(fields: Fields) -> str | None:
    """None: the branch ends here."""
    if fields.one_of("Next", "End") == "Next":
        return fields.text("Next")
    if not fields.flag("End"):
        raise fields.bad("End is true, or left out")
    return None


def _paths(fields: Fields) -> dict[str, Any]:
    return {"input_path": fields.path_or_null("InputPath"), "output_path": fields.path_or_null("OutputPath")}


def _work(fields: Fields) -> dict[str, Any]:
    """Of states that make something of their input, and may fail at it."""
    return {
        **_paths(fields),
        "next": _next(fields),
        "parameters": fields.template("Parameters"),
        "result_selector": fields.template("ResultSelector"),
        "result_path": fields.result_path(),
        "retry": retriers(fields),
        "catch": catchers(fields),
    }


def _pass(name: str, fields: Fields) -> State:
    result = (fields.ask("Result"),) if "Result" in fields else ()
    parameters, result_path = fields.template("Parameters"), fields.result_path()
    return Pass(
        name=name,
        next=_next(fields),
        **_paths(fields),
        parameters=parameters,
        result_path=result_path,
        result=result,
    )


def _task(name: str, fields: Fields) -> State:
    timeout, heartbeat = _seconds(fields, "TimeoutSeconds", 1), _seconds(fields, "HeartbeatSeconds", 1)
    limits = [each.given for each in (heartbeat, timeout) if each is not None and isinstance(each.given, int)]
    if len(limits) == 2 and limits[0] >= limits[1]:
        raise fields.bad("HeartbeatSeconds is less than TimeoutSeconds")
    work = _work(fields)
    return Task(name=name, **work, **target_of(fields, work["parameters"]), timeout=timeout, heartbeat=heartbeat)


def _seconds(fields: Fields, name: str, low: int) -> Seconds | None:
    if name not in fields and f"{name}Path" not in fields:
        return None
    chosen = fields.one_of(name, f"{name}Path")
    given = fields.whole(name, low, SECONDS_LIMIT) if chosen == name else fields.path(chosen, single=True)
    return Seconds(given=given, low=low, name=chosen)


def _wait(name: str, fields: Fields) -> State:
    chosen = fields.one_of("Seconds", "SecondsPath", "Timestamp", "TimestampPath")
    timestamp = fields.path(chosen, single=True) if chosen == "TimestampPath" else fields.text("Timestamp", "")
    if chosen == "Timestamp" and instant(timestamp) is None:
        raise fields.bad(f"Timestamp is such as 2026-01-01T00:00:00Z, not {timestamp!r}")
    seconds = _seconds(fields, "Seconds", 0)
    return Wait(name=name, next=_next(fields), **_paths(fields), seconds=seconds, timestamp=timestamp)


def _choice(name: str, fields: Fields) -> State:
    default = fields.text("Default") if "Default" in fields else None
    return Choice(name=name, **_paths(fields), choices=choices(fields), default=default)


def _parallel(name: str, fields: Fields) -> State:
    branches = [
        _branch(Fields(value, f"branch {number} of state {name!r}"))
        for number, value in enumerate(fields.array("Branches"), 1)
    ]
    return Parallel(name=name, **_work(fields), branches=branches)


def _succeed(name: str, fields: Fields) -> State:
    return Succeed(name=name, **_paths(fields))


def _fail(name: str, fields: Fields) -> State:
    words: dict[str, Any] = {}
    for name_of, key in (("Error", "error"), ("Cause", "cause")):
        if f"{name_of}Path" not in fields:
            words[key] = fields.text(name_of, "")
        else:
            fields.one_of(name_of, f"{name_of}Path")
            words[key] = fields.compiled(expression, fields.text(f"{name_of}Path"))
    return Fail(name=name, **words)


_KINDS: Final = {
    "Pass": _pass,
    "Task": _task,
    "Choice": _choice,
    "Wait": _wait,
    "Succeed": _succeed,
    "Fail": _fail,
    "Parallel": _parallel,
}
