"""The declarations of a secret and of its rotation."""

import re
from collections.abc import Sequence
from hashlib import md5
from typing import Any, Final

from attrs import Attribute, Factory, field, frozen

from eventbus.checks import encodable, is_function, refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed, Resource, Wire

from .client import SecretClient
from .machine import SecretMachine
from .rules import RotationRules

_NAME: Final = re.compile(r"[A-Za-z0-9/_+=.@-]{1,256}")
VALUE_LIMIT: Final = 65_536
"""Bytes [bc:secretsmanager]."""
DESCRIPTION_LIMIT: Final = 2_048


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise refuse("name", value, "1 to 256 letters, digits and /_+=.@-")


def _check_text(secret: "Secret", attribute: "Attribute[Any]", value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, str) or not encodable(value) or not 0 < len(value.encode()) <= VALUE_LIMIT:
        raise refuse("secret_string", "...", f"a text of 1 to {VALUE_LIMIT:,} bytes")
    if secret.secret_binary is not None:
        raise refuse("secret_binary", "...", "nothing beside secret_string")


def _check_bytes(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and (not isinstance(value, bytes) or not 0 < len(value) <= VALUE_LIMIT):
        raise refuse("secret_binary", "...", f"1 to {VALUE_LIMIT:,} bytes")


def _check_description(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not encodable(value) or len(value) > DESCRIPTION_LIMIT:
        raise refuse("description", value, f"a text of up to {DESCRIPTION_LIMIT:,} characters")


def _arn(secret: "Secret") -> Arn:
    """With six letters behind the name, the same in every run."""
    suffix = md5(secret.name.encode(), usedforsecurity=False).hexdigest()[:6]
    return arn_of("secretsmanager", f"secret:{secret.name}-{suffix}")


@frozen(eq=False)
class Secret:
    """A secret in memory; without a value it has no version. Raises `InvalidSetting` for what AWS refuses."""

    name: str = field(validator=_check_name)
    secret_binary: bytes | None = field(default=None, kw_only=True, repr=False, validator=_check_bytes)
    secret_string: str | None = field(default=None, kw_only=True, repr=False, validator=_check_text)
    description: str = field(default="", kw_only=True, validator=_check_description)
    arn: Arn = field(init=False, default=Factory(_arn, takes_self=True))

    def machine(self, birth: Birth) -> SecretMachine:
        machine = SecretMachine(self.arn, birth, self.name, self.description)
        content = self.secret_binary if self.secret_string is None else self.secret_string
        if content is not None:
            machine.put(0.0, None, content, None)
        return machine

    def client(self, machine: Any, feed: Feed) -> SecretClient:
        return SecretClient(machine, feed)


@frozen(eq=False)
class RotationSchedule:
    """`function` rotates `secret`, `automatically_after_days` days after the last rotation or at the times of
    `schedule_expression`, and at once when the bus starts; without `rotate_immediately` its step testSecret runs then.
    Raises `InvalidSetting` for what AWS refuses."""

    secret: Resource[Any]
    function: Any
    automatically_after_days: int | None = field(default=None, kw_only=True)
    schedule_expression: str | None = field(default=None, kw_only=True)
    duration: str | None = field(default=None, kw_only=True)
    rotate_immediately: bool = field(default=True, kw_only=True)
    _rules: RotationRules = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.secret, Secret):
            raise refuse("secret", self.secret, "a secretsmanager.Secret")
        if not is_function(self.function):
            raise refuse("function", self.function, "a declared function")
        if not isinstance(self.rotate_immediately, bool):
            raise refuse("rotate_immediately", self.rotate_immediately, "True or False")
        rules = RotationRules(
            automatically_after_days=self.automatically_after_days,
            schedule_expression=self.schedule_expression,
            duration=self.duration,
        )
        object.__setattr__(self, "_rules", rules)

    @property
    def arn(self) -> Arn:
        return Arn(f"{self.secret.arn}#rotation")

    @property
    def source(self) -> Resource[Any]:
        return self.secret

    @property
    def targets(self) -> Sequence[Arn]:
        return (self.function.arn,)

    def check(self, others: Sequence[Wire]) -> None:
        """A second one has the ARN of the first, which is refused."""

    def connect(self, machine: Any) -> None:
        machine.schedule(0.0, self.function.arn, self._rules, immediately=self.rotate_immediately)
