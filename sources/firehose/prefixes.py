"""Prefixes of object keys, and the expressions in them. Source: fh:s3-prefixes.

A prefix without a timestamp has one appended. Choices where the guide is open: that holds with partition keys too; what
can't be told before a record comes (the length of its partition keys) is looked at when it comes.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from string import ascii_letters, digits
from typing import Any, Final

from attrs import frozen

from eventbus.checks import encodable, refuse
from eventbus.names import Ids

from . import java_time
from .java_time import Pattern

LENGTH_LIMIT: Final = 1_024
"""Characters as they are written [bc:firehose]."""
EVALUATED_LIMIT: Final = 512
RANDOM_LENGTH: Final = 11
RANDOM_LETTERS: Final = ascii_letters + digits
TIME: Final = "!{timestamp:yyyy/MM/dd/HH/}"

ERROR_TYPE: Final = "error-output-type"
RANDOM: Final = "random-string"
BY_LAMBDA: Final = "partitionKeyFromLambda"
BY_QUERY: Final = "partitionKeyFromQuery"
LONGEST: Final = tuple(datetime(2026, month, 30, 23, 59, 59, tzinfo=UTC) for month in (9, 12))
"""Both are Wednesdays: one has the longest name of a month, the other its longest number."""

_EXPRESSION: Final = re.compile(r"!\{([^{}:]*):([^{}]*)\}")


@frozen
class Expression:
    """`pattern` of a timestamp, `value` of what else there is."""

    namespace: str
    value: str
    pattern: Pattern = ()


@frozen
class Prefix:
    """Ready to be evaluated."""

    parts: tuple[str | Expression, ...]

    @property
    def expressions(self) -> list[Expression]:
        return [part for part in self.parts if isinstance(part, Expression)]

    @property
    def keys(self) -> tuple[str, ...]:
        """The partition keys that it needs, each once."""
        return tuple(dict.fromkeys(each.value for each in self.expressions if each.namespace == BY_LAMBDA))

    def uses(self, namespace: str, value: str | None = None) -> bool:
        return any(each.namespace == namespace and value in (None, each.value) for each in self.expressions)

    def evaluated(self, at: datetime, error_type: str, keys: Mapping[str, str], ids: Ids | None) -> str:
        """Without a stream of ids, random texts are not."""
        texts: list[str] = []
        for part in self.parts:
            if isinstance(part, str):
                texts.append(part)
            elif part.namespace == "timestamp":
                texts.append(java_time.written(part.pattern, at))
            elif part.namespace == BY_LAMBDA:
                texts.append(keys.get(part.value, ""))
            elif part.value == ERROR_TYPE:
                texts.append(error_type)
            else:
                letters = RANDOM_LETTERS[:1] * RANDOM_LENGTH
                texts.append(letters if ids is None else "".join(ids.random.choices(RANDOM_LETTERS, k=RANDOM_LENGTH)))
        return "".join(texts)

    def fits(self, error_type: str, keys: Mapping[str, str]) -> bool:
        return all(len(self.evaluated(at, error_type, keys, None)) <= EVALUATED_LIMIT for at in LONGEST)


def prefixes(
    prefix: str | None, error_output_prefix: str | None, error_type: str, *, dynamic: bool
) -> tuple[Prefix, Prefix]:
    """Those of objects delivered, and of objects with failed records; the longest `error_type` there may be. Raises
    `InvalidSetting`."""
    good = _parsed("prefix", prefix)
    _check_good(good, prefix, dynamic=dynamic)
    if not error_output_prefix:
        if good.expressions:
            allowed = "an error prefix, since prefix has expressions"
            raise refuse("error_output_prefix", error_output_prefix, allowed)
        bad = _parsed("prefix", f"{prefix or ''}!{{firehose:{ERROR_TYPE}}}/{TIME}")
    else:
        bad = _parsed("error_output_prefix", error_output_prefix)
        if bad.keys:
            raise refuse("error_output_prefix", error_output_prefix, "no partition keys: what failed may have none")
        if bad.expressions and not bad.uses("firehose", ERROR_TYPE):
            raise refuse("error_output_prefix", error_output_prefix, f"!{{firehose:{ERROR_TYPE}}} in it")
    if not good.uses("timestamp"):
        good = Prefix((*good.parts, *_parsed("prefix", TIME).parts))
    for setting, value, found in (("prefix", prefix, good), ("error_output_prefix", error_output_prefix, bad)):
        if not found.fits(error_type, {}):
            raise refuse(setting, value, f"up to {EVALUATED_LIMIT} characters once it is evaluated")
    return good, bad


def _check_good(good: Prefix, prefix: str | None, *, dynamic: bool) -> None:
    if good.uses("firehose", ERROR_TYPE):
        raise refuse("prefix", prefix, f"no !{{firehose:{ERROR_TYPE}}}: that is for error_output_prefix")
    if bool(good.keys) != dynamic:
        how = "with" if dynamic else "no"
        raise refuse("prefix", prefix, f"{how} !{{{BY_LAMBDA}:...}} where dynamic_partitioning={dynamic}")


def _parsed(setting: str, text: Any) -> Prefix:
    if text is None:
        return Prefix(())
    if not isinstance(text, str) or len(text) > LENGTH_LIMIT or not encodable(text):
        raise refuse(setting, text, f"a text of up to {LENGTH_LIMIT:,} characters")
    pieces = _EXPRESSION.split(text)
    if any("!{" in piece for piece in pieces[::3]):
        raise refuse(setting, text, "expressions !{namespace:value}, each closed")
    parts: list[str | Expression] = [pieces[0]]
    for namespace, value, following in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        parts += [_expression(setting, text, namespace, value), following]
    return Prefix(tuple(part for part in parts if part))


def _expression(setting: str, text: str, namespace: str, value: str) -> Expression:
    match namespace:
        case "timestamp":
            try:
                return Expression(namespace, value, java_time.compiled(value))
            except ValueError as reason:
                raise refuse(setting, text, f"a pattern of DateTimeFormatter for a timestamp; {reason}") from None
        case "firehose" if value in (ERROR_TYPE, RANDOM):
            return Expression(namespace, value)
        case "partitionKeyFromLambda" if value:
            return Expression(namespace, value)
        case "partitionKeyFromQuery":
            raise refuse(setting, text, f"{BY_LAMBDA}: keys out of the records themselves ({BY_QUERY}) are not offered")
    known = f"timestamp:..., firehose:{ERROR_TYPE}, firehose:{RANDOM}, {BY_LAMBDA}:..."
    raise refuse(setting, text, f"{known}; not {namespace}:{value}")
