"""Triggers of a Cognito user pool as data: which call asks which function, and what becomes of each answer.

Unless a row says otherwise: pool `shop`, client `web` (USER_PASSWORD_AUTH, CUSTOM_AUTH and refresh tokens allowed,
PreventUserExistenceErrors LEGACY), mail addresses verified by code, default password policy, one function for each
trigger that the row names, none for the others. The user `ana` (ana@example.com, password `Secret-77`) is confirmed;
`bob` is unknown. The clock starts at 0 s.

Sources, in the columns `source`: "cog" is the Cognito developer guide, "systems" and "semantics" the project's reference
texts, "bc" the service model (botocore 1.44.5, cognito-idp), "field" public reports and captures of what AWS did, "rp"
AWS's re:Post knowledge centre, "unverified" general knowledge of the service found in no text read, "choice" ours.
Every error has HTTP status 400 but InternalErrorException.
"""

from typing import Any

import attrs

STATUSES: dict[str, int] = {"InternalErrorException": 500}
"""HTTP status by error code; of every other code 400 (bc names none; captures of a dozen of them show 400)."""

USER = "ana"
PASSWORD = "Secret-77"
EMAIL = "ana@example.com"

# ---------------------------------------------------------------------------------------------------- triggers


@attrs.frozen
class Trigger:
    """One member of LambdaConfig. `name` stands in error messages; `waits`: Cognito waits for the answer."""

    id: str
    name: str
    sources: tuple[str, ...]
    version: str = "1"
    waits: bool = True


_SENT = ("SignUp", "ResendCode", "ForgotPassword", "UpdateUserAttribute", "VerifyUserAttribute", "AdminCreateUser")
_TOKEN = ("HostedAuth", "Authentication", "NewPasswordChallenge", "AuthenticateDevice", "RefreshTokens")
_TOKENS = tuple(f"TokenGeneration_{source}" for source in _TOKEN)

TRIGGERS: list[Trigger] = [
    Trigger("PreSignUp", "PreSignUp", ("PreSignUp_SignUp", "PreSignUp_AdminCreateUser", "PreSignUp_ExternalProvider")),
    Trigger(
        "PostConfirmation",
        "PostConfirmation",
        ("PostConfirmation_ConfirmSignUp", "PostConfirmation_ConfirmForgotPassword"),
    ),
    Trigger("PreAuthentication", "PreAuthentication", ("PreAuthentication_Authentication",)),
    Trigger("PostAuthentication", "PostAuthentication", ("PostAuthentication_Authentication",)),
    Trigger("PreTokenGeneration", "PreTokenGeneration", _TOKENS),
    Trigger("PreTokenGenerationConfig V1_0", "PreTokenGeneration", _TOKENS),
    Trigger("PreTokenGenerationConfig V2_0", "PreTokenGeneration", _TOKENS, "2"),
    Trigger(
        "PreTokenGenerationConfig V3_0", "PreTokenGeneration", (*_TOKENS, "TokenGeneration_ClientCredentials"), "3"
    ),
    Trigger("UserMigration", "UserMigration", ("UserMigration_Authentication", "UserMigration_ForgotPassword")),
    Trigger(
        "CustomMessage",
        "CustomMessage",
        (*(f"CustomMessage_{source}" for source in _SENT), "CustomMessage_Authentication"),
    ),
    Trigger("DefineAuthChallenge", "DefineAuthChallenge", ("DefineAuthChallenge_Authentication",)),
    Trigger("CreateAuthChallenge", "CreateAuthChallenge", ("CreateAuthChallenge_Authentication",)),
    Trigger(
        "VerifyAuthChallengeResponse", "VerifyAuthChallengeResponse", ("VerifyAuthChallengeResponse_Authentication",)
    ),
    Trigger(
        "CustomEmailSender",
        "CustomEmailSender",
        (*(f"CustomEmailSender_{source}" for source in _SENT), "CustomEmailSender_AccountTakeOverNotification"),
        waits=False,
    ),
    Trigger(
        "CustomSMSSender",
        "CustomSMSSender",
        (*(f"CustomSMSSender_{source}" for source in _SENT), "CustomSMSSender_Authentication"),
        waits=False,
    ),
    Trigger("InboundFederation", "InboundFederation", ("InboundFederation_ExternalProvider",)),
]

# ------------------------------------------------------------------------------------------ order of the triggers


@attrs.frozen
class Order:
    """Which trigger sources one API call asks, in order, when every trigger named there is configured.

    `state` is the user before the call: None (unknown), UNCONFIRMED, CONFIRMED, FORCE_CHANGE_PASSWORD. Functions give
    the event back, with `responses` by source in `response`. Every list ends with what sends the message: here
    CustomMessage; with a custom sender too, its source of the same ending follows it (cog; with both, that the message
    is asked for first is unverified).
    """

    id: str
    operation: str
    state: str | None
    sources: tuple[str, ...]
    source: str
    parameters: dict[str, Any] = attrs.Factory(dict)
    responses: dict[str, dict[str, Any]] = attrs.Factory(dict)


