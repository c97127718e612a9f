"""IoT 1-Click and the IoT button as data: presses and what is sent, settings, outcomes.

1-Click ended in 2024 and its model is no longer in botocore. Sources, in the columns `source`: "button" is the text that
AWS ships with functions for the IoT button (a press of more than 1.5 s is LONG), "guide" the 1-Click developer guide,
"systems" and "semantics" the project's reference texts, "unverified" general knowledge of the services found in no text
read, "choice" ours. No limit of a setting was found in a text read, but for those of the rows.
"""

from typing import Any, Literal

import attrs

Kind = Literal["button", "1click"]

# -------------------------------------------------------------------------------------------------------------- clicks


@attrs.frozen
class Click:
    """A device is asked to click; `error` None: the function is invoked with that clickType."""

    id: str
    kind: Kind
    click: Any
    error: str | None
    source: str


CLICKS: list[Click] = [
    *[Click(f"button {click}", "button", click, None, "systems") for click in ("SINGLE", "DOUBLE", "LONG")],
    *[Click(f"1-Click {click}", "1click", click, None, "systems") for click in ("SINGLE", "DOUBLE", "LONG")],
    *[
        Click(f"{kind} {click!r}", kind, click, "InvalidRequestException", "choice")
        for kind in ("button", "1click")
        for click in ("single", "TRIPLE", "", None, 1)
    ],
]

TOPIC = "iotbutton/{serial}"
"""The IoT button publishes there; a rule `SELECT * FROM 'iotbutton/+'` hands the message on as it is (unverified)."""

# ---------------------------------------------------------------------------------------------------------- placements


@attrs.frozen
class Placement:
    """A device of a placement is clicked: `attributes` and `devices` of placementInfo; `event` False: not invoked."""

    id: str
    defaults: dict[str, str]  # of the project's template
    attributes: dict[str, str]  # of the placement
    device: str  # template name of the clicked device
    enabled: bool
    event: bool
    merged: dict[str, str]
    source: str


PLACEMENTS: list[Placement] = [
    Placement("no attributes", {}, {}, "bell", True, True, {}, "systems"),
    Placement("of the placement", {}, {"floor": "2"}, "bell", True, True, {"floor": "2"}, "guide"),
    Placement("defaults of the project", {"floor": "1"}, {}, "bell", True, True, {"floor": "1"}, "guide"),
    Placement("placement before defaults", {"floor": "1"}, {"floor": "2"}, "bell", True, True, {"floor": "2"}, "guide"),
    Placement(
        "both",
        {"floor": "1", "site": "a"},
        {"floor": "2"},
        "bell",
        True,
        True,
        {"site": "a", "floor": "2"},
        "choice (order)",
    ),
    Placement("device disabled", {}, {}, "bell", False, False, {}, "guide"),
]
# `deviceInfo.attributes` names the placement: projectRegion, projectName, placementName, deviceTemplateName (unverified).

# ------------------------------------------------------------------------------------------------------------ settings


@attrs.frozen
class Setting:
    """A name or attribute of that value; `error` None: taken. Status of the error 400."""

    id: str
    member: str
    value: Any
    error: str | None
    source: str = "unverified"


_INVALID = "InvalidRequestException"

SETTINGS: list[Setting] = [
    *[
        row
        for member in ("projectName", "placementName", "deviceTemplateName")
        for row in (
            Setting(f"longest {member}", member, "x" * 128, None),
            Setting(f"{member} too long", member, "x" * 129, _INVALID),
            Setting(f"empty {member}", member, "", _INVALID),
        )
    ],
    *[Setting(f"projectName {name!r}", "projectName", name, _INVALID) for name in ("a b", "a.b", "a/b")],
    Setting("letters of projectName", "projectName", "a-B_9", None),
    Setting("longest attribute value", "attributes.value", "x" * 800, None),
    Setting("attribute value too long", "attributes.value", "x" * 801, _INVALID),
    Setting("longest attribute name", "attributes.name", "x" * 128, None),
    Setting("attribute name too long", "attributes.name", "x" * 129, _INVALID),
    Setting("attribute value is no text", "attributes.value", 2, _INVALID, "systems (map<str>)"),
]

# ------------------------------------------------------------------------------------------------------------ outcomes


@attrs.frozen
class Outcome:
    """What happens to one click: seconds of the function's attempts."""

    id: str
    happens: str
    attempts: tuple[float, ...]
    source: str


OUTCOMES: list[Outcome] = [
    Outcome("fine", "the answer is not read", (0,), "systems 4"),
    Outcome("function error", "raises at every attempt, the same event", (0, 60, 180), "semantics 1"),
    Outcome("no permission", "no statement for the service", (), "choice: lost, no retry"),
    Outcome("no such function", "it was deleted", (), "choice"),
    Outcome("two clicks", "at one moment: two events", (0, 0), "choice"),
]
