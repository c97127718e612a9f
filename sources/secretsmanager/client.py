"""What one can do with a secret."""

from collections.abc import Sequence
from typing import Any

from attrs import define

from eventbus.errors import InvalidParameterException
from eventbus.ports import Feed

from . import answers, checking
from .answers import DescribedSecret, ListedVersion, SecretReference, SecretValue, StoredVersion
from .errors import NOT_INVOKED, AccessDeniedException
from .machine import SecretMachine


@define(eq=False)
class SecretClient:
    """`bus[secret]`, and in a rotation function `current_bus().sync[secret]`. Operations, parameters and results carry
    AWS's names in snake case; refusals are AWS's errors."""

    _machine: SecretMachine
    _feed: Feed

    async def get_secret_value(self, *, version_id: str | None = None, version_stage: str | None = None) -> SecretValue:
        """Of the current version, unless the two say otherwise. Raises `ResourceNotFoundException`, also for a version
        that has no value yet; `InvalidRequestException` where they disagree."""
        machine = self._machine
        asked = checking.token("VersionId", version_id), checking.label(version_stage)
        version = await self._feed.call(machine, "secretsmanager:GetSecretValue", machine.get, *asked)
        return answers.value(machine, version)

    async def put_secret_value(
        self,
        *,
        secret_string: str | None = None,
        secret_binary: bytes | None = None,
        client_request_token: str | None = None,
        version_stages: Sequence[str] | None = None,
    ) -> StoredVersion:
        """A new version, which is current unless `version_stages` say otherwise; the token is its id. Raises
        `InvalidParameterException`; `ResourceExistsException` if that version has another value."""
        machine = self._machine
        token = checking.token("ClientRequestToken", client_request_token)
        content = checking.content(secret_string, secret_binary)
        labels = checking.labels(version_stages)
        put = self._feed.call(machine, "secretsmanager:PutSecretValue", machine.put, token, content, labels)
        return answers.stored(machine, await put)

    async def update_secret_version_stage(
        self,
        version_stage: str,
        *,
        move_to_version_id: str | None = None,
        remove_from_version_id: str | None = None,
    ) -> None:
        """A label is added, moved or taken off; where AWSCURRENT was, AWSPREVIOUS is then. Raises
        `InvalidParameterException` if the label is elsewhere than given, `ResourceNotFoundException`,
        `LimitExceededException`."""
        machine, label = self._machine, checking.label(version_stage)
        if label is None:
            raise InvalidParameterException("You must provide VersionStage.")
        to = checking.token("MoveToVersionId", move_to_version_id)
        source = checking.token("RemoveFromVersionId", remove_from_version_id)
        await self._feed.call(machine, "secretsmanager:UpdateSecretVersionStage", machine.move, label, to, source)

    async def list_secret_version_ids(self, *, include_deprecated: bool = False) -> list[ListedVersion]:
        """Versions that have a value, those without a label if asked for."""
        machine, deprecated = self._machine, checking.flag("IncludeDeprecated", include_deprecated)
        await self._feed.call(machine, "secretsmanager:ListSecretVersionIds", machine.read)
        return answers.listed(machine, deprecated=deprecated)

    async def describe_secret(self) -> DescribedSecret:
        """All but its values."""
        machine = self._machine
        return answers.described(await self._feed.call(machine, "secretsmanager:DescribeSecret", machine.read))

    async def rotate_secret(
        self,
        *,
        client_request_token: str | None = None,
        rotation_lambda_arn: Any = None,
        automatically_after_days: int | None = None,
        schedule_expression: str | None = None,
        duration: str | None = None,
        rotate_immediately: bool = True,
    ) -> SecretReference:
        """A rotation has begun; `bus.settle()` waits for it. What is given is kept: a function, declared or by its ARN,
        and when to rotate. Without `rotate_immediately` only its step testSecret runs. Raises `InvalidRequestException`
        without a function, and while an earlier rotation is not complete, unless its token is given, which begins it
        again; `AccessDeniedException` if the function may not be invoked; `InvalidParameterException`."""
        machine = self._machine
        token = checking.token("ClientRequestToken", client_request_token)
        function = checking.function(rotation_lambda_arn)
        rules = checking.rules(automatically_after_days, schedule_expression, duration)
        immediately = checking.flag("RotateImmediately", rotate_immediately)
        given = token, function, rules, self._feed.cause()
        rotation = await self._feed.call(
            machine, "secretsmanager:RotateSecret", machine.rotate, *given, immediately=immediately
        )
        if rotation.refused:
            raise AccessDeniedException(NOT_INVOKED)
        return SecretReference(arn=machine.arn, name=machine.name, version_id=rotation.id)

    async def cancel_rotate_secret(self) -> SecretReference:
        """It is not rotated any more, until `rotate_secret`. A rotation under way ends where it is: labels stay."""
        machine = self._machine
        token = await self._feed.call(machine, "secretsmanager:CancelRotateSecret", machine.cancel)
        return SecretReference(arn=machine.arn, name=machine.name, version_id=token)
