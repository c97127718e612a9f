"""Writes: what is to become of one item, and under which condition."""

from typing import Final, Protocol

from attrs import define

from . import values
from .errors import ConditionalCheckFailedException, ValidationException
from .expressions import Condition, Update
from .keys import Key
from .values import Item

ITEM_LIMIT: Final = 409_600
"""Bytes, names included [ddb:Constraints]."""
TOO_LARGE: Final = "Item size has exceeded the maximum allowed size"
UPDATE_TOO_LARGE: Final = "Item size to update has exceeded the maximum allowed size"
NOTHING: Final[Item] = {}


class Intent(Protocol):
    def new(self, old: Item | None) -> Item | None:
        """What stands there afterwards."""


@define(eq=False)
class Put:
    item: Item

    def new(self, old: Item | None) -> Item | None:
        return self.item


@define(eq=False)
class Remove:
    def new(self, old: Item | None) -> Item | None:
        return None


@define(eq=False)
class Keep:
    """Nothing changes."""

    def new(self, old: Item | None) -> Item | None:
        return old


@define(eq=False)
class Amend:
    """An item that is not there begins with its key."""

    key: Item
    update: Update | None

    def new(self, old: Item | None) -> Item | None:
        item = self.key if old is None else old
        if self.update is None:
            return item
        changed = self.update.applied(item)
        if values.size_of_item(changed) > ITEM_LIMIT:
            raise ValidationException(UPDATE_TOO_LARGE)
        return changed


@define(eq=False)
class Write:
    """`shows_item`: the error of a condition that fails shows what stands there."""

    action: str  # `dynamodb:PutItem`
    key: Key
    intent: Intent
    condition: Condition | None = None
    shows_item: bool = False

    def new(self, old: Item | None) -> Item | None:
        """What stands there afterwards. Raises `ConditionalCheckFailedException`, and `ValidationException` for an
        update that can't be."""
        if self.condition is not None and not self.condition.holds(NOTHING if old is None else old):
            item = values.show_item(old) if self.shows_item and old is not None else None
            raise ConditionalCheckFailedException(item)
        return self.intent.new(old)
