"""The declaration of a delivery stream."""

import re
from collections.abc import Sequence
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import between, given, is_function, one_of, refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, DeliveryTarget, Feed, StreamSource
from sources._refusing import refusing

from . import transformation
from .client import DeliveryStreamClient
from .machine import DeliveryStreamMachine, Destination, Processor
from .prefixes import prefixes
from .record import MEGABYTE

NUMBER_OF_RETRIES: Final = 3
BUFFER_SIZE: Final = 1
BUFFER_INTERVAL: Final = 60
RETRIES_LIMIT: Final = 300
"""Choice: no bound is documented."""
SIZE: Final = 5
INTERVAL: Final = 300
PARTITION_SIZE: Final = 128
SMALLEST_PARTITION_SIZE: Final = 64
SHORTEST_PARTITION_INTERVAL: Final = 60
RETRY_DURATION: Final = 300
"""Seconds, and MiB [bc:firehose]; those of dynamic partitioning are general knowledge (unverified)."""

_ONE_BUCKET: Final = "one bucket as the destination is offered"
_AS_IT_COMES: Final = "what the function answers is stored as it is"
NOT_OFFERED: Final = {
    "cloud_watch_logging_options": "what fails is told by `bus.trace`",
    "compression_format": _AS_IT_COMES,
    "custom_time_zone": "prefixes are in UTC",
    "data_format_conversion_configuration": _AS_IT_COMES,
    "delivery_stream_encryption_configuration_input": "nothing is encrypted",
    "encryption_configuration": "nothing is encrypted",
    "file_extension": "keys end in an id",
    "http_endpoint_destination_configuration": _ONE_BUCKET,
    "iceberg_destination_configuration": _ONE_BUCKET,
    "amazonopensearchservice_destination_configuration": _ONE_BUCKET,
    "redshift_destination_configuration": _ONE_BUCKET,
    "s3_backup_configuration": _ONE_BUCKET,
    "s3_backup_mode": _ONE_BUCKET,
    "snowflake_destination_configuration": _ONE_BUCKET,
    "splunk_destination_configuration": _ONE_BUCKET,
    "role_arn": "it acts in its own name: `app.grant(delivery_stream, ...)`",
    "tags": "nothing looks at them",
}

_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{1,64}")


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise refuse("name", value, "1 to 64 letters, digits, and any of _ . -")


def _check_bucket(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, DeliveryTarget) or value.arn.service != "s3":
        raise refuse("bucket", value, "a declared s3.Bucket; other destinations are not offered")


