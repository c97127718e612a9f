"""What calls return, with botocore's names."""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from .users import Medium, Status


@frozen
class CodeDeliveryDetails:
    """Where a code went; `destination` is masked."""

    destination: str
    delivery_medium: Medium
    attribute_name: str


@frozen
class SignUpResult:
    user_confirmed: bool
    user_sub: str
    code_delivery_details: CodeDeliveryDetails | None


@frozen
class AuthenticationResult:
    """Tokens; without a `refresh_token` where one was given."""

    access_token: str
    id_token: str
    refresh_token: str | None
    expires_in: int
    token_type: str = "Bearer"


@frozen
class AuthResult:
    """Either `authentication_result`, or the challenge that comes before it."""

    authentication_result: AuthenticationResult | None = None
    challenge_name: str | None = None
    session: str | None = None
    challenge_parameters: Mapping[str, str] | None = None


@frozen
class DescribedUser:
    username: str
    user_attributes: Mapping[str, str]
    user_status: Status
    user_create_date: datetime
    user_last_modified_date: datetime
    enabled: bool = True


@frozen(kw_only=True)
class Message:
    """What would have been mailed or sent by SMS. `reason` is what the source of its trigger ends with: SignUp,
    ResendCode, ForgotPassword, ...; `code` is the code in it, or the temporary password."""

    username: str
    reason: str
    delivery_medium: Medium
    destination: str
    subject: str | None
    text: str
    code: str
    sent_at: datetime


def masked(destination: str) -> str:
    """As far as a stranger may know it: `a***@e***`, `+*******0100`."""
    name, at, domain = destination.partition("@")
    if at:
        return f"{name[:1]}***@{domain[:1]}***"
    return f"{destination[:1]}{'*' * max(0, len(destination) - 5)}{destination[-4:]}"
