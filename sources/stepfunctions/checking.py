"""What clients may say."""

import re
from typing import Any, Final

from eventbus.checks import texts
from eventbus.errors import ValidationException

from .data import DATA_LIMIT_BYTES, parsed, size
from .errors import (
    CAUSE_LIMIT,
    ERROR_LIMIT,
    InvalidArn,
    InvalidExecutionInput,
    InvalidName,
    InvalidOutput,
    InvalidToken,
)

PAGE_LIMIT: Final = 1_000
PAGE: Final = 100
TOKEN_LIMIT: Final = 2_048
NAME: Final = re.compile(r"""[^\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,80}""")
"""Of executions and state machines [bc:stepfunctions StartExecution]."""
_ARN: Final = re.compile(r"arn:aws:states:[\w-]+:\d{12}:execution:[^:]+:[^:]+")


def invalid(why: str) -> ValidationException:
    return ValidationException(f"1 validation error detected: {why}")


def name(given: str | None) -> None:
    if given is not None and (not isinstance(given, str) or not NAME.fullmatch(given)):
        raise InvalidName(f"Invalid Name: '{given}'")


def arn(given: str) -> None:
    texts(invalid, execution_arn=given)
    if not isinstance(given, str) or not _ARN.fullmatch(given):
        raise InvalidArn(f"Invalid Arn: 'Resource type not valid in this context: {given}'")


def execution_input(given: str) -> None:
    _json(given, "input", InvalidExecutionInput, "Invalid State Machine Execution Input")


def output(given: str) -> Any:
    return _json(given, "output", InvalidOutput, "Invalid Output")


def token(given: str) -> None:
    texts(invalid, task_token=given)
    if not given or len(given) > TOKEN_LIMIT:
        raise invalid(f"task_token has 1 to {TOKEN_LIMIT:,} characters")


def words(error: str | None, cause: str | None) -> None:
    texts(invalid, error=error, cause=cause)
    for name_of, given, limit in (("error", error, ERROR_LIMIT), ("cause", cause, CAUSE_LIMIT)):
        if given is not None and len(given) > limit:
            raise invalid(f"{name_of} has up to {limit:,} characters")


def page(max_results: int, next_token: str | None) -> tuple[int | None, int]:
    """Where it begins, and how many it may hold."""
    if isinstance(max_results, bool) or not isinstance(max_results, int) or not 0 <= max_results <= PAGE_LIMIT:
        raise invalid(f"max_results={max_results!r}: a whole number from 0 to {PAGE_LIMIT:,}")
    if next_token is not None and not (
        isinstance(next_token, str) and next_token.isascii() and next_token.isdigit() and len(next_token) < 10
    ):
        raise InvalidToken(f"Invalid Token: '{next_token}'")
    return None if next_token is None else int(next_token), max_results or PAGE


def _json(given: str, name_of: str, refusal: Any, words_of: str) -> Any:
    texts(invalid, **{name_of: given})
    if not isinstance(given, str):
        raise refusal(f"{words_of}: '{name_of} is a JSON text'")
    if size(given) > DATA_LIMIT_BYTES:
        raise invalid(f"{name_of} has up to {DATA_LIMIT_BYTES:,} bytes")
    try:
        return parsed(given)
    except ValueError as error:
        raise refusal(f"{words_of}: '{error}'") from None
