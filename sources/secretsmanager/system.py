"""Rotation of Secrets Manager, as it is looked up."""

from typing import Final

from eventbus.errors import InvalidSetting
from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .events import STEPS, RotationEvent, Step
from .secret import Secret


def sample_event(
    *,
    kind: str = "createSecret",
    secret: str = "db",
    client_request_token: str = "11111111-2222-3333-4444-555555555555",
    function: str = "work",
) -> RotationEvent:
    """What `function` gets in that step. Raises `InvalidSetting`."""
    if kind not in STEPS:
        raise InvalidSetting(f"kind={kind!r} is refused; allowed: {', '.join(STEPS)}")
    step: Step = next(each for each in STEPS if each == kind)
    machine = machine_of(Secret(secret))
    machine.rotate(0.0, client_request_token, SampleFunction(function).arn, None, None, immediately=True)
    event: RotationEvent = event_of(machine)
    return {**event, "Step": step}


SYSTEM: Final = System(
    name="Secrets Manager rotation",
    kind="synchronous",
    invoked_by="`secretsmanager.RotationSchedule(secret, function)` and `rotate_secret`: the four steps of a rotation",
    event='`{"Step": "createSecret", "SecretId": ..., "ClientRequestToken": ...}`',
    answer="not looked at: the rotation has succeeded if its version is AWSCURRENT after the last step",
    retries="nobody at once; a step that fails ends the rotation, the next scheduled one begins all steps again",
    permission="secretsmanager.amazonaws.com",
    refused="managed and cross-account rotation, deleting and restoring secrets, replicas, keys of customers, policies",
    deviations="rotated when the window opens (`realistic`: within it), and not tried again within it",
    example="""\
app = App("shop")
secret = app.add(secretsmanager.Secret("db", secret_string="old"))
async def rotate(event, context):
    token, client = event["ClientRequestToken"], eventbus.current_bus()[secret]
    if event["Step"] == "createSecret":
        await client.put_secret_value(secret_string="new", client_request_token=token, version_stages=["AWSPENDING"])
    if event["Step"] == "finishSecret":
        old = (await client.get_secret_value()).version_id
        await client.update_secret_version_stage("AWSCURRENT", move_to_version_id=token, remove_from_version_id=old)
app.add(secretsmanager.RotationSchedule(secret, app.function(rotate), automatically_after_days=30))
async with app.start() as bus:
    await bus.settle()
    assert (await bus[secret].get_secret_value()).secret_string == "new"
""",
    sample_event=sample_event,
)
