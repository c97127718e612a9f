"""What functions of triggers get, and send back with `response` filled in.

Shapes as in captures of real events; those of custom senders and of inbound federation as the guide prints them.
`clientMetadata` is missing where nothing was given, `userNotFound` where the user is known.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final, NotRequired, TypedDict

from eventbus.names import REGION

from .triggers import trigger_of

Texts = Mapping[str, str]

NO_CLIENT: Final = "CLIENT_ID_NOT_APPLICABLE"
"""What stands for the client where an administrator calls."""
SDK: Final = "aws-sdk-unknown-unknown"
CODE: Final = "{####}"
USERNAME: Final = "{username}"
LINK: Final = "{##Click Here##}"


class CallerContext(TypedDict):
    awsSdkVersion: str
    clientId: str


class TriggerEvent(TypedDict):
    """What all events have beside `request` and `response`."""

    version: str
    region: str
    userPoolId: str
    userName: str
    callerContext: CallerContext
    triggerSource: str


class AttributesRequest(TypedDict):
    userAttributes: Texts
    clientMetadata: NotRequired[Texts]


class ValidatedRequest(AttributesRequest):
    validationData: Texts | None
    userNotFound: NotRequired[bool]


class PreSignUpResponse(TypedDict):
    autoConfirmUser: bool
    autoVerifyEmail: bool
    autoVerifyPhone: bool


class PreSignUpEvent(TriggerEvent):
    request: ValidatedRequest
    response: PreSignUpResponse


class NoResponse(TypedDict):
    pass


class PreAuthenticationEvent(TriggerEvent):
    request: ValidatedRequest
    response: NoResponse


class PostConfirmationEvent(TriggerEvent):
    request: AttributesRequest
    response: NoResponse


class PostAuthenticationRequest(AttributesRequest):
    newDeviceUsed: bool


class PostAuthenticationEvent(TriggerEvent):
    request: PostAuthenticationRequest
    response: NoResponse


class GroupConfiguration(TypedDict):
    groupsToOverride: list[str]
    iamRolesToOverride: list[str]
    preferredRole: str | None


class PreTokenGenerationRequest(AttributesRequest):
    """`scopes` in versions 2 and 3."""

    groupConfiguration: GroupConfiguration
    scopes: NotRequired[list[str]]


class PreTokenGenerationResponse(TypedDict):
    claimsOverrideDetails: dict[str, Any] | None


class PreTokenGenerationV2Response(TypedDict):
    claimsAndScopeOverrideDetails: dict[str, Any] | None


class PreTokenGenerationEvent(TriggerEvent):
    request: PreTokenGenerationRequest
    response: PreTokenGenerationResponse


class PreTokenGenerationV2Event(TriggerEvent):
    request: PreTokenGenerationRequest
    response: PreTokenGenerationV2Response


class UserMigrationRequest(TypedDict):
    password: NotRequired[str]
    validationData: Texts | None
    clientMetadata: NotRequired[Texts]


class UserMigrationResponse(TypedDict):
    userAttributes: Texts | None
    finalUserStatus: str | None
    messageAction: str | None
    desiredDeliveryMediums: list[str] | None
    forceAliasCreation: bool | None
    enableSMSMFA: bool | None


class UserMigrationEvent(TriggerEvent):
    request: UserMigrationRequest
    response: UserMigrationResponse


class CustomMessageRequest(AttributesRequest):
    codeParameter: str
    linkParameter: str
    usernameParameter: str | None


class CustomMessageResponse(TypedDict):
    smsMessage: str | None
    emailMessage: str | None
    emailSubject: str | None


class CustomMessageEvent(TriggerEvent):
    request: CustomMessageRequest
    response: CustomMessageResponse


class ChallengeResult(TypedDict):
    challengeName: str
    challengeResult: bool
    challengeMetadata: str | None


class DefineAuthChallengeRequest(AttributesRequest):
    session: Sequence[ChallengeResult]
    userNotFound: NotRequired[bool]


class DefineAuthChallengeResponse(TypedDict):
    challengeName: str | None
    issueTokens: bool | None
    failAuthentication: bool | None


class DefineAuthChallengeEvent(TriggerEvent):
    request: DefineAuthChallengeRequest
    response: DefineAuthChallengeResponse


class CreateAuthChallengeRequest(DefineAuthChallengeRequest):
    challengeName: str


class CreateAuthChallengeResponse(TypedDict):
    publicChallengeParameters: Texts | None
    privateChallengeParameters: Texts | None
    challengeMetadata: str | None


class CreateAuthChallengeEvent(TriggerEvent):
    request: CreateAuthChallengeRequest
    response: CreateAuthChallengeResponse


class VerifyAuthChallengeRequest(AttributesRequest):
    privateChallengeParameters: Texts
    challengeAnswer: str
    userNotFound: NotRequired[bool]


class VerifyAuthChallengeResponse(TypedDict):
    answerCorrect: bool | None


class VerifyAuthChallengeEvent(TriggerEvent):
    request: VerifyAuthChallengeRequest
    response: VerifyAuthChallengeResponse


class CustomSenderRequest(TypedDict):
    """`code` is base64; what the pool's key would have encrypted is in it as it is."""

    type: str
    code: str
    clientMetadata: Texts | None
    userAttributes: Texts


