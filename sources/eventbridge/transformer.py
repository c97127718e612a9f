"""What a target gets instead of the event: a part of it, or a template filled from it
[eb:eb-transform-target-input, eb:API_InputTransformer, eb:API_Target].

A variable outside quotes becomes the JSON of its value, inside quotes its bare text, without escapes; a path that
finds nothing is empty text. What is no JSON then can't be handed over; nor can an input path that finds nothing
(choice: what AWS does there is not documented). Numbers are as exact as binary64.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from eventbus.core.invocation_record import iso_seconds
from eventbus.core.patterns.text import NotJson, parse_json

from .errors import InvalidParameter
from .events import Event, minified

Step = str | int | None  # a member, an index, or all of them

MISSING: Final = object()
WHOLE_DETAIL: Final = ("detail",)

_WRITTEN_FREELY: Final = re.compile(r"[\s\\]")
_STEP: Final = re.compile(r"\.(?P<all>\*)|\.(?P<name>[^.\[\]*'\"\s]+)|\[(?P<index>[0-9]{1,9})\]|\[(?P<every>\*)\]")
_BRACKETS: Final = re.compile(r"\['(?P<single>[^'\]]+)'\]|\[\"(?P<double>[^\"\]]+)\"\]")
_TOKEN: Final = re.compile(
    r"(?P<escape>\\.)|(?P<quote>\")|<(?P<variable>[A-Za-z0-9_.-]+)>|(?P<blank>[ \t\r\n]+)|(?P<other>.)", re.DOTALL
)

RULE_ARN: Final = "aws.events.rule-arn"
RULE_NAME: Final = "aws.events.rule-name"
INGESTION_TIME: Final = "aws.events.event.ingestion-time"
EVENT: Final = "aws.events.event"
EVENT_JSON: Final = "aws.events.event.json"
PREDEFINED: Final = (RULE_ARN, RULE_NAME, INGESTION_TIME, EVENT, EVENT_JSON)
"""Their names can't be given to others."""


INVALID_JSON: Final = "INVALID_JSON"
"""Code of a dead letter."""


class NotHandedOver(Exception):
    """There is nothing that the target could get; the text is the code of a dead letter, and the reason."""


@frozen(eq=False)
class Path:
    """A JSON path: member names, indices, and `*` for all of them."""

    text: str
    steps: Sequence[Step]

    def find(self, value: Any) -> Any:
        """What it leads to, or `MISSING`; a list where it has a `*`."""
        return _find(value, self.steps)

    def body(self, event: Event, rule_name: str, rule_arn: str) -> str:
        """What was found, as JSON. Raises `NotHandedOver`."""
        text = event.detail_text
        if self.steps == WHOLE_DETAIL and text is not None and not _WRITTEN_FREELY.search(text):
            return text  # as its sender wrote it: minified already, nothing escaped
        found = self.find(event.value)
        if found is MISSING:
            raise NotHandedOver(f"{INVALID_JSON}: the input path {self.text} finds nothing")
        return written(found)


@frozen(eq=False)
class Variable:
    name: str
    quoted: bool  # it stands inside a JSON string


@frozen(eq=False)
class Template:
    """JSON with variables, without white space outside its strings."""

    pieces: Sequence[str | Variable]
    paths: Mapping[str, Path]

    def body(self, event: Event, rule_name: str, rule_arn: str) -> str:
        """The template filled from the event. Raises `NotHandedOver`."""
        known = {RULE_NAME: rule_name, RULE_ARN: rule_arn}
        pieces = [piece if isinstance(piece, str) else self._filled(piece, event, known) for piece in self.pieces]
        text = "".join(pieces)
        if any(isinstance(piece, Variable) and piece.quoted for piece in self.pieces):
            try:
                parse_json(text)
            except NotJson as reason:
                raise NotHandedOver(f"{INVALID_JSON}: the filled input template is no JSON: {reason}") from None
        return text

    def _filled(self, variable: Variable, event: Event, known: Mapping[str, str]) -> str:
        value = self._value(variable.name, event, known)
        if not variable.quoted:
            return written("" if value is MISSING else value)
        if value is MISSING:
            return ""
        return value.encode(errors="replace").decode() if isinstance(value, str) else written(value)

    def _value(self, name: str, event: Event, known: Mapping[str, str]) -> Any:
        match name:
            case "aws.events.event.json":
                return event.value
            case "aws.events.event":
                return {name: value for name, value in event.value.items() if name != "detail"}
            case "aws.events.event.ingestion-time":
                return iso_seconds(event.taken_at)
            case _:
                path = self.paths.get(name)
                return known[name] if path is None else path.find(event.value)