_AUTO = {"autoConfirmUser": True, "autoVerifyEmail": True, "autoVerifyPhone": False}
_PASSWORD_AUTH = {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": USER, "PASSWORD": PASSWORD}}
_MIGRATED = {"userAttributes": {"email": EMAIL, "email_verified": "true"}, "finalUserStatus": "CONFIRMED"}
_QUIET = {**_MIGRATED, "messageAction": "SUPPRESS"}
_SIGN_IN = ("PreAuthentication_Authentication", "PostAuthentication_Authentication", "TokenGeneration_Authentication")

ORDERS: list[Order] = [
    Order("sign-up", "SignUp", None, ("PreSignUp_SignUp", "CustomMessage_SignUp"), "cog"),
    Order(
        "sign-up, confirmed by the function",
        "SignUp",
        None,
        ("PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp"),
        "cog; field",
        responses={"PreSignUp_SignUp": _AUTO},
    ),
    Order("confirmation", "ConfirmSignUp", "UNCONFIRMED", ("PostConfirmation_ConfirmSignUp",), "cog"),
    Order(
        "confirmation by an administrator",
        "AdminConfirmSignUp",
        "UNCONFIRMED",
        ("PostConfirmation_ConfirmSignUp",),
        "cog",
    ),
    Order(
        "user made by an administrator",
        "AdminCreateUser",
        None,
        ("PreSignUp_AdminCreateUser", "CustomMessage_AdminCreateUser"),
        "cog",
    ),
    Order(
        "the same, silent",
        "AdminCreateUser",
        None,
        ("PreSignUp_AdminCreateUser",),
        "cog",
        {"MessageAction": "SUPPRESS"},
    ),
    Order(
        "the message again",
        "AdminCreateUser",
        "FORCE_CHANGE_PASSWORD",
        ("CustomMessage_AdminCreateUser",),
        "unverified",
        {"MessageAction": "RESEND"},
    ),
    Order("code again", "ResendConfirmationCode", "UNCONFIRMED", ("CustomMessage_ResendCode",), "cog"),
    Order("forgotten password", "ForgotPassword", "CONFIRMED", ("CustomMessage_ForgotPassword",), "cog"),
    Order("reset by an administrator", "AdminResetUserPassword", "CONFIRMED", ("CustomMessage_ForgotPassword",), "cog"),
    Order("new password", "ConfirmForgotPassword", "CONFIRMED", ("PostConfirmation_ConfirmForgotPassword",), "cog"),
    Order("sign-in", "InitiateAuth", "CONFIRMED", _SIGN_IN, "cog", _PASSWORD_AUTH),
    Order("sign-in at the server", "AdminInitiateAuth", "CONFIRMED", _SIGN_IN, "cog", _PASSWORD_AUTH),
    Order(
        "sign-in of an unconfirmed user (UserNotConfirmedException)",
        "InitiateAuth",
        "UNCONFIRMED",
        ("PreAuthentication_Authentication",),
        "choice",
        _PASSWORD_AUTH,
    ),
    Order(
        "sign-in with a temporary password",
        "InitiateAuth",
        "FORCE_CHANGE_PASSWORD",
        ("PreAuthentication_Authentication",),
        "unverified",
        _PASSWORD_AUTH,
    ),
    Order(
        "answer to NEW_PASSWORD_REQUIRED",
        "RespondToAuthChallenge",
        "FORCE_CHANGE_PASSWORD",
        ("PostAuthentication_Authentication", "TokenGeneration_NewPasswordChallenge"),
        "cog; that the first is asked is unverified",
    ),
    Order(
        "refresh",
        "InitiateAuth",
        "CONFIRMED",
        ("TokenGeneration_RefreshTokens",),
        "cog",
        {"AuthFlow": "REFRESH_TOKEN_AUTH"},
    ),
    Order(
        "sign-in of an unknown user, migrated",
        "InitiateAuth",
        None,
        ("UserMigration_Authentication", *_SIGN_IN),
        "cog; that the pre-authentication function comes second is unverified",
        _PASSWORD_AUTH,
        {"UserMigration_Authentication": _QUIET},
    ),
    Order(
        "forgotten password of an unknown user, migrated",
        "ForgotPassword",
        None,
        ("UserMigration_ForgotPassword", "CustomMessage_ForgotPassword"),
        "cog",
        responses={"UserMigration_ForgotPassword": {k: v for k, v in _QUIET.items() if k != "finalUserStatus"}},
    ),
    Order("mail address changed", "UpdateUserAttributes", "CONFIRMED", ("CustomMessage_UpdateUserAttribute",), "cog"),
    Order(
        "mail address changed by an administrator",
        "AdminUpdateUserAttributes",
        "CONFIRMED",
        ("CustomMessage_UpdateUserAttribute",),
        "cog",
    ),
    Order("name changed", "UpdateUserAttributes", "CONFIRMED", (), "cog", {"UserAttributes": {"name": "Ana"}}),
    Order(
        "code for an attribute",
        "GetUserAttributeVerificationCode",
        "CONFIRMED",
        ("CustomMessage_VerifyUserAttribute",),
        "cog",
    ),
    Order("attribute verified", "VerifyUserAttribute", "CONFIRMED", (), "cog"),
    Order("password changed", "ChangePassword", "CONFIRMED", (), "cog"),
    Order("password set by an administrator", "AdminSetUserPassword", "CONFIRMED", (), "cog"),
    Order(
        "custom challenge, first",
        "InitiateAuth",
        "CONFIRMED",
        (
            "PreAuthentication_Authentication",
            "DefineAuthChallenge_Authentication",
            "CreateAuthChallenge_Authentication",
        ),
        "cog; that the first is asked, and first, is unverified",
        {"AuthFlow": "CUSTOM_AUTH"},
        {"DefineAuthChallenge_Authentication": {"challengeName": "CUSTOM_CHALLENGE"}},
    ),
    Order(
        "custom challenge, right answer, done",
        "RespondToAuthChallenge",
        "CONFIRMED",
        (
            "VerifyAuthChallengeResponse_Authentication",
            "DefineAuthChallenge_Authentication",
            "PostAuthentication_Authentication",
            "TokenGeneration_Authentication",
        ),
        "cog",
        {"ChallengeName": "CUSTOM_CHALLENGE"},
        {
            "VerifyAuthChallengeResponse_Authentication": {"answerCorrect": True},
            "DefineAuthChallenge_Authentication": {"issueTokens": True, "failAuthentication": False},
        },
    ),
]


@attrs.frozen
class Data:
    """In which member of which trigger's `request` the parameter of a call arrives (cog)."""

    id: str
    operation: str
    parameter: str
    trigger: str
    member: str | None
    source: str = "cog"


DATA: list[Data] = [
    Data("sign-up, validation data", "SignUp", "ValidationData", "PreSignUp", "validationData"),
    Data("sign-up, client metadata", "SignUp", "ClientMetadata", "PreSignUp", "clientMetadata"),
    Data("sign-up, message", "SignUp", "ClientMetadata", "CustomMessage", "clientMetadata"),
    Data("sign-up, after it", "SignUp", "ClientMetadata", "PostConfirmation", "clientMetadata"),
    Data("created, validation data", "AdminCreateUser", "ValidationData", "PreSignUp", "validationData"),
    Data("created, client metadata", "AdminCreateUser", "ClientMetadata", "PreSignUp", "clientMetadata"),
    Data("confirmation", "ConfirmSignUp", "ClientMetadata", "PostConfirmation", "clientMetadata"),
    Data(
        "confirmation by an administrator", "AdminConfirmSignUp", "ClientMetadata", "PostConfirmation", "clientMetadata"
    ),
    Data("sign-in, before", "InitiateAuth", "ClientMetadata", "PreAuthentication", "validationData"),
    Data("sign-in, migration", "InitiateAuth", "ClientMetadata", "UserMigration", "validationData"),
    Data("sign-in, tokens: nothing", "InitiateAuth", "ClientMetadata", "PreTokenGeneration", None),
    Data("sign-in, after: nothing", "InitiateAuth", "ClientMetadata", "PostAuthentication", None),
    Data("sign-in, first challenge: nothing", "InitiateAuth", "ClientMetadata", "DefineAuthChallenge", None),
    Data("sign-in, first challenge made: nothing", "InitiateAuth", "ClientMetadata", "CreateAuthChallenge", None),
    Data("answer, verify", "RespondToAuthChallenge", "ClientMetadata", "VerifyAuthChallengeResponse", "clientMetadata"),
    Data("answer, define", "RespondToAuthChallenge", "ClientMetadata", "DefineAuthChallenge", "clientMetadata"),
    Data("answer, create", "RespondToAuthChallenge", "ClientMetadata", "CreateAuthChallenge", "clientMetadata"),
    Data("answer, after", "RespondToAuthChallenge", "ClientMetadata", "PostAuthentication", "clientMetadata"),
    Data("answer, tokens", "RespondToAuthChallenge", "ClientMetadata", "PreTokenGeneration", "clientMetadata"),
    Data("forgotten password", "ForgotPassword", "ClientMetadata", "CustomMessage", "clientMetadata"),
    Data("forgotten password, migration", "ForgotPassword", "ClientMetadata", "UserMigration", "clientMetadata"),
    Data("new password", "ConfirmForgotPassword", "ClientMetadata", "PostConfirmation", "clientMetadata"),
    Data("code again", "ResendConfirmationCode", "ClientMetadata", "CustomMessage", "clientMetadata"),
    Data("address changed", "UpdateUserAttributes", "ClientMetadata", "CustomMessage", "clientMetadata"),
    Data("code for attribute", "GetUserAttributeVerificationCode", "ClientMetadata", "CustomMessage", "clientMetadata"),
]

# ----------------------------------------------------------------------------------------------------- answers


@attrs.frozen
class Answered:
    """A trigger's function answers; what the API call that asked it does.

    The function gives its event back with `response` in the place of `response`; where `whole` is not None, that
    instead of the event; where `raw` is not None, that text. `error` and `message` are the call's (None: it succeeds,
    or the message is not compared); `effect` holds what is so afterwards, in words of the wire:
    UserStatus, email_verified, phone_number_verified, EmailMessage, EmailSubject, SMSMessage, challenge, tokens.
    """

    id: str
    trigger_source: str
    response: Any = None
    whole: Any = None
    raw: str | None = None
    error: str | None = None
    message: str | None = None
    effect: dict[str, Any] = attrs.Factory(dict)
    source: str = "cog"


UNRECOGNIZABLE = "Unrecognizable lambda output"
INVALID_JSON = "Invalid lambda function output : Invalid JSON"
INVALID = "InvalidLambdaResponseException"


def _bad(id: str, source: str, response: Any, note: str = "choice", effect: dict[str, Any] | None = None) -> Answered:
    return Answered(id, source, response, None, None, INVALID, UNRECOGNIZABLE, effect or {}, note)


_UNCHANGED = {"exists": False}
_NO_OBJECTS: list[Any] = ["", "ok", 7, True, [], [{"autoConfirmUser": True}]]
_NO_FLAGS: list[Any] = ["yes", 1, [], {}]
_NO_TEXTS: list[Any] = [7, True, [], {}]
_NO_TEXT_MAPS: list[Any] = ["x", ["x"], {"n": 7}, {"n": {"m": "x"}}]
_NO_EVENTS: list[tuple[Any, str]] = [
    ("ok", "field 2017"),
    (7, "choice"),
    (True, "choice"),
    ([], "choice"),
    ({}, "choice"),
    ({"statusCode": 200, "body": "Hello"}, "field"),
    ({"autoConfirmUser": True}, "choice"),
    ({"errorMessage": "no"}, "choice"),
]

_SIGN_UP: list[Answered] = [
    Answered("sign-up: event as it came", "PreSignUp_SignUp", attrs.NOTHING, effect={"UserStatus": "UNCONFIRMED"}),
    Answered(
        "sign-up: empty response", "PreSignUp_SignUp", {}, effect={"UserStatus": "UNCONFIRMED"}, source="field 2016"
    ),
    Answered(
        "sign-up: confirmed",
        "PreSignUp_SignUp",
        {"autoConfirmUser": True},
        effect={"UserStatus": "CONFIRMED", "email_verified": None},
    ),
    Answered(
        "sign-up: confirmed and verified",
        "PreSignUp_SignUp",
        {"autoConfirmUser": True, "autoVerifyEmail": True},
        effect={"UserStatus": "CONFIRMED", "email_verified": "true"},
    ),
    Answered(
        "sign-up: verified alone",
        "PreSignUp_SignUp",
        {"autoConfirmUser": False, "autoVerifyEmail": True},
        effect={"UserStatus": "UNCONFIRMED", "email_verified": "true"},
    ),
    Answered(
        "sign-up: unknown members are let be",
        "PreSignUp_SignUp",
        {"autoConfirmUser": True, "color": "red"},
        effect={"UserStatus": "CONFIRMED"},
        source="choice",
    ),
    Answered(
        "sign-up: null is false",
        "PreSignUp_SignUp",
        {"autoConfirmUser": None},
        effect={"UserStatus": "UNCONFIRMED"},
        source="choice",
    ),
    Answered(
        "sign-up: a phone number that is not there is verified",
        "PreSignUp_SignUp",
        {"autoConfirmUser": True, "autoVerifyPhone": True},
        error="InvalidParameterException",
        effect=_UNCHANGED,
        source="cog (an error); its name is our choice",
    ),
    *[
        _bad(f"sign-up: autoConfirmUser {value!r}", "PreSignUp_SignUp", {"autoConfirmUser": value}, effect=_UNCHANGED)
        for value in _NO_FLAGS
    ],
    *[_bad(f"sign-up: response {value!r}", "PreSignUp_SignUp", value, effect=_UNCHANGED) for value in _NO_OBJECTS],
    Answered(
        "created: what the function says is not looked at",
        "PreSignUp_AdminCreateUser",
        {"autoConfirmUser": True, "autoVerifyEmail": True},
        effect={"UserStatus": "FORCE_CHANGE_PASSWORD"},
    ),
]

_WHOLE: list[Answered] = [
    *[
        Answered(
            f"whole answer {whole!r}",
            "PreSignUp_SignUp",
            whole=whole,
            error=INVALID,
            message=UNRECOGNIZABLE,
            effect=_UNCHANGED,
            source=note,
        )
        for whole, note in _NO_EVENTS
    ],
    *[
        Answered(
            f"text {raw!r}",
            "PreSignUp_SignUp",
            raw=raw,
            error=INVALID,
            message=message,
            effect=_UNCHANGED,
            source=note,
        )
        for raw, message, note in (
            ("", INVALID_JSON, "choice"),
            ("{", INVALID_JSON, "field 2019"),
            ("ok", INVALID_JSON, "choice"),
            ('{"response": NaN}', INVALID_JSON, "choice"),
            ("null", UNRECOGNIZABLE, "field 2017"),
        )
    ],
    Answered(
        "the response alone is enough of an event",
        "PreSignUp_SignUp",
        whole={"response": {"autoConfirmUser": True}},
        effect={"UserStatus": "CONFIRMED"},
        source="choice",
    ),
    Answered(
        "changes outside of the response count for nothing",
        "PreSignUp_SignUp",
        whole={
            "version": "1",
            "userName": "eve",
            "request": {"userAttributes": {"email": "eve@example.com"}},
            "response": {"autoConfirmUser": True},
        },
        effect={"UserStatus": "CONFIRMED", "Username": USER, "email": EMAIL},
        source="choice",
    ),
]

_NOTHING_EXPECTED = (
    "PostConfirmation_ConfirmSignUp",
    "PostConfirmation_ConfirmForgotPassword",
    "PreAuthentication_Authentication",
    "PostAuthentication_Authentication",
)
_AFTER: list[Answered] = [
    *[Answered(f"{source}: event as it came", source, attrs.NOTHING) for source in _NOTHING_EXPECTED],
    *[
        Answered(f"{source}: anything in the response", source, {"color": "red"}, source="choice")
        for source in _NOTHING_EXPECTED
    ],
    *[
        Answered(f"{source}: null", source, raw="null", error=INVALID, message=UNRECOGNIZABLE, source="field")
        for source in _NOTHING_EXPECTED
    ],
    Answered(
        "confirmed although the function's answer is bad",
        "PostConfirmation_ConfirmSignUp",
        raw="null",
        error=INVALID,
        message=UNRECOGNIZABLE,
        effect={"UserStatus": "CONFIRMED"},
        source="field 2019",
    ),
    *[
        Answered(
            f"sender: {json_text}", "CustomEmailSender_SignUp", raw=json_text, effect={"UserStatus": "UNCONFIRMED"}
        )
        for json_text in ("null", "{}", '"ok"', "7", "{")
    ],
]


# a message must hold the placeholder of the code; the pool sends mail through SES (EmailSendingAccount DEVELOPER)
def _message(id: str, response: dict[str, Any], source: str = "cog", **effect: Any) -> Answered:
    return Answered(f"message: {id}", "CustomMessage_SignUp", response, effect=effect, source=source)


_MESSAGES: list[Answered] = [
    _message("none: the pool's own", {"smsMessage": None, "emailMessage": None, "emailSubject": None}),
    _message("empty response: the pool's own", {}, "choice"),
    _message(
        "both",
        {"emailMessage": "Code {####}!", "emailSubject": "Welcome"},
        EmailMessage="Code 123456!",
        EmailSubject="Welcome",
    ),
    _message("subject alone", {"emailSubject": "Welcome"}, "choice", EmailSubject="Welcome"),
    _message("twice", {"emailMessage": "{####} or {####}"}, "choice", EmailMessage="123456 or 123456"),
    _message("20,000 characters", {"emailMessage": "{####}" + "x" * 19_994}, "bc"),
    _message("SMS of 140 characters", {"smsMessage": "{####}" + "x" * 134}, "bc"),
    _bad("message: no placeholder", "CustomMessage_SignUp", {"emailMessage": "Hello"}, "cog (must); choice"),
    _bad("message: SMS without placeholder", "CustomMessage_SignUp", {"smsMessage": "Hello"}, "cog (must); choice"),
    _bad("message: 20,001 characters", "CustomMessage_SignUp", {"emailMessage": "{####}" + "x" * 19_995}, "bc; choice"),
    _bad("message: SMS of 141 characters", "CustomMessage_SignUp", {"smsMessage": "{####}" + "x" * 135}, "bc; choice"),
    _bad("message: subject of 141 characters", "CustomMessage_SignUp", {"emailSubject": "x" * 141}, "bc; choice"),
    *[_bad(f"message: {value!r}", "CustomMessage_SignUp", {"emailMessage": value}) for value in _NO_TEXTS],
    _bad(
        "message: invitation without the user name",
        "CustomMessage_AdminCreateUser",
        {"emailMessage": "Your password is {####}"},
        "cog (must hold both); choice",
    ),
    Answered(
        "message: invitation",
        "CustomMessage_AdminCreateUser",
        {"emailMessage": "{username}: {####}", "emailSubject": "Hello"},
        effect={"EmailSubject": "Hello"},
    ),
]
# Where Cognito itself sends (EmailSendingAccount COGNITO_DEFAULT) the guide of 2022 refuses emailMessage and
# emailSubject; published projects rely on them there, so the same rows hold for such a pool (choice).


def _migrate(
    id: str,
    response: Any,
    effect: dict[str, Any],
    error: str | None = None,
    message: str | None = None,
    source: str = "cog",
    trigger_source: str = "UserMigration_Authentication",
) -> Answered:
    return Answered(f"migration: {id}", trigger_source, response, None, None, error, message, effect, source)


_ADDRESS = {"userAttributes": {"email": EMAIL, "email_verified": "true"}}
_MIGRATION: list[Answered] = [
    _migrate("CONFIRMED", _QUIET, {"UserStatus": "CONFIRMED", "email_verified": "true", "tokens": True}),
    _migrate(
        "status not set",
        {**_ADDRESS, "messageAction": "SUPPRESS"},
        {"UserStatus": "CONFIRMED", "tokens": True},
    ),
    _migrate(
        "RESET_REQUIRED",
        {**_QUIET, "finalUserStatus": "RESET_REQUIRED"},
        {"UserStatus": "RESET_REQUIRED", "exists": True},
        "PasswordResetRequiredException",
        "Password reset required for the user",
    ),
    _migrate(
        "a password that the policy refuses is taken over",
        _QUIET,
        {"UserStatus": "CONFIRMED", "password": "short"},
    ),
    _migrate(
        "event as it came: unknown user",
        attrs.NOTHING,
        {"exists": False},
        "UserNotFoundException",
        "User does not exist.",
        "choice; a simulated answer under PreventUserExistenceErrors: cog",
    ),
    _migrate(
        "no attributes",
        {"finalUserStatus": "CONFIRMED"},
        {"exists": False},
        INVALID,
        UNRECOGNIZABLE,
        "cog (required); choice",
    ),
    _migrate(
        "unknown status",
        {**_QUIET, "finalUserStatus": "DONE"},
        {"exists": False},
        INVALID,
        UNRECOGNIZABLE,
        "choice",
    ),
    _migrate(
        "unknown message action",
        {**_ADDRESS, "messageAction": "LOUD"},
        {"exists": False},
        INVALID,
        UNRECOGNIZABLE,
        "choice",
    ),
    _migrate(
        "attribute that is no text",
        {"userAttributes": {"email": EMAIL, "email_verified": True}},
        {"exists": False},
        INVALID,
        UNRECOGNIZABLE,
        "choice",
    ),
    _migrate(
        "attributes that are no map",
        {"userAttributes": [{"Name": "email", "Value": EMAIL}]},
        {"exists": False},
        INVALID,
        UNRECOGNIZABLE,
        "choice",
    ),
    _migrate(
        "unknown medium",
        {**_ADDRESS, "desiredDeliveryMediums": ["PIGEON"]},
        {"exists": False},
        INVALID,
        UNRECOGNIZABLE,
        "choice",
    ),
    _migrate(
        "forgotten password",
        {**_ADDRESS, "messageAction": "SUPPRESS"},
        {"exists": True, "CodeDeliveryDetails": {"DeliveryMedium": "EMAIL", "AttributeName": "email"}},
        trigger_source="UserMigration_ForgotPassword",
    ),
    _migrate(
        "forgotten password, address not verified",
        {"userAttributes": {"email": EMAIL}, "messageAction": "SUPPRESS"},
        {"exists": True},
        "InvalidParameterException",
        "Cannot reset password for the user as there is no registered/verified email or phone_number",
        "cog; text: field",
        "UserMigration_ForgotPassword",
    ),
]


def _define(
    id: str,
    response: Any,
    effect: dict[str, Any],
    error: str | None = None,
    message: str | None = None,
    note: str = "cog",
) -> Answered:
    return Answered(
        f"define: {id}", "DefineAuthChallenge_Authentication", response, None, None, error, message, effect, note
    )


INCORRECT = "Incorrect username or password."
_CHALLENGES: list[Answered] = [
    _define("tokens", {"issueTokens": True, "failAuthentication": False}, {"tokens": True}),
    _define(
        "tokens, other members null", {"issueTokens": True, "challengeName": None}, {"tokens": True}, note="choice"
    ),
    _define(
        "custom challenge",
        {"challengeName": "CUSTOM_CHALLENGE", "issueTokens": False, "failAuthentication": False},
        {"challenge": "CUSTOM_CHALLENGE"},
    ),
    _define(
        "custom challenge, flags null",
        {"challengeName": "CUSTOM_CHALLENGE"},
        {"challenge": "CUSTOM_CHALLENGE"},
        note="field (captured examples leave them null)",
    ),
    _define(
        "failed",
        {"issueTokens": False, "failAuthentication": True},
        {"tokens": False},
        "NotAuthorizedException",
        INCORRECT,
        "cog; text: field",
    ),
    _define(
        "tokens and failed: failed",
        {"issueTokens": True, "failAuthentication": True},
        {"tokens": False},
        "NotAuthorizedException",
        INCORRECT,
        "choice",
    ),
    _define(
        "tokens and a challenge: tokens",
        {"issueTokens": True, "failAuthentication": False, "challengeName": "CUSTOM_CHALLENGE"},
        {"tokens": True},
        note="choice",
    ),
    *[
        _define(id, response, {"tokens": False}, INVALID, UNRECOGNIZABLE, "choice")
        for id, response in (
            ("nothing said", {"challengeName": None, "issueTokens": None, "failAuthentication": None}),
            ("empty response", {}),
            ("all false", {"issueTokens": False, "failAuthentication": False}),
            ("unknown challenge", {"challengeName": "RIDDLE", "issueTokens": False, "failAuthentication": False}),
            ("challenge is a number", {"challengeName": 7}),
            ("flag is a text", {"issueTokens": "yes"}),
            ("flag is a number", {"issueTokens": 1}),
        )
    ],
]


def _create(id: str, response: Any, effect: dict[str, Any] | None = None, note: str = "cog") -> Answered:
    return Answered(f"create: {id}", "CreateAuthChallenge_Authentication", response, effect=effect or {}, source=note)


_CREATED: list[Answered] = [
    _create(
        "all three",
        {
            "publicChallengeParameters": {"question": "2 + 3"},
            "privateChallengeParameters": {"answer": "5"},
            "challengeMetadata": "sum",
        },
        {"ChallengeParameters": {"USERNAME": USER, "question": "2 + 3"}},
    ),
    _create(
        "nothing",
        {"publicChallengeParameters": None, "privateChallengeParameters": None, "challengeMetadata": None},
        {"ChallengeParameters": {"USERNAME": USER}},
        "choice",
    ),
    *[
        _bad(f"create: public {value!r}", "CreateAuthChallenge_Authentication", {"publicChallengeParameters": value})
        for value in _NO_TEXT_MAPS
    ],
    *[
        _bad(f"create: private {value!r}", "CreateAuthChallenge_Authentication", {"privateChallengeParameters": value})
        for value in _NO_TEXT_MAPS
    ],
    _bad("create: metadata 7", "CreateAuthChallenge_Authentication", {"challengeMetadata": 7}),
]

_VERIFY = "VerifyAuthChallengeResponse_Authentication"
_VERIFIED: list[Answered] = [
    Answered("verify: right", _VERIFY, {"answerCorrect": True}, effect={"challengeResult": True}),
    Answered("verify: wrong", _VERIFY, {"answerCorrect": False}, effect={"challengeResult": False}),
    Answered(
        "verify: null is wrong", _VERIFY, {"answerCorrect": None}, effect={"challengeResult": False}, source="choice"
    ),
    Answered("verify: empty response is wrong", _VERIFY, {}, effect={"challengeResult": False}, source="choice"),
    *[_bad(f"verify: {value!r}", _VERIFY, {"answerCorrect": value}) for value in _NO_FLAGS],
]

ANSWERS: list[Answered] = [
    *_SIGN_UP,
    *_WHOLE,
    *_AFTER,
    *_MESSAGES,
    *_MIGRATION,
    *_CHALLENGES,
    *_CREATED,
    *_VERIFIED,
]
"""`response` is attrs.NOTHING where the event goes back as it came."""

# ------------------------------------------------------------------------------------------------------ tokens


@attrs.frozen
class Claims:
    """Claims of the tokens of `ana` (groups `buyers` and `staff`) under an answer of the token trigger.

    `id_token` and `access_token` hold the claims to compare; a claim with None is not in the token. `version` is that of
    the trigger. `error` as in `Answered`.
    """

    id: str
    version: str
    response: Any
    id_token: dict[str, Any] = attrs.Factory(dict)
    access_token: dict[str, Any] = attrs.Factory(dict)
    error: str | None = None
    source: str = "cog"


RESERVED = (
    "acr", "amr", "at_hash", "aud", "auth_time", "azp", "cognito:username", "exp", "iat", "identities", "iss", "jti",
    "nbf", "nonce", "origin_jti", "sub", "token_use",
)  # fmt: skip
"""Claims that no trigger changes, in either token (cog). A change is left out without an error (unverified)."""
RESERVED_ACCESS = ("client_id", "device_key", "event_id", "scope", "username", "version")
"""More of them in access tokens (cog; from memory of its present text: unverified)."""

_GROUPS = ["buyers", "staff"]


_NO_CLAIMS: list[tuple[Any, str]] = [(7, "choice"), (True, "choice"), (["red"], "cog (texts alone)"), ({"a": 1}, "cog")]
_COMPLEX: list[Any] = ["red", 7, True, ["red", "blue"], {"name": "red", "size": 7}]
_NO_DETAILS_V1: list[Any] = ["x", 7, ["x"], {"claimsToSuppress": "email"}, {"claimsToAddOrOverride": ["team"]}]
_NO_DETAILS_V2: list[Any] = [
    "x",
    7,
    [],
    {"idTokenGeneration": []},
    {"accessTokenGeneration": {"scopesToAdd": "shop/read"}},
]


def _v1(details: Any) -> dict[str, Any]:
    return {"claimsOverrideDetails": details}


def _v2(details: Any) -> dict[str, Any]:
    return {"claimsAndScopeOverrideDetails": details}


CLAIMS: list[Claims] = [
    Claims("v1: nothing", "V1_0", _v1(None), {"email": EMAIL, "cognito:groups": _GROUPS}, {"cognito:groups": _GROUPS}),
    Claims("v1: response empty", "V1_0", {}, {"email": EMAIL, "cognito:groups": _GROUPS}, source="choice"),
    Claims("v1: details empty", "V1_0", _v1({}), {"email": EMAIL, "cognito:groups": _GROUPS}, source="choice"),
    Claims("v1: added", "V1_0", _v1({"claimsToAddOrOverride": {"team": "red"}}), {"team": "red"}, {"team": None}),
    Claims(
        "v1: overridden",
        "V1_0",
        _v1({"claimsToAddOrOverride": {"email": "x@example.com"}}),
        {"email": "x@example.com"},
    ),
    Claims("v1: suppressed", "V1_0", _v1({"claimsToSuppress": ["email"]}), {"email": None}),
    Claims("v1: suppressed, not there", "V1_0", _v1({"claimsToSuppress": ["phone_number"]}), {"email": EMAIL}),
    Claims(
        "v1: both: suppressed",
        "V1_0",
        _v1({"claimsToAddOrOverride": {"email": "x@example.com"}, "claimsToSuppress": ["email"]}),
        {"email": None},
    ),
    *[
        Claims(
            f"v1: reserved {name}", "V1_0", _v1({"claimsToAddOrOverride": {name: "x"}}), {"email": EMAIL}, source="cog"
        )
        for name in RESERVED
    ],
    *[
        Claims(f"v1: reserved {name} suppressed", "V1_0", _v1({"claimsToSuppress": [name]}), {"email": EMAIL})
        for name in ("sub", "cognito:username")
    ],
    Claims(
        "v1: groups replaced",
        "V1_0",
        _v1({"groupOverrideDetails": {"groupsToOverride": ["guests"]}}),
        {"cognito:groups": ["guests"], "cognito:roles": None, "cognito:preferred_role": None},
        {"cognito:groups": ["guests"]},
    ),
    Claims(
        "v1: roles replaced",
        "V1_0",
        _v1(
            {
                "groupOverrideDetails": {
                    "groupsToOverride": ["guests"],
                    "iamRolesToOverride": ["arn:aws:iam::000000000000:role/guests"],
                    "preferredRole": "arn:aws:iam::000000000000:role/guests",
                }
            }
        ),
        {
            "cognito:groups": ["guests"],
            "cognito:roles": ["arn:aws:iam::000000000000:role/guests"],
            "cognito:preferred_role": "arn:aws:iam::000000000000:role/guests",
        },
        {"cognito:groups": ["guests"]},
    ),
    Claims(
        "v1: groups empty: none",
        "V1_0",
        _v1({"groupOverrideDetails": {}}),
        {"cognito:groups": None},
        {"cognito:groups": None},
    ),
    Claims(
        "v1: groups null with other details: none",
        "V1_0",
        _v1({"claimsToSuppress": [], "groupOverrideDetails": None}),
        {"cognito:groups": None},
        {"cognito:groups": None},
    ),
    Claims(
        "v1: groups not named: as they were",
        "V1_0",
        _v1({"claimsToSuppress": ["email"]}),
        {"cognito:groups": _GROUPS},
        {"cognito:groups": _GROUPS},
        source="unverified",
    ),
    *[
        Claims(
            f"v1: claim {value!r}", "V1_0", _v1({"claimsToAddOrOverride": {"team": value}}), error=INVALID, source=note
        )
        for value, note in _NO_CLAIMS
    ],
    *[Claims(f"v1: details {value!r}", "V1_0", _v1(value), error=INVALID, source="choice") for value in _NO_DETAILS_V1],
    Claims("v1: answer of version 2 counts for nothing", "V1_0", _v2({}), {"email": EMAIL}, source="choice"),
    Claims("v2: nothing", "V2_0", _v2(None), {"email": EMAIL}, {"scope": "aws.cognito.signin.user.admin"}),
    Claims(
        "v2: both tokens apart",
        "V2_0",
        _v2(
            {
                "idTokenGeneration": {"claimsToAddOrOverride": {"team": "red"}, "claimsToSuppress": ["email"]},
                "accessTokenGeneration": {"claimsToAddOrOverride": {"team": "blue"}},
            }
        ),
        {"team": "red", "email": None},
        {"team": "blue"},
    ),
    *[
        Claims(
            f"v2: claim {value!r}",
            "V2_0",
            _v2({"accessTokenGeneration": {"claimsToAddOrOverride": {"team": value}}}),
            {"team": None},
            {"team": value},
        )
        for value in _COMPLEX
    ],
    Claims(
        "v2: scopes",
        "V2_0",
        _v2(
            {
                "accessTokenGeneration": {
                    "scopesToAdd": ["shop/read", "shop/write"],
                    "scopesToSuppress": ["aws.cognito.signin.user.admin"],
                }
            }
        ),
        {},
        {"scope": "shop/read shop/write"},
    ),
    Claims(
        "v2: scope added and suppressed: suppressed",
        "V2_0",
        _v2({"accessTokenGeneration": {"scopesToAdd": ["shop/read"], "scopesToSuppress": ["shop/read"]}}),
        {},
        {"scope": "aws.cognito.signin.user.admin"},
        source="choice",
    ),
    Claims(
        "v2: scope with a blank",
        "V2_0",
        _v2({"accessTokenGeneration": {"scopesToAdd": ["shop read"]}}),
        error=INVALID,
        source="cog (no blanks); choice",
    ),
    *[
        Claims(
            f"v2: reserved {name}",
            "V2_0",
            _v2({"accessTokenGeneration": {"claimsToAddOrOverride": {name: "x"}}}),
            {"email": EMAIL},
            {"cognito:groups": _GROUPS},
            source="cog" if name in RESERVED else "unverified",
        )
        for name in (*RESERVED, *RESERVED_ACCESS)
    ],
    Claims(
        "v2: groups replaced",
        "V2_0",
        _v2({"groupOverrideDetails": {"groupsToOverride": ["guests"]}}),
        {"cognito:groups": ["guests"]},
        {"cognito:groups": ["guests"]},
    ),
    *[Claims(f"v2: details {value!r}", "V2_0", _v2(value), error=INVALID, source="choice") for value in _NO_DETAILS_V2],
    Claims("v3: as version 2", "V3_0", _v2({"idTokenGeneration": {"claimsToSuppress": ["email"]}}), {"email": None}),
]
"""In rows of reserved claims the token's own value must stay: it never is `x`, and is not missing if it was there."""

# -------------------------------------------------------------------------------------------------- no answer


@attrs.frozen
class Failed:
    """How asking a function fails, and what the call that asked it gets.

    `attempts` are the seconds at which the function is invoked, `ends` when the call fails, counted from the call.
    In `message`, `{name}` stands for the trigger's name (`Trigger.name`).
    """

    id: str
    failure: str
    attempts: tuple[float, ...]
    ends: float
    error: str | None
    message: str | None
    source: str


ATTEMPT_TIMEOUT = 5.0
ATTEMPTS = 3
VALIDATION = "UserLambdaValidationException"
UNEXPECTED = "UnexpectedLambdaException"
SOCKET = "{name} invocation failed due to error Socket timeout while invoking Lambda function."

FAILURES: list[Failed] = [
    Failed("raises", 'raises ValueError("boom")', (0.0,), 0.0, VALIDATION, "{name} failed with error boom.", "field"),
    Failed(
        "raises with a full stop",
        'raises ValueError("Not allowed.")',
        (0.0,),
        0.0,
        VALIDATION,
        "{name} failed with error Not allowed..",
        "field 2026-04",
    ),
    Failed("raises without a text", "raises ValueError()", (0.0,), 0.0, VALIDATION, "{name} failed with error .", "choice"),
    Failed(
        "raises after 2 s", 'raises ValueError("boom") after 2 s', (0.0,), 2.0, VALIDATION,
        "{name} failed with error boom.", "field",
    ),
    Failed(
        "its own timeout of 1 s",
        "takes 60 s, timeout 1 s",
        (0.0,),
        1.0,
        VALIDATION,
        "{name} failed with error RequestId: <request_id> Error: Task timed out after 1.00 seconds.",
        "systems 8 (not retried); text put together from field and semantics 2.1",
    ),
    Failed(
        "process ends",
        "sys.exit(0)",
        (0.0,),
        0.0,
        VALIDATION,
        "{name} failed with error RequestId: <request_id> Error: Runtime exited without providing a reason.",
        "as above",
    ),
    Failed("silent", "takes 60 s, timeout 900 s", (0.0, 5.0, 10.0), 15.0, UNEXPECTED, SOCKET, "cog; text: field 2022"),
    Failed(
        "silent once", "takes 6 s the first time, then none", (0.0, 5.0), 5.0, None, None, "cog"
    ),
    Failed("silent twice", "takes 6 s twice, then none", (0.0, 5.0, 10.0), 10.0, None, None, "cog"),
    Failed("just in time", "takes 4.9 s", (0.0,), 4.9, None, None, "cog"),
    Failed("just in time, third attempt", "takes 6 s twice, then 4.9 s", (0.0, 5.0, 10.0), 14.9, None, None, "cog"),
    Failed(
        "silent, then raises", 'takes 6 s, then raises ValueError("boom")', (0.0, 5.0), 5.0, VALIDATION,
        "{name} failed with error boom.", "cog; choice",
    ),
    Failed(
        "its own timeout of 5 s: silence",
        "takes 60 s, timeout 5 s",
        (0.0, 5.0, 10.0),
        15.0,
        UNEXPECTED,
        SOCKET,
        "choice (both end at the same moment; the caller's clock wins)",
    ),
    Failed(
        "throttled", "reserved concurrency 0", (0.0,), 0.0, UNEXPECTED,
        "{name} invocation failed due to error TooManyRequestsException.", "systems 8 (not retried); text by analogy",
    ),
    Failed(
        "not permitted", "no permission", (), 0.0, UNEXPECTED,
        "{name} invocation failed due to error AccessDeniedException.", "field; rp",
    ),
    Failed(
        "permitted to another pool", "permission with the SourceArn of another pool", (), 0.0, UNEXPECTED,
        "{name} invocation failed due to error AccessDeniedException.", "cog; field",
    ),
    Failed(
        "function deleted", "function deleted", (), 0.0, UNEXPECTED,
        "{name} invocation failed due to error AccessDeniedException.", "rp",
    ),
]  # fmt: skip
"""For every trigger that is waited for. Attempts that were not waited for run on, to the function's own timeout."""


@attrs.frozen
class After:
    """What is left behind when a trigger fails in the call: by the trigger's source, the user's state afterwards."""

    id: str
    trigger_source: str
    state: str | None
    source: str
    tokens: bool = False
    message_sent: bool = False


AFTER: list[After] = [
    After("pre sign-up: no user", "PreSignUp_SignUp", None, "cog"),
    After("created: no user", "PreSignUp_AdminCreateUser", None, "cog"),
    After("message: the user is there, no message", "CustomMessage_SignUp", "UNCONFIRMED", "unverified"),
    After("post confirmation: confirmed", "PostConfirmation_ConfirmSignUp", "CONFIRMED", "field 2019"),
    After("post forgotten password: changed", "PostConfirmation_ConfirmForgotPassword", "CONFIRMED", "choice"),
    After("pre authentication: no tokens", "PreAuthentication_Authentication", "CONFIRMED", "cog"),
    After("post authentication: no tokens", "PostAuthentication_Authentication", "CONFIRMED", "field"),
    After("tokens: none", "TokenGeneration_Authentication", "CONFIRMED", "field"),
    After("migration: no user", "UserMigration_Authentication", None, "cog"),
    After("define: no tokens", "DefineAuthChallenge_Authentication", "CONFIRMED", "field"),
    After("create: no challenge", "CreateAuthChallenge_Authentication", "CONFIRMED", "choice"),
    After("verify: no tokens, session still good", "VerifyAuthChallengeResponse_Authentication", "CONFIRMED", "choice"),
    After("mail sender: not told to the user", "CustomEmailSender_SignUp", "UNCONFIRMED", "cog"),
]

SENDER_ATTEMPTS = (0.0, 60.0, 180.0)
"""A custom sender is invoked asynchronously: when it raises, the function service runs it again (semantics 1)."""

# --------------------------------------------------------------------------------------------- custom challenges


@attrs.frozen
class Step:
    """One call of a sign-in with CUSTOM_AUTH, and what the functions are asked and answer.

    `call` is InitiateAuth or RespondToAuthChallenge with the given ANSWER. `asked` holds, in order, the trigger source,
    the members of `request` to compare, and the `response`. `result`: "challenge", "tokens", or an error code.
    """

    call: str
    asked: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...]
    result: str
    parameters: dict[str, str] = attrs.Factory(dict)
    answer: str | None = None
    message: str | None = None
    at: float = 0.0