class CustomSenderEvent(TriggerEvent):
    """Of custom_email_sender and custom_sms_sender."""

    request: CustomSenderRequest


class InboundAttributes(TypedDict, total=False):
    tokenResponse: Mapping[str, Any]
    idToken: Mapping[str, Any]
    userInfo: Mapping[str, Any]
    samlResponse: Mapping[str, Any]


class InboundFederationRequest(TypedDict):
    providerName: str
    providerType: str
    attributes: InboundAttributes


class InboundFederationResponse(TypedDict):
    userAttributesToMap: Texts | None


class InboundFederationEvent(TriggerEvent):
    request: InboundFederationRequest
    response: InboundFederationResponse


SENDERS: Final = ("CustomEmailSender", "CustomSMSSender")
_AS_PRINTED: Final = (*SENDERS, "InboundFederation")
_SILENT: Final[dict[str, tuple[str, ...]]] = {
    "PreTokenGeneration": ("claimsOverrideDetails",),
    "UserMigration": tuple(UserMigrationResponse.__annotations__),
    "CustomMessage": tuple(CustomMessageResponse.__annotations__),
    "DefineAuthChallenge": tuple(DefineAuthChallengeResponse.__annotations__),
    "CreateAuthChallenge": tuple(CreateAuthChallengeResponse.__annotations__),
    "VerifyAuthChallengeResponse": tuple(VerifyAuthChallengeResponse.__annotations__),
    "InboundFederation": tuple(InboundFederationResponse.__annotations__),
}
"""Members of `response` that arrive as null."""


def event(
    source: str, pool_id: str, username: str, client_id: str | None, request: Mapping[str, Any], version: str = "1"
) -> dict[str, Any]:
    """The event of a trigger."""
    trigger, context = trigger_of(source), {"awsSdkVersion": SDK, "clientId": client_id or NO_CLIENT}
    where = {"region": REGION, "userPoolId": pool_id, "userName": username, "callerContext": context}
    if trigger in _AS_PRINTED:
        head = {"version": version, "triggerSource": source, **where}
    else:
        head = {"version": version, **where, "triggerSource": source}
    if trigger in SENDERS:
        return {**head, "request": request}
    return {**head, "request": request, "response": _response(trigger, version)}


def request(
    attributes: Texts,
    members: Mapping[str, Any] | None = None,
    metadata: Texts | None = None,
    *,
    user_not_found: bool = False,
) -> dict[str, Any]:
    """The request of a trigger that is told a user's attributes."""
    found = {"userAttributes": attributes, **(members or {})}
    if metadata is not None:
        found["clientMetadata"] = metadata
    if user_not_found:
        found["userNotFound"] = True
    return found


def sender_request(type: str, code: str, metadata: Texts | None, attributes: Texts) -> CustomSenderRequest:
    encoded = b64encode(code.encode()).decode()
    return {"type": type, "code": encoded, "clientMetadata": metadata, "userAttributes": attributes}


def _response(trigger: str, version: str) -> dict[str, Any]:
    if trigger == "PreSignUp":
        return {"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False}
    if version != "1":
        return {"claimsAndScopeOverrideDetails": None}
    return dict.fromkeys(_SILENT.get(trigger, ()))
