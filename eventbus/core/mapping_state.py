"""The states of an event source mapping, and what can't be done in them. Changes of state take no time."""

from typing import Literal

from eventbus.errors import ServiceError
from eventbus.names import Arn

State = Literal["Creating", "Enabled", "Disabled", "Updating", "Enabling", "Disabling", "Deleting"]


class ResourceInUseException(ServiceError):
    """A mapping that is being deleted can't be changed."""


def check_not_deleting(state: State, mapping: Arn) -> None:
    """Raise `ResourceInUseException` if it is."""
    if state == "Deleting":
        raise ResourceInUseException(f"{mapping} is being deleted")