@attrs.frozen
class Flow:
    id: str
    steps: tuple[Step, ...]
    source: str
    user: str = USER


_DEFINE = "DefineAuthChallenge_Authentication"
_CREATE = "CreateAuthChallenge_Authentication"
_NEXT = {"challengeName": "CUSTOM_CHALLENGE", "issueTokens": False, "failAuthentication": False}
_DONE = {"issueTokens": True, "failAuthentication": False}
_FAIL = {"issueTokens": False, "failAuthentication": True}
_SUM = {
    "publicChallengeParameters": {"question": "2 + 3"},
    "privateChallengeParameters": {"answer": "5"},
    "challengeMetadata": "sum",
}
_COLOR = {
    "publicChallengeParameters": {"question": "color"},
    "privateChallengeParameters": {"answer": "red"},
    "challengeMetadata": "color",
}


def _took(metadata: str | None, result: bool, name: str = "CUSTOM_CHALLENGE") -> dict[str, Any]:
    return {"challengeName": name, "challengeResult": result, "challengeMetadata": metadata}


def _begun(*, session: tuple[dict[str, Any], ...] = ()) -> Step:
    return Step(
        "InitiateAuth",
        (
            (_DEFINE, {"session": list(session)}, _NEXT),
            (_CREATE, {"challengeName": "CUSTOM_CHALLENGE", "session": list(session)}, _SUM),
        ),
        "challenge",
        {"USERNAME": USER, "question": "2 + 3"},
    )


