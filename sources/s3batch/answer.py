"""What a function says of its tasks [s3:batch-ops-invoke-lambda]."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import frozen

from sources._http.answers import Malformed, parsed

from .job import PERMANENT, RESULT_CODES, SUCCEEDED, TEMPORARY

INVALID: Final = "Invalid JSON returned in Lambda payload"
FUNCTION_ERROR: Final = "Lambda returned function error: "
NO_RESULT: Final = "No result was returned for this task"
"""A choice."""


@frozen
class Result:
    """Of one task: `code` is a resultCode, `http_status` that of the call."""

    code: str
    message: str = ""
    http_status: int = 200


MALFORMED: Final = Result(PERMANENT, INVALID)


def results(payload: bytes, invocation: str, ids: Sequence[str]) -> list[Result]:
    """Of each task, in their order. An answer of another form fails them all; results of others are passed by."""
    try:
        found, missing = _read(parsed(payload), invocation)
    except Malformed:
        return [MALFORMED] * len(ids)
    absent = Result(missing, "" if missing == SUCCEEDED else NO_RESULT)
    return [found.get(id, absent) for id in ids]


def _read(answer: Any, invocation: str) -> tuple[dict[str, Result], str]:
    """Results by task, and what becomes of tasks without one."""
    if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
        raise Malformed("no object with results")
    version, missing = answer.get("invocationSchemaVersion"), answer.get("treatMissingKeysAs", TEMPORARY)
    if answer.get("invocationId") != invocation or not isinstance(version, str) or not version:
        raise Malformed("ids are not echoed")
    if missing not in RESULT_CODES:
        raise Malformed("treatMissingKeysAs is no result code")
    found: dict[str, Result] = {}
    for each in answer["results"]:
        task_id, result = _result(each)
        if task_id in found:
            raise Malformed("a task has two results")
        found[task_id] = result
    return found, missing


def _result(given: Any) -> tuple[str, Result]:
    if not isinstance(given, dict) or not isinstance(given.get("taskId"), str):
        raise Malformed("a result of no task")
    code, text = given.get("resultCode"), given.get("resultString")
    if code not in RESULT_CODES or not isinstance(text, str | None):
        raise Malformed("a result without code, or without a text")
    return given["taskId"], Result(code, text or "")
