"""One event of a bucket, before anybody is told of it."""

from typing import Any

from attrs import define, field

from .families import FAMILIES, Family
from .family_data import NO_DATA, FamilyData
from .objects import Version


@define(eq=False)
class Occurrence:
    """`at` in seconds since 1970; `request` is the id of the request that caused it."""

    event: str
    at: float
    version: Version
    request: str
    data: FamilyData = NO_DATA
    family: Family = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.family = FAMILIES[self.event]

    @property
    def request_id(self) -> str:
        return request_id(self.request)

    @property
    def host_id(self) -> str:
        return host_id(self.request)

    def members(self) -> dict[str, Any]:
        """Of the object, beside its key: what the family has, and a version where there is one. Sequencers have one
        length, so that they compare as texts."""
        version, has = self.version, self.family.members
        found: dict[str, Any] = {}
        if "size" in has:
            found["size"] = version.size
        if "eTag" in has:
            found["eTag"] = version.etag
        if version.version_id is not None:
            found["versionId"] = version.version_id
        if "sequencer" in has:
            found["sequencer"] = f"{version.sequencer:018X}"
        return found


def request_id(request: str) -> str:
    return request.replace("-", "")[-16:].upper()


def host_id(request: str) -> str:
    return request.replace("-", "") * 2
