"""Lambda actions of CodePipeline as data: the job, the result calls, and when an action ends.

Unless a row says otherwise: one action `check` of the pipeline `shop` whose function `work` is started with its job at
0 s and returns at once without calling anything; the job's id is known from the event.

Sources, in the columns `source`: "cp" is the CodePipeline user guide, "systems" and "semantics" the project's reference
texts, "bc" the service model (botocore 1.44.5, codepipeline), "field" public reports of what AWS did, "unverified"
general knowledge of the service found in no text read, "choice" ours. Every error has status 400.
"""

from typing import Any

import attrs

RESULT_TIMEOUT = 20 * 60.0
"""Seconds without a result after which the action fails; a continuation token starts them again (cp)."""
ACTION_TIMEOUT = 24 * 3600.0
"""Seconds after which the action fails whatever is called (cp)."""
CONTINUE_AFTER = 30.0
"""Seconds from the continuation token to the next job (field: about 30; the guide has no number; our choice)."""

# ---------------------------------------------------------------------------------------------------- timelines


@attrs.frozen
class Job:
    """The function is invoked `at` with `continuationToken` `token` (None: no such member) and does `calls`.

    Each call is (seconds, operation, parameters without jobId). `fails`: the handler raises after its calls. `same`: the
    job's id is that of the job before (an attempt of the function service), else another one.
    """

    at: float
    calls: tuple[tuple[float, str, dict[str, Any]], ...] = ()
    token: str | None = None
    fails: bool = False
    same: bool = False


@attrs.frozen
class Action:
    """An action's course: its jobs, and how it ends: `status` Succeeded or Failed, when, with which error.

    `code` and `message` are errorDetails of the action's execution (None: not compared); `variables` its output.
    """

    id: str
    jobs: tuple[Job, ...]
    status: str
    ends: float
    source: str
    code: str | None = None
    message: str | None = None
    variables: dict[str, str] = attrs.Factory(dict)


_OK = "PutJobSuccessResult"
_NO = "PutJobFailureResult"
_BOOM: dict[str, Any] = {"failureDetails": {"type": "JobFailed", "message": "boom"}}


def _more(at: float, token: str) -> tuple[float, str, dict[str, Any]]:
    return (at, _OK, {"continuationToken": token})


def _ok(at: float, **parameters: Any) -> tuple[float, str, dict[str, Any]]:
    return (at, _OK, parameters)


TYPES = (
    "JobFailed",
    "ConfigurationError",
    "PermissionError",
    "RevisionOutOfSync",
    "RevisionUnavailable",
    "SystemUnavailable",
)

ACTIONS: list[Action] = [
    Action("success at once", (Job(0.0, (_ok(0.0),)),), "Succeeded", 0.0, "cp"),
    Action("success later, the function long gone", (Job(0.0, (_ok(600.0),)),), "Succeeded", 600.0, "cp"),
    Action(
        "success with variables",
        (Job(0.0, (_ok(0.0, outputVariables={"size": "7", "color": "red"}),)),),
        "Succeeded",
        0.0,
        "cp",
        variables={"size": "7", "color": "red"},
    ),
    *[
        Action(
            f"failure {type}",
            (Job(0.0, ((0.0, _NO, {"failureDetails": {"type": type, "message": "boom"}}),)),),
            "Failed",
            0.0,
            "bc",
            type,
            "boom",
        )
        for type in TYPES
    ],
    Action("no result: 20 minutes", (Job(0.0),), "Failed", RESULT_TIMEOUT, "cp", "JobFailed"),
    Action("result in the last moment", (Job(0.0, (_ok(1199.0),)),), "Succeeded", 1199.0, "cp"),
    Action(
        "result too late: refused",
        (Job(0.0, (_ok(1201.0),)),),
        "Failed",
        RESULT_TIMEOUT,
        "cp; see REFUSED",
        "JobFailed",
    ),
    Action(
        "what the function returns counts for nothing",
        (Job(0.0),),
        "Failed",
        RESULT_TIMEOUT,
        "systems 4",
        "JobFailed",
    ),
    Action(
        "handler raises twice, third attempt calls",
        (Job(0.0, fails=True), Job(60.0, fails=True, same=True), Job(180.0, (_ok(180.0),), same=True)),
        "Succeeded",
        180.0,
        "systems 1; semantics 1",
    ),
    Action(
        "handler always raises",
        (Job(0.0, fails=True), Job(60.0, fails=True, same=True), Job(180.0, fails=True, same=True)),
        "Failed",
        RESULT_TIMEOUT,
        "systems 1; semantics 1",
        "JobFailed",
    ),
    Action(
        "handler calls, then raises: attempts run, the action stays",
        (
            Job(0.0, (_ok(0.0),), fails=True),
            Job(60.0, ((60.0, _NO, _BOOM),), fails=True, same=True),
            Job(180.0, same=True),
        ),
        "Succeeded",
        0.0,
        "semantics 1; the second call is refused: see REFUSED",
    ),
    Action(
        "continued once",
        (Job(0.0, (_more(0.0, "half"),)), Job(30.0, (_ok(30.0),), "half")),
        "Succeeded",
        30.0,
        "cp; the 30 s: choice",
    ),
    Action(
        "continued twice with different tokens",
        (Job(0.0, (_more(0.0, "a"),)), Job(30.0, (_more(30.0, "b"),), "a"), Job(60.0, (_ok(60.0),), "b")),
        "Succeeded",
        60.0,
        "cp",
    ),
    Action(
        "continued with the same token",
        (Job(0.0, (_more(0.0, "a"),)), Job(30.0, (_more(30.0, "a"),), "a"), Job(60.0, (_ok(60.0),), "a")),
        "Succeeded",
        60.0,
        "bc (it can be reused)",
    ),
    Action(
        "continued, then failed",
        (Job(0.0, (_more(0.0, "a"),)), Job(30.0, ((30.0, _NO, _BOOM),), "a")),
        "Failed",
        30.0,
        "cp",
        "JobFailed",
        "boom",
    ),
    Action(
        "the token starts the 20 minutes again",
        (Job(0.0, (_more(1100.0, "a"),)), Job(1130.0, (_ok(2200.0),), "a")),
        "Succeeded",
        2200.0,
        "cp (present text)",
    ),
    Action(
        "continued, then silent",
        (Job(0.0, (_more(600.0, "a"),)), Job(630.0, token="a")),
        "Failed",
        600.0 + RESULT_TIMEOUT,
        "cp; counted from the call: choice",
        "JobFailed",
    ),
]