def written(value: Any) -> str:
    """As JSON. Raises `NotHandedOver`."""
    try:
        return minified(value)
    except (ValueError, RecursionError):
        reason = "JSON does not hold a number of it, or it is nested too deeply"
        raise NotHandedOver(f"{INVALID_JSON}: {reason}") from None


def parse_path(text: str, *, brackets: bool) -> Path:
    """`$.detail.lines[0].sku`; with `brackets` also `$['detail']`, unknown to variables [eb:API_InputTransformer].
    Raises ValidationException."""
    steps: list[Step] = []
    at = 1
    while at < len(text) or not text.startswith("$"):
        found = _STEP.match(text, at) or (_BRACKETS.match(text, at) if brackets else None)
        if found is None or not text.startswith("$"):
            raise InvalidParameter(f"Invalid JSON path {text}: it begins with $, members follow as .name or [0]")
        steps.append(_step(found))
        at = found.end()
    return Path(text, tuple(steps))


def parse_template(text: str, paths: Mapping[str, Path]) -> Template:
    """Raises ValidationException for what would not be JSON whatever fills it, and for a variable without a path."""
    pieces: list[str | Variable] = []
    sample = ""
    quoted = False
    for token in _TOKEN.finditer(text):
        name = token["variable"]
        if name is not None:
            if name not in paths and name not in PREDEFINED:
                raise InvalidParameter(f"Invalid InputTemplate: the variable <{name}> has no path in InputPathsMap")
            pieces.append(Variable(name, quoted))
            sample += "" if quoted else "null"
            continue
        quoted ^= token["quote"] is not None
        sample += token[0]
        if quoted or token["blank"] is None:
            pieces.append(token[0])
    try:
        parse_json(sample)
    except NotJson as reason:
        raise InvalidParameter(f"Invalid InputTemplate: it is no JSON whatever fills it: {reason}") from None
    return Template(tuple(_joined(pieces)), dict(paths))


def _step(found: re.Match[str]) -> Step:
    parts = found.groupdict()
    if parts.get("index") is not None:
        return int(parts["index"])
    if parts.get("all") or parts.get("every"):
        return None
    return parts.get("name") or parts.get("single") or parts.get("double")


def _joined(pieces: Sequence[str | Variable]) -> list[str | Variable]:
    """Neighbouring texts in one."""
    joined: list[str | Variable] = []
    for piece in pieces:
        if joined and isinstance(piece, str) and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _find(value: Any, steps: Sequence[Step]) -> Any:
    for number, step in enumerate(steps):
        if step is None:
            return _all(value, steps[number + 1 :])
        if isinstance(step, str):
            if not isinstance(value, dict) or step not in value:
                return MISSING
            value = value[step]
        elif not isinstance(value, list) or step >= len(value):
            return MISSING
        else:
            value = value[step]
    return value


def _all(value: Any, rest: Sequence[Step]) -> Any:
    """What `rest` leads to from each of them, in one list."""
    if not isinstance(value, list | dict):
        return MISSING
    found = [_find(each, rest) for each in (value.values() if isinstance(value, dict) else value)]
    found = [each for each in found if each is not MISSING]
    return [each for some in found for each in some] if None in rest else found
