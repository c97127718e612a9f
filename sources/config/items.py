"""What is known of a resource: configuration items, one after the other."""

from hashlib import md5
from json import dumps
from typing import Any, Final, Literal

from attrs import define

from eventbus.names import ACCOUNT, REGION

Status = Literal["OK", "ResourceDiscovered", "ResourceDeleted"]
VERSION: Final = "1.2"
"""Of the form that items have [cfg:oversized-notification-example]."""


@define(eq=False)
class Item:
    """Times in seconds since the bus started."""

    resource_type: str
    resource_id: str
    arn: str
    status: Status
    captured_at: float
    created_at: float
    state_id: int
    tags: dict[str, str]
    configuration: dict[str, Any] | None

    @property
    def text(self) -> str | None:
        """The configuration as JSON."""
        return None if self.configuration is None else dumps(self.configuration, ensure_ascii=False)

    @property
    def md5(self) -> str:
        return md5((self.text or "").encode(), usedforsecurity=False).hexdigest()


def arn_of_resource(resource_type: str, resource_id: str) -> str:
    """As many services word theirs."""
    _, service, kind = (*resource_type.lower().split("::"), "config", "resource")[:3]
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{kind}/{resource_id}"
