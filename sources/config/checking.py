"""What calls on the recorder refuse before they reach it [bc:config]."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from json import dumps, loads
from typing import Any, Final, NoReturn

from eventbus.checks import encodable
from eventbus.errors import InvalidParameterValueException

from .errors import InvalidResultTokenException, unsatisfied
from .results import COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE, Evaluation
from .settings import ID_LIMIT, NAME_LIMIT, TEXT_LIMIT, is_text

EVALUATIONS_LIMIT: Final = 100
RULES_LIMIT: Final = 25
HISTORY_LIMIT: Final = 100
TYPE_LIMIT: Final = 196
TAGS_LIMIT: Final = 50
LAST_INSTANT: Final = 253_402_300_799.0
"""Of the year 9999, in seconds since 1970."""
COMPLIANCES: Final = (COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE, "INSUFFICIENT_DATA")
MEMBERS: Final = (
    "compliance_resource_type",
    "compliance_resource_id",
    "compliance_type",
    "annotation",
    "ordering_timestamp",
)


def text(member: str, value: object, limit: int) -> str:
    if not is_text(value, limit):
        raise unsatisfied(member, value, f"have length from 1 to {limit:,}, in characters that UTF-8 can hold")
    return str(value)


def resource(resource_type: object, resource_id: object) -> None:
    text("resourceType", resource_type, TYPE_LIMIT)
    text("resourceId", resource_id, ID_LIMIT)


def configuration(given: object) -> dict[str, Any]:
    """JSON of an object."""
    found = None
    try:
        if isinstance(given, str):
            found = loads(given, parse_constant=_no_constant)
            if not encodable(dumps(found, ensure_ascii=False)):
                found = None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise unsatisfied("configuration", given, "be JSON of an object")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


def tags(given: Mapping[str, str] | None) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, Mapping) or len(given) > TAGS_LIMIT:
        raise unsatisfied("tags", given, f"be up to {TAGS_LIMIT} texts by their keys")
    for key, value in given.items():
        if not is_text(key, 128) or not is_text(value, TEXT_LIMIT, least=0):
            raise unsatisfied("tags", {key: value}, "have keys of 1 to 128 and values of up to 256 characters")
    return dict(given)


def limit(value: int) -> int:
    """None of a number, or 0, is the default [bc:config]."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= HISTORY_LIMIT:
        raise unsatisfied("limit", value, f"have value from 0 to {HISTORY_LIMIT}")
    return value or 10


def rule_names(given: Sequence[str] | None, least: int = 0) -> list[str] | None:
    if given is None and least == 0:
        return None
    known = isinstance(given, Sequence) and not isinstance(given, str) and least <= len(given) <= RULES_LIMIT
    if not known:
        raise unsatisfied("configRuleNames", given, f"have length from {least} to {RULES_LIMIT}")
    names = [text("configRuleNames", name, NAME_LIMIT) for name in given or ()]
    return names or None


def compliance_types(given: Sequence[str] | None, allowed: Sequence[str]) -> list[str] | None:
    if given is None:
        return None
    if isinstance(given, str) or not isinstance(given, Sequence) or any(each not in allowed for each in given):
        raise InvalidParameterValueException(f"complianceTypes={given!a:.200}: any of {', '.join(allowed)}")
    return list(given) or None


def token(given: object, *, test_mode: bool) -> str:
    if not isinstance(given, str):
        raise unsatisfied("resultToken", given, "be a text")
    if not given and not test_mode:
        raise InvalidResultTokenException
    return given


def evaluations(given: Sequence[Mapping[str, Any]] | None) -> list[Evaluation]:
    if given is None:
        return []
    known = isinstance(given, Sequence) and not isinstance(given, str | bytes)
    if not known or len(given) > EVALUATIONS_LIMIT:
        raise unsatisfied("evaluations", given, f"have length less than or equal to {EVALUATIONS_LIMIT}")
    return [_evaluation(f"evaluations.{number}.member", each) for number, each in enumerate(given, 1)]


def _evaluation(where: str, given: object) -> Evaluation:
    if not isinstance(given, Mapping) or any(name not in MEMBERS for name in given):
        raise unsatisfied(where, given, f"have the members {', '.join(MEMBERS)}")
    kind = text(f"{where}.complianceResourceType", given.get("compliance_resource_type"), TEXT_LIMIT)
    id = text(f"{where}.complianceResourceId", given.get("compliance_resource_id"), ID_LIMIT)
    found = given.get("compliance_type")
    if found not in COMPLIANCES:
        raise unsatisfied(f"{where}.complianceType", found, f"satisfy enum value set: [{', '.join(COMPLIANCES)}]")
    if found == "INSUFFICIENT_DATA":
        raise InvalidParameterValueException(f"{where}.complianceType: INSUFFICIENT_DATA can't be put")
    annotation = given.get("annotation")
    if annotation is not None:
        text(f"{where}.annotation", annotation, TEXT_LIMIT)
    at = _instant(f"{where}.orderingTimestamp", given.get("ordering_timestamp"))
    return Evaluation(kind, id, found, annotation, at)


def _instant(member: str, given: object) -> float:
    """Seconds since 1970: of a number, a date, or a text of ISO 8601 such as an item's capture time."""
    found: float | None = None
    try:
        if isinstance(given, str):
            given = datetime.fromisoformat(given)
        if isinstance(given, datetime):
            found = given.replace(tzinfo=given.tzinfo or UTC).timestamp()
        elif isinstance(given, int | float) and not isinstance(given, bool):
            found = float(given)
    except (ValueError, OverflowError):
        found = None
    if found is None or not 0 <= found <= LAST_INSTANT:
        raise unsatisfied(member, given, "be an instant")
    return found
