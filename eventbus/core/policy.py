"""Who may do what to whom: resource policies and execution roles as one list of statements.

`granted`: everything that is wired may happen, as the console sets it up, unless it was revoked. `enforced`: only what
was granted may.
"""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from attrs import define, field, frozen

from eventbus.names import Arn


@frozen
class Statement:
    """`principal` may do `action` to `resource`; an action may end in `*`."""

    principal: Arn
    action: str
    resource: Arn

    def covers(self, principal: Arn, action: str, resource: Arn) -> bool:
        return principal == self.principal and resource == self.resource and fnmatchcase(action, self.action)


@define(eq=False)
class Policy:
    enforced: bool
    grants: Sequence[Statement]
    revoked: Sequence[Statement]
    _known: dict[tuple[Arn, str, Arn], bool] = field(factory=dict, init=False)

    def allows(self, principal: Arn, action: str, resource: Arn) -> bool:
        key = (principal, action, resource)
        known = self._known.get(key)
        if known is None:
            revoked = any(statement.covers(*key) for statement in self.revoked)
            granted = not self.enforced or any(statement.covers(*key) for statement in self.grants)
            known = self._known[key] = granted and not revoked
        return known


def way_out(principal: Arn, action: str, resource: Arn) -> str:
    """The statement that would have allowed it."""
    grant = f'app.grant({principal.name}, "{action}", {resource.name})'
    return f"{principal.name} may not {action} on {resource.name}; {grant} would allow it"
