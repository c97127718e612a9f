"""Groups of users, and what tokens say of them."""

from collections.abc import Iterable
from math import inf

from attrs import frozen


@frozen
class Group:
    name: str
    role_arn: str | None = None
    precedence: int | None = None


@frozen
class Membership:
    """What goes into tokens: names and roles, the group that counts most first."""

    names: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    preferred: str | None = None


def membership(groups: Iterable[Group]) -> Membership:
    """A lower precedence counts more; the role of the first that has one is preferred."""
    ordered = sorted(groups, key=lambda group: (inf if group.precedence is None else group.precedence, group.name))
    roles = tuple(dict.fromkeys(group.role_arn for group in ordered if group.role_arn is not None))
    return Membership(tuple(group.name for group in ordered), roles, roles[0] if roles else None)
