"""The declaration of a user pool."""

from collections.abc import Mapping, Sequence
from hashlib import md5
from typing import Any, Final, Literal, TypedDict, Unpack

from attrs import Attribute, field, fields, frozen

from eventbus.checks import as_tuple, between, given, is_function, one_of, refuse, refuse_unknown
from eventbus.names import REGION, Arn, arn_of
from eventbus.ports import Birth, Feed

from .app_client import check_name
from .client import PoolClient
from .machine import PoolMachine
from .triggers import SETTINGS
from .users import ADDRESSES, DAY, Address, PasswordPolicy

LambdaVersion = Literal["V1_0", "V2_0", "V3_0"]
VERSIONS: Final[Mapping[str, str]] = {"V1_0": "1", "V2_0": "2", "V3_0": "3"}
NOT_OFFERED: Final = {
    "alias_attributes": "users sign in with their user names alone",
    "username_attributes": "users sign in with their user names alone",
    "mfa_configuration": "there is no second factor",
    "device_configuration": "devices are not remembered",
    "user_pool_add_ons": "risk is not looked at",
    "schema": "every pool has AWS's attributes, and any custom: one",
    "kms_key_id": "codes are not encrypted: custom senders get them in base64",
    "email_configuration": "nothing is mailed: see bus[pool].messages()",
    "sms_configuration": "nothing is sent: see bus[pool].messages()",
    "lambda_config": "each trigger is a setting of its own, such as pre_sign_up=function",
    "policies": "each rule for passwords is a setting of its own, such as minimum_length=8",
    "username_configuration": "capitals count in user names",
    "account_recovery_setting": "a verified phone number comes before a verified mail address",
    "user_attribute_update_settings": "a changed address counts at once, and is verified no more",
    "verification_message_template": "AWS's words, or those of custom_message=function",
    "email_verification_message": "AWS's words, or those of custom_message=function",
    "sms_verification_message": "AWS's words, or those of custom_message=function",
    "admin_create_user_config": "its rules are settings of their own, such as allow_admin_create_user_only",
    "password_history_size": "old passwords are forgotten",
}


class PoolSettings(TypedDict, total=False):
    pre_sign_up: Any
    post_confirmation: Any
    pre_authentication: Any
    post_authentication: Any
    pre_token_generation: Any
    lambda_version: LambdaVersion
    user_migration: Any
    custom_message: Any
    define_auth_challenge: Any
    create_auth_challenge: Any
    verify_auth_challenge_response: Any
    custom_email_sender: Any
    custom_sms_sender: Any
    inbound_federation: Any
    auto_verified_attributes: Sequence[Address]
    minimum_length: int
    require_uppercase: bool
    require_lowercase: bool
    require_numbers: bool
    require_symbols: bool
    temporary_password_validity_days: int
    allow_admin_create_user_only: bool


def _check_function(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not is_function(value):
        raise refuse(attribute.name, value, "a function of the app: what app.function() gave")


def _check_verified(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or any(each not in ADDRESSES.values() for each in value):
        raise refuse(attribute.name, value, "a list of email and phone_number")


def _trigger() -> Any:
    return field(default=None, kw_only=True, validator=_check_function)


def _switch(*, default: bool) -> Any:
    return field(default=default, kw_only=True, validator=given(one_of((True, False))))


@frozen(eq=False, init=False)
class UserPool:
    """A user pool in memory; its triggers are functions of the app.

    The event before tokens has `lambda_version`; that of V3_0 is V2_0's, and also comes for machines, which do not
    sign in here. Without `auto_verified_attributes` new users get no code: a function or an administrator confirms
    them. The rules for passwords are AWS's unless given."""

    name: str = field(validator=check_name)
    pre_sign_up: Any = _trigger()
    post_confirmation: Any = _trigger()
    pre_authentication: Any = _trigger()
    post_authentication: Any = _trigger()
    pre_token_generation: Any = _trigger()
    lambda_version: LambdaVersion = field(default="V1_0", kw_only=True, validator=one_of(tuple(VERSIONS)))
    user_migration: Any = _trigger()
    custom_message: Any = _trigger()
    define_auth_challenge: Any = _trigger()
    create_auth_challenge: Any = _trigger()
    verify_auth_challenge_response: Any = _trigger()
    custom_email_sender: Any = _trigger()
    custom_sms_sender: Any = _trigger()
    inbound_federation: Any = _trigger()
    auto_verified_attributes: Sequence[Address] = field(
        default=(), kw_only=True, converter=as_tuple, validator=_check_verified
    )
    minimum_length: int = field(default=8, kw_only=True, validator=given(between(6, 99, whole=True)))
    require_uppercase: bool = _switch(default=True)
    require_lowercase: bool = _switch(default=True)
    require_numbers: bool = _switch(default=True)
    require_symbols: bool = _switch(default=True)
    temporary_password_validity_days: int = field(default=7, kw_only=True, validator=given(between(0, 365, whole=True)))
    allow_admin_create_user_only: bool = _switch(default=False)

    def __init__(self, name: str, **settings: Unpack[PoolSettings]) -> None:
        refuse_unknown(settings, NOT_OFFERED, _SETTINGS)
        self.__attrs_init__(name, **settings)

    @property
    def user_pool_id(self) -> str:
        """Made of its name."""
        return f"{REGION}_{md5(self.name.encode(), usedforsecurity=False).hexdigest()[:9]}"

    @property
    def arn(self) -> Arn:
        return arn_of("cognito-idp", f"userpool/{self.user_pool_id}")

    @property
    def functions(self) -> Mapping[str, Arn]:
        """By trigger, where there is one."""
        found = {trigger: getattr(self, setting) for trigger, setting in SETTINGS.items()}
        return {trigger: function.arn for trigger, function in found.items() if function is not None}

    @property
    def targets(self) -> Sequence[Arn]:
        return list(dict.fromkeys(self.functions.values()))

    def machine(self, birth: Birth) -> PoolMachine:
        policy = PasswordPolicy(
            minimum_length=self.minimum_length,
            require_uppercase=self.require_uppercase,
            require_lowercase=self.require_lowercase,
            require_numbers=self.require_numbers,
            require_symbols=self.require_symbols,
        )
        return PoolMachine(
            self.arn,
            birth,
            id=self.user_pool_id,
            functions=self.functions,
            policy=policy,
            auto_verified=tuple(self.auto_verified_attributes),
            temporary_seconds=self.temporary_password_validity_days * DAY,
            token_version=VERSIONS[self.lambda_version],
            closed=self.allow_admin_create_user_only,
        )

    def client(self, machine: Any, feed: Feed) -> PoolClient:
        return PoolClient(machine, feed)


_SETTINGS: Final = tuple(each.name for each in fields(UserPool) if each.kw_only)