def _verified(answer: str, correct: bool, private: str = "5") -> tuple[str, dict[str, Any], dict[str, Any]]:
    asked = {"privateChallengeParameters": {"answer": private}, "challengeAnswer": answer}
    return (_VERIFY, asked, {"answerCorrect": correct})


FLOWS: list[Flow] = [
    Flow(
        "right at once",
        (
            _begun(),
            Step(
                "RespondToAuthChallenge",
                (_verified("5", True), (_DEFINE, {"session": [_took("sum", True)]}, _DONE)),
                "tokens",
                answer="5",
            ),
        ),
        "cog",
    ),
    Flow(
        "wrong, then right",
        (
            _begun(),
            Step(
                "RespondToAuthChallenge",
                (
                    _verified("6", False),
                    (_DEFINE, {"session": [_took("sum", False)]}, _NEXT),
                    (_CREATE, {"challengeName": "CUSTOM_CHALLENGE", "session": [_took("sum", False)]}, _SUM),
                ),
                "challenge",
                {"USERNAME": USER, "question": "2 + 3"},
                "6",
            ),
            Step(
                "RespondToAuthChallenge",
                (_verified("5", True), (_DEFINE, {"session": [_took("sum", False), _took("sum", True)]}, _DONE)),
                "tokens",
                answer="5",
            ),
        ),
        "cog",
    ),
    Flow(
        "two challenges",
        (
            _begun(),
            Step(
                "RespondToAuthChallenge",
                (
                    _verified("5", True),
                    (_DEFINE, {"session": [_took("sum", True)]}, _NEXT),
                    (_CREATE, {"session": [_took("sum", True)]}, _COLOR),
                ),
                "challenge",
                {"USERNAME": USER, "question": "color"},
                "5",
            ),
            Step(
                "RespondToAuthChallenge",
                (
                    _verified("red", True, "red"),
                    (_DEFINE, {"session": [_took("sum", True), _took("color", True)]}, _DONE),
                ),
                "tokens",
                answer="red",
            ),
        ),
        "cog",
    ),
    Flow(
        "wrong, given up",
        (
            _begun(),
            Step(
                "RespondToAuthChallenge",
                (_verified("6", False), (_DEFINE, {"session": [_took("sum", False)]}, _FAIL)),
                "NotAuthorizedException",
                answer="6",
                message=INCORRECT,
            ),
            Step(
                "RespondToAuthChallenge",
                (),
                "NotAuthorizedException",
                answer="5",
                message="Invalid session for the user.",
            ),
        ),
        "cog; texts: field; that the session is then dead: unverified",
    ),
    Flow(
        "wrong, but tokens: the define function decides",
        (
            _begun(),
            Step(
                "RespondToAuthChallenge",
                (_verified("6", False), (_DEFINE, {"session": [_took("sum", False)]}, _DONE)),
                "tokens",
                answer="6",
            ),
        ),
        "cog",
    ),
    Flow("tokens without a challenge", (Step("InitiateAuth", ((_DEFINE, {"session": []}, _DONE),), "tokens"),), "cog"),
    Flow(
        "failed at once",
        (Step("InitiateAuth", ((_DEFINE, {"session": []}, _FAIL),), "NotAuthorizedException", message=INCORRECT),),
        "cog; text: field",
    ),
    Flow(
        "session of three minutes, at its end",
        (
            _begun(),
            Step(
                "RespondToAuthChallenge",
                (_verified("5", True), (_DEFINE, {"session": [_took("sum", True)]}, _DONE)),
                "tokens",
                answer="5",
                at=179.0,
            ),
        ),
        "bc (AuthSessionValidity, 3 to 15 minutes, default 3)",
    ),
    Flow(
        "session of three minutes, past its end",
        (
            _begun(),
            Step(
                "RespondToAuthChallenge",
                (),
                "NotAuthorizedException",
                answer="5",
                message="Invalid session for the user, session is expired.",
                at=181.0,
            ),
        ),
        "bc; text: field",
    ),
    Flow(
        "unknown user, hidden: the functions are asked with userNotFound",
        (
            Step(
                "InitiateAuth",
                (
                    (_DEFINE, {"session": [], "userNotFound": True, "userAttributes": {}}, _NEXT),
                    (_CREATE, {"userNotFound": True}, _SUM),
                ),
                "challenge",
            ),
            Step(
                "RespondToAuthChallenge",
                (
                    (_VERIFY, {"userNotFound": True, "challengeAnswer": "5"}, {"answerCorrect": True}),
                    (_DEFINE, {"userNotFound": True, "session": [_took("sum", True)]}, _DONE),
                ),
                "NotAuthorizedException",
                answer="5",
                message=INCORRECT,
            ),
        ),
        "cog (PreventUserExistenceErrors ENABLED); that tokens are then refused: unverified",
        "bob",
    ),
    Flow(
        "unknown user, not hidden",
        (Step("InitiateAuth", (), "UserNotFoundException", message="User does not exist."),),
        "cog; text: field",
        "bob",
    ),
]
"""`at` counts from the flow's start. USERNAME among the ChallengeParameters: field."""

