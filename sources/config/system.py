"""AWS Config rules, as they are looked up."""

from typing import Final

from eventbus.checks import refuse
from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .events import ConfigEvent
from .machine import NOTIFICATION_LIMIT
from .rule import ConfigRule
from .settings import CHANGE, OVERSIZED, SCHEDULED

KINDS: Final = {"change": CHANGE, "left_scope": CHANGE, "oversized": OVERSIZED, "scheduled": SCHEDULED}


def sample_event(
    *,
    kind: str = "change",
    rule: str = "encrypted",
    resource_type: str = "AWS::S3::Bucket",
    resource_id: str = "uploads",
    arn: str = "arn:aws:s3:::uploads",
    input_parameters: str = '{"minimum":"2"}',
    function: str = "work",
) -> ConfigEvent:
    """What `function` gets: of the kinds `change`, `left_scope`, `oversized` and `scheduled`. Raises
    `InvalidSetting`."""
    if kind not in KINDS:
        raise refuse("kind", kind, ", ".join(KINDS))
    declared = ConfigRule(
        rule,
        SampleFunction(function),
        message_types=[KINDS[kind]],
        input_parameters=input_parameters,
        tag_key="team" if kind == "left_scope" else None,
    )
    machine = machine_of(declared.source, declared)
    content = {"name": "x" * NOTIFICATION_LIMIT if kind == "oversized" else resource_id}
    if kind == "scheduled":
        machine.wake(0.0)
    elif kind == "left_scope":
        machine.put(0.0, resource_type, resource_id, content, {"team": "shop"}, arn, None)
        machine.effects.clear()
        machine.put(0.0, resource_type, resource_id, content, {}, arn, None)
    else:
        machine.put(0.0, resource_type, resource_id, content, {}, arn, None)
    event: ConfigEvent = event_of(machine)
    return event


SYSTEM: Final = System(
    name="AWS Config rule",
    kind="asynchronous",
    invoked_by="`config.ConfigRule(name, function, message_types=...)`: changes of resources in its scope, or a period",
    event='`{"invokingEvent": ..., "ruleParameters": ..., "resultToken": ...}`, the first two JSON as texts',
    answer="not looked at: results come by `put_evaluations` with the result token; without them the old ones stay",
    retries="the function's asynchronous queue; a hand-over for 24 h while it is refused for a while",
    permission="config.amazonaws.com, SourceAccount; here the recorder",
    refused="managed rules, Guard, proactive evaluation, snapshots as triggers, rules made at run time",
    deviations="nothing is recorded by itself: `put_resource_config` brings every item",
    example="""\
app = App("shop")
recorder = app.add(config.ConfigurationRecorder())
async def check(event, context):
    found = {"compliance_resource_type": "AWS::S3::Bucket", "compliance_resource_id": "uploads"}
    found |= {"compliance_type": "COMPLIANT", "ordering_timestamp": 1_767_225_600}
    await eventbus.current_bus()[recorder].put_evaluations(event["resultToken"], [found])
app.add(config.ConfigRule("encrypted", app.function(check), message_types=["ConfigurationItemChangeNotification"]))
async with app.start() as bus:
    await bus[recorder].put_resource_config("AWS::S3::Bucket", "uploads", '{"encrypted": true}')
    await bus.settle()
    [rule] = await bus[recorder].describe_compliance_by_config_rule()
    assert rule.compliance_type == "COMPLIANT"
""",
    sample_event=sample_event,
)
