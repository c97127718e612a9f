"""What one can do with the message broker."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal, Unpack

from attrs import define, frozen

from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from eventbus.ports import Feed

from . import topics
from .errors import InvalidRequestException, RequestEntityTooLargeException, SqlParseException
from .functions import VERSION
from .machine import BrokerMachine
from .rules import RuleSettings, Settings, is_name, rule_arn
from .sql import InvalidSql

PAYLOAD_LIMIT: Final = 131_072
"""Bytes."""
CLIENT_ID_LIMIT: Final = 128


@frozen(eq=False)
class Published:
    """`trace_id` is what `traceid()` says in SQL."""

    trace_id: str


@frozen(eq=False, kw_only=True)
class StoredRule:
    """A rule as it is set now; actions are ARNs."""

    rule_arn: Arn
    rule_name: str
    sql: str
    description: str | None
    created_at: datetime
    actions: Sequence[Arn]
    error_action: Arn | None
    rule_disabled: bool
    aws_iot_sql_version: str


@define(eq=False)
class BrokerClient:
    """`bus[broker]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's errors."""

    _machine: BrokerMachine
    _feed: Feed

    async def publish(
        self, topic: str, payload: bytes | str = b"", *, qos: Literal[0, 1] = 0, client_id: str | None = None
    ) -> Published:
        """Rules see the message: up to 128 KB, a text in UTF-8. With `client_id` it comes from that MQTT client,
        without over HTTP. Nothing is lost here with either `qos`. Raises `InvalidRequestException`,
        `RequestEntityTooLargeException`."""
        machine = self._machine
        why = topics.why_no_topic(topic)
        if why is not None:
            raise InvalidRequestException(f"topic={topic!r} is refused: {why}")
        if isinstance(qos, bool) or qos not in (0, 1):
            raise InvalidRequestException(f"qos={qos!r} is refused; allowed: 0 or 1")
        if client_id is not None:
            _check_client(client_id)
        given, cause = _bytes(payload), self._feed.cause()
        id = await self._feed.call(machine, "iot:Publish", machine.publish, topic, given, client_id, cause)
        return Published(id)

    async def create_topic_rule(
        self, rule_name: str, sql: str, actions: Sequence[Any], **settings: Unpack[RuleSettings]
    ) -> None:
        """It sees what is published from now on; `actions` are declared resources, the settings those of `TopicRule`.
        Raises `InvalidRequestException`, `SqlParseException`, `ResourceAlreadyExistsException`."""
        made, machine = _made(rule_name, sql, actions, settings), self._machine
        await self._feed.call(machine, "iot:CreateTopicRule", machine.create_rule, made)

    async def replace_topic_rule(
        self, rule_name: str, sql: str, actions: Sequence[Any], **settings: Unpack[RuleSettings]
    ) -> None:
        """All is as given now: what is left out has its default again. Raises `UnauthorizedException` for a rule that
        is not there, `InvalidRequestException`, `SqlParseException`."""
        made, machine = _made(rule_name, sql, actions, settings), self._machine
        await self._feed.call(machine, "iot:ReplaceTopicRule", machine.replace_rule, made)

    async def get_topic_rule(self, rule_name: str) -> StoredRule:
        """As it was made or replaced last. Raises `UnauthorizedException` if it is not there."""
        machine = self._machine
        _check_rule(rule_name)
        rule = await self._feed.call(machine, "iot:GetTopicRule", machine.rule, rule_name)
        return StoredRule(
            rule_arn=rule_arn(rule.name),
            rule_name=rule.name,
            sql=rule.sql,
            description=rule.description,
            created_at=datetime.fromtimestamp(machine.birth.epoch + rule.created_at, UTC),
            actions=tuple(rule.actions),
            error_action=rule.error_action,
            rule_disabled=rule.disabled,
            aws_iot_sql_version=VERSION,
        )

    async def delete_topic_rule(self, rule_name: str) -> None:
        """What it had on its way arrives all the same. Raises `UnauthorizedException` if it is not there."""
        machine = self._machine
        _check_rule(rule_name)
        await self._feed.call(machine, "iot:DeleteTopicRule", machine.delete_rule, rule_name)

    async def enable_topic_rule(self, rule_name: str) -> None:
        """Raises `UnauthorizedException` if it is not there."""
        machine = self._machine
        _check_rule(rule_name)
        await self._feed.call(machine, "iot:EnableTopicRule", machine.disable_rule, rule_name, False)

    async def disable_topic_rule(self, rule_name: str) -> None:
        """It sees nothing until it is enabled. Raises `UnauthorizedException` if it is not there."""
        machine = self._machine
        _check_rule(rule_name)
        await self._feed.call(machine, "iot:DisableTopicRule", machine.disable_rule, rule_name, True)


def _bytes(payload: Any) -> bytes:
    if isinstance(payload, str):
        try:
            payload = payload.encode()
        except UnicodeEncodeError:
            raise InvalidRequestException("payload: a text that UTF-8 can hold") from None
    if not isinstance(payload, bytes):
        raise InvalidRequestException(f"payload={payload!r} is refused; allowed: bytes or a text")
    if len(payload) > PAYLOAD_LIMIT:
        raise RequestEntityTooLargeException(f"The payload has {len(payload):,} bytes; allowed: {PAYLOAD_LIMIT:,}")
    return payload


def _check_client(client_id: object) -> None:
    why = topics.why_no_text(client_id, CLIENT_ID_LIMIT)
    if why is not None:
        raise InvalidRequestException(f"client_id={client_id!r} is refused: {why}")


def _check_rule(name: object) -> None:
    if not is_name(name):
        raise InvalidRequestException(f"rule_name={name!r} is refused; allowed: 1 to 128 letters, digits and _")


def _made(name: str, sql: str, actions: Sequence[Any], settings: RuleSettings) -> Settings:
    try:
        return Settings(name, sql, actions, **settings)
    except InvalidSql as refused:
        raise SqlParseException(str(refused)) from None
    except InvalidSetting as refused:
        raise InvalidRequestException(str(refused)) from None
