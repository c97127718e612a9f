"""Lambda's operations on event source mappings, as a bus has them."""

from typing import TYPE_CHECKING, Any, Unpack

from eventbus.declaration import Function
from eventbus.event_source_mapping import MappingSettings
from eventbus.ports import EventSource

from .mappings import EventSourceMapping

if TYPE_CHECKING:
    from .engine import Engine


class MappingCalls:
    """For this run and from now on; what is declared with `app.map` is known here too. A change has its answer at once
    (`Creating`, `Updating`, ...) and is done in the next turn."""

    @property
    def _engine(self) -> "Engine":
        raise NotImplementedError

    async def create_event_source_mapping(
        self,
        event_source: EventSource[Any, Any],
        function: Function[Any, Any],
        **settings: Unpack[MappingSettings],
    ) -> EventSourceMapping:
        """Settings are those of `app.map`. Raises `InvalidSetting`, `ResourceNotFoundException` ("Function does not
        exist"), `InvalidParameterValueException`, `ResourceConflictException` for a second one of the same two."""
        self._engine.feed.check_caller()
        return self._engine.mappings.create(event_source, function, settings)

    async def update_event_source_mapping(self, uuid: str, **settings: Unpack[MappingSettings]) -> EventSourceMapping:
        """What is not given stays. `enabled=False` disables: the mapping keeps its checkpoint. Raises `InvalidSetting`,
        `ResourceNotFoundException`, `ResourceInUseException` while it is being deleted."""
        self._engine.feed.check_caller()
        return self._engine.mappings.update(uuid, settings)

    async def delete_event_source_mapping(self, uuid: str) -> EventSourceMapping:
        """Nothing is polled any more; gone when what runs has ended. Raises `ResourceNotFoundException`."""
        self._engine.feed.check_caller()
        return self._engine.mappings.delete(uuid)

    async def get_event_source_mapping(self, uuid: str) -> EventSourceMapping:
        """Raises `ResourceNotFoundException`."""
        self._engine.feed.check_caller()
        return self._engine.mappings.get(uuid)

    async def list_event_source_mappings(
        self, *, event_source: EventSource[Any, Any] | None = None, function: Function[Any, Any] | None = None
    ) -> list[EventSourceMapping]:
        """In order of creation; those of this source, and of this function."""
        self._engine.feed.check_caller()
        arns = [None if end is None else end.arn for end in (event_source, function)]
        return self._engine.mappings.listed(*arns)