ENDLESS = Action(
    "continued for ever, every 15 minutes: 24 hours", (), "Failed", ACTION_TIMEOUT, "cp (present text)", "JobFailed"
)
"""Each job calls with a token 870 s after it began, so the next begins 900 s after it: 96 jobs, the last at 85,500 s."""

NOT_STARTED: list[Action] = [
    Action("not permitted", (), "Failed", 0.0, "unverified", "PermissionError"),
    Action("no such function", (), "Failed", 0.0, "unverified", "ConfigurationError"),
]
"""The function is never reached: role without lambda:InvokeFunction; function deleted. Reserved concurrency 0 is no such
case: the hand-over is accepted, no attempt runs, and the action fails after 20 minutes (semantics 1)."""

# -------------------------------------------------------------------------------------------------- result calls


@attrs.frozen
class Refused:
    """A call and the error that refuses it (None: taken), with the job as `situation` says ("waiting": no result yet)."""

    id: str
    operation: str
    parameters: dict[str, Any]
    error: str | None
    source: str
    situation: str = "waiting"
    message: str | None = None


_UNKNOWN = "99999999-8888-7777-6666-555555555555"
_REVISION = {"revision": "r1", "changeIdentifier": "c1"}


def _details(**members: Any) -> dict[str, Any]:
    return {"failureDetails": {"type": "JobFailed", "message": "boom", **members}}


_NO_TOKENS: list[Any] = ["", "x" * 2049]
_BAD_IDS: list[Any] = [
    "",
    "x",
    "99999999-8888-7777-6666-55555555555",
    "99999999-8888-7777-6666-55555555555G",
    _UNKNOWN.replace("-", ""),
]

