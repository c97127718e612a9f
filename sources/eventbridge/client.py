"""What one can do with an event bus."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from attrs import define

from eventbus.core.patterns import test_event_pattern
from eventbus.names import Arn
from eventbus.ports import Feed

from . import checking
from .answers import (
    DescribedArchive,
    DescribedReplay,
    DescribedRule,
    FailedTarget,
    PutEventsResult,
    PutRuleResult,
    TargetsResult,
)
from .archive import ARCHIVE, PlacedArchive, Replay, archive_arn, replay_arn
from .entries import entries_of
from .errors import InvalidParameter
from .machine import BusMachine
from .rules import PlacedRule
from .targets import REQUEST_LIMIT, Target, targets_of

NAMES_LIMIT: Final = 100
"""Ids of one RemoveTargets, rules of one replay."""


@define(eq=False)
class BusClient:
    """`bus[event_bus]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's errors,
    and then nothing has changed. Lists are in the order of names, all in one page."""

    _machine: BusMachine
    _feed: Feed

    async def put_events(self, entries: Sequence[Mapping[str, Any]]) -> PutEventsResult:
        """1 to 10 entries `{"source": ..., "detail_type": ..., "detail": JSON text of an object}`, with `resources` and
        `time` (an aware datetime, or ISO text; by default now) if wanted, fewer than 1 MiB together. Those that are
        refused alone stand in the answer with an error; the others are on their way. Raises ValidationException for
        what concerns the request as a whole."""
        machine = self._machine
        checked = entries_of(entries, machine.arn)
        return PutEventsResult(
            await self._feed.call(machine, "events:PutEvents", machine.put_entries, checked, self._feed.cause())
        )

    async def put_rule(
        self,
        name: str,
        *,
        event_pattern: Mapping[str, Any] | str | None = None,
        schedule_expression: str | None = None,
        state: str = "ENABLED",
        description: str | None = None,
    ) -> PutRuleResult:
        """There is such a rule, in effect at once; one that was there keeps its targets and nothing else. Raises
        ValidationException, `InvalidEventPatternException`."""
        rules = self._machine.rules
        settings = checking.rule_settings(rules.bus, name, event_pattern, schedule_expression, state, description)
        return PutRuleResult((await self._call("PutRule", rules.put, settings)).arn)

    async def delete_rule(self, name: str) -> None:
        """There is no such rule. Raises ValidationException for one with targets."""
        checking.check_name(name, "name", checking.RULE_NAME_LIMIT)
        await self._call("DeleteRule", self._machine.rules.delete, name)

    async def describe_rule(self, name: str) -> DescribedRule:
        """Raises `ResourceNotFoundException`, as whatever else names a rule."""
        checking.check_name(name, "name", checking.RULE_NAME_LIMIT)
        return self._rule(await self._call("DescribeRule", self._machine.rules.find, name))

    async def list_rules(self, *, name_prefix: str = "") -> list[DescribedRule]:
        checking.check_text(name_prefix, "namePrefix", checking.RULE_NAME_LIMIT, missing=False)
        return [self._rule(rule) for rule in await self._call("ListRules", self._machine.rules.listed, name_prefix)]

    async def enable_rule(self, name: str) -> None:
        checking.check_name(name, "name", checking.RULE_NAME_LIMIT)
        await self._call("EnableRule", self._machine.rules.enable, name, True)

    async def disable_rule(self, name: str) -> None:
        """Nothing goes to its targets but what is under way. A schedule goes on counting."""
        checking.check_name(name, "name", checking.RULE_NAME_LIMIT)
        await self._call("DisableRule", self._machine.rules.enable, name, False)

    async def put_targets(self, rule: str, targets: Sequence[Any]) -> TargetsResult:
        """1 to 10 resources or `Target`s are targets of the rule; one with an id that is there replaces it. What is no
        part of the app can't be reached: its events are not handed over. Raises `ResourceNotFoundException`,
        `LimitExceededException` for a sixth, ValidationException."""
        checking.check_name(rule, "rule", checking.RULE_NAME_LIMIT)
        placed = targets_of(targets, 1, REQUEST_LIMIT)
        await self._call("PutTargets", self._machine.rules.put_targets, rule, placed)
        return TargetsResult()

    async def remove_targets(self, rule: str, ids: Sequence[str]) -> TargetsResult:
        """They are gone; ids that are none of the rule's stand in the answer. Raises `ResourceNotFoundException`."""
        checking.check_name(rule, "rule", checking.RULE_NAME_LIMIT)
        unknown = await self._call(
            "RemoveTargets", self._machine.rules.remove_targets, rule, checking.names(ids, "ids", NAMES_LIMIT)
        )
        code = "ResourceNotFoundException"
        return TargetsResult([FailedTarget(id, code, f"Rule {rule} has no target {id}.") for id in unknown])

    async def list_targets_by_rule(self, rule: str) -> list[Target]:
        """In the order in which they were put. Raises `ResourceNotFoundException`."""
        checking.check_name(rule, "rule", checking.RULE_NAME_LIMIT)
        found = await self._call("ListTargetsByRule", self._machine.rules.find, rule)
        return [placed.target for placed in found.targets.values()]

    async def test_event_pattern(self, event_pattern: str, event: str) -> bool:
        """Whether a whole event, as JSON text, matches. Raises `InvalidEventPatternException`, and ValidationException
        for an event without id, account, source, time, region or detail-type."""
        checking.check_text(event_pattern, "eventPattern", checking.PATTERN_LIMIT, missing=False)
        machine = self._machine
        return await self._feed.call(
            machine, "events:TestEventPattern", lambda now: test_event_pattern(event_pattern, event)
        )

    async def create_archive(
        self,
        archive_name: str,
        *,
        event_pattern: Mapping[str, Any] | str | None = None,
        retention_days: int = 0,
        description: str | None = None,
    ) -> DescribedArchive:
        """It keeps what comes from now on. Raises `ResourceAlreadyExistsException`, ValidationException,
        `InvalidEventPatternException`."""
        settings = checking.archive_settings(archive_name, event_pattern, retention_days, description)
        return self._archive(await self._call("CreateArchive", self._machine.archives.create, settings))

    async def delete_archive(self, archive_name: str) -> None:
        """Raises `ResourceNotFoundException`, as whatever else names an archive."""
        checking.check_name(archive_name, "archiveName", checking.ARCHIVE_NAME_LIMIT)
        await self._call("DeleteArchive", self._machine.archives.delete, archive_name)

    async def describe_archive(self, archive_name: str) -> DescribedArchive:
        checking.check_name(archive_name, "archiveName", checking.ARCHIVE_NAME_LIMIT)
        return self._archive(await self._call("DescribeArchive", self._machine.archives.find, archive_name))

    async def list_archives(self, *, name_prefix: str = "") -> list[DescribedArchive]:
        checking.check_text(name_prefix, "namePrefix", checking.ARCHIVE_NAME_LIMIT, missing=False)
        found = await self._call("ListArchives", self._machine.archives.listed, name_prefix)
        return [self._archive(archive) for archive in found]

    async def start_replay(
        self,
        replay_name: str,
        *,
        archive: Any,
        event_start_time: datetime | str,
        event_end_time: datetime | str,
        rule_names: Sequence[str] | None = None,
        description: str | None = None,
    ) -> DescribedReplay:
        """Events that `archive` (of this bus: its name, or its declaration) has of that time come again, for these
        rules or for all. Raises `ResourceNotFoundException`, `ResourceAlreadyExistsException`, ValidationException, and
        `LimitExceededException` while ten replays run."""
        checking.check_name(replay_name, "replayName", checking.REPLAY_NAME_LIMIT)
        name = _archive_name(archive)
        start = checking.instant(event_start_time, "EventStartTime")
        end = checking.instant(event_end_time, "EventEndTime")
        if end <= start:
            raise InvalidParameter("Parameter EventEndTime is not valid. Reason: it must be after EventStartTime.")
        wanted = None if rule_names is None else frozenset(checking.names(rule_names, "rule_names", NAMES_LIMIT))
        checking.check_text(description, "description", checking.DESCRIPTION_LIMIT)
        return self._replay(
            await self._call(
                "StartReplay", self._machine.archives.start, replay_name, name, start, end, wanted, description
            )
        )

    async def describe_replay(self, replay_name: str) -> DescribedReplay:
        """Raises `ResourceNotFoundException`, as whatever else names a replay."""
        checking.check_name(replay_name, "replayName", checking.REPLAY_NAME_LIMIT)
        return self._replay(await self._call("DescribeReplay", self._machine.archives.find_replay, replay_name))

    async def list_replays(self, *, name_prefix: str = "") -> list[DescribedReplay]:
        checking.check_text(name_prefix, "namePrefix", checking.REPLAY_NAME_LIMIT, missing=False)
        found = await self._call("ListReplays", self._machine.archives.listed_replays, name_prefix)
        return [self._replay(replay) for replay in found]

    async def cancel_replay(self, replay_name: str) -> DescribedReplay:
        """Nothing more of it comes. Raises `IllegalStatusException` for one that has ended."""
        checking.check_name(replay_name, "replayName", checking.REPLAY_NAME_LIMIT)
        return self._replay(await self._call("CancelReplay", self._machine.archives.cancel, replay_name))

    async def _call(self, operation: str, step: Any, *args: Any) -> Any:
        return await self._feed.call(self._machine, f"events:{operation}", step, *args)

    def _at(self, now: float) -> datetime:
        return datetime.fromtimestamp(self._machine.birth.epoch + now, UTC)

    def _rule(self, rule: PlacedRule) -> DescribedRule:
        return DescribedRule(
            name=rule.name,
            arn=rule.arn,
            event_bus_name=self._machine.rules.bus,
            state="ENABLED" if rule.enabled else "DISABLED",
            event_pattern=None if rule.pattern is None else rule.pattern.text,
            schedule_expression=rule.schedule_expression,
            description=rule.description,
        )

    def _archive(self, archive: PlacedArchive) -> DescribedArchive:
        return DescribedArchive(
            archive_name=archive.name,
            archive_arn=archive_arn(archive.name),
            event_source_arn=self._machine.arn,
            state="ENABLED",
            event_pattern=None if archive.pattern is None else archive.pattern.text,
            description=archive.description,
            retention_days=archive.retention_days,
            event_count=len(archive.events),
            size_bytes=sum(len(event.text.encode()) for _, event in archive.events),
            creation_time=self._at(archive.created_at),
        )

    def _replay(self, replay: Replay) -> DescribedReplay:
        newest = replay.last_replayed
        return DescribedReplay(
            replay_name=replay.name,
            replay_arn=replay_arn(replay.name),
            state=replay.state,
            event_source_arn=archive_arn(replay.archive),
            description=replay.description,
            event_start_time=datetime.fromtimestamp(replay.event_start, UTC),
            event_end_time=datetime.fromtimestamp(replay.event_end, UTC),
            event_last_replayed_time=None if newest is None else datetime.fromtimestamp(newest, UTC),
            replay_start_time=self._at(replay.started_at),
            replay_end_time=None if replay.ended_at is None else self._at(replay.ended_at),
        )


def _archive_name(archive: Any) -> str:
    """Of an archive's name or declaration."""
    arn = getattr(archive, "arn", None)
    name = arn.resource.removeprefix(ARCHIVE) if isinstance(arn, Arn) and arn.resource.startswith(ARCHIVE) else archive
    checking.check_name(name, "archive", checking.ARCHIVE_NAME_LIMIT)
    return str(name)
