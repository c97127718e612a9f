"""Event source mappings of one run: what was declared, and what is made, changed and deleted while it runs."""

from collections.abc import Mapping as MappingOf
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field, frozen

from eventbus.core import stream_mapping
from eventbus.core.queue_mapping import QueueMapping, QueueMappingConfig
from eventbus.declaration import Function
from eventbus.errors import InvalidParameterValueException, ResourceConflictException, ResourceNotFoundException
from eventbus.event_source_mapping import Mapping, changed, mapping_of
from eventbus.names import Arn, Ids
from eventbus.ports import EventSource, QueueSource

if TYPE_CHECKING:
    from .engine import Engine

QUEUE_REASON: Final = "USER_INITIATED"
STREAM_REASON: Final = "User action"
"""Why a mapping is in its state (recorded 2025-11)."""


@frozen(kw_only=True)
class EventSourceMapping:
    """A mapping as it is now. `state` is AWS's word; `last_modified` an aware UTC time; settings of the other kind of
    source are None, as is `last_processing_result` on a queue. `event_counts` are the metrics of the group EventCount
    so far, under AWS's names in snake case: `polled_event_count`, ..."""

    uuid: str
    event_source_arn: Arn
    function_arn: Arn
    state: str
    state_transition_reason: str
    last_modified: datetime
    last_processing_result: str | None
    batch_size: int
    maximum_batching_window_in_seconds: float
    function_response_types: tuple[str, ...]
    filter_criteria: tuple[str, ...]
    event_counts: MappingOf[str, int]
    maximum_concurrency: int | None = None
    starting_position: str | None = None
    parallelization_factor: int | None = None
    maximum_retry_attempts: int | None = None
    maximum_record_age_in_seconds: int | None = None
    bisect_batch_on_function_error: bool | None = None
    tumbling_window_in_seconds: int | None = None
    on_failure: Arn | None = None


