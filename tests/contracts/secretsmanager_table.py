"""Rotation of Secrets Manager as data: the four steps, the staging labels, and the calls a rotation function makes.

Unless a row says otherwise: secret `db` whose version `V1` holds AWSCURRENT with the text `old`; its rotation function
is `work`; RotateSecret with the ClientRequestToken `V2` at 0 s. The function does what AWS's templates do (see `USUAL`).

Sources, in the columns `source`: "sm" is the Secrets Manager user guide, "systems" and "semantics" the project's
reference texts, "bc" the service model (botocore 1.44.5, secretsmanager), "field" public reports of what AWS did, "unverified"
general knowledge of the service found in no text read, "choice" ours. Every error has status 400 but InternalServiceError
(500).
"""

from typing import Any

import attrs

V0 = "00000000-0000-4000-8000-000000000000"
V1 = "11111111-1111-4111-8111-111111111111"
V2 = "22222222-2222-4222-8222-222222222222"
V3 = "33333333-3333-4333-8333-333333333333"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")

CURRENT = "AWSCURRENT"
PENDING = "AWSPENDING"
PREVIOUS = "AWSPREVIOUS"

Labels = dict[str, list[str]]
"""VersionIdsToStages: labels by version, those of one version in any order; versions without a label are not in it."""

BEFORE: Labels = {V1: [CURRENT], V2: [PENDING]}
"""What the function finds in createSecret: AWSPENDING is there, on a version that has no value yet (bc; the templates
check for it; GetSecretValue of that version fails)."""

USUAL: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "createSecret": (
        ("DescribeSecret", {}),
        ("GetSecretValue", {"VersionStage": CURRENT}),
        ("GetSecretValue", {"VersionId": V2, "VersionStage": PENDING}),
        (
            "PutSecretValue",
            {"ClientRequestToken": V2, "SecretString": "new", "VersionStages": [PENDING]},
        ),
    ),
    "setSecret": (("GetSecretValue", {"VersionId": V2, "VersionStage": PENDING}),),
    "testSecret": (("GetSecretValue", {"VersionId": V2, "VersionStage": PENDING}),),
    "finishSecret": (
        ("DescribeSecret", {}),
        ("UpdateSecretVersionStage", {"VersionStage": CURRENT, "MoveToVersionId": V2, "RemoveFromVersionId": V1}),
    ),
}
"""Calls of each step; the third of createSecret is refused (ResourceNotFoundException) and that is caught."""

# ------------------------------------------------------------------------------------------------------ rotations


@attrs.frozen
class Rotation:
    """A rotation begun by RotateSecret: the steps that reach the function, and what it leaves behind.

    `steps` holds (seconds, step). `value` is the text under AWSCURRENT afterwards, `pending` that under AWSPENDING (None:
    no value, or no such label). `rotated`: LastRotatedDate is set. The steps follow one another at once.
    """

    id: str
    situation: str
    steps: tuple[tuple[float, str], ...]
    labels: Labels
    value: str
    rotated: bool
    source: str
    pending: str | None = None


_ALL = tuple((0.0, step) for step in STEPS)
_DONE: Labels = {V2: [CURRENT, PENDING], V1: [PREVIOUS]}

ROTATIONS: list[Rotation] = [
    Rotation("success", "usual", _ALL, _DONE, "new", True, "bc; sm (AWSPENDING may stay on the current version)", "new"),
    Rotation(
        "success, pending label taken off",
        "finishSecret also removes AWSPENDING from V2",
        _ALL,
        {V2: [CURRENT], V1: [PREVIOUS]},
        "new",
        True,
        "bc",
    ),
    Rotation(
        "second rotation: the one before the last has no label",
        "usual; V0 holds AWSPREVIOUS before",
        _ALL,
        _DONE,
        "new",
        True,
        "bc",
        "new",
    ),
    Rotation("what the function returns is not looked at", "usual; each step returns 7", _ALL, _DONE, "new", True,
             "systems 3.7", "new"),
    Rotation("raises in createSecret, at once", "createSecret raises before any call", _ALL[:1], BEFORE, "old", False,
             "sm; bc (the label may be on an empty version)"),
    Rotation("raises in createSecret, after its value is put", "createSecret raises after PutSecretValue", _ALL[:1], BEFORE,
             "old", False, "sm", "new"),
    Rotation("raises in setSecret", "setSecret raises", _ALL[:2], BEFORE, "old", False, "sm", "new"),
    Rotation("raises in testSecret", "testSecret raises", _ALL[:3], BEFORE, "old", False, "sm", "new"),
    Rotation("raises in finishSecret, before the labels move", "finishSecret raises before UpdateSecretVersionStage", _ALL,
             BEFORE, "old", False, "sm", "new"),
    Rotation("raises in finishSecret, after the labels moved", "finishSecret raises after UpdateSecretVersionStage", _ALL,
             _DONE, "new", False, "choice (LastRotatedDate)", "new"),
    Rotation("times out in setSecret", "setSecret runs into its timeout of 3 s", _ALL[:2], BEFORE, "old", False, "sm", "new"),
    Rotation("does nothing", "every step returns without a call", _ALL, BEFORE, "old", False,
             "field (such a rotation never completes)"),
    Rotation("createSecret puts without labels: current before it was set and tested",
             "createSecret puts `new` without VersionStages; the later steps see V2 as current and return", _ALL,
             _DONE, "new", True, "bc (such a call moves AWSCURRENT)", "new"),
    Rotation("throttled", "reserved concurrency 0", (), BEFORE, "old", False, "unverified"),
]  # fmt: skip

