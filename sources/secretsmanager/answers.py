"""What calls answer, with botocore's members in snake case; times are aware, UTC."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from attrs import field, frozen

from eventbus.names import Arn

from .machine import SecretMachine
from .rules import RotationRules
from .versions import Version


@frozen(kw_only=True)
class SecretReference:
    """`version_id` None: no rotation was under way."""

    arn: Arn
    name: str
    version_id: str | None


@frozen(kw_only=True)
class SecretValue:
    arn: Arn
    name: str
    version_id: str
    secret_string: str | None = field(repr=False)
    secret_binary: bytes | None = field(repr=False)
    version_stages: Sequence[str]
    created_date: datetime


@frozen(kw_only=True)
class StoredVersion:
    arn: Arn
    name: str
    version_id: str
    version_stages: Sequence[str]


@frozen(kw_only=True)
class ListedVersion:
    version_id: str
    version_stages: Sequence[str]
    created_date: datetime


@frozen(kw_only=True)
class DescribedSecret:
    """Dates of rotations are None while it is not rotated. `version_ids_to_stages` holds versions without a value
    too."""

    arn: Arn
    name: str
    description: str
    rotation_enabled: bool
    rotation_lambda_arn: Arn | None
    rotation_rules: RotationRules | None
    last_rotated_date: datetime | None
    last_changed_date: datetime | None
    next_rotation_date: datetime | None
    version_ids_to_stages: dict[str, list[str]]


def described(machine: SecretMachine) -> DescribedSecret:
    settings = machine.settings
    return DescribedSecret(
        arn=machine.arn,
        name=machine.name,
        description=machine.description,
        rotation_enabled=settings.enabled,
        rotation_lambda_arn=settings.function,
        rotation_rules=settings.rules,
        last_rotated_date=_at(machine, machine.rotated_at) if settings.enabled else None,
        last_changed_date=_at(machine, machine.changed_at),
        next_rotation_date=_at(machine, settings.due) if settings.due < float("inf") else None,
        version_ids_to_stages={each.id: list(each.labels) for each in machine.versions.known.values() if each.labels},
    )


def value(machine: SecretMachine, version: Version) -> SecretValue:
    created = _at(machine, version.created_at)
    assert created is not None
    content = version.content
    return SecretValue(
        arn=machine.arn,
        name=machine.name,
        version_id=version.id,
        secret_string=content if isinstance(content, str) else None,
        secret_binary=content if isinstance(content, bytes) else None,
        version_stages=list(version.labels),
        created_date=created,
    )


def stored(machine: SecretMachine, version: Version) -> StoredVersion:
    labels = list(version.labels)
    return StoredVersion(arn=machine.arn, name=machine.name, version_id=version.id, version_stages=labels)


def listed(machine: SecretMachine, *, deprecated: bool) -> list[ListedVersion]:
    found = []
    for version in machine.versions.known.values():
        created = _at(machine, version.created_at)
        if created is not None and version.content is not None and (version.labels or deprecated):
            labels = list(version.labels)
            found.append(ListedVersion(version_id=version.id, version_stages=labels, created_date=created))
    return found


def _at(machine: SecretMachine, seconds: float | None) -> datetime | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(machine.birth.epoch, UTC) + timedelta(seconds=seconds)