@define(eq=False)
class Mappings:
    engine: "Engine"
    _known: dict[str, Mapping] = field(factory=dict, init=False)  # by UUID, in order of creation
    _modified: dict[str, datetime] = field(factory=dict, init=False)

    def add(self, mapping: Mapping) -> None:
        """From now on its source is read."""
        self.engine.driver.add(mapping.arn, self._machine(mapping))
        self.engine.handlers.add_reader(mapping.arn, mapping.source, mapping.function.arn)
        self._known[mapping.uuid] = mapping
        self._modified[mapping.uuid] = self.engine.now()

    def machines(self) -> list[Any]:
        return [self.engine.driver.machines[mapping.arn] for mapping in self._known.values()]

    def create(
        self, source: EventSource[Any, Any], function: Function[Any, Any], settings: MappingOf[str, Any]
    ) -> EventSourceMapping:
        self._forget_deleted()
        if function.arn not in self.engine.setup.functions:
            raise ResourceNotFoundException("Function does not exist")
        arn = getattr(source, "arn", None)
        if arn not in self.engine.driver.machines:
            raise InvalidParameterValueException(f"Unrecognized event source. {arn or source!r} is not in this app")
        mapping = mapping_of(source, function, settings, self.engine.now().timestamp())
        if mapping.uuid in self._known:
            raise ResourceConflictException(
                f'The event source arn (" {arn} ") and function (" {function.name} ") provided mapping already exists. '
                f"Please update or delete the existing mapping with UUID {mapping.uuid}"
            )
        self.add(mapping)
        return self._shown(mapping)

    def update(self, uuid: str, settings: MappingOf[str, Any]) -> EventSourceMapping:
        mapping = self._find(uuid)
        other = changed(mapping, settings)
        machine = self.engine.driver.machines[mapping.arn]
        feed = self.engine.driver.feed
        if settings.keys() == {"enabled"}:
            feed(machine, machine.enable if other.config.enabled else machine.disable)
        else:
            feed(machine, machine.update, other.config)
        self._known[uuid] = other
        self._modified[uuid] = self.engine.now()
        return self._shown(other)

    def delete(self, uuid: str) -> EventSourceMapping:
        mapping = self._find(uuid)
        machine = self.engine.driver.machines[mapping.arn]
        self.engine.driver.feed(machine, machine.delete)
        return self._shown(mapping)

    def get(self, uuid: str) -> EventSourceMapping:
        return self._shown(self._find(uuid))

    def listed(self, source: Arn | None, function: Arn | None) -> list[EventSourceMapping]:
        self._forget_deleted()
        return [
            self._shown(mapping)
            for mapping in self._known.values()
            if source in (None, mapping.source.arn) and function in (None, mapping.function.arn)
        ]

    def _find(self, uuid: str) -> Mapping:
        self._forget_deleted()
        mapping = self._known.get(uuid)
        if mapping is None:
            raise ResourceNotFoundException("The resource you requested does not exist.")
        return mapping

    def _forget_deleted(self) -> None:
        """What was deleted is gone when nothing of it is under way any more."""
        for uuid, mapping in list(self._known.items()):
            machine = self.engine.driver.machines[mapping.arn]
            if machine.state == "Deleting" and not machine.outstanding():
                del self._known[uuid], self._modified[uuid], self.engine.driver.machines[mapping.arn]
                self.engine.handlers.readers[mapping.source.arn].remove(mapping.arn)

    def _machine(self, mapping: Mapping) -> "QueueMapping | stream_mapping.StreamMapping":
        engine, source = self.engine, mapping.source
        ids = Ids(engine.seed, mapping.arn)
        if isinstance(mapping.config, QueueMappingConfig):
            assert isinstance(source, QueueSource)
            return QueueMapping(
                address=mapping.arn,
                source=source.arn,
                function=mapping.function.arn,
                config=mapping.config,
                fifo=source.fifo,
                lease=source.lease,
                ids=ids,
                profile=engine.setup.profile,
                filter_key=source.filter_keys[0],
                created_at=engine.driver.now(),
            )
        return stream_mapping.StreamMapping(
            address=mapping.arn,
            source=source.arn,
            function=mapping.function.arn,
            config=mapping.config,
            ids=ids,
            profile=engine.setup.profile,
            epoch=engine.epoch,
            filter_keys=source.filter_keys,
            uuid=mapping.uuid,
            created_at=engine.driver.now(),
        )

    def _shown(self, mapping: Mapping) -> EventSourceMapping:
        machine = self.engine.driver.machines[mapping.arn]
        config = mapping.config
        queue = isinstance(config, QueueMappingConfig)
        members = SHARED + (QUEUE_MEMBERS if queue else STREAM_MEMBERS)
        return EventSourceMapping(
            uuid=mapping.uuid,
            event_source_arn=mapping.source.arn,
            function_arn=mapping.function.arn,
            state=machine.state,
            state_transition_reason=QUEUE_REASON if queue else STREAM_REASON,
            last_modified=self._modified[mapping.uuid],
            last_processing_result=None if queue else machine.last_processing_result,
            event_counts={name: getattr(machine, name) for name in (QUEUE_COUNTS if queue else STREAM_COUNTS)},
            filter_criteria=tuple(pattern.text for pattern in config.filter_criteria),
            **{name: getattr(config, name) for name in members},
        )


SHARED: Final = ("batch_size", "maximum_batching_window_in_seconds", "function_response_types")
COUNTS: Final = (
    "polled_event_count",
    "filtered_out_event_count",
    "invoked_event_count",
    "failed_invoke_event_count",
)
QUEUE_COUNTS: Final = (*COUNTS, "deleted_event_count")
STREAM_COUNTS: Final = (*COUNTS, "on_failure_destination_delivered_event_count", "dropped_event_count")
QUEUE_MEMBERS: Final = ("maximum_concurrency",)
STREAM_MEMBERS: Final = (
    "starting_position",
    "parallelization_factor",
    "maximum_retry_attempts",
    "maximum_record_age_in_seconds",
    "bisect_batch_on_function_error",
    "tumbling_window_in_seconds",
    "on_failure",
)
