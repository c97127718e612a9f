"""Users of a pool: their attributes, passwords, and the codes that were sent to them."""

import json
from collections.abc import Mapping
from typing import Final, Literal

from attrs import define, field, frozen

from eventbus.names import Ids

from .errors import (
    CodeMismatchException,
    ExpiredCodeException,
    InvalidParameterException,
    InvalidPasswordException,
    NotAuthorizedException,
)

Status = Literal["UNCONFIRMED", "CONFIRMED", "RESET_REQUIRED", "FORCE_CHANGE_PASSWORD", "EXTERNAL_PROVIDER"]
Medium = Literal["EMAIL", "SMS"]
Address = Literal["email", "phone_number"]
ADDRESSES: Final[dict[Medium, Address]] = {"SMS": "phone_number", "EMAIL": "email"}
"""Where a message goes to; where both would do, a phone number comes first (cog)."""

DAY: Final = 86_400.0
HOUR: Final = 3_600.0
CODE_AGE: Final = DAY
RESET_CODE_AGE: Final = HOUR
"""Of a code for a forgotten password (cog)."""
PASSWORD_LIMIT: Final = 256
SYMBOLS: Final = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-"
"""cog:user-pool-settings-policies"""
STANDARD: Final = frozenset(
    (
        *("address", "birthdate", "email", "email_verified", "family_name", "gender", "given_name", "locale"),
        *("middle_name", "name", "nickname", "phone_number", "phone_number_verified", "picture", "preferred_username"),
        *("profile", "updated_at", "website", "zoneinfo"),
    )
)
VERIFIED: Final = ("email_verified", "phone_number_verified")
VALUE_LIMIT: Final = 2_048


@define(eq=False)
class Code:
    text: str
    attribute: str  # whose address it went to
    until: float


@define(eq=False)
class User:
    username: str
    sub: str
    created_at: float
    status: Status
    attributes: dict[str, str]
    password: str | None = field(default=None, repr=False)
    temporary_until: float = 0.0  # the password of an administrator
    modified_at: float = field(default=0.0, init=False)
    groups: list[str] = field(factory=list, init=False)
    codes: dict[str, Code] = field(factory=dict, init=False, repr=False)  # by what they are for

    def __attrs_post_init__(self) -> None:
        self.modified_at = self.created_at

    def shown(self) -> dict[str, str]:
        """What functions are told."""
        return {"sub": self.sub, "cognito:user_status": self.status, **self.attributes}

    def change(self, now: float, attributes: Mapping[str, str], status: Status | None = None) -> None:
        self.attributes.update(attributes)
        self.status = status or self.status
        self.modified_at = now

    def medium(self, *, verified: bool = False) -> Medium | None:
        """How it is reached; `verified`: only where that is known to be theirs."""
        for medium, attribute in ADDRESSES.items():
            if attribute in self.attributes and (
                not verified or self.attributes.get(f"{attribute}_verified") == "true"
            ):
                return medium
        return None

    def redeem(self, now: float, purpose: str, text: str) -> Code:
        """The code that was sent for it, which is used up."""
        code = self.codes.get(purpose)
        if code is None or now > code.until:
            raise ExpiredCodeException
        if code.text != text:
            raise CodeMismatchException
        return self.codes.pop(purpose)


@frozen(kw_only=True)
class PasswordPolicy:
    minimum_length: int
    require_uppercase: bool
    require_lowercase: bool
    require_numbers: bool
    require_symbols: bool

    def check(self, password: str) -> None:
        """Raises `InvalidPasswordException`."""
        lacks = (
            (len(password) < self.minimum_length, "Password not long enough"),
            (self.require_uppercase and password == password.lower(), "Password must have uppercase characters"),
            (self.require_lowercase and password == password.upper(), "Password must have lowercase characters"),
            (
                self.require_numbers and not any("0" <= each <= "9" for each in password),
                "Password must have numeric characters",
            ),
            (self.require_symbols and not set(password) & set(SYMBOLS), "Password must have symbol characters"),
        )
        for lacking, text in lacks:
            if lacking:
                raise InvalidPasswordException(text)

    def generate(self, ids: Ids) -> str:
        """One that will do."""
        letters = [
            ids.random.choice(kind)
            for kind in ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789", "!#%+?")
        ]
        letters += ids.random.choices(
            "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", k=max(4, self.minimum_length - 4)
        )
        return "".join(letters)


def check_attributes(attributes: Mapping[str, str], *, administrator: bool = False) -> None:
    """Names that every pool has, and any `custom:` one. Only administrators say that an address is verified."""
    for name, value in attributes.items():
        if name not in STANDARD and not name.startswith("custom:"):
            raise not_in_schema(f"Type for attribute {{{name}}} could not be determined")
        if len(value) > VALUE_LIMIT:
            raise not_in_schema(f"{name}: String must be no longer than {VALUE_LIMIT} characters")
        if name in VERIFIED and not administrator:
            raise NotAuthorizedException("A client attempted to write unauthorized attribute")


def not_in_schema(why: str) -> InvalidParameterException:
    return InvalidParameterException(f"Attributes did not conform to the schema: {why}\n")


def identities(provider_name: str, provider_type: str, user_id: str, milliseconds: int) -> str:
    """What a federated user's `identities` says."""
    identity = {
        "userId": user_id,
        "providerName": provider_name,
        "providerType": provider_type,
        "issuer": None,
        "primary": True,
        "dateCreated": milliseconds,
    }
    return json.dumps([identity], separators=(",", ":"))
