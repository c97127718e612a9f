"""Cognito user pools in memory, and the functions that they ask: all triggers, that before tokens in three versions.

Ours, in the place of AWS's:
- Tokens are shaped as AWS's, unsigned: they can be read (`claims`), nobody can verify them. Refresh tokens and sessions
  are ids.
- What would be mailed or sent by SMS is listed by `messages()`; custom senders get codes in base64, not encrypted.
- `federated_sign_in` is what managed login does when a user comes back from an identity provider; no provider is
  declared, what it says becomes attributes of the same name.
- A pool without a declared `UserPoolClient` has one that allows every flow that is offered.
- Custom attributes need no schema, and none is required.
- With `permissions="enforced"` handlers need `cognito-idp:` actions for public operations too.
- An administrator's sign-in is answered by `respond_to_auth_challenge` too.
- No quotas, and no lockout after wrong passwords.

Choices where no page settles it: the function before sign-in is asked before the password is looked at, and before
custom challenges; a message is worded first, then handed to the custom sender; a migrated user is welcomed by an
invitation, after a forgotten password by nothing; a message without a chosen medium goes to the phone number if there
is one; an error or a throttle of a function is not tried again; an answer at the very fifth second is late.

Refused by name: SRP, choice-based sign-in, second factors, devices, passkeys, risk, aliases and mail addresses as user
names, client secrets, keys, schemas. Signing out, changing a known password, disabling and deleting users are not
offered, nor are tokens for machines.
"""

from .app_client import UserPoolClient
from .client import PoolClient
from .errors import (
    CodeMismatchException,
    CognitoError,
    ExpiredCodeException,
    GroupExistsException,
    InvalidLambdaResponseException,
    InvalidParameterException,
    InvalidPasswordException,
    InvalidUserPoolConfigurationException,
    NotAuthorizedException,
    PasswordResetRequiredException,
    ResourceNotFoundException,
    UnexpectedLambdaException,
    UnsupportedUserStateException,
    UserLambdaValidationException,
    UsernameExistsException,
    UserNotConfirmedException,
    UserNotFoundException,
)
from .events import (
    CreateAuthChallengeEvent,
    CustomMessageEvent,
    CustomSenderEvent,
    DefineAuthChallengeEvent,
    InboundFederationEvent,
    PostAuthenticationEvent,
    PostConfirmationEvent,
    PreAuthenticationEvent,
    PreSignUpEvent,
    PreTokenGenerationEvent,
    PreTokenGenerationV2Event,
    TriggerEvent,
    UserMigrationEvent,
    VerifyAuthChallengeEvent,
)
from .pool import UserPool
from .results import AuthenticationResult, AuthResult, CodeDeliveryDetails, DescribedUser, Message, SignUpResult
from .system import SYSTEM, sample_event
from .tokens import claims

__all__ = [
    "SYSTEM",
    "AuthResult",
    "AuthenticationResult",
    "CodeDeliveryDetails",
    "CodeMismatchException",
    "CognitoError",
    "CreateAuthChallengeEvent",
    "CustomMessageEvent",
    "CustomSenderEvent",
    "DefineAuthChallengeEvent",
    "DescribedUser",
    "ExpiredCodeException",
    "GroupExistsException",
    "InboundFederationEvent",
    "InvalidLambdaResponseException",
    "InvalidParameterException",
    "InvalidPasswordException",
    "InvalidUserPoolConfigurationException",
    "Message",
    "NotAuthorizedException",
    "PasswordResetRequiredException",
    "PoolClient",
    "PostAuthenticationEvent",
    "PostConfirmationEvent",
    "PreAuthenticationEvent",
    "PreSignUpEvent",
    "PreTokenGenerationEvent",
    "PreTokenGenerationV2Event",
    "ResourceNotFoundException",
    "SignUpResult",
    "TriggerEvent",
    "UnexpectedLambdaException",
    "UnsupportedUserStateException",
    "UserLambdaValidationException",
    "UserMigrationEvent",
    "UserNotConfirmedException",
    "UserNotFoundException",
    "UserPool",
    "UserPoolClient",
    "UsernameExistsException",
    "VerifyAuthChallengeEvent",
    "claims",
    "sample_event",
]
