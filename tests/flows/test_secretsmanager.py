"""Rotations as the contract table has them, on a bus."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes.secrets_manager_event import SecretsManagerEvent

from eventbus import App, Bus, current_bus
from sources import secretsmanager
from sources.secretsmanager import RotationSchedule, Secret
from tests.contracts.secretsmanager_table import (
    AGAIN,
    CANCELLED,
    CURRENT,
    NOT_IMMEDIATELY,
    PENDING,
    PREVIOUS,
    ROTATIONS,
    STARTS,
    STEPS,
    V0,
    V1,
    V2,
    Again,
    Rotation,
)
from tests.helpers import virtually
from tests.sources.helpers import EPOCH
from tests.sources.secretsmanager.helpers import Rotator, in_order

BOOM = ValueError("boom")


def take_off(rotator: Rotator) -> Callable[[], None]:
    """What a finishing step may do as well."""

    def taken() -> None:
        client: Any = current_bus().sync[rotator.secret]
        client.update_secret_version_stage(PENDING, remove_from_version_id=V2)

    return taken


def nothing(event: Any, context: Any) -> None:
    """A rotation function that does nothing."""


def put_as_current(rotator: Rotator) -> Callable[[], None]:
    def put() -> None:
        client: Any = current_bus().sync[rotator.secret]
        client.put_secret_value(client_request_token=V2, secret_string="new")

    return put


def handler_of(situation: str, secret: Secret) -> Any:
    """What a row's function does."""
    rotator = Rotator(secret)
    broken: dict[str, Any] = {
        "finishSecret also removes AWSPENDING from V2": {"after_finishSecret": take_off(rotator)},
        "usual; each step returns 7": {"answer": 7},
        "createSecret raises before any call": {"before_createSecret": BOOM},
        "createSecret raises after PutSecretValue": {"after_createSecret": BOOM},
        "setSecret raises": {"after_setSecret": BOOM},
        "testSecret raises": {"after_testSecret": BOOM},
        "finishSecret raises before UpdateSecretVersionStage": {"before_finishSecret": BOOM},
        "finishSecret raises after UpdateSecretVersionStage": {"after_finishSecret": BOOM},
    }
    rotator.broken = broken.get(situation, {})
    if situation.startswith("setSecret runs into"):
        rotator.broken = {"after_setSecret": lambda: current_bus().sync.run(sleep())}
    if situation.startswith("createSecret puts `new` without"):
        rotator.broken = {"before_createSecret": put_as_current(rotator)}
    return nothing if situation.startswith("every step returns without") else rotator


async def sleep() -> None:
    await asyncio.sleep(10)


def rotated(situation: str = "usual", **declared: Any) -> tuple[App, Secret, Any]:
    app = App()
    secret = app.add(Secret("db"))
    function = app.function(handler_of(situation, secret), name="work", **declared)
    return app, secret, function


async def prepare(bus: Bus, secret: Secret, situation: str = "") -> None:
    if situation.startswith("usual; V0"):
        await bus[secret].put_secret_value(client_request_token=V0, secret_string="older")
    await bus[secret].put_secret_value(client_request_token=V1, secret_string="old")


async def value_of(bus: Bus, secret: Secret, label: str) -> str | None:
    try:
        return (await bus[secret].get_secret_value(version_stage=label)).secret_string
    except secretsmanager.ResourceNotFoundException:
        return None


@pytest.mark.parametrize("row", ROTATIONS, ids=lambda row: row.id)
def test_rotation(row: Rotation) -> None:
    throttled = {"reserved_concurrent_executions": 0} if row.situation.startswith("reserved") else {}
    app, secret, function = rotated(row.situation, **throttled)

    async def main() -> None:
        async with app.start() as bus:
            await prepare(bus, secret, row.situation)
            answer = await bus[secret].rotate_secret(client_request_token=V2, rotation_lambda_arn=function)
            assert answer.version_id == V2
            await bus.settle()

            steps = [
                (attempt.start.timestamp() - EPOCH, attempt.event["Step"]) for attempt in bus.invocations(function)
            ]
            assert steps == list(row.steps)
            found = await bus[secret].describe_secret()
            assert in_order(found.version_ids_to_stages) == in_order(row.labels)
            assert await value_of(bus, secret, CURRENT) == row.value
            assert await value_of(bus, secret, PENDING) == row.pending
            assert (found.last_rotated_date is not None) == row.rotated
            told = str(bus.trace(V2))
            assert "rotate db" in told
            assert ("answered rotated" in told) == row.rotated
            for attempt, step in zip(bus.invocations(function), STEPS, strict=False):
                assert attempt.event == {"Step": step, "SecretId": secret.arn, "ClientRequestToken": V2}
                read = SecretsManagerEvent(attempt.event)
                assert (read.step, read.secret_id, read.version_id) == (step, secret.arn, V2)

    virtually(main)


@pytest.mark.parametrize("row", AGAIN, ids=lambda row: row.id)
def test_again(row: Again) -> None:
    app, secret, function = rotated("setSecret raises" if "raised" in row.situation else "usual")

    async def main() -> None:
        async with app.start() as bus:
            client = bus[secret]
            await prepare(bus, secret)
            await client.rotate_secret(client_request_token=V2, rotation_lambda_arn=function)
            await bus.settle()
            if "removed" in row.situation or "no version" in row.situation:
                await client.update_secret_version_stage(PENDING, remove_from_version_id=V2)
            before = await client.describe_secret()
            known = len(bus.invocations(function))
            function.handler.broken.clear()

            if row.error is not None:
                with pytest.raises(secretsmanager.InvalidRequestException) as refusal:
                    await client.rotate_secret(client_request_token=row.token)
                assert str(refusal.value) == row.message
                assert await client.describe_secret() == before
            else:
                await client.rotate_secret(client_request_token=row.token)
                await bus.settle()
            events = [attempt.event for attempt in bus.invocations(function)[known:]]
            assert [event["Step"] for event in events] == list(row.steps)
            assert {event["ClientRequestToken"] for event in events} <= {row.token}
            if row.steps:
                assert (await client.get_secret_value()).version_id == row.token

    virtually(main)