REPEATS: tuple[float, ...] = ()
"""Seconds after the failure at which the service begins all steps again with the same token. It does so "multiple times
during the open rotation windows" (sm, bc), but no number and no time was found; so none, unless a setting says otherwise
(choice). With a schedule, its next time begins the same rotation again."""


@attrs.frozen
class Again:
    """RotateSecret called once more, after `situation`: an error, or the rotation begins with `token` and `steps`."""

    id: str
    situation: str
    token: str
    error: str | None
    source: str
    steps: tuple[str, ...] = ()
    message: str | None = None


INCOMPLETE = "A previous rotation isn't complete. That rotation will be reattempted."
_REQUEST = "InvalidRequestException"

AGAIN: list[Again] = [
    Again("after success", "success, AWSPENDING on the current version", V3, None, "bc", STEPS),
    Again("after success without the label", "success, AWSPENDING on no version", V3, None, "bc", STEPS),
    Again("after a failed step", "setSecret raised", V3, _REQUEST, "bc; text: field", (), INCOMPLETE),
    Again("after a failed step, same token", "setSecret raised", V2, None, "choice (the same rotation again)", STEPS),
    Again("after the label was taken off", "setSecret raised, then AWSPENDING removed from V2", V3, None, "bc", STEPS),
    Again("same token after success", "success with V2", V2, None, "unverified: does nothing", ()),
]  # fmt: skip


@attrs.frozen
class Started:
    """RotateSecret and what refuses it (None: begins)."""

    id: str
    parameters: dict[str, Any]
    error: str | None
    source: str
    situation: str = "rotation function set before"
    message: str | None = None


_WORK = "arn:aws:lambda:us-east-1:000000000000:function:work"
_PARAMETER = "InvalidParameterException"
_NOT_FOUND = "ResourceNotFoundException"
NO_SECRET = "Secrets Manager can't find the specified secret."

STARTS: list[Started] = [
    Started("again", {}, None, "bc"),
    Started("function given", {"RotationLambdaARN": _WORK}, None, "bc", "no rotation function"),
    Started("no function", {}, _REQUEST, "bc; text: field", "no rotation function",
            "No Lambda rotation function ARN is associated with this secret."),
    Started("no such secret", {"SecretId": "nosuch"}, _NOT_FOUND, "bc; text: field", message=NO_SECRET),
    Started("secret to be deleted", {}, _REQUEST, "bc; text: field", "DeleteSecret called before",
            "You can't perform this operation on the secret because it was marked for deletion."),
    Started("function not permitted", {"RotationLambdaARN": _WORK}, "AccessDeniedException", "field",
            "secretsmanager.amazonaws.com may not invoke the function",
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access "
            "to the principal secretsmanager.amazonaws.com."),
    Started("no such function", {"RotationLambdaARN": f"{_WORK}-2"}, "AccessDeniedException", "unverified"),
    Started("token of 32 letters", {"ClientRequestToken": "x" * 32}, None, "bc"),
    Started("token of 31 letters", {"ClientRequestToken": "x" * 31}, _PARAMETER, "bc"),
    Started("token of 64 letters", {"ClientRequestToken": "x" * 64}, None, "bc"),
    Started("token of 65 letters", {"ClientRequestToken": "x" * 65}, _PARAMETER, "bc"),
    Started("1 day", {"RotationRules": {"AutomaticallyAfterDays": 1}}, None, "bc"),
    Started("1,000 days", {"RotationRules": {"AutomaticallyAfterDays": 1000}}, None, "bc"),
    Started("0 days", {"RotationRules": {"AutomaticallyAfterDays": 0}}, _PARAMETER, "bc"),
    Started("1,001 days", {"RotationRules": {"AutomaticallyAfterDays": 1001}}, _PARAMETER, "bc"),
    Started("days and a schedule",
            {"RotationRules": {"AutomaticallyAfterDays": 1, "ScheduleExpression": "rate(1 days)"}}, _PARAMETER, "bc"),
    Started("rate of 4 hours", {"RotationRules": {"ScheduleExpression": "rate(4 hours)"}}, None, "sm (4 hours at least)"),
    Started("rate of 3 hours", {"RotationRules": {"ScheduleExpression": "rate(3 hours)"}}, _PARAMETER, "sm"),
    Started("duration", {"RotationRules": {"AutomaticallyAfterDays": 1, "Duration": "3h"}}, None, "bc"),
    Started("duration in minutes", {"RotationRules": {"AutomaticallyAfterDays": 1, "Duration": "30m"}}, _PARAMETER, "bc"),
    Started("no value yet", {"RotationLambdaARN": _WORK}, None, "unverified", "secret without any version"),
]  # fmt: skip

