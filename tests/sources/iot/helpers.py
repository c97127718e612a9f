"""A broker with its client, and functions that keep what they get."""

import json
from typing import Any

from eventbus.core.effects import Deliver, Delivered
from eventbus.names import Arn, function_arn
from sources import iot
from sources._sample import SampleFunction
from sources.iot.machine import BrokerMachine
from tests.contracts.iot_table import CLIENT, TOPIC
from tests.sources.helpers import Feed, birth

WORK, OTHER, MEND = SampleFunction("work"), SampleFunction("other"), SampleFunction("mend")
AT = 10.5


class Taker:
    """Where what is handed over goes; each is answered with `error`."""

    def __init__(self, name: str, error: str | None = None) -> None:
        self.arn: Arn = function_arn(name)
        self.effects: list[Any] = []
        self.events: list[Any] = []
        self.error = error

    def deliver(self, now: float, effect: Deliver) -> None:
        self.events.append(json.loads(effect.body))
        self.effects.append(Delivered(effect.asker, effect.token, self.error))


def make_broker(*rules: iot.TopicRule) -> BrokerMachine:
    broker = iot.Broker()
    machine = broker.machine(birth(broker.arn))
    for rule in rules:
        rule.connect(machine)
    return machine


def broker_at(now: float, *takers: Taker, rules: Any = ()) -> tuple[iot.BrokerClient, BrokerMachine, Feed]:
    machine, feed = make_broker(*rules), Feed(*takers)
    feed.now = now
    return iot.Broker().client(machine, feed), machine, feed


def published(machine: BrokerMachine, payload: Any, topic: str = TOPIC, client_id: str | None = CLIENT) -> list[Any]:
    """What a message becomes: the events that are handed over for it at once."""
    given = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    machine.publish(AT, topic, given, client_id, None)
    found = [json.loads(effect.body) for effect in machine.effects if isinstance(effect, Deliver)]
    machine.effects.clear()
    return found


def selected(sql: str, payload: Any, **more: Any) -> list[Any]:
    """What the function of a rule with this SQL gets."""
    return published(make_broker(iot.TopicRule("readings", sql, [WORK])), payload, **more)
