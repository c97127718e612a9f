"""What calls on the recorder answer, with botocore's members, flat where AWS nests them. Dates are aware."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from attrs import frozen

from eventbus.names import ACCOUNT, REGION, Arn

from .items import VERSION, Item
from .machine import Rule
from .results import Result

ACTIVE: Final = "ACTIVE"


@frozen(kw_only=True)
class ConfigurationItem:
    """`configuration` is JSON; None once the resource is deleted."""

    version: str
    account_id: str
    configuration_item_capture_time: datetime
    configuration_item_status: str
    configuration_state_id: str
    configuration_item_md5_hash: str
    arn: str
    resource_type: str
    resource_id: str
    aws_region: str
    resource_creation_time: datetime
    tags: Mapping[str, str]
    configuration: str | None


@frozen(kw_only=True)
class DescribedRule:
    config_rule_name: str
    config_rule_arn: Arn
    config_rule_id: str
    description: str | None
    source_identifier: Arn
    message_types: Sequence[str]
    maximum_execution_frequency: str | None
    compliance_resource_types: Sequence[str]
    compliance_resource_id: str | None
    tag_key: str | None
    tag_value: str | None
    input_parameters: str | None
    config_rule_state: str = ACTIVE


@frozen(kw_only=True)
class EvaluationResult:
    config_rule_name: str
    resource_type: str
    resource_id: str
    ordering_timestamp: datetime
    compliance_type: str
    result_recorded_time: datetime
    config_rule_invoked_time: datetime
    annotation: str | None


@frozen
class ComplianceByConfigRule:
    """INSUFFICIENT_DATA where nothing applies."""

    config_rule_name: str
    compliance_type: str


def configuration_item(item: Item, epoch: float) -> ConfigurationItem:
    return ConfigurationItem(
        version=VERSION,
        account_id=ACCOUNT,
        configuration_item_capture_time=_date(epoch + item.captured_at),
        configuration_item_status=item.status,
        configuration_state_id=str(item.state_id),
        configuration_item_md5_hash=item.md5,
        arn=item.arn,
        resource_type=item.resource_type,
        resource_id=item.resource_id,
        aws_region=REGION,
        resource_creation_time=_date(epoch + item.created_at),
        tags=dict(item.tags),
        configuration=item.text,
    )


def described(rule: Rule) -> DescribedRule:
    settings = rule.settings
    return DescribedRule(
        config_rule_name=rule.name,
        config_rule_arn=rule.arn,
        config_rule_id=rule.id,
        description=settings.description,
        source_identifier=settings.function_arn,
        message_types=settings.message_types,
        maximum_execution_frequency=settings.frequency,
        compliance_resource_types=settings.compliance_resource_types,
        compliance_resource_id=settings.compliance_resource_id,
        tag_key=settings.tag_key,
        tag_value=settings.tag_value,
        input_parameters=settings.input_parameters,
    )


def evaluation_result(name: str, result: Result, epoch: float) -> EvaluationResult:
    evaluation = result.evaluation
    return EvaluationResult(
        config_rule_name=name,
        resource_type=evaluation.resource_type,
        resource_id=evaluation.resource_id,
        ordering_timestamp=_date(evaluation.ordering_timestamp),
        compliance_type=evaluation.compliance_type,
        result_recorded_time=_date(epoch + result.recorded_at),
        config_rule_invoked_time=_date(epoch + result.invoked_at),
        annotation=evaluation.annotation,
    )


def _date(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