@pytest.mark.parametrize("which", ["not permitted", "no such"])
def test_function_that_can_not_be_invoked(which: str) -> None:
    """The call is refused, and nothing is different."""
    [row] = [row for row in STARTS if row.id.startswith("function not permitted")]
    app, secret, function = rotated()
    missing = f"{function.arn}-2"

    async def main() -> None:
        async with app.start(permissions="enforced" if which == "not permitted" else "granted") as bus:
            await prepare(bus, secret)
            before = await bus[secret].describe_secret()
            with pytest.raises(secretsmanager.AccessDeniedException) as refusal:
                await bus[secret].rotate_secret(
                    rotation_lambda_arn=function if which == "not permitted" else missing, automatically_after_days=1
                )
            assert (str(refusal.value), refusal.value.status) == (row.message, 400)
            assert await bus[secret].describe_secret() == before
            assert bus.invocations(function) == []

    virtually(main)


def test_permitted() -> None:
    """By a statement about the secret; the function needs the operations that it calls."""
    app, secret, function = rotated()
    app.grant(secret, "lambda:InvokeFunction", function)
    app.grant(function, "secretsmanager:*", secret)

    async def main() -> None:
        async with app.start(permissions="enforced") as bus:
            await prepare(bus, secret)
            await bus[secret].rotate_secret(rotation_lambda_arn=function)
            await bus.settle()
            assert await value_of(bus, secret, CURRENT) == "new"

    virtually(main)


def test_not_at_once() -> None:
    """Only the test runs, on a version that is gone again; the schedule begins."""
    app, secret, function = rotated()
    app.add(RotationSchedule(secret, function, automatically_after_days=30, rotate_immediately=False))

    async def main() -> None:
        async with app.start() as bus:
            await bus[secret].put_secret_value(client_request_token=V1, secret_string="old")
            await bus.settle()
            assert [attempt.event["Step"] for attempt in bus.invocations(function)] == list(NOT_IMMEDIATELY)
            found = await bus[secret].describe_secret()
            assert found.version_ids_to_stages == {V1: [CURRENT]}
            assert [attempt.outcome for attempt in bus.invocations(function)] == ["succeeded"]
            assert found.next_rotation_date == datetime.fromtimestamp(EPOCH, UTC) + timedelta(days=30)

    virtually(main)


def test_schedule() -> None:
    """At once, then day by day; what lies ahead is not waited for; a failed one is begun again with its token."""
    app, secret, function = rotated()
    app.add(RotationSchedule(secret, function, automatically_after_days=10))
    rotator = function.handler

    async def main() -> None:
        async with app.start() as bus:
            await prepare(bus, secret)
            await bus.settle()
            assert bus.now().timestamp() == EPOCH
            assert len(bus.invocations(function)) == 4

            rotator.broken, rotator.value = {"after_testSecret": BOOM}, "newer"
            await bus.advance(timedelta(days=10))
            assert await value_of(bus, secret, CURRENT) == "new"
            rotator.broken = {}
            await bus.advance(timedelta(days=10))
            await bus.settle()
            tokens = [attempt.event["ClientRequestToken"] for attempt in bus.invocations(function)]
            assert [tokens.count(token) for token in dict.fromkeys(tokens)] == [4, 7]
            assert await value_of(bus, secret, CURRENT) == "newer"

            await bus.advance(timedelta(days=5))
            await bus[secret].put_secret_value(secret_string="by hand")  # counts as a rotation
            found = await bus[secret].describe_secret()
            assert found.next_rotation_date == bus.now() + timedelta(days=10)
            cancelled = await bus[secret].cancel_rotate_secret()
            assert cancelled.version_id is None
            await bus.advance(timedelta(days=100))
            assert len(tokens) == len(bus.invocations(function))
            assert (await bus[secret].describe_secret()).next_rotation_date is None

    virtually(main)


def test_cancelled_in_the_middle() -> None:
    """Labels stay; what the step still does counts, and no step follows."""
    app, secret, function = rotated()

    @app.function
    async def cancel(event: Any, context: Any) -> None:
        await current_bus()[secret].cancel_rotate_secret()

    function.handler.broken = {"after_createSecret": lambda: current_bus().sync.invoke("cancel")}

    async def main() -> None:
        async with app.start() as bus:
            await prepare(bus, secret)
            await bus[secret].rotate_secret(client_request_token=V2, rotation_lambda_arn=function)
            await bus.settle()
            found = await bus[secret].describe_secret()
            assert in_order(found.version_ids_to_stages) == in_order(CANCELLED)
            assert not found.rotation_enabled
            assert len(bus.invocations(function)) == 1
            assert "answered cancelled" in str(bus.trace(V2))
            function.handler.broken = {}
            await bus[secret].rotate_secret(client_request_token=V2)
            await bus.settle()
            found = await bus[secret].describe_secret()
            assert found.rotation_enabled
            assert found.version_ids_to_stages[V1] == [PREVIOUS]

    virtually(main)
