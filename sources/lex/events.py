"""What the functions of bots get."""

from typing import Any, Literal, NotRequired, TypedDict

CodeHook = Literal["DialogCodeHook", "FulfillmentCodeHook"]
ConfirmationState = Literal["None", "Confirmed", "Denied"]


class LexSlotValue(TypedDict):
    interpretedValue: str
    originalValue: str
    resolvedValues: list[str]


class LexSlot(TypedDict):
    shape: Literal["Scalar"]
    value: LexSlotValue


class LexIntent(TypedDict):
    name: str
    slots: dict[str, LexSlot | None]
    state: str
    confirmationState: ConfirmationState


class LexBot(TypedDict):
    id: str
    name: str
    aliasId: str
    aliasName: str
    localeId: str
    version: str


class LexInterpretation(TypedDict):
    intent: LexIntent
    nluConfidence: NotRequired[float]
    interpretationSource: Literal["Lex"]


class LexDialogAction(TypedDict):
    type: Literal["Close", "ConfirmIntent", "ElicitSlot"]
    slotToElicit: NotRequired[str]


class LexPrompt(TypedDict):
    attempt: str


class LexProposedNextState(TypedDict):
    dialogAction: LexDialogAction
    intent: LexIntent
    prompt: NotRequired[LexPrompt]


class LexTimeToLive(TypedDict):
    timeToLiveInSeconds: int
    turnsToLive: int


class LexContext(TypedDict):
    name: str
    contextAttributes: dict[str, str]
    timeToLive: LexTimeToLive


class LexSessionState(TypedDict):
    activeContexts: list[LexContext]
    sessionAttributes: dict[str, str]
    intent: LexIntent
    originatingRequestId: str


class LexResolvedContext(TypedDict):
    intent: str


class LexTranscription(TypedDict):
    transcription: str
    transcriptionConfidence: float
    resolvedContext: LexResolvedContext
    resolvedSlots: dict[str, LexSlot]


class LexEvent(TypedDict):
    """Of V2."""

    messageVersion: Literal["1.0"]
    invocationSource: CodeHook
    inputMode: Literal["Text"]
    responseContentType: str
    sessionId: str
    inputTranscript: str
    bot: LexBot
    interpretations: list[LexInterpretation]
    proposedNextState: NotRequired[LexProposedNextState]  # before the fulfilment
    requestAttributes: NotRequired[dict[str, str]]
    sessionState: LexSessionState
    transcriptions: list[LexTranscription]


class LexV1Bot(TypedDict):
    name: str
    alias: str
    version: str


class LexV1Resolution(TypedDict):
    value: str


class LexV1SlotDetail(TypedDict):
    resolutions: list[LexV1Resolution]
    originalValue: str


class LexV1Intent(TypedDict):
    name: str
    nluIntentConfidenceScore: float
    slots: dict[str, str | None]
    slotDetails: dict[str, LexV1SlotDetail | None]
    confirmationStatus: ConfirmationState


class LexV1Context(TypedDict):
    name: str
    timeToLive: LexTimeToLive
    parameters: dict[str, str]


class LexV1IntentSummary(TypedDict):
    intentName: str
    checkpointLabel: str | None
    slots: dict[str, str | None]
    confirmationStatus: ConfirmationState
    dialogActionType: str
    fulfillmentState: str | None
    slotToElicit: str | None


class LexV1Event(TypedDict):
    messageVersion: Literal["1.0"]
    invocationSource: CodeHook
    userId: str
    sessionAttributes: dict[str, str]
    bot: LexV1Bot
    outputDialogMode: Literal["Text"]
    currentIntent: LexV1Intent
    inputTranscript: str
    requestAttributes: dict[str, str] | None
    alternativeIntents: list[Any]
    recentIntentSummaryView: list[LexV1IntentSummary] | None
    sentimentResponse: None
    kendraResponse: None
    activeContexts: list[LexV1Context]
