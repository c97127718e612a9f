"""What calls answer, with botocore's members in snake case; times are aware, UTC."""

from datetime import UTC, datetime, timedelta

from attrs import frozen

from .machine import Happened, StackMachine
from .members import Member


@frozen
class StackReference:
    stack_id: str


@frozen(kw_only=True)
class DescribedStack:
    stack_id: str
    stack_name: str
    creation_time: datetime
    last_updated_time: datetime | None
    deletion_time: datetime | None
    stack_status: str
    stack_status_reason: str | None


@frozen(kw_only=True)
class StackEvent:
    """`resource_properties` is JSON as its provider got it, without what NoEcho hides."""

    stack_id: str
    event_id: str
    stack_name: str
    logical_resource_id: str
    physical_resource_id: str
    resource_type: str
    timestamp: datetime
    resource_status: str
    resource_status_reason: str | None
    resource_properties: str | None


@frozen(kw_only=True)
class StackResource:
    stack_name: str
    stack_id: str
    logical_resource_id: str
    physical_resource_id: str
    resource_type: str
    timestamp: datetime
    resource_status: str
    resource_status_reason: str | None


def stack(machine: StackMachine) -> DescribedStack:
    updated, deleted = machine.updated_at, machine.deleted_at
    return DescribedStack(
        stack_id=machine.stack_id,
        stack_name=machine.name,
        creation_time=_at(machine, machine.created_at),
        last_updated_time=None if updated is None else _at(machine, updated),
        deletion_time=None if deleted is None else _at(machine, deleted),
        stack_status=machine.status,
        stack_status_reason=machine.reason,
    )


def event(machine: StackMachine, happened: Happened) -> StackEvent:
    return StackEvent(
        stack_id=machine.stack_id,
        event_id=happened.id,
        stack_name=machine.name,
        logical_resource_id=happened.about or machine.name,
        physical_resource_id=happened.physical_id,
        resource_type=happened.type,
        timestamp=_at(machine, happened.at),
        resource_status=happened.status,
        resource_status_reason=happened.reason,
        resource_properties=happened.properties,
    )


def resource(machine: StackMachine, member: Member) -> StackResource:
    return StackResource(
        stack_name=machine.name,
        stack_id=machine.stack_id,
        logical_resource_id=member.name,
        physical_resource_id=member.physical_id,
        resource_type=member.declared.resource_type,
        timestamp=_at(machine, member.changed_at),
        resource_status=member.status,
        resource_status_reason=member.reason,
    )


def _at(machine: StackMachine, seconds: float) -> datetime:
    return datetime.fromtimestamp(machine.birth.epoch, UTC) + timedelta(seconds=seconds)