def _check_processor(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not is_function(value):
        raise refuse("processor", value, "a function of the app; other processors are not offered")


def _check_stream(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    stream = isinstance(value, StreamSource) and getattr(value, "arn", "").startswith(arn_of("kinesis", "stream/"))
    if value is not None and (not stream or "/consumer/" in getattr(value, "arn", "")):
        raise refuse("kinesis_stream", value, "a declared kinesis.Stream; other sources are not offered")


@refusing(NOT_OFFERED)
@frozen(eq=False)
class DeliveryStream:
    """Records become objects of `bucket`, `size_in_mbs` MiB or what came in `interval_in_seconds`, under `prefix`.

    With a `processor` each batch of `buffer_size_in_mbs` MiB, or of `buffer_interval_in_seconds`, is first transformed
    by that function; a call that is throttled, fails or times out is made again `number_of_retries` times. What fails
    goes under `error_output_prefix`. Records are put, or read from `kinesis_stream` from its end on.

    With `dynamic_partitioning` the prefix has `!{partitionKeyFromLambda:...}`: keys that the function answers for each
    record; a partition that can't be delivered for `duration_in_seconds` goes to the failed ones. Its objects gather 64
    to 128 MiB, or at least 60 seconds. Raises `InvalidSetting` for what AWS refuses, or is not offered."""

    name: str = field(validator=_check_name)
    bucket: Any = field(validator=_check_bucket)
    processor: Any = field(default=None, kw_only=True, validator=_check_processor)
    kinesis_stream: Any = field(default=None, kw_only=True, validator=_check_stream)
    number_of_retries: int = field(
        default=NUMBER_OF_RETRIES, kw_only=True, validator=given(between(0, RETRIES_LIMIT, whole=True))
    )
    buffer_size_in_mbs: float = field(default=BUFFER_SIZE, kw_only=True, validator=given(between(0.2, 3)))
    buffer_interval_in_seconds: int = field(
        default=BUFFER_INTERVAL, kw_only=True, validator=given(between(0, 900, whole=True))
    )
    size_in_mbs: int | None = field(default=None, kw_only=True, validator=between(1, 128, whole=True))
    interval_in_seconds: int | None = field(default=None, kw_only=True, validator=between(0, 900, whole=True))
    prefix: str | None = field(default=None, kw_only=True)
    error_output_prefix: str | None = field(default=None, kw_only=True)
    dynamic_partitioning: bool = field(default=False, kw_only=True, validator=one_of((True, False)))
    duration_in_seconds: int | None = field(default=None, kw_only=True, validator=between(0, 7_200, whole=True))
    _destination: Destination = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._check_alone()
        dynamic = self.dynamic_partitioning
        longest = transformation.LONGEST_TYPE if dynamic else transformation.PROCESSING_FAILED
        good, bad = prefixes(self.prefix, self.error_output_prefix, longest.error_type, dynamic=dynamic)
        size = (PARTITION_SIZE if dynamic else SIZE) if self.size_in_mbs is None else self.size_in_mbs
        interval = INTERVAL if self.interval_in_seconds is None else self.interval_in_seconds
        if dynamic and size < SMALLEST_PARTITION_SIZE:
            raise refuse("size_in_mbs", size, f"{SMALLEST_PARTITION_SIZE} to 128 with dynamic partitioning")
        if dynamic and interval < SHORTEST_PARTITION_INTERVAL:
            raise refuse(
                "interval_in_seconds", interval, f"{SHORTEST_PARTITION_INTERVAL} to 900 with dynamic partitioning"
            )
        duration = RETRY_DURATION if self.duration_in_seconds is None else self.duration_in_seconds
        retry_duration = duration if dynamic else None
        destination = Destination(self.bucket.arn, good, bad, size * MEGABYTE, interval, retry_duration)
        object.__setattr__(self, "_destination", destination)

    @property
    def arn(self) -> Arn:
        return arn_of("firehose", f"deliverystream/{self.name}")

    @property
    def targets(self) -> Sequence[Arn]:
        others = [each.arn for each in (self.processor, self.kinesis_stream) if each is not None]
        return (self.bucket.arn, *others)

    @property
    def reads_from(self) -> Sequence[Any]:
        return () if self.kinesis_stream is None else (self.kinesis_stream,)

    def machine(self, birth: Birth) -> DeliveryStreamMachine:
        processor = None
        if self.processor is not None:
            size = self.buffer_size_in_mbs * MEGABYTE
            interval = self.buffer_interval_in_seconds
            processor = Processor(self.processor.arn, self.number_of_retries, size, interval)
        source = None if self.kinesis_stream is None else self.kinesis_stream.arn
        return DeliveryStreamMachine(self.arn, birth, self.name, self._destination, processor, source)

    def client(self, machine: Any, feed: Feed) -> DeliveryStreamClient:
        return DeliveryStreamClient(machine, feed)

    def _check_alone(self) -> None:
        """Settings that would do nothing."""
        of_processor = {
            "number_of_retries": NUMBER_OF_RETRIES,
            "buffer_size_in_mbs": BUFFER_SIZE,
            "buffer_interval_in_seconds": BUFFER_INTERVAL,
            "dynamic_partitioning": False,
        }
        for setting, default in of_processor.items():
            if self.processor is None and getattr(self, setting) != default:
                raise refuse(setting, getattr(self, setting), f"{default} without a processor")
        if self.duration_in_seconds is not None and not self.dynamic_partitioning:
            raise refuse("duration_in_seconds", self.duration_in_seconds, "none without dynamic_partitioning")
