"""Who is told when references of a repository move: the declaration."""

from collections.abc import Sequence
from typing import Any, Literal

from attrs import field, frozen

from eventbus.checks import as_tuple, refuse
from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from eventbus.ports import Resource, Wire

from . import settings
from .errors import CodeCommitError
from .settings import RepositoryTrigger

Event = Literal["all", "createReference", "updateReference", "deleteReference"]


@frozen(eq=False)
class Trigger:
    """`destination`, a declared function or topic, is told asynchronously of `events`, on these `branches` or on all
    and on tags. A repository has ten at most. Raises `InvalidSetting` for what AWS refuses."""

    repository: Resource[Any]
    destination: Any
    name: str = field(kw_only=True)
    events: Sequence[Event] = field(kw_only=True, converter=as_tuple)
    branches: Sequence[str] = field(default=(), kw_only=True, converter=as_tuple)
    custom_data: str | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        repository, target = getattr(self.repository, "arn", None), getattr(self.destination, "arn", None)
        if not isinstance(repository, Arn) or repository.service != "codecommit":
            raise refuse("repository", self.repository, "a declared repository")
        if not isinstance(target, Arn):
            raise refuse("destination", self.destination, "a declared function or topic")
        _as_setting(self.made)

    @property
    def arn(self) -> Arn:
        return Arn(f"{self.source.arn}#{self.name}")

    @property
    def source(self) -> Resource[Any]:
        return self.repository

    @property
    def targets(self) -> Sequence[Arn]:
        return (self.destination.arn,)

    def made(self) -> RepositoryTrigger:
        given = {name: getattr(self, name) for name in ("name", "custom_data", "branches", "events")}
        return settings.trigger({**given, "destination_arn": self.destination.arn})

    def check(self, others: Sequence[Wire]) -> None:
        names = [other.name for other in others if isinstance(other, Trigger)]
        _as_setting(settings.check_distinct, self.name, self.name in names)
        _as_setting(settings.check_count, len(names) + 1)

    def connect(self, machine: Any) -> None:
        machine.put_triggers(0.0, [*machine.triggers, self.made()])


def _as_setting(check: Any, *args: Any) -> None:
    """What a call would be refused for is refused where it is declared."""
    try:
        check(*args)
    except CodeCommitError as error:
        raise InvalidSetting(f"{error} ({error.code})") from None
