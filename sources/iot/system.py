"""IoT rules, as they are looked up."""

from typing import Any, Final

from eventbus.errors import InvalidSetting
from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from . import topics
from .broker import Broker, TopicRule

KINDS: Final = ("message", "error")


def sample_event(
    *,
    kind: str = "message",
    sql: str = "SELECT *, topic(2) AS site FROM '#'",
    topic: str = "shop/north/a1",
    payload: str = '{"device":"a1","temperature":60}',
    rule: str = "readings",
    function: str = "work",
) -> Any:
    """What `function` gets for a message, or as error action (`kind=error`) of a rule whose other function may not be
    invoked. Raises `InvalidSetting`."""
    if kind not in KINDS:
        raise InvalidSetting(f"kind={kind!r} is refused; allowed: {' or '.join(KINDS)}")
    why = topics.why_no_topic(topic)
    if why is not None:
        raise InvalidSetting(f"topic={topic!r} is refused: {why}")
    work, other = SampleFunction(function), SampleFunction("other")
    action, error_action = (work, None) if kind == "message" else (other, work)
    machine = machine_of(Broker(), TopicRule(rule, sql, [action], error_action=error_action))
    machine.publish(0.0, topic, payload.encode(), "sensor-1", None)
    if kind == "error" and machine.effects:
        [effect] = machine.effects
        machine.effects.clear()
        machine.delivered(0.0, effect.token, "AccessDeniedException")
    return event_of(machine)


SYSTEM: Final = System(
    name="IoT rule",
    kind="asynchronous",
    invoked_by="`iot.TopicRule(name, sql, actions)`: messages that its SQL selects",
    event="what SELECT gives, any JSON; an error action gets rule, topic, payload and failures",
    answer="not looked at",
    retries="the function's asynchronous queue; a hand-over that fails goes to the error action at once",
    permission="iot.amazonaws.com, SourceArn = the rule; here the broker, for all its rules",
    refused="SQL beyond what `sources.iot.sql` tells, topics that begin with $, actions with templates (S3, republish)",
    deviations="an action is tried once; numbers past double precision are no JSON",
    example="""\
app = App("shop")
broker, cool = app.add(iot.Broker()), app.function(lambda event, context: None, name="cool")
app.add(iot.TopicRule("hot", "SELECT *, topic(2) AS site FROM 'shop/+/#' WHERE temperature > 50", [cool]))
async with app.start() as bus:
    await bus[broker].publish("shop/north/a1", '{"temperature": 60}', client_id="a1")
    await bus.settle()
    assert bus.invocations(cool)[0].event == {"temperature": 60, "site": "north"}
""",
    sample_event=sample_event,
)