# ----------------------------------------------------------------------------------------------- errors of calls


@attrs.frozen
class Refused:
    """A call that the pool itself refuses; no trigger named in `not_asked` is asked. `{client}`: the client's id."""

    id: str
    operation: str
    situation: str
    error: str
    message: str | None
    source: str
    not_asked: tuple[str, ...] = ()


_POLICY = "Password did not conform with policy: "
_WRONG = "NotAuthorizedException"
_UNKNOWN_CLIENT = "User pool client nosuchclient does not exist."

REFUSED: list[Refused] = [
    Refused("user name taken", "SignUp", "ana exists", "UsernameExistsException", "User already exists", "field"),
    Refused(
        "address taken",
        "SignUp",
        "pool whose user names are mail addresses, ana@example.com taken",
        "UsernameExistsException",
        "An account with the given email already exists.",
        "field",
    ),
    *[
        Refused(
            f"password {password}",
            "SignUp",
            f"password {password}",
            "InvalidPasswordException",
            f"{_POLICY}{text}",
            "field",
            ("PreSignUp",),
        )
        for password, text in (
            ("Sec-77a", "Password not long enough"),
            ("secret-77", "Password must have uppercase characters"),
            ("SECRET-77", "Password must have lowercase characters"),
            ("Secret-aa", "Password must have numeric characters"),
            ("Secret777", "Password must have symbol characters"),
        )
    ],
    Refused("password with a blank", "SignUp", "password `Secret 77-`", "InvalidParameterException", None, "bc", ("PreSignUp",)),
    Refused("no such client", "SignUp", "ClientId nosuchclient", "ResourceNotFoundException", _UNKNOWN_CLIENT, "field"),
    Refused(
        "attribute missing",
        "SignUp",
        "pool that requires email, none given",
        "InvalidParameterException",
        "Attributes did not conform to the schema: email: The attribute is required\n",
        "field",
    ),
    Refused(
        "attribute not in the schema",
        "SignUp",
        "custom:team given, not in the schema",
        "InvalidParameterException",
        "Attributes did not conform to the schema: Type for attribute {custom:team} could not be determined\n",
        "unverified",
    ),
    Refused(
        "sign-up only by administrators",
        "SignUp",
        "AllowAdminCreateUserOnly",
        _WRONG,
        "SignUp is not permitted for this user pool",
        "field",
        ("PreSignUp",),
    ),
    Refused("wrong code", "ConfirmSignUp", "code 000000, sent 123456", "CodeMismatchException",
            "Invalid verification code provided, please try again.", "field", ("PostConfirmation",)),
    Refused("old code", "ConfirmSignUp", "24 hours and 1 s after SignUp", "ExpiredCodeException",
            "Invalid code provided, please request a code again.", "field 2017; 24 hours: cog", ("PostConfirmation",)),
    Refused("confirmed twice", "ConfirmSignUp", "ana is confirmed", _WRONG,
            "User cannot be confirmed. Current status is CONFIRMED", "field", ("PostConfirmation",)),
    Refused("confirmed twice by an administrator", "AdminConfirmSignUp", "ana is confirmed", _WRONG,
            "User cannot be confirmed. Current status is CONFIRMED", "field", ("PostConfirmation",)),
    Refused("confirmation of an unknown user", "ConfirmSignUp", "bob", "UserNotFoundException",
            "Username/client id combination not found.", "field"),
    Refused("code again, unknown user", "ResendConfirmationCode", "bob", "UserNotFoundException",
            "Username/client id combination not found.", "field"),
    Refused("code again, confirmed", "ResendConfirmationCode", "ana is confirmed", "InvalidParameterException",
            "User is already confirmed.", "field", ("CustomMessage",)),
    Refused("user name taken, administrator", "AdminCreateUser", "ana exists", "UsernameExistsException",
            "User account already exists", "field"),
    Refused("message again, unknown user", "AdminCreateUser", "bob, MessageAction RESEND", "UserNotFoundException",
            "User does not exist.", "unverified"),
    Refused("message again, confirmed", "AdminCreateUser", "ana is confirmed, MessageAction RESEND",
            "UnsupportedUserStateException", "Resend not possible. ana status is not FORCE_CHANGE_PASSWORD", "field"),
    Refused("wrong password", "InitiateAuth", "password `Wrong-77`", _WRONG, INCORRECT, "field 2016",
            ("PostAuthentication", "PreTokenGeneration")),
    Refused("unknown user", "InitiateAuth", "bob", "UserNotFoundException", "User does not exist.", "field",
            ("PreAuthentication",)),
    Refused("unknown user, hidden", "InitiateAuth", "bob, PreventUserExistenceErrors ENABLED", _WRONG, INCORRECT, "cog"),
    Refused("not confirmed", "InitiateAuth", "ana is unconfirmed, right password", "UserNotConfirmedException",
            "User is not confirmed.", "field", ("PostAuthentication", "PreTokenGeneration")),
    Refused("not confirmed, wrong password", "InitiateAuth", "ana is unconfirmed, wrong password",
            "UserNotConfirmedException", "User is not confirmed.", "field 2017, 2024", ("PostAuthentication",)),
    Refused("password to be reset", "InitiateAuth", "ana is RESET_REQUIRED", "PasswordResetRequiredException",
            "Password reset required for the user", "field", ("PostAuthentication", "PreTokenGeneration")),
    Refused("disabled", "InitiateAuth", "ana is disabled", _WRONG, "User is disabled.", "field", ("PostAuthentication",)),
    Refused("temporary password too old", "InitiateAuth", "made by an administrator 7 days and 1 s ago", _WRONG,
            "Temporary password has expired and must be reset by an administrator.", "field; 7 days: cog"),
    Refused("sixth try", "InitiateAuth", "five wrong passwords, then the right one at once", _WRONG,
            "Password attempts exceeded", "cog; field 2017", ("PostAuthentication",)),
    Refused("flow not enabled", "InitiateAuth", "client without ALLOW_USER_PASSWORD_AUTH", "InvalidParameterException",
            "USER_PASSWORD_AUTH flow not enabled for this client", "field"),
    Refused("custom flow not enabled", "InitiateAuth", "client without ALLOW_CUSTOM_AUTH", "InvalidParameterException",
            "CUSTOM_AUTH flow not enabled for this client", "field"),
    Refused("custom flow without its function", "InitiateAuth", "CUSTOM_AUTH, no DefineAuthChallenge configured",
            "InvalidUserPoolConfigurationException", "Custom auth lambda trigger is not configured for the user pool.",
            "field; the error's name unverified"),
    Refused("user name missing", "InitiateAuth", "no USERNAME", "InvalidParameterException",
            "Missing required parameter USERNAME", "field"),
    Refused("password missing", "InitiateAuth", "no PASSWORD", "InvalidParameterException",
            "Missing required parameter PASSWORD", "field"),
    Refused("no such client at sign-in", "InitiateAuth", "ClientId nosuchclient", "ResourceNotFoundException",
            _UNKNOWN_CLIENT, "field"),
    Refused("refresh token that is none", "InitiateAuth", "REFRESH_TOKEN_AUTH, token `x`", _WRONG,
            "Invalid Refresh Token", "field", ("PreTokenGeneration",)),
    Refused("refresh token revoked", "InitiateAuth", "after GlobalSignOut", _WRONG, "Refresh Token has been revoked",
            "field", ("PreTokenGeneration",)),
    Refused("session missing", "RespondToAuthChallenge", "no Session", "InvalidParameterException",
            "Missing required parameter Session", "field", ("VerifyAuthChallengeResponse",)),
    Refused("answer missing", "RespondToAuthChallenge", "CUSTOM_CHALLENGE without ANSWER", "InvalidParameterException",
            "Missing required parameter ANSWER", "unverified", ("VerifyAuthChallengeResponse",)),
    Refused("session that is none", "RespondToAuthChallenge", "Session of 20 letters x", _WRONG,
            "Invalid session for the user.", "field", ("VerifyAuthChallengeResponse",)),
    Refused("new password too weak", "RespondToAuthChallenge", "NEW_PASSWORD_REQUIRED, password `short`",
            "InvalidPasswordException", f"{_POLICY}Password not long enough", "field", ("PreTokenGeneration",)),
    Refused("forgotten, unknown user", "ForgotPassword", "bob", "UserNotFoundException",
            "Username/client id combination not found.", "field"),
    Refused("forgotten, no verified address", "ForgotPassword", "ana without verified address",
            "InvalidParameterException",
            "Cannot reset password for the user as there is no registered/verified email or phone_number", "field",
            ("CustomMessage",)),
    Refused("forgotten, temporary password", "ForgotPassword", "ana is FORCE_CHANGE_PASSWORD", _WRONG,
            "User password cannot be reset in the current state.", "field", ("CustomMessage",)),
    Refused("forgotten, disabled", "ForgotPassword", "ana is disabled", _WRONG, "User is disabled.", "field"),
    Refused("forgotten too often", "ForgotPassword", "more often than the quota", "LimitExceededException",
            "Attempt limit exceeded, please try after some time.", "field 2019; the quota is not ours"),
    Refused("new password, wrong code", "ConfirmForgotPassword", "code 000000, sent 123456", "CodeMismatchException",
            "Invalid verification code provided, please try again.", "field", ("PostConfirmation",)),
    Refused("new password, old code", "ConfirmForgotPassword", "1 hour and 1 s after ForgotPassword",
            "ExpiredCodeException", "Invalid code provided, please request a code again.", "field; 1 hour: cog"),
    Refused("new password, never asked", "ConfirmForgotPassword", "no ForgotPassword before", "ExpiredCodeException",
            "Invalid code provided, please request a code again.", "cog; field"),
    Refused("new password, unknown user hidden", "ConfirmForgotPassword", "bob, PreventUserExistenceErrors ENABLED",
            "CodeMismatchException", "Invalid verification code provided, please try again.", "cog"),
    Refused("new password too weak for the policy", "ConfirmForgotPassword", "right code, password `short`",
            "InvalidPasswordException", f"{_POLICY}Password not long enough", "field", ("PostConfirmation",)),
    Refused("access token that is none", "GetUser", "AccessToken `x`", _WRONG, "Invalid Access Token", "field"),
    Refused("access token too old", "GetUser", "1 hour and 1 s after sign-in", _WRONG, "Access Token has expired", "field"),
    Refused("access token revoked", "GetUser", "after GlobalSignOut", _WRONG, "Access Token has been revoked", "field"),
    Refused("old password wrong", "ChangePassword", "PreviousPassword `Wrong-77`", _WRONG, INCORRECT, "field"),
    Refused("unknown user, administrator", "AdminGetUser", "bob", "UserNotFoundException", "User does not exist.", "field"),
    Refused("no such pool", "AdminGetUser", "UserPoolId us-east-1_nosuchpool", "ResourceNotFoundException",
            "User pool us-east-1_nosuchpool does not exist.", "field"),
]  # fmt: skip

