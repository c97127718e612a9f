"""What a trigger is, checked where it is written: declared, or put while the bus runs [bc:codecommit]."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from eventbus.checks import encodable
from eventbus.errors import InvalidParameterException
from eventbus.names import ACCOUNT, REGION, Arn

from . import errors
from .references import HEADS, Moved, is_name

NAME_LIMIT: Final = 100
TRIGGERS_LIMIT: Final = 10
BRANCHES_LIMIT: Final = 10
CUSTOM_DATA_LIMIT: Final = 1_000
"""Characters [cc:limits]."""
ALL: Final = "all"
EVENTS: Final = {"create": "createReference", "update": "updateReference", "delete": "deleteReference"}
MEMBERS: Final = ("name", "destination_arn", "custom_data", "branches", "events")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")


@frozen
class RepositoryTrigger:
    """No branches: all of them."""

    name: str
    destination_arn: Arn
    custom_data: str | None
    branches: tuple[str, ...]
    events: tuple[str, ...]

    def wants(self, moved: Moved) -> bool:
        if ALL not in self.events and EVENTS[moved.what] not in self.events:
            return False
        return not self.branches or (moved.ref.startswith(HEADS) and moved.ref.removeprefix(HEADS) in self.branches)


def triggers(given: Any) -> list[RepositoryTrigger]:
    """Of a call. Raises what AWS does."""
    if given is None:
        raise errors.RepositoryTriggersListRequiredException("The list of triggers for the repository is required.")
    if isinstance(given, str | Mapping) or not isinstance(given, Sequence):
        raise InvalidParameterException(f"triggers={given!a:.200}: a list of triggers")
    check_count(len(given))
    found = [trigger(each) for each in given]
    names = [each.name for each in found]
    for name in names:
        check_distinct(name, names.count(name) > 1)
    return found


def check_count(count: int) -> None:
    if count > TRIGGERS_LIMIT:
        raise errors.MaximumRepositoryTriggersExceededException(
            f"{count} triggers: a repository has {TRIGGERS_LIMIT} at most"
        )


def check_distinct(name: str, doubled: bool) -> None:
    if doubled:
        raise errors.InvalidRepositoryTriggerNameException(f"name={name!r}: one that no other trigger has")


def trigger(given: Any) -> RepositoryTrigger:
    if not isinstance(given, Mapping):
        raise InvalidParameterException(f"trigger {given!a:.200}: members {', '.join(MEMBERS)}")
    unknown = [name for name in given if name not in MEMBERS]
    if unknown:
        raise InvalidParameterException(f"{unknown[0]!a}: members of a trigger are {', '.join(MEMBERS)}")
    return RepositoryTrigger(
        _name(given.get("name")),
        _destination(given.get("destination_arn")),
        _custom_data(given.get("custom_data")),
        _branches(given.get("branches")),
        _events(given.get("events")),
    )


def _name(value: Any) -> str:
    if value is None or value == "":
        raise errors.RepositoryTriggerNameRequiredException("name: a trigger needs one")
    if not isinstance(value, str) or len(value) > NAME_LIMIT or not _NAME.fullmatch(value):
        raise errors.InvalidRepositoryTriggerNameException(
            f"name={value!a:.200}: 1 to {NAME_LIMIT} letters, digits and . _ -"
        )
    return value


def _destination(value: Any) -> Arn:
    if value is None or value == "":
        raise errors.RepositoryTriggerDestinationArnRequiredException("destination: a trigger needs one")
    arn = Arn(value) if isinstance(value, str) and encodable(value) and value.count(":") >= 5 else None
    parts = arn.split(":") if arn is not None else []
    if arn is None or parts[0] != "arn" or parts[4] != ACCOUNT or not _takes_events(arn):
        raise errors.InvalidRepositoryTriggerDestinationArnException(
            f"destination={value!a:.200}: a function or a topic of this account"
        )
    if parts[3] != REGION:
        raise errors.InvalidRepositoryTriggerRegionException(f"destination={value}: one in {REGION}")
    return arn


def _takes_events(arn: Arn) -> bool:
    return arn.service == "sns" or (arn.service == "lambda" and arn.resource.startswith("function:"))


def _custom_data(value: Any) -> str | None:
    if value is not None and (not isinstance(value, str) or len(value) > CUSTOM_DATA_LIMIT or not encodable(value)):
        raise errors.InvalidRepositoryTriggerCustomDataException(
            f"custom_data={value!a:.200}: a text of up to {CUSTOM_DATA_LIMIT:,} characters"
        )
    return value


def _branches(value: Any) -> tuple[str, ...]:
    if value is None:
        raise errors.RepositoryTriggerBranchNameListRequiredException("branches: a list, empty for all branches")
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise errors.InvalidRepositoryTriggerBranchNameException(f"branches={value!a:.200}: a list of names")
    if len(value) > BRANCHES_LIMIT:
        raise errors.MaximumBranchesExceededException(f"branches: {len(value)}; {BRANCHES_LIMIT} at most")
    for name in value:
        if not is_name(name):
            raise errors.InvalidRepositoryTriggerBranchNameException(
                f"branches={name!a:.300}: names of branches as git takes them"
            )
    return tuple(value)


def _events(value: Any) -> tuple[str, ...]:
    allowed = f"{ALL}, or any of {', '.join(EVENTS.values())}"
    if value is None or (isinstance(value, Sequence) and not value):
        raise errors.RepositoryTriggerEventsListRequiredException(f"events: a list of {allowed}")
    known = isinstance(value, Sequence) and not isinstance(value, str)
    if not known or any(event not in (ALL, *EVENTS.values()) for event in value) or (ALL in value and len(value) > 1):
        raise errors.InvalidRepositoryTriggerEventsException(f"events={value!a:.200}: {allowed}")
    return tuple(value)
