"""The declaration of a repository."""

import re
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .client import RepositoryClient
from .machine import RepositoryMachine

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value) or value.endswith(".git"):
        raise refuse("name", value, "1 to 100 letters, digits and _ . -, not ending with .git")


@frozen(eq=False)
class Repository:
    """References and their commits, without files. Raises `InvalidSetting` for a name that AWS refuses."""

    name: str = field(validator=_check_name)

    @property
    def arn(self) -> Arn:
        return arn_of("codecommit", self.name)

    def machine(self, birth: Birth) -> RepositoryMachine:
        return RepositoryMachine(self.arn, birth)

    def client(self, machine: Any, feed: Feed) -> RepositoryClient:
        return RepositoryClient(machine, feed)