CALLS: list[Refused] = [
    Refused("success", _OK, {}, None, "bc"),
    Refused("success, all but a token", _OK, {
        "currentRevision": _REVISION, "executionDetails": {"summary": "s", "externalExecutionId": "e", "percentComplete": 100},
        "outputVariables": {"a": "b"}}, None, "bc"),
    Refused("token of one letter", _OK, {"continuationToken": "x"}, None, "bc"),
    Refused("token of 2,048 letters", _OK, {"continuationToken": "x" * 2048}, None, "bc"),
    *[
        Refused(f"token of {len(value)} letters", _OK, {"continuationToken": value}, "ValidationException", "bc")
        for value in _NO_TOKENS
    ],
    Refused("token and percentage", _OK, {"continuationToken": "x", "executionDetails": {"percentComplete": 50}}, None, "bc"),
    Refused("token and variables", _OK, {"continuationToken": "x", "outputVariables": {"a": "b"}}, "ValidationException",
            "bc (variables only without a token)"),
    Refused("token and no variables", _OK, {"continuationToken": "x", "outputVariables": {}}, None, "choice"),
    *[
        Refused(f"{operation}: job id {value!r}", operation, {"jobId": value, **more}, "ValidationException", "bc (pattern)")
        for value in _BAD_IDS
        for operation, more in ((_OK, {}), (_NO, _BOOM))
    ],
    Refused("unknown job", _OK, {"jobId": _UNKNOWN}, "JobNotFoundException", "bc"),
    Refused("unknown job failed", _NO, {"jobId": _UNKNOWN, **_BOOM}, "JobNotFoundException", "bc"),
    Refused("variable name", _OK, {"outputVariables": {"A-z_0@9": "b"}}, None, "bc"),
    *[
        Refused(f"variable name {name!r}", _OK, {"outputVariables": {name: "b"}}, "ValidationException", "bc (pattern)")
        for name in ("", "a b", "a.b", "é")
    ],
    Refused("variables of 122,880 bytes", _OK, {"outputVariables": {"a": "x" * 122_879}}, None,
            "cp (120 KB for a pipeline); bytes of names and values: choice"),
    Refused("variables of 122,881 bytes", _OK, {"outputVariables": {"a": "x" * 122_880}},
            "OutputVariablesSizeExceededException", "bc; as above"),
    Refused("percentage 0", _OK, {"executionDetails": {"percentComplete": 0}}, None, "bc"),
    Refused("percentage -1", _OK, {"executionDetails": {"percentComplete": -1}}, "ValidationException", "bc"),
    Refused("percentage 101", _OK, {"executionDetails": {"percentComplete": 101}}, "ValidationException", "bc"),
    Refused("summary of 2,048 letters", _OK, {"executionDetails": {"summary": "x" * 2048}}, None, "bc"),
    Refused("summary of 2,049 letters", _OK, {"executionDetails": {"summary": "x" * 2049}}, "ValidationException", "bc"),
    Refused("execution id of 1,501 letters", _OK, {"executionDetails": {"externalExecutionId": "x" * 1501}},
            "ValidationException", "bc"),
    Refused("revision of 1,500 letters", _OK, {"currentRevision": {**_REVISION, "revision": "x" * 1500}}, None, "bc"),
    Refused("revision of 1,501 letters", _OK, {"currentRevision": {**_REVISION, "revision": "x" * 1501}},
            "ValidationException", "bc"),
    Refused("change identifier of 101 letters", _OK, {"currentRevision": {**_REVISION, "changeIdentifier": "x" * 101}},
            "ValidationException", "bc"),
    Refused("revision alone", _OK, {"currentRevision": {"revision": "r1"}}, "ValidationException", "bc (required)"),
    *[Refused(f"failure {type}", _NO, _details(type=type), None, "bc") for type in TYPES],
    Refused("failure of unknown type", _NO, _details(type="Broken"), "ValidationException", "bc"),
    Refused("failure without a type", _NO, {"failureDetails": {"message": "boom"}}, "ValidationException", "bc"),
    Refused("failure without a message", _NO, {"failureDetails": {"type": "JobFailed"}}, "ValidationException", "bc"),
    Refused("failure without details", _NO, {}, "ValidationException", "bc"),
    Refused("message of 5,000 letters", _NO, _details(message="x" * 5000), None, "bc"),
    Refused("message of 5,001 letters", _NO, _details(message="x" * 5001), "ValidationException", "bc"),
    Refused("empty message", _NO, _details(message=""), "ValidationException", "bc"),
    Refused("success twice", _OK, {}, "InvalidJobStateException", "bc; choice", "succeeded"),
    Refused("failure after success", _NO, _BOOM, "InvalidJobStateException", "bc; choice", "succeeded"),
    Refused("success after failure", _OK, {}, "InvalidJobStateException", "bc; choice", "failed"),
    Refused("failure twice", _NO, _BOOM, "InvalidJobStateException", "bc; choice", "failed"),
    Refused("success after the 20 minutes", _OK, {}, "InvalidJobStateException", "bc; choice", "timed out"),
    Refused("success for a job that gave a token", _OK, {}, "InvalidJobStateException", "bc; choice", "continued"),
    Refused("details of the job", "GetJobDetails", {}, None, "bc"),
    Refused("details of an unknown job", "GetJobDetails", {"jobId": _UNKNOWN}, "JobNotFoundException", "bc"),
]  # fmt: skip
"""Where `parameters` has no jobId, it is the job's. A refused call changes nothing: the action waits on."""

# --------------------------------------------------------------------------------------------------- declaration


@attrs.frozen
class Declared:
    """An action's configuration and artifacts, and the error of CreatePipeline (None: taken)."""

    id: str
    configuration: dict[str, str]
    inputs: int
    outputs: int
    error: str | None
    source: str


_DECLARATION = "InvalidActionDeclarationException"
_WORK = {"FunctionName": "work"}

DECLARATIONS: list[Declared] = [
    Declared("function alone", _WORK, 0, 0, None, "cp"),
    Declared("user parameters", {**_WORK, "UserParameters": "prod"}, 0, 0, None, "cp"),
    Declared("JSON in user parameters", {**_WORK, "UserParameters": '{"stage": "prod"}'}, 0, 0, None, "cp"),
    Declared("user parameters of 1,000 letters", {**_WORK, "UserParameters": "x" * 1000}, 0, 0, None, "unverified"),
    Declared(
        "user parameters of 1,001 letters", {**_WORK, "UserParameters": "x" * 1001}, 0, 0, _DECLARATION, "unverified"
    ),
    Declared("no function", {}, 0, 0, _DECLARATION, "cp (required)"),
    Declared("unknown key", {**_WORK, "Color": "red"}, 0, 0, _DECLARATION, "choice"),
    Declared("five inputs", _WORK, 5, 0, None, "cp"),
    Declared("six inputs", _WORK, 6, 0, _DECLARATION, "cp"),
    Declared("five outputs", _WORK, 0, 5, None, "cp"),
    Declared("six outputs", _WORK, 0, 6, _DECLARATION, "cp"),
]
"""UserParameters must be a text; an object is refused by the SDK already (ParamValidationError)."""
