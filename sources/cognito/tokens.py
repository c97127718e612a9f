"""Tokens, sessions, and what stands behind them.

ID and access tokens are JSON web tokens that nobody has signed (`"alg": "none"`, RFC 7519 section 6): they can be read,
not verified. Their claims are those of AWS's.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from eventbus.names import REGION

from .app_client import AppClient
from .claims import RESERVED, RESERVED_ACCESS, Override
from .errors import InvalidLambdaResponseException, NotAuthorizedException
from .events import ChallengeResult
from .groups import Membership
from .results import AuthenticationResult
from .users import DAY, HOUR, User

if TYPE_CHECKING:
    from .machine import PoolMachine

TOKEN_AGE: Final = HOUR
GRANT_AGE: Final = 30 * DAY
"""Defaults of app clients [bc:cognito-idp CreateUserPoolClient]."""
SCOPE: Final = "aws.cognito.signin.user.admin"
_HEADER: Final = {"alg": "none", "typ": "JWT"}


@define(eq=False)
class Session:
    """A challenge that waits for its answer. `user` is None for one who is not there."""

    challenge: str
    username: str
    user: User | None
    client: AppClient
    until: float
    history: Sequence[ChallengeResult] = ()
    private: Mapping[str, str] = field(factory=dict)
    metadata: str | None = None


@define(eq=False)
class Grant:
    """Behind a refresh token."""

    user: User
    client: AppClient
    until: float
    signed_in_at: int
    origin: str


@define(eq=False)
class Access:
    """Behind an access token."""

    user: User
    client: AppClient
    until: float


def open_session(pool: "PoolMachine", session: Session) -> str:
    token = pool.new_id()
    pool.sessions[token] = session
    return token


def session_of(
    pool: "PoolMachine", now: float, token: str, challenge: str, username: str, client: AppClient
) -> Session:
    """Raises `NotAuthorizedException`."""
    session = pool.sessions.get(token)
    if session is None or (session.challenge, session.username, session.client) != (challenge, username, client):
        raise NotAuthorizedException("Invalid session for the user.")
    if now > session.until:
        raise NotAuthorizedException("Invalid session for the user, session is expired.")
    return session


def issue(
    pool: "PoolMachine",
    now: float,
    user: User,
    client: AppClient,
    groups: Membership,
    override: Override,
    grant: Grant | None = None,
) -> AuthenticationResult:
    """Tokens of a sign-in, or, with `grant`, of a refresh."""
    at = int(pool.birth.epoch + now)
    behind = grant or Grant(user, client, now + GRANT_AGE, at, pool.new_id())
    groups = groups if override.groups is None else override.groups
    common = {
        "sub": user.sub,
        "iss": f"https://cognito-idp.{REGION}.amazonaws.com/{pool.id}",
        "origin_jti": behind.origin,
        "event_id": pool.new_id(),
        "auth_time": behind.signed_in_at,
        "iat": at,
        "exp": at + int(TOKEN_AGE),
        **({"cognito:groups": list(groups.names)} if groups.names else {}),
    }
    id_token = token_of(override.id.made(_id_claims(pool, user, client, groups, common), RESERVED))
    access_token = token_of(override.access.made(_access_claims(pool, user, client, override, common), RESERVED_ACCESS))
    pool.accesses[access_token] = Access(user, client, now + TOKEN_AGE)
    if grant is not None:
        return AuthenticationResult(access_token, id_token, None, int(TOKEN_AGE))
    refresh_token = pool.new_id()
    pool.grants[refresh_token] = behind
    return AuthenticationResult(access_token, id_token, refresh_token, int(TOKEN_AGE))


def claims(token: str) -> dict[str, Any]:
    """What an ID or access token says."""
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def _id_claims(
    pool: "PoolMachine", user: User, client: AppClient, groups: Membership, common: Mapping[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {**user.attributes, **common, "cognito:username": user.username, "aud": client.id}
    for name in ("email_verified", "phone_number_verified"):
        if name in found:
            found[name] = found[name] == "true"
    if "identities" in found:
        found["identities"] = json.loads(found["identities"])
    if groups.roles:
        found["cognito:roles"] = list(groups.roles)
    if groups.preferred is not None:
        found["cognito:preferred_role"] = groups.preferred
    return {**found, "token_use": "id", "jti": pool.new_id()}


def _access_claims(
    pool: "PoolMachine", user: User, client: AppClient, override: Override, common: Mapping[str, Any]
) -> dict[str, Any]:
    scopes = dict.fromkeys((SCOPE, *override.scopes_added))
    scope = " ".join(each for each in scopes if each not in override.scopes_suppressed)
    own = {"client_id": client.id, "username": user.username, "scope": scope, "token_use": "access"}
    return {**common, **own, "jti": pool.new_id()}


def token_of(found: Mapping[str, Any]) -> str:
    try:
        return f"{_part(_HEADER)}.{_part(found)}."
    except RecursionError:
        raise InvalidLambdaResponseException("claims that nest too deeply") from None


def _part(value: Mapping[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()
