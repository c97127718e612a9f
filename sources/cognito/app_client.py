"""The declaration of an app client: what may sign in through it, and how."""

import re
from collections.abc import Mapping, Sequence
from hashlib import md5
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, between, given, one_of, refuse
from eventbus.names import Arn
from eventbus.ports import Wire

if TYPE_CHECKING:
    from .pool import UserPool

_NAME: Final = re.compile(r"[\w\s+=,.@-]{1,128}")
FLOWS: Final[Mapping[str, str]] = {
    "USER_PASSWORD_AUTH": "ALLOW_USER_PASSWORD_AUTH",
    "ADMIN_USER_PASSWORD_AUTH": "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "CUSTOM_AUTH": "ALLOW_CUSTOM_AUTH",
    "REFRESH_TOKEN_AUTH": "ALLOW_REFRESH_TOKEN_AUTH",
    "REFRESH_TOKEN": "ALLOW_REFRESH_TOKEN_AUTH",
}
"""What allows each flow that is offered."""
ALLOWED: Final = tuple(dict.fromkeys(FLOWS.values()))
DEFAULT_FLOWS: Final = ("ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_CUSTOM_AUTH")
"""AWS's, but for ALLOW_USER_SRP_AUTH."""
MINUTE: Final = 60.0


@frozen
class AppClient:
    """What a pool knows of one."""

    id: str
    allowed: tuple[str, ...] = ALLOWED
    hides_users: bool = False
    session_seconds: float = 3 * MINUTE


def client_id(pool: Arn, name: str) -> str:
    """26 letters and digits, made of its name."""
    return md5(f"{pool}/{name}".encode(), usedforsecurity=False).hexdigest()[:26]


def check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    """[bc:cognito-idp CreateUserPool, CreateUserPoolClient]"""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise refuse(attribute.name, value, "1 to 128 letters, digits, blanks and _ + = , . @ -")


def _check_pool(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    arn = getattr(value, "arn", None)
    if not isinstance(arn, Arn) or arn.service != "cognito-idp":
        raise refuse("pool", value, "a declared cognito.UserPool")


def _check_flows(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple):
        raise refuse(attribute.name, value, f"a list of {', '.join(ALLOWED)}")
    for flow in value:
        if flow not in ALLOWED:
            raise refuse(attribute.name, flow, f"{', '.join(ALLOWED)}; others are not offered")


@frozen(eq=False)
class UserPoolClient:
    """An app client of `pool`, without a secret. Unless `explicit_auth_flows` are given it allows custom sign-in and
    refresh tokens, as AWS's does (which also allows SRP): passwords need ALLOW_USER_PASSWORD_AUTH.

    With `prevent_user_existence_errors="ENABLED"` unknown users get the errors of known ones. `auth_session_validity`
    is in minutes."""

    pool: "UserPool" = field(validator=_check_pool)
    name: str = field(validator=check_name)
    explicit_auth_flows: Sequence[str] = field(
        default=DEFAULT_FLOWS, kw_only=True, converter=as_tuple, validator=_check_flows
    )
    prevent_user_existence_errors: Literal["LEGACY", "ENABLED"] = field(
        default="LEGACY", kw_only=True, validator=one_of(("LEGACY", "ENABLED"))
    )
    auth_session_validity: int = field(default=3, kw_only=True, validator=given(between(3, 15, whole=True)))

    @property
    def client_id(self) -> str:
        return client_id(self.pool.arn, self.name)

    @property
    def arn(self) -> Arn:
        return Arn(f"{self.pool.arn}/client/{self.client_id}")

    @property
    def source(self) -> "UserPool":
        return self.pool

    @property
    def targets(self) -> Sequence[Arn]:
        return ()

    def check(self, others: Sequence[Wire]) -> None:
        if any(isinstance(other, UserPoolClient) and other.name == self.name for other in others):
            raise refuse("name", self.name, f"one that no other client of {self.pool.name} has")

    def connect(self, machine: Any) -> None:
        machine.clients[self.client_id] = AppClient(
            self.client_id,
            tuple(self.explicit_auth_flows),
            self.prevent_user_existence_errors == "ENABLED",
            self.auth_session_validity * MINUTE,
        )
