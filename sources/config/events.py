"""What the function of a rule gets [cfg:evaluate-config_develop-rules_example-events]."""

from json import dumps
from typing import Any, Final, TypedDict

from eventbus.core.invocation_record import iso_milliseconds
from eventbus.names import ACCOUNT, REGION, Arn

from .items import VERSION, Item
from .settings import CHANGE, OVERSIZED, SCHEDULED

ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/config"
CHANGES: Final = {"ResourceDiscovered": "CREATE", "OK": "UPDATE", "ResourceDeleted": "DELETE"}


class InvokingItem(TypedDict):
    configurationItemCaptureTime: str
    awsAccountId: str
    configurationItemStatus: str
    resourceId: str
    ARN: str
    awsRegion: str
    availabilityZone: str
    resourceType: str
    tags: dict[str, str]
    relationships: list[Any]
    configuration: dict[str, Any] | None


class InvokingChange(TypedDict):
    configurationItem: InvokingItem
    messageType: str


class InvokingSummary(TypedDict):
    changeType: str
    configurationItemVersion: str
    configurationItemCaptureTime: str
    configurationStateId: int
    awsAccountId: str
    configurationItemStatus: str
    resourceType: str
    resourceId: str
    resourceName: str | None
    ARN: str
    awsRegion: str
    availabilityZone: str
    configurationStateMd5Hash: str
    resourceCreationTime: str


class InvokingOversized(TypedDict):
    """`get_resource_config_history` has the rest."""

    configurationItemSummary: InvokingSummary
    messageType: str


class InvokingSchedule(TypedDict):
    awsAccountId: str
    notificationCreationTime: str
    messageType: str
    recordVersion: str


class ConfigEvent(TypedDict):
    """`invokingEvent` is JSON of an `InvokingChange`, `InvokingOversized` or `InvokingSchedule`."""

    version: str
    invokingEvent: str
    ruleParameters: str
    resultToken: str
    eventLeftScope: bool
    executionRoleArn: str
    configRuleArn: str
    configRuleName: str
    configRuleId: str
    accountId: str


def event(
    invoking: str, parameters: str | None, token: str, *, left_scope: bool, arn: Arn, name: str, id: str
) -> ConfigEvent:
    return {
        "version": "1.0",
        "invokingEvent": invoking,
        "ruleParameters": parameters or "{}",
        "resultToken": token,
        "eventLeftScope": left_scope,
        "executionRoleArn": ROLE,
        "configRuleArn": arn,
        "configRuleName": name,
        "configRuleId": id,
        "accountId": ACCOUNT,
    }


def change(item: Item, epoch: float) -> str:
    shown: InvokingItem = {
        "configurationItemCaptureTime": iso_milliseconds(epoch + item.captured_at),
        "awsAccountId": ACCOUNT,
        "configurationItemStatus": item.status,
        "resourceId": item.resource_id,
        "ARN": item.arn,
        "awsRegion": REGION,
        "availabilityZone": "Regional",
        "resourceType": item.resource_type,
        "tags": item.tags,
        "relationships": [],
        "configuration": item.configuration,
    }
    return text(InvokingChange(configurationItem=shown, messageType=CHANGE))


def oversized(item: Item, epoch: float) -> str:
    summary: InvokingSummary = {
        "changeType": CHANGES[item.status],
        "configurationItemVersion": VERSION,
        "configurationItemCaptureTime": iso_milliseconds(epoch + item.captured_at),
        "configurationStateId": item.state_id,
        "awsAccountId": ACCOUNT,
        "configurationItemStatus": item.status,
        "resourceType": item.resource_type,
        "resourceId": item.resource_id,
        "resourceName": None,
        "ARN": item.arn,
        "awsRegion": REGION,
        "availabilityZone": "Regional",
        "configurationStateMd5Hash": item.md5,
        "resourceCreationTime": iso_milliseconds(epoch + item.created_at),
    }
    return text(InvokingOversized(configurationItemSummary=summary, messageType=OVERSIZED))


def schedule(at: float) -> str:
    """At a moment, in seconds since 1970."""
    shown: InvokingSchedule = {
        "awsAccountId": ACCOUNT,
        "notificationCreationTime": iso_milliseconds(at),
        "messageType": SCHEDULED,
        "recordVersion": "1.0",
    }
    return text(shown)


def text(value: Any) -> str:
    return dumps(value, separators=(",", ":"), ensure_ascii=False)