NOT_IMMEDIATELY = ("testSecret",)
"""Steps that RotateSecret with RotateImmediately False runs, to test the configuration; the AWSPENDING version made for
it is removed again (bc)."""

# --------------------------------------------------------------------------------------------- calls of a function


@attrs.frozen
class Called:
    """One call while the secret stands as `labels` and `values` say: an error, or the labels afterwards.

    `values` are the texts by version; a version with labels and no value is one that a rotation made. `gets` is the
    version whose value GetSecretValue gives.
    """

    id: str
    operation: str
    parameters: dict[str, Any]
    labels: Labels
    values: dict[str, str]
    error: str | None
    source: str
    after: Labels | None = None
    gets: str | None = None
    message: str | None = None


_EMPTY = {V1: "old"}
_BOTH = {V1: "old", V2: "new"}
_ROTATED: Labels = {V2: [CURRENT, PENDING], V1: [PREVIOUS]}
_ONE: Labels = {V1: [CURRENT]}


def _no_value(what: str, which: str) -> str:
    return f"Secrets Manager can't find the specified secret value for {what}: {which}"


_GET = "GetSecretValue"
_PUT = "PutSecretValue"
_MOVE = "UpdateSecretVersionStage"


def _get(
    id: str, parameters: dict[str, Any], labels: Labels, values: dict[str, str], gets: str, source: str = "bc"
) -> Called:
    return Called(id, _GET, parameters, labels, values, None, source, gets=gets)


