"""The declaration of a bucket."""

import re
from collections.abc import Sequence
from typing import Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import one_of, refuse
from eventbus.names import Arn
from eventbus.ports import Birth, Feed

from .client import BucketClient
from .event_bridge import DEFAULT_BUS
from .machine import BucketMachine

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ADDRESS: Final = re.compile(r"\d+\.\d+\.\d+\.\d+")
RESERVED_STARTS: Final = ("xn--", "sthree-", "amzn-s3-demo-")
RESERVED_ENDS: Final = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
EVENT_VERSIONS: Final = ("family", "2.6")


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    """[s3:bucketnamingrules]"""
    if not isinstance(value, str) or not _NAME.fullmatch(value) or ".." in value:
        raise refuse("name", value, "3 to 63 small letters, digits, dots and hyphens")
    if _ADDRESS.fullmatch(value):
        raise refuse("name", value, "what does not look like an IP address")
    if value.startswith(RESERVED_STARTS) or value.endswith(RESERVED_ENDS):
        reserved = ", ".join((*RESERVED_STARTS, *RESERVED_ENDS))
        raise refuse("name", value, f"none of the reserved starts and ends {reserved}")


@frozen(eq=False)
class Bucket:
    """A bucket in memory. `event_version` is what its events say: that of the event type's family as recorded, which is
    2.1 for what is created and removed, or "2.6" for all. With `event_bridge_enabled` every event also goes to the
    default event bus, which must be part of the app."""

    name: str = field(validator=_check_name)
    versioning: bool = field(default=False, kw_only=True, validator=one_of((True, False)))
    event_version: Literal["family", "2.6"] = field(default="family", kw_only=True, validator=one_of(EVENT_VERSIONS))
    event_bridge_enabled: bool = field(default=False, kw_only=True, validator=one_of((True, False)))

    @property
    def arn(self) -> Arn:
        return Arn(f"arn:aws:s3:::{self.name}")

    @property
    def delivery_action(self) -> str:
        return BucketMachine.delivery_action

    @property
    def targets(self) -> Sequence[Arn]:
        return (DEFAULT_BUS,) if self.event_bridge_enabled else ()

    def machine(self, birth: Birth) -> BucketMachine:
        return BucketMachine(self.arn, birth, self.versioning, self.event_version, self.event_bridge_enabled)

    def client(self, machine: Any, feed: Feed) -> BucketClient:
        return BucketClient(machine, feed)
