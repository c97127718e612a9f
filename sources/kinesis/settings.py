"""Settings of one stream, and limits [kds:service-sizes-and-limits, bc:kinesis]. Sizes in bytes, times in seconds."""

from typing import Final, Literal

from attrs import define

StreamMode = Literal["PROVISIONED", "ON_DEMAND"]
PROVISIONED: Final = "PROVISIONED"
ON_DEMAND: Final = "ON_DEMAND"
STREAM_MODES: Final = (PROVISIONED, ON_DEMAND)
ON_DEMAND_SHARDS: Final = 4
"""Of a new stream (recorded 2022-08); here they stay as many, whatever the load."""

SHARDS_LIMIT: Final = 10_000
SHORTEST_RETENTION: Final = 24
LONGEST_RETENTION: Final = 8_760
"""Hours."""
SMALLEST_RECORD_LIMIT: Final = 1_024
LARGEST_RECORD_LIMIT: Final = 10_240
"""KiB of the data and the partition key."""
KEY_LIMIT: Final = 256
"""Letters of a partition key."""

PUT_RECORDS_LIMIT: Final = 500
PUT_RECORDS_SIZE: Final = 10 * 1_048_576
GET_RECORDS_LIMIT: Final = 10_000
GET_RECORDS_SIZE: Final = 10 * 1_048_576
LIST_SHARDS_LIMIT: Final = 1_000
DESCRIBED_SHARDS_LIMIT: Final = 100
LIST_CONSUMERS_LIMIT: Final = 100
PAGE_LIMIT: Final = 10_000
"""The largest page that may be asked for, whatever is given then."""

CONSUMERS_LIMIT: Final = 20
DAY: Final = 86_400.0
SCALINGS_A_DAY: Final = 10
MODES_A_DAY: Final = 2


@define(eq=False)
class Settings:
    """They change for one bus at run time."""

    stream_mode: StreamMode
    retention_period_hours: int
    max_record_size_in_ki_b: int

    @property
    def retention(self) -> float:
        return self.retention_period_hours * 3_600.0

    @property
    def record_limit(self) -> int:
        return self.max_record_size_in_ki_b * 1_024
