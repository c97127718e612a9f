"""Secrets of the tables, and functions that rotate them as AWS's templates do."""

from collections.abc import Mapping
from typing import Any

from eventbus import current_bus
from eventbus.names import function_arn
from sources import secretsmanager
from sources.secretsmanager.machine import SecretMachine
from sources.secretsmanager.versions import CURRENT, PENDING
from tests.contracts.secretsmanager_table import Labels
from tests.sources.helpers import birth

WORK = function_arn("work")
SECRET = secretsmanager.Secret("db")


def machine_with(labels: Labels, values: Mapping[str, str], secret: secretsmanager.Secret = SECRET) -> SecretMachine:
    """That stands as a row says."""
    machine = secret.machine(birth(secret.arn))
    for id in [*values, *(id for id in labels if id not in values)]:
        version = machine.versions.add(0.0, id)
        version.content, version.labels = values.get(id), list(labels.get(id, []))
    return machine


def labels_of(machine: SecretMachine) -> dict[str, list[str]]:
    return {id: sorted(version.labels) for id, version in machine.versions.known.items() if version.labels}


def in_order(labels: Labels) -> dict[str, list[str]]:
    return {id: sorted(each) for id, each in labels.items()}


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def arguments(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Of botocore, as the client has them; the secret is the client's."""
    found: dict[str, Any] = {}
    for name, value in parameters.items():
        if name == "RotationRules":
            found |= arguments(value)
        elif name == "RotationLambdaARN":
            found["rotation_lambda_arn"] = value
        elif name != "SecretId":
            found[snake(name)] = value
    return found


class Rotator:
    """A rotation function as in AWS's template; `broken` is what it does instead, by step and before or after it."""

    def __init__(self, secret: secretsmanager.Secret, **broken: Any) -> None:
        self.secret = secret
        self.broken = broken
        self.value = "new"

    def __call__(self, event: Any, context: Any) -> Any:
        client: Any = current_bus().sync[self.secret]
        step, token = event["Step"], event["ClientRequestToken"]
        stages = client.describe_secret().version_ids_to_stages
        if token not in stages:
            raise ValueError(f"Secret version {token} has no stage for rotation")
        if CURRENT in stages[token]:
            return None
        if PENDING not in stages[token]:
            raise ValueError(f"Secret version {token} not set as {PENDING}")
        self._break(f"before_{step}")
        getattr(self, step)(client, token)
        self._break(f"after_{step}")
        return self.broken.get("answer")

    def createSecret(self, client: Any, token: str) -> None:
        client.get_secret_value(version_stage=CURRENT)
        try:
            client.get_secret_value(version_id=token, version_stage=PENDING)
        except secretsmanager.ResourceNotFoundException:
            client.put_secret_value(client_request_token=token, secret_string=self.value, version_stages=[PENDING])

    def setSecret(self, client: Any, token: str) -> None:
        client.get_secret_value(version_id=token, version_stage=PENDING)

    def testSecret(self, client: Any, token: str) -> None:
        client.get_secret_value(version_id=token, version_stage=PENDING)

    def finishSecret(self, client: Any, token: str) -> None:
        stages = client.describe_secret().version_ids_to_stages
        current = next(id for id, labels in stages.items() if CURRENT in labels)
        client.update_secret_version_stage(CURRENT, move_to_version_id=token, remove_from_version_id=current)

    def _break(self, where: str) -> None:
        what = self.broken.get(where)
        if isinstance(what, Exception):
            raise what
        if what is not None:
            what()
