"""The declarations: the message broker that every account has, and its rules."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import frozen

from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed, Wire

from .client import BrokerClient
from .machine import BrokerMachine
from .rules import Settings, rule_arn


@frozen(eq=False)
class Broker:
    """`bus[broker]` publishes messages, and makes, changes and deletes rules while the bus runs. What its rules may do
    is granted to it."""

    @property
    def always_there(self) -> bool:
        return True

    @property
    def arn(self) -> Arn:
        return arn_of("iot", "broker")

    def machine(self, birth: Birth) -> BrokerMachine:
        return BrokerMachine(self.arn, birth)

    def client(self, machine: Any, feed: Feed) -> BrokerClient:
        return BrokerClient(machine, feed)


@frozen(eq=False)
class TopicRule(Settings):
    """What `sql` selects of the messages on its topics goes to each of `actions`: a function is invoked asynchronously;
    queues, topics, streams and log groups get it as JSON. Where an action fails, `error_action` gets a message that
    says so. The SQL that is offered is told at `sources.iot.sql`. Raises `InvalidSetting`."""

    @property
    def arn(self) -> Arn:
        return rule_arn(self.rule_name)

    @property
    def source(self) -> Broker:
        return _BROKER

    @property
    def targets(self) -> Sequence[Arn]:
        reached = self.actions if self.error_action is None else (*self.actions, self.error_action)
        return [each.arn for each in reached]

    def check(self, others: Sequence[Wire]) -> None:
        """Rules don't get into each other's way."""

    def connect(self, machine: Any) -> None:
        machine.create_rule(0.0, self)


_BROKER: Final = Broker()
