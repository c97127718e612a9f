"""What calls on a pipeline refuse before they reach it [bc:codepipeline]."""

import re
from collections.abc import Mapping
from typing import Any, Final

from eventbus.checks import encodable

from .errors import unsatisfied
from .executions import Reported

FAILURE_TYPES: Final = (
    "JobFailed",
    "ConfigurationError",
    "PermissionError",
    "RevisionOutOfSync",
    "RevisionUnavailable",
    "SystemUnavailable",
)
MESSAGE_LIMIT: Final = 5_000
TOKEN_LIMIT: Final = 2_048
REASON_LIMIT: Final = 200
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_VARIABLE: Final = re.compile(r"[A-Za-z0-9@_-]+")


def id_of(member: str, value: str) -> None:
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise unsatisfied(member, value, f"satisfy regular expression pattern: {_UUID.pattern}")


def text(member: str, value: object, limit: int, least: int = 1) -> str:
    if not isinstance(value, str) or not least <= len(value) <= limit or not encodable(value):
        raise unsatisfied(member, value, f"be a text of {least} to {limit:,} characters")
    return value


def variables(given: Mapping[str, str] | None) -> dict[str, str]:
    found = dict(_members("outputVariables", given or {}))
    for name, value in found.items():
        if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
            raise unsatisfied("outputVariables", name, f"satisfy regular expression pattern: {_VARIABLE.pattern}")
        if not isinstance(value, str) or not encodable(value):
            raise unsatisfied(f"outputVariables.{name}", value, "be a text")
    return found


def reported(revision: Mapping[str, Any] | None, details: Mapping[str, Any] | None) -> Reported:
    found = Reported()
    if revision is not None:
        given = _members("currentRevision", revision, ("revision", "change_identifier"), required=True)
        found.revision = text("currentRevision.revision", given["revision"], 1_500)
        found.change_identifier = text("currentRevision.changeIdentifier", given["change_identifier"], 100)
    if details is not None:
        given = _members("executionDetails", details, ("summary", "external_execution_id", "percent_complete"))
        if "summary" in given:
            found.summary = text("executionDetails.summary", given["summary"], 2_048)
        if "external_execution_id" in given:
            found.external_execution_id = text(
                "executionDetails.externalExecutionId", given["external_execution_id"], 1_500
            )
        if "percent_complete" in given:
            found.percent_complete = _percentage(given["percent_complete"])
    return found


def failure(given: Mapping[str, Any]) -> tuple[str, str, Reported]:
    """Type and message, and the id of what failed elsewhere."""
    details = _members("failureDetails", given, ("type", "message", "external_execution_id"))
    kind, message = details.get("type"), details.get("message")
    if kind not in FAILURE_TYPES:
        raise unsatisfied("failureDetails.type", kind, f"satisfy enum value set: [{', '.join(FAILURE_TYPES)}]")
    found = Reported()
    if "external_execution_id" in details:
        found.external_execution_id = text(
            "failureDetails.externalExecutionId", details["external_execution_id"], 1_500
        )
    return kind, text("failureDetails.message", message, MESSAGE_LIMIT), found


def _percentage(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
        raise unsatisfied("executionDetails.percentComplete", value, "be a whole number from 0 to 100")
    return value


def _members(
    member: str, given: object, known: tuple[str, ...] | None = None, *, required: bool = False
) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise unsatisfied(member, given, "be an object")
    unknown = [name for name in given if known is not None and name not in known]
    if unknown:
        raise unsatisfied(member, unknown[0], f"have no members but {', '.join(known or ())}")
    missing = [name for name in known or () if required and name not in given]
    if missing:
        raise unsatisfied(f"{member}.{missing[0]}", None, "not be null")
    return given
