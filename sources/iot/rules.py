"""What a rule is set to [bc:iot CreateTopicRule], as it is declared, and as it is made while the bus runs."""

import re
from collections.abc import Sequence
from typing import Any, Final, Literal, TypedDict

from attrs import Attribute, Factory, define, field, frozen

from eventbus.checks import as_tuple, encodable, is_function, refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import DeliveryTarget

from .functions import VERSION
from .sql import Statement, parsed

ACTIONS_LIMIT: Final = 10
DESCRIPTION_LIMIT: Final = 4_096
"""Characters (unverified)."""
ACTION_NAMES: Final = {
    "lambda": "LambdaAction",
    "sqs": "SqsAction",
    "sns": "SnsAction",
    "kinesis": "KinesisAction",
    "firehose": "FirehoseAction",
    "logs": "CloudwatchLogsAction",
}
"""What an action is called when it fails, by the service it reaches; only names of this form are documented."""
ACTIONS: Final = (
    "a declared function, standard queue, standard topic, stream, delivery stream or log group; other actions are not "
    "offered"
)

_NAME: Final = re.compile(r"[a-zA-Z0-9_]{1,128}")


def rule_arn(name: str) -> Arn:
    return arn_of("iot", f"rule/{name}")


def is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not is_name(value):
        raise refuse("rule_name", value, "1 to 128 letters, digits and _")


def _check_version(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value != VERSION:
        raise refuse(attribute.name, value, f"{VERSION!r}; other versions of the SQL are not offered")


def _check_description(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and (not isinstance(value, str) or len(value) > DESCRIPTION_LIMIT or not encodable(value)):
        raise refuse("description", value, f"a text of up to {DESCRIPTION_LIMIT:,} characters")


def _check_disabled(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, bool):
        raise refuse("rule_disabled", value, "True or False")


def _check_action(setting: str, value: Any) -> None:
    """FIFO queues and topics are none that IoT sends to [iot:sqs-rule-action, sns-rule-action]."""
    arn = getattr(value, "arn", None)
    known = is_function(value) or isinstance(value, DeliveryTarget)
    if not known or not isinstance(arn, Arn) or arn.service not in ACTION_NAMES or arn.endswith(".fifo"):
        raise refuse(setting, arn or value, ACTIONS)


def _check_actions(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or len(value) > ACTIONS_LIMIT:
        raise refuse("actions", value, f"a list of up to {ACTIONS_LIMIT}")
    for each in value:
        _check_action("actions", each)


def _check_error_action(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None:
        _check_action("error_action", value)


class RuleSettings(TypedDict, total=False):
    """The settings of a rule beside its name, SQL and actions, as a `TopicRule` has them."""

    error_action: Any
    rule_disabled: bool
    aws_iot_sql_version: Literal["2016-03-23"]
    description: str | None


def _statement(settings: "Settings") -> Statement:
    return parsed(settings.sql)


@frozen(eq=False)
class Settings:
    """Checked where they are written. Raises `InvalidSetting`, for SQL its kind `InvalidSql`."""

    rule_name: str = field(validator=_check_name)
    sql: str
    actions: Sequence[Any] = field(converter=as_tuple, validator=_check_actions)
    error_action: Any = field(default=None, kw_only=True, validator=_check_error_action)
    rule_disabled: bool = field(default=False, kw_only=True, validator=_check_disabled)
    aws_iot_sql_version: Literal["2016-03-23"] = field(default=VERSION, kw_only=True, validator=_check_version)
    description: str | None = field(default=None, kw_only=True, validator=_check_description)
    statement: Statement = field(init=False, repr=False, default=Factory(_statement, takes_self=True))


@define(eq=False)
class Rule:
    """As the broker keeps it; `created_at` in seconds since the bus started."""

    name: str
    sql: str
    statement: Statement
    actions: Sequence[Arn]
    error_action: Arn | None
    disabled: bool
    description: str | None
    created_at: float


def placed(now: float, settings: Settings) -> Rule:
    error_action = None if settings.error_action is None else settings.error_action.arn
    return Rule(
        name=settings.rule_name,
        sql=settings.sql,
        statement=settings.statement,
        actions=[each.arn for each in settings.actions],
        error_action=error_action,
        disabled=settings.rule_disabled,
        description=settings.description,
        created_at=now,
    )