CALLS: list[Called] = [
    _get("no label: current", {}, BEFORE, _BOTH, V1),
    _get("current", {"VersionStage": CURRENT}, BEFORE, _BOTH, V1),
    _get("pending", {"VersionStage": PENDING}, BEFORE, _BOTH, V2),
    _get("previous", {"VersionStage": PREVIOUS}, _ROTATED, _BOTH, V1),
    _get("version", {"VersionId": V2}, BEFORE, _BOTH, V2),
    _get("version and its label", {"VersionId": V2, "VersionStage": PENDING}, BEFORE, _BOTH, V2),
    _get("version without a label", {"VersionId": V1}, {V2: [CURRENT]}, _BOTH, V1, "sm (kept until it is deleted)"),
    Called("pending, no value yet", _GET, {"VersionStage": PENDING}, BEFORE, _EMPTY, _NOT_FOUND, "sm; text: field",
           message=_no_value("staging label", PENDING)),
    Called("pending version, no value yet", _GET, {"VersionId": V2, "VersionStage": PENDING}, BEFORE, _EMPTY, _NOT_FOUND,
           "sm; text: field", message=_no_value("VersionId", V2)),
    Called("no such label", _GET, {"VersionStage": PREVIOUS}, _ONE, _EMPTY, _NOT_FOUND, "field",
           message=_no_value("staging label", PREVIOUS)),
    Called("no such version", _GET, {"VersionId": V3}, _ONE, _EMPTY, _NOT_FOUND, "field",
           message=_no_value("VersionId", V3)),
    Called("version and another's label", _GET, {"VersionId": V2, "VersionStage": CURRENT}, BEFORE, _BOTH, _REQUEST,
           "bc (must be the same version); text: field",
           message="You provided a VersionStage that is not associated to the provided VersionId."),
    Called("no such secret", _GET, {"SecretId": "nosuch"}, _ONE, _EMPTY, _NOT_FOUND, "bc; text: field", message=NO_SECRET),
    Called("no secret named", _GET, {"SecretId": ""}, _ONE, _EMPTY, _PARAMETER, "bc (1 to 2,048)"),
    Called("version id of 31 letters", _GET, {"VersionId": "x" * 31}, _ONE, _EMPTY, _PARAMETER, "bc"),
    Called("put: new version", _PUT, {"ClientRequestToken": V2, "SecretString": "new"}, _ONE, _EMPTY, None, "bc",
           {V2: [CURRENT], V1: [PREVIOUS]}),
    Called("put: first version", _PUT, {"ClientRequestToken": V1, "SecretString": "old"}, {}, {}, None, "bc",
           {V1: [CURRENT]}),
    Called("put: first version, other label", _PUT,
           {"ClientRequestToken": V1, "SecretString": "old", "VersionStages": [PENDING]}, {}, {}, None, "bc",
           {V1: [CURRENT, PENDING]}),
    Called("put: pending", _PUT, {"ClientRequestToken": V2, "SecretString": "new", "VersionStages": [PENDING]}, BEFORE,
           _EMPTY, None, "bc", BEFORE),
    Called("put: pending without a rotation", _PUT,
           {"ClientRequestToken": V2, "SecretString": "new", "VersionStages": [PENDING]}, _ONE, _EMPTY, None, "bc", BEFORE),
    Called("put: pending moves to another version", _PUT,
           {"ClientRequestToken": V3, "SecretString": "newer", "VersionStages": [PENDING]}, BEFORE, _BOTH, None, "bc",
           {V1: [CURRENT], V3: [PENDING]}),
    Called("put: own label", _PUT, {"ClientRequestToken": V2, "SecretString": "new", "VersionStages": ["BLUE"]}, _ONE,
           _EMPTY, None, "bc", {V1: [CURRENT], V2: ["BLUE"]}),
    Called("put: current by name", _PUT, {"ClientRequestToken": V2, "SecretString": "new", "VersionStages": [CURRENT]}, _ONE,
           _EMPTY, None, "bc", {V2: [CURRENT], V1: [PREVIOUS]}),
    Called("put: previous moves on", _PUT, {"ClientRequestToken": V3, "SecretString": "newer"},
           {V2: [CURRENT], V1: [PREVIOUS]}, _BOTH, None, "bc", {V3: [CURRENT], V2: [PREVIOUS]}),
    Called("put: again the same", _PUT, {"ClientRequestToken": V2, "SecretString": "new", "VersionStages": [PENDING]},
           BEFORE, _BOTH, None, "bc (does nothing)", BEFORE),
    Called("put: again, other text", _PUT, {"ClientRequestToken": V2, "SecretString": "x", "VersionStages": [PENDING]},
           BEFORE, _BOTH, "ResourceExistsException", "bc; text: field",
           message="You can't modify an existing version, you can only create new versions."),
    Called("put: neither text nor bytes", _PUT, {"ClientRequestToken": V2}, _ONE, _EMPTY, _PARAMETER, "bc; text: field",
           message="You must provide either SecretString or SecretBinary."),
    Called("put: both", _PUT, {"ClientRequestToken": V2, "SecretString": "x", "SecretBinary": b"x"}, _ONE, _EMPTY, _PARAMETER,
           "bc; text: field", message="You can't specify both a binary secret value and a string secret value in the same secret."),
    Called("put: 65,536 bytes", _PUT, {"ClientRequestToken": V2, "SecretString": "x" * 65_536}, _ONE, _EMPTY, None, "bc",
           {V2: [CURRENT], V1: [PREVIOUS]}),
    Called("put: 65,537 bytes", _PUT, {"ClientRequestToken": V2, "SecretString": "x" * 65_537}, _ONE, _EMPTY, _PARAMETER, "bc"),
    Called("put: empty text", _PUT, {"ClientRequestToken": V2, "SecretString": ""}, _ONE, _EMPTY, _PARAMETER, "bc"),
    Called("put: 20 labels", _PUT, {"ClientRequestToken": V2, "SecretString": "x",
           "VersionStages": [f"L{n}" for n in range(20)]}, _ONE, _EMPTY, None, "bc",
           {V1: [CURRENT], V2: [f"L{n}" for n in range(20)]}),
    Called("put: 21 labels", _PUT, {"ClientRequestToken": V2, "SecretString": "x",
           "VersionStages": [f"L{n}" for n in range(21)]}, _ONE, _EMPTY, _PARAMETER, "bc"),
    Called("put: no labels in the list", _PUT, {"ClientRequestToken": V2, "SecretString": "x", "VersionStages": []}, _ONE,
           _EMPTY, _PARAMETER, "bc (1 to 20)"),
    Called("put: token of 31 letters", _PUT, {"ClientRequestToken": "x" * 31, "SecretString": "x"}, _ONE, _EMPTY,
           _PARAMETER, "bc"),
    Called("move: finish", _MOVE, {"VersionStage": CURRENT, "MoveToVersionId": V2, "RemoveFromVersionId": V1}, BEFORE, _BOTH,
           None, "bc", _ROTATED),
    Called("move: roll back", _MOVE, {"VersionStage": CURRENT, "MoveToVersionId": V1, "RemoveFromVersionId": V2},
           {V2: [CURRENT], V1: [PREVIOUS]}, _BOTH, None, "bc", {V1: [CURRENT], V2: [PREVIOUS]}),
    Called("move: pending taken off", _MOVE, {"VersionStage": PENDING, "RemoveFromVersionId": V2}, BEFORE, _BOTH, None, "bc",
           {V1: [CURRENT]}),
    Called("move: pending taken off the current", _MOVE, {"VersionStage": PENDING, "RemoveFromVersionId": V2}, _ROTATED,
           _BOTH, None, "bc", {V2: [CURRENT], V1: [PREVIOUS]}),
    Called("move: own label added", _MOVE, {"VersionStage": "BLUE", "MoveToVersionId": V1}, _ONE, _EMPTY, None, "bc",
           {V1: [CURRENT, "BLUE"]}),
    Called("move: own label moved", _MOVE, {"VersionStage": "BLUE", "MoveToVersionId": V2, "RemoveFromVersionId": V1},
           {V1: [CURRENT, "BLUE"], V2: [PENDING]}, _BOTH, None, "bc", {V1: [CURRENT], V2: [PENDING, "BLUE"]}),
    Called("move: from nowhere named", _MOVE, {"VersionStage": CURRENT, "MoveToVersionId": V2}, BEFORE, _BOTH, _PARAMETER,
           "bc; text: field",
           message=f"The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to "
           f"version {V1}, so you must explicitly reference that version in RemoveFromVersionId."),
    Called("move: from another", _MOVE, {"VersionStage": CURRENT, "MoveToVersionId": V2, "RemoveFromVersionId": V3}, BEFORE,
           _BOTH, _PARAMETER, "bc (the operation fails)"),
    Called("move: already there", _MOVE, {"VersionStage": CURRENT, "MoveToVersionId": V1}, BEFORE, _BOTH, None, "choice",
           BEFORE),
    Called("move: current taken off", _MOVE, {"VersionStage": CURRENT, "RemoveFromVersionId": V1}, BEFORE, _BOTH, _PARAMETER,
           "field", message="You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed."),
    Called("move: to no such version", _MOVE, {"VersionStage": CURRENT, "MoveToVersionId": V3, "RemoveFromVersionId": V1},
           BEFORE, _BOTH, _NOT_FOUND, "bc; text: field", message=_no_value("VersionId", V3)),
    Called("move: taken off where it is not", _MOVE, {"VersionStage": PENDING, "RemoveFromVersionId": V1}, BEFORE, _BOTH,
           _PARAMETER, "choice"),
    Called("move: neither from nor to", _MOVE, {"VersionStage": PENDING}, BEFORE, _BOTH, _PARAMETER, "choice"),
    Called("move: label of 257 letters", _MOVE, {"VersionStage": "x" * 257, "MoveToVersionId": V1}, _ONE, _EMPTY, _PARAMETER,
           "bc"),
    Called("move: no such secret", _MOVE, {"SecretId": "nosuch", "VersionStage": "BLUE", "MoveToVersionId": V1}, _ONE, _EMPTY,
           _NOT_FOUND, "bc; text: field", message=NO_SECRET),
    Called("described", "DescribeSecret", {}, BEFORE, _EMPTY, None,
           "bc (versions with a label and no value are in VersionIdsToStages)", BEFORE),
    Called("described: no such secret", "DescribeSecret", {"SecretId": "nosuch"}, _ONE, _EMPTY, _NOT_FOUND,
           "bc; text: field", message=NO_SECRET),
]  # fmt: skip
"""Where `parameters` has no SecretId, it is `db`. A refused call changes no label and no value."""

DELETED = "You can't perform this operation on the secret because it was marked for deletion."
"""InvalidRequestException of GetSecretValue, PutSecretValue, UpdateSecretVersionStage and RotateSecret between DeleteSecret
and RestoreSecret; DescribeSecret goes on answering, with DeletedDate (bc; text: field)."""

CANCELLED: Labels = BEFORE
"""Labels after CancelRotateSecret in the middle: as they are; RotationEnabled is False (bc)."""
