"""The declaration of a bucket."""

import re
from typing import Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import one_of, refuse
from eventbus.names import Arn
from eventbus.ports import Birth, Feed

from .client import BucketClient
from .machine import BucketMachine

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
EVENT_VERSIONS: Final = ("2.1", "2.6")


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value) or ".." in value:
        raise refuse("name", value, "3 to 63 small letters, digits, dots and hyphens")


@frozen(eq=False)
class Bucket:
    """A bucket in memory. `event_version` is what its events say: "2.1" as recorded, or the newer "2.6"."""

    name: str = field(validator=_check_name)
    versioning: bool = field(default=False, kw_only=True, validator=one_of((True, False)))
    event_version: Literal["2.1", "2.6"] = field(default="2.1", kw_only=True, validator=one_of(EVENT_VERSIONS))

    @property
    def arn(self) -> Arn:
        return Arn(f"arn:aws:s3:::{self.name}")

    def machine(self, birth: Birth) -> BucketMachine:
        return BucketMachine(self.arn, birth, self.versioning, self.event_version)

    def client(self, machine: Any, feed: Feed) -> BucketClient:
        return BucketClient(machine, feed)
