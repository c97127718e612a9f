"""What the answer of a custom resource says, whatever was PUT."""

from json import dumps, loads
from typing import Any, Final

from attrs import field, frozen

from .events import CustomResourceEvent

BODY_LIMIT: Final = 4_096
ID_LIMIT: Final = 1_024
"""Bytes [cfn:crpg-ref-responses]."""
COPIED: Final = ("StackId", "RequestId", "LogicalResourceId")

TOO_LONG: Final = "Response object is too long."
INVALID_ID: Final = "Invalid PhysicalResourceId"
"""As reported from AWS; the other texts are ours."""


@frozen(kw_only=True)
class Answer:
    """`reason` is why the resource failed, None if it did not."""

    reason: str | None
    physical_id: str = ""
    data: dict[str, Any] = field(factory=dict)
    no_echo: bool = False


def read(content: bytes, event: CustomResourceEvent) -> Answer:
    """Never raises. The physical id is there if it is one, whatever else is wrong."""
    if len(content) > BODY_LIMIT:
        return Answer(reason=TOO_LONG)
    try:
        body = loads(content, parse_constant=_no_number)
        dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # no JSON, no UTF-8, halves of surrogate pairs
        body = None
    if not isinstance(body, dict):
        return Answer(reason="Response is not a valid JSON object.")
    given = body.get("PhysicalResourceId")
    physical_id = given if isinstance(given, str) and 0 < len(given.encode()) <= ID_LIMIT else ""
    data = body.get("Data")
    return Answer(
        reason=_failure(body, event, physical_id),
        physical_id=physical_id,
        data=data if isinstance(data, dict) else {},
        no_echo=body.get("NoEcho") in (True, "true"),
    )


def _failure(body: dict[str, Any], event: CustomResourceEvent, physical_id: str) -> str | None:
    answered: dict[str, Any] = dict(event)
    for name in COPIED:
        if body.get(name) != answered[name]:
            return f"Invalid {name}: it is not that of the request."
    if body.get("Status") not in ("SUCCESS", "FAILED"):
        return "Invalid Status: SUCCESS or FAILED is wanted."
    if not physical_id:
        return INVALID_ID
    if body["Status"] == "FAILED":
        if not isinstance(body.get("Reason"), str):
            return "Invalid Reason: it is required with FAILED."
        return (
            f"Received response status [FAILED] from custom resource. Message returned: {body['Reason']} "
            f"(RequestId: {event['RequestId']})"
        )
    if body.get("Data") is not None and not isinstance(body["Data"], dict):
        return "Invalid Data: a JSON object is wanted."
    return None


def _no_number(word: str) -> Any:
    raise ValueError(word)
