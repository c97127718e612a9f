"""What the function before tokens makes of their claims (cog:user-pool-lambda-pre-token-generation)."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from . import answers
from .answers import Answer
from .groups import Membership

RESERVED: Final = frozenset(
    (
        *("acr", "amr", "at_hash", "aud", "auth_time", "azp", "cognito:username", "exp", "iat", "identities", "iss"),
        *("jti", "nbf", "nonce", "origin_jti", "sub", "token_use"),
    )
)
"""Nobody changes these: what a function says about them counts for nothing."""
RESERVED_ACCESS: Final = RESERVED | {"client_id", "device_key", "event_id", "scope", "username", "version"}


@frozen
class Changes:
    """Of one token."""

    added: Mapping[str, Any] = field(factory=dict)
    suppressed: tuple[str, ...] = ()

    def made(self, claims: Mapping[str, Any], reserved: frozenset[str]) -> dict[str, Any]:
        """What is both added and suppressed is suppressed."""
        changed = {**claims, **{name: value for name, value in self.added.items() if name not in reserved}}
        return {name: value for name, value in changed.items() if name in reserved or name not in self.suppressed}


@frozen
class Override:
    id: Changes = field(factory=Changes)
    access: Changes = field(factory=Changes)
    scopes_added: tuple[str, ...] = ()
    scopes_suppressed: tuple[str, ...] = ()
    groups: Membership | None = None  # None: as they are


def read(answer: Answer, version: str) -> Override:
    """What an answer of that version of the event says. Raises `InvalidLambdaResponseException`."""
    return _read_first(answer) if version == "1" else _read_second(answer)


def _read_first(answer: Answer) -> Override:
    details = answers.details(answer, "claimsOverrideDetails")
    added = answers.texts(details, "claimsToAddOrOverride")
    return Override(Changes(added, _suppressed(details)), groups=_groups(details))


def _read_second(answer: Answer) -> Override:
    details = answers.details(answer, "claimsAndScopeOverrideDetails")
    of_id, of_access = (answers.details(details, name) for name in ("idTokenGeneration", "accessTokenGeneration"))
    added = tuple(answers.names(of_access, "scopesToAdd"))
    for scope in added:
        if not scope or any(each.isspace() for each in scope):
            raise answers.wrong("scopesToAdd", scope, "a text without blanks")
    return Override(
        Changes(answers.details(of_id, "claimsToAddOrOverride"), _suppressed(of_id)),
        Changes(answers.details(of_access, "claimsToAddOrOverride"), _suppressed(of_access)),
        added,
        tuple(answers.names(of_access, "scopesToSuppress")),
        _groups(details),
    )


def _suppressed(details: Answer) -> tuple[str, ...]:
    return tuple(answers.names(details, "claimsToSuppress"))


def _groups(details: Answer) -> Membership | None:
    """Whoever names them replaces all of them, by nothing if they are null (cog)."""
    if "groupOverrideDetails" not in details:
        return None
    groups = answers.details(details, "groupOverrideDetails")
    return Membership(
        tuple(answers.names(groups, "groupsToOverride")),
        tuple(answers.names(groups, "iamRolesToOverride")),
        answers.text(groups, "preferredRole"),
    )