LOCKOUTS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 900.0)
"""After five failed sign-ins: seconds of silence after the fifth and each later failure, to about 15 minutes (cog).
Attempts during one are ignored (NotAuthorizedException "Password attempts exceeded"); 15 minutes without one reset it."""

# ------------------------------------------------------------------------------------------------------ settings

_FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:work"


@attrs.frozen
class Config:
    """A LambdaConfig of CreateUserPool or UpdateUserPool, and the error that refuses it (None: taken)."""

    id: str
    config: dict[str, Any]
    error: str | None
    source: str


def _versioned(version: Any) -> dict[str, Any]:
    return {"LambdaVersion": version, "LambdaArn": _FUNCTION}


_KEY = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555"
_BAD = "InvalidParameterException"

CONFIGS: list[Config] = [
    Config("none", {}, None, "bc"),
    *[
        Config(name, {name: _FUNCTION}, None, "bc")
        for name in (
            "PreSignUp", "CustomMessage", "PostConfirmation", "PreAuthentication", "PostAuthentication",
            "DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse", "PreTokenGeneration",
            "UserMigration",
        )
    ],
    Config("alias", {"PreSignUp": f"{_FUNCTION}:live"}, None, "bc"),
    *[Config(f"tokens {v}", {"PreTokenGenerationConfig": _versioned(v)}, None, "bc") for v in ("V1_0", "V2_0", "V3_0")],
    Config("tokens V4_0", {"PreTokenGenerationConfig": _versioned("V4_0")}, _BAD, "bc"),
    Config("tokens twice, the same", {"PreTokenGeneration": _FUNCTION, "PreTokenGenerationConfig": _versioned("V1_0")}, None, "bc"),
    Config("tokens twice, different",
           {"PreTokenGeneration": f"{_FUNCTION}-2", "PreTokenGenerationConfig": _versioned("V2_0")}, _BAD, "bc"),
    Config("tokens without an ARN", {"PreTokenGenerationConfig": {"LambdaVersion": "V2_0"}}, _BAD, "bc"),
    Config("sender with a key", {"CustomEmailSender": _versioned("V1_0"), "KMSKeyID": _KEY}, None, "bc"),
    Config("SMS sender with a key", {"CustomSMSSender": _versioned("V1_0"), "KMSKeyID": _KEY}, None, "bc"),
    Config("sender without a key", {"CustomEmailSender": _versioned("V1_0")}, _BAD, "cog (needs one); choice"),
    Config("sender V2_0", {"CustomEmailSender": _versioned("V2_0"), "KMSKeyID": _KEY}, _BAD, "bc"),
    Config("federation", {"InboundFederation": _versioned("V1_0")}, None, "bc"),
    Config("federation V2_0", {"InboundFederation": _versioned("V2_0")}, _BAD, "bc"),
    Config("no ARN", {"PreSignUp": "work"}, _BAD, "bc (20 to 2,048 characters, pattern)"),
    Config("empty", {"PreSignUp": ""}, _BAD, "bc"),
    Config("unknown trigger", {"PostSignUp": _FUNCTION}, _BAD, "choice"),
]  # fmt: skip


@attrs.frozen
class Limit:
    """A parameter of a call at its limits: `good` and `bad` are lengths or values (bad: InvalidParameterException)."""

    id: str
    operation: str
    parameter: str
    good: tuple[int, ...]
    bad: tuple[int, ...]


LIMITS: list[Limit] = [
    Limit("pool name", "CreateUserPool", "PoolName (length)", (1, 128), (0, 129)),
    Limit("client name", "CreateUserPoolClient", "ClientName (length)", (1, 128), (0, 129)),
    Limit("user name", "SignUp", "Username (length)", (1, 128), (0, 129)),
    Limit("password", "SignUp", "Password (length)", (8, 256), (257,)),
    Limit("minimum length", "CreateUserPool", "PasswordPolicy.MinimumLength", (6, 99), (5, 100)),
    Limit("temporary password", "CreateUserPool", "PasswordPolicy.TemporaryPasswordValidityDays", (0, 365), (-1, 366)),
    Limit("history", "CreateUserPool", "PasswordPolicy.PasswordHistorySize", (0, 24), (-1, 25)),
    Limit("session", "CreateUserPoolClient", "AuthSessionValidity (minutes)", (3, 15), (2, 16)),
]
"""bc."""
