"""Event source mappings as declared, and as made or changed at run time: settings, checks, the value itself."""

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from datetime import datetime
from math import inf
from typing import Any, Final, TypedDict

from attrs import evolve, field, fields, frozen

from .checks import refuse
from .core.filtering import check_keys
from .core.queue_mapping import QueueMappingConfig
from .core.stream_mapping import StreamMappingConfig
from .declaration import Function, refuse_unknown
from .errors import InvalidSetting
from .names import Arn, Ids, arn_of
from .ports import DeliveryTarget, EventSource, QueueSource, StreamSource

Config = QueueMappingConfig | StreamMappingConfig


class MappingSettings(TypedDict, total=False):
    """Those of CreateEventSourceMapping in snake case, the nested ones flat; described at `QueueMappingConfig` and
    `StreamMappingConfig`."""

    batch_size: int
    maximum_batching_window_in_seconds: float
    function_response_types: Sequence[str]
    filter_criteria: Sequence[MappingOf[str, Any] | str]
    enabled: bool
    maximum_concurrency: int | None
    starting_position: str
    starting_position_timestamp: datetime | float | None
    parallelization_factor: int
    maximum_retry_attempts: int
    maximum_record_age_in_seconds: int
    bisect_batch_on_function_error: bool
    tumbling_window_in_seconds: int
    on_failure: Any


@frozen(eq=False, kw_only=True)
class Mapping:
    """An event source mapping: `source` is polled, `function` gets its records in batches."""

    source: EventSource[Any, Any]
    function: Function[Any, Any]
    config: Config
    arn: Arn = field(init=False)
    uuid: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        name = f"event-source-mapping:{self.source.arn.resource.replace(':', '.')}:{self.function.name}"
        object.__setattr__(self, "arn", arn_of("lambda", name))
        object.__setattr__(self, "uuid", Ids(0, self.arn).text(1))

    @property
    def targets(self) -> Sequence[Arn]:
        """Where it delivers besides the function."""
        target = getattr(self.config, "on_failure", None)
        return () if target is None else (target,)


def mapping_of(
    source: EventSource[Any, Any], function: Function[Any, Any], settings: MappingOf[str, Any], instant: float = inf
) -> Mapping:
    """Raises `InvalidSetting` for what this source does not take, or not together. `instant`: a timestamp to start from
    may not be beyond it, in seconds since 1970."""
    kind = _kind(source)
    known = [attribute.name for attribute in fields(kind)]
    _refuse_of_the_other_kind(source, kind, settings)
    refuse_unknown(settings, known)
    if isinstance(source, StreamSource) and settings.get("starting_position") is None:
        raise refuse("starting_position", None, f"{' or '.join(source.starting_positions)}: a stream has no default")
    config = _checked(source, function, kind(**_plain(settings)), instant)
    return Mapping(source=source, function=function, config=config)


def changed(mapping: Mapping, settings: MappingOf[str, Any]) -> Mapping:
    """The same mapping with other settings (UpdateEventSourceMapping)."""
    kind = type(mapping.config)
    known = [attribute.name for attribute in fields(kind) if not attribute.name.startswith("starting_position")]
    _refuse_of_the_other_kind(mapping.source, kind, settings)
    refuse_unknown(settings, known)
    config = evolve(mapping.config, **_plain(settings))
    return Mapping(
        source=mapping.source,
        function=mapping.function,
        config=_checked(mapping.source, mapping.function, config, inf),
    )


def _kind(source: Any) -> type[Config]:
    if isinstance(source, StreamSource):
        return StreamMappingConfig
    if isinstance(source, QueueSource):
        return QueueMappingConfig
    raise InvalidSetting(f"source: {getattr(source, 'arn', source)} can't be polled by a mapping")


def _refuse_of_the_other_kind(source: EventSource[Any, Any], kind: type[Config], settings: MappingOf[str, Any]) -> None:
    other = QueueMappingConfig if kind is StreamMappingConfig else StreamMappingConfig
    known, others = ({attribute.name for attribute in fields(each)} for each in (kind, other))
    for name, value in settings.items():
        if name in others - known:
            service = source.arn.service
            raise refuse(name, value, f"not for {service}: Unsupported {name} parameter for given event source mapping")


def _checked(source: EventSource[Any, Any], function: Function[Any, Any], config: Config, instant: float) -> Config:
    if isinstance(config, QueueMappingConfig):
        assert isinstance(source, QueueSource)
        if function.timeout > source.lease:
            raise refuse(
                "timeout", function.timeout, f"up to {source.lease:g}, the visibility_timeout of {source.arn.name}"
            )
        config.check(fifo=source.fifo)
    else:
        assert isinstance(source, StreamSource)
        positions, data_key = source.starting_positions, source.filter_keys[0]
        config.check(positions=positions, source=source.arn, data_key=data_key, instant=instant)
    check_keys(config.filter_criteria, source.filter_keys)
    return config


def _plain(settings: MappingOf[str, Any]) -> dict[str, Any]:
    """Resources by their ARNs, instants in seconds since 1970."""
    given = dict(settings)
    target = given.get("on_failure")
    if target is not None:
        if not isinstance(target, DeliveryTarget) or target.arn.service not in ON_FAILURE:
            raise refuse("on_failure", getattr(target, "arn", target), "a queue, a topic or a bucket")
        given["on_failure"] = target.arn
    instant = given.get("starting_position_timestamp")
    if isinstance(instant, datetime):
        given["starting_position_timestamp"] = instant.timestamp()
    return given


ON_FAILURE: Final = ("sqs", "sns", "s3")
"""Services that take the records of a mapping on a stream (bc:lambda OnFailure)."""
