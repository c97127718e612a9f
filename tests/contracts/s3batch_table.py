"""S3 Batch Operations (LambdaInvoke) as data: manifests, answers, reports, how a job ends, settings.

Sources, in the columns `source`: "guide" is the S3 user guide (batch operations), "systems" the project's reference text
3.1, "bc" the service model (botocore 1.44.5, s3control), "unverified" general knowledge of the service found in no text
read, "choice" ours.

Left open, so in no row: inventory reports and generated manifests, several tasks in one call (a task is a call here, as
in the guide's samples), pauses between redrives, directory buckets, an empty manifest.
"""

from typing import Any

import attrs

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:work"

# ------------------------------------------------------------------------------------------------------ manifests


@attrs.frozen
class Manifest:
    """The tasks of a CSV manifest: (bucket, key, version id or None), keys as they stand in events.

    `tasks` None: the job ends as Failed without a call, as soon as its manifest is read.
    """

    id: str
    fields: tuple[str, ...]
    text: str
    tasks: tuple[tuple[str, str, str | None], ...] | None
    source: str = "guide"


_TWO = ("Bucket", "Key")
_THREE = ("Bucket", "Key", "VersionId")

MANIFESTS: list[Manifest] = [
    Manifest(
        "two lines", _TWO, "uploads,a.csv\nuploads,b.csv\n", (("uploads", "a.csv", None), ("uploads", "b.csv", None))
    ),
    Manifest("no newline at the end", _TWO, "uploads,a.csv", (("uploads", "a.csv", None),)),
    Manifest(
        "CRLF", _TWO, "uploads,a.csv\r\nuploads,b.csv\r\n", (("uploads", "a.csv", None), ("uploads", "b.csv", None))
    ),
    Manifest("versions", _THREE, "uploads,a.csv,PZ9ib\n", (("uploads", "a.csv", "PZ9ib"),)),
    Manifest("version null", _THREE, "uploads,a.csv,null\n", (("uploads", "a.csv", "null"),)),
    Manifest("another order", ("Key", "VersionId", "Bucket"), "a.csv,v1,uploads\n", (("uploads", "a.csv", "v1"),)),
    Manifest(
        "ignored columns", ("Ignore", "Bucket", "Ignore", "Key"), "x,uploads,7,a.csv\n", (("uploads", "a.csv", None),)
    ),
    Manifest("several buckets", _TWO, "one,a\ntwo,a\n", (("one", "a", None), ("two", "a", None))),
    Manifest("the same object twice", _TWO, "one,a\none,a\n", (("one", "a", None), ("one", "a", None)), "choice"),
    Manifest(
        "encoded key",
        _TWO,
        "uploads,object%20key%20with%20spaces\n",
        (("uploads", "object%20key%20with%20spaces", None),),
    ),
    Manifest(
        "encoded slash and comma",
        _TWO,
        "uploads,a%2Cb/c%2Fd\n",
        (("uploads", "a%2Cb/c%2Fd", None),),
        "choice (as it stands)",
    ),
    Manifest("plus stays plus", _TWO, "uploads,a+b\n", (("uploads", "a+b", None),), "choice (as it stands)"),
    Manifest(
        "JSON as a key",
        _TWO,
        "my-bucket,%7B%22origKey%22%3A%20%22object1key%22%2C%20%22newKey%22%3A%20%22newObject1Key%22%7D\n",
        (("my-bucket", "%7B%22origKey%22%3A%20%22object1key%22%2C%20%22newKey%22%3A%20%22newObject1Key%22%7D", None),),
    ),
    Manifest("quoted fields", _TWO, '"uploads","a.csv"\n', (("uploads", "a.csv", None),), "choice (CSV)"),
    Manifest(
        "objects need not exist",
        _TWO,
        "nowhere,nothing\n",
        (("nowhere", "nothing", None),),
        "guide (the key may be anything)",
    ),
    Manifest("key of 1,024", _TWO, f"uploads,{'k' * 1024}\n", (("uploads", "k" * 1024, None),)),
    Manifest("key of 1,025", _TWO, f"uploads,{'k' * 1025}\n", None, "guide (at most 1,024); the outcome is our choice"),
    Manifest("too few columns", _THREE, "uploads,a.csv\n", None, "choice"),
    Manifest("too many columns", _TWO, "uploads,a.csv,v1\n", None, "choice"),
    Manifest("no key", _TWO, "uploads,\n", None, "choice"),
    Manifest("no bucket", _TWO, ",a.csv\n", None, "choice"),
    Manifest("one bad line", _TWO, "uploads,a.csv\nuploads\n", None, "guide (the whole manifest is parsed first)"),
]

# --------------------------------------------------------------------------------------------------------- answers

SUCCEEDED, TEMPORARY, PERMANENT = "Succeeded", "TemporaryFailure", "PermanentFailure"
INVALID_JSON = "Invalid JSON returned in Lambda payload"
FUNCTION_ERROR = "Lambda returned function error: "
"""Followed by the error payload as JSON text (guide's sample of a report)."""


@attrs.frozen
class Answer:
    """The answer to each call of one task, `{task}` and `{invocation}` standing for the event's ids.

    `calls`: how often the task is sent when one redrive is allowed (systems 8). `status`, `code` and `message` are the
    columns of the report (succeeded or failed; ErrorCode; ResultMessage, None: not compared, a text that ends in "..."
    by its beginning). `raw`: text that is no JSON.
    """

    id: str
    answer: Any
    calls: int
    status: str
    code: str
    message: str | None
    source: str
    raw: str | None = None


def _answer(results: Any, **more: Any) -> dict[str, Any]:
    return {"invocationSchemaVersion": "1.0", "invocationId": "{invocation}", **more, "results": results}


def _result(code: Any = SUCCEEDED, text: Any = "done", **more: Any) -> dict[str, Any]:
    return {"taskId": "{task}", "resultCode": code, "resultString": text, **more}


def _ok(id: str, answer: Any, message: str | None = "done", source: str = "guide") -> Answer:
    return Answer(id, answer, 1, "succeeded", "", message, source)


def _bad(id: str, answer: Any, source: str = "systems", *, raw: str | None = None) -> Answer:
    return Answer(id, answer, 1, "failed", PERMANENT, INVALID_JSON, source, raw)


_OTHER = _result() | {"taskId": "unknown"}

_NO_ANSWERS: list[Any] = [None, "x", 7, True, [], {}]

ANSWERS: list[Answer] = [
    _ok("succeeded", _answer([_result()])),
    _ok("with treatMissingKeysAs", _answer([_result()], treatMissingKeysAs=PERMANENT)),
    _ok("no text", _answer([{"taskId": "{task}", "resultCode": SUCCEEDED}]), "", "systems"),
    _ok("empty text", _answer([_result(text="")]), ""),
    _ok(
        "text with quotes and commas",
        _answer([_result(text='["Mary Major", "John Stiles"]')]),
        '["Mary Major", "John Stiles"]',
    ),
    _ok("text with a new line", _answer([_result(text="a\nb")]), "a\nb", "choice"),
    _ok("unicode", _answer([_result(text="café")]), "café", "choice"),
    _ok("unknown members", _answer([_result(more=1)], more=2), "done", "choice"),
    _ok("unknown task beside it", _answer([_OTHER, _result()]), "done", "choice"),
    _ok("missing key is success", _answer([], treatMissingKeysAs=SUCCEEDED), "", "systems"),
    _ok(
        "schema 2.0 in the answer",
        {**_answer([_result()]), "invocationSchemaVersion": "2.0"},
        "done",
        "choice (not compared)",
    ),
    Answer("permanent", _answer([_result(PERMANENT, "no")]), 1, "failed", PERMANENT, "no", "guide"),
    Answer(
        "permanent without a text",
        _answer([{"taskId": "{task}", "resultCode": PERMANENT}]),
        1,
        "failed",
        PERMANENT,
        "",
        "choice",
    ),
    Answer(
        "temporary for ever",
        _answer([_result(TEMPORARY, "later")]),
        2,
        "failed",
        TEMPORARY,
        "later",
        "guide; systems 8",
    ),
    Answer("missing key, by default temporary", _answer([]), 2, "failed", TEMPORARY, None, "systems"),
    Answer(
        "missing key is temporary", _answer([], treatMissingKeysAs=TEMPORARY), 2, "failed", TEMPORARY, None, "systems"
    ),
    Answer(
        "missing key is permanent", _answer([], treatMissingKeysAs=PERMANENT), 1, "failed", PERMANENT, None, "systems"
    ),
    Answer(
        "unknown task only", _answer([_OTHER], treatMissingKeysAs=PERMANENT), 1, "failed", PERMANENT, None, "systems"
    ),
    # malformed
    *[_bad(f"answer {value!r}", value) for value in _NO_ANSWERS],
    _bad("no JSON", None, raw="{"),
    _bad("empty text of a custom runtime", None, raw=""),
    _bad("no results", {"invocationSchemaVersion": "1.0", "invocationId": "{invocation}"}),
    _bad("results null", _answer(None)),
    _bad("results is an object", _answer(_result())),
    _bad("a result is a text", _answer(["Succeeded"])),
    _bad("a result without a task", _answer([{"resultCode": SUCCEEDED}])),
    _bad("a result without a code", _answer([{"taskId": "{task}", "resultString": "x"}])),
    *[_bad(f"code {code!r}", _answer([_result(code)])) for code in ("succeeded", "Failed", "", None, 200)],
    _bad("text is an object", _answer([_result(text={"a": 1})]), "choice"),
    _bad("text is a number", _answer([_result(text=7)]), "choice"),
    _bad("no invocation id", {"invocationSchemaVersion": "1.0", "results": [_result()]}, "systems (must be echoed)"),
    _bad("another invocation id", {**_answer([_result()]), "invocationId": "other"}, "systems (must be echoed)"),
    _bad("no schema version", {"invocationId": "{invocation}", "results": [_result()]}, "systems"),
    _bad("unknown treatMissingKeysAs", _answer([_result()], treatMissingKeysAs="Ignore"), "systems"),
    _bad("the task twice", _answer([_result(), _result(PERMANENT)]), "choice"),
]


@attrs.frozen
class Outcome:
    """The task when there is no answer: the columns of the report, as in `Answer`."""

    id: str
    happened: str
    calls: int
    http_status: str
    code: str
    message: str | None
    source: str


OUTCOMES: list[Outcome] = [
    Outcome("handler raised", 'ValueError("boom")', 1, "200", PERMANENT, FUNCTION_ERROR + "...", "systems"),
    Outcome("timeout", "times out after 1 s", 1, "200", PERMANENT, FUNCTION_ERROR + "...", "guide's sample"),
    Outcome("process ends", "sys.exit(0)", 1, "200", PERMANENT, FUNCTION_ERROR + "...", "systems"),
    Outcome("throttled for ever", "429", 2, "429", TEMPORARY, None, "choice"),
    Outcome("service error", "500", 2, "500", TEMPORARY, None, "choice"),
    Outcome("not permitted", "role of the job lacks lambda:InvokeFunction", 1, "403", PERMANENT, None, "choice"),
    Outcome("no such function", "404", 1, "404", PERMANENT, None, "choice"),
]


@attrs.frozen
class Redrive:
    """A task whose calls end like that, in turn; `allowed` redrives. It ends after `calls`, as `status`."""

    id: str
    ends: tuple[str, ...]
    allowed: int
    calls: int
    status: str


REDRIVES: list[Redrive] = [
    Redrive("works at once", (SUCCEEDED,), 1, 1, "succeeded"),
    Redrive("second works", (TEMPORARY, SUCCEEDED), 1, 2, "succeeded"),
    Redrive("second fails for good", (TEMPORARY, PERMANENT), 1, 2, "failed"),
    Redrive("second is temporary again", (TEMPORARY, TEMPORARY), 1, 2, "failed"),
    Redrive("no redrive allowed", (TEMPORARY,), 0, 1, "failed"),
    Redrive("three allowed", (TEMPORARY, TEMPORARY, TEMPORARY, SUCCEEDED), 3, 4, "succeeded"),
    Redrive("permanent is never redriven", (PERMANENT,), 3, 1, "failed"),
    Redrive("function error is never redriven", ("error",), 3, 1, "failed"),
]
"""A redriven task keeps its taskId (choice); redrives come after the first call of every task (choice)."""

# --------------------------------------------------------------------------------------------------------- reports

REPORT_ORDER = ("Bucket", "Key", "VersionId", "TaskStatus", "HTTPStatusCode", "ErrorCode", "ResultMessage")
"""Of the columns in the guide's sample lines; the ReportSchema text beside them names ErrorCode before HTTPStatusCode.
The lines win (they were recorded)."""


@attrs.frozen
class Line:
    """One line of a report, read by a CSV reader (how the text is quoted is not compared)."""

    id: str
    task: tuple[str, str, str | None]
    ended: str
    columns: tuple[str, ...]


LINES: list[Line] = [
    Line(
        "succeeded",
        ("uploads", "a.csv", None),
        'Succeeded "ok, fine"',
        ("uploads", "a.csv", "", "succeeded", "200", "", "ok, fine"),
    ),
    Line(
        "with a version",
        ("uploads", "a.csv", "v1"),
        "Succeeded",
        ("uploads", "a.csv", "v1", "succeeded", "200", "", ""),
    ),
    Line(
        "permanent",
        ("uploads", "a.csv", None),
        'PermanentFailure "no"',
        ("uploads", "a.csv", "", "failed", "200", PERMANENT, "no"),
    ),
    Line(
        "temporary",
        ("uploads", "a.csv", None),
        'TemporaryFailure "later"',
        ("uploads", "a.csv", "", "failed", "200", TEMPORARY, "later"),
    ),
    Line(
        "function error",
        ("uploads", "a.csv", None),
        'error payload {"errorMessage":"boom"}',
        ("uploads", "a.csv", "", "failed", "200", PERMANENT, 'Lambda returned function error: {"errorMessage":"boom"}'),
    ),
    Line("encoded key", ("uploads", "a%20b", None), "Succeeded", ("uploads", "a%20b", "", "succeeded", "200", "", "")),
]


@attrs.frozen
class Report:
    """Which objects a finished job leaves below `<prefix>/job-<id>/`: result files by TaskExecutionStatus."""

    id: str
    enabled: bool
    scope: str
    succeeded: int
    failed: int
    files: tuple[str, ...]
    source: str = "guide"


REPORTS: list[Report] = [
    Report("all tasks", True, "AllTasks", 2, 1, ("succeeded", "failed")),
    Report("all tasks, none failed", True, "AllTasks", 2, 0, ("succeeded",)),
    Report("all tasks, all failed", True, "AllTasks", 0, 2, ("failed",), "choice"),
    Report("failed only", True, "FailedTasksOnly", 2, 1, ("failed",)),
    Report("failed only, none failed", True, "FailedTasksOnly", 2, 0, (), "choice"),
    Report("off", False, "AllTasks", 2, 1, ()),
]
"""The key of the manifest is `<prefix>/job-<id>/manifest.json` and of a file `<prefix>/job-<id>/results/<hex>.csv` (guide's
sample; bc says `report.json`); without a prefix they begin with `job-<id>/`. MD5Checksum is that of the file, in hex."""

# ------------------------------------------------------------------------------------------------------ completion


@attrs.frozen
class Completion:
    """Tasks of a job in the order they end: `pattern` (S and F) repeated up to `total`. `ran` tasks are run."""

    id: str
    pattern: str
    total: int
    ran: int
    status: str
    source: str = "systems (at least 1,000 have run and more than 50 % of them failed)"


COMPLETIONS: list[Completion] = [
    Completion("all succeed", "S", 3, 3, "Complete"),
    Completion("one fails", "SF", 2, 2, "Complete"),
    Completion("all fail, few tasks", "F", 3, 3, "Complete"),
    Completion("all of 999 fail", "F", 999, 999, "Complete"),
    Completion("all of 1,000 fail", "F", 1_000, 1_000, "Failed"),
    Completion("all of 2,000 fail", "F", 2_000, 1_000, "Failed"),
    Completion("half of 1,000 fail", "FS", 1_000, 1_000, "Complete"),
    Completion("half of 2,000 fail, a failure first", "FS", 2_000, 1_001, "Failed"),
    Completion("half of 2,000 fail, a success first", "SF", 2_000, 2_000, "Complete"),
    Completion("a third fails", "FSS", 3_000, 3_000, "Complete"),
]
"""Tasks run one after the other. FailureReasons of a failed job has at least one entry; a report is written."""

# -------------------------------------------------------------------------------------------------------- statuses


@attrs.frozen
class Status:
    """UpdateJobStatus on a job in that status, and the status after it; `refused`: the error code."""

    id: str
    before: str
    requested: str
    after: str
    refused: str | None = None
    source: str = "guide"


STATUSES: list[Status] = [
    Status("confirm", "Suspended", "Ready", "Ready"),
    Status("cancel before it was confirmed", "Suspended", "Cancelled", "Cancelled"),
    Status("cancel while it runs", "Active", "Cancelled", "Cancelled"),
    Status("cancel when ready", "Ready", "Cancelled", "Cancelled"),
    *[
        Status(f"{requested} on {before}", before, requested, before, "JobStatusException", "bc")
        for before in ("Complete", "Failed", "Cancelled")
        for requested in ("Ready", "Cancelled")
    ],
    Status("confirm while it runs", "Active", "Ready", "Active", "JobStatusException", "choice"),
]
"""A job goes New, Preparing, Ready, Active, Completing, Complete; with ConfirmationRequired Suspended before Ready. An
unknown job: NotFoundException."""

# -------------------------------------------------------------------------------------------------------- settings


@attrs.frozen
class Job:
    """Changes to the arguments of a CreateJob that is right, and the error code, None: taken. `...` removes a member."""

    id: str
    changes: dict[str, Any]
    refused: str | None
    source: str = "bc"


_BAD = "BadRequestException"


def _operation(**lambda_invoke: Any) -> dict[str, Any]:
    return {"Operation": {"LambdaInvoke": {"FunctionArn": FUNCTION, **lambda_invoke}}}


def _arguments(count: int, key: int = 2, value: int = 1) -> dict[str, Any]:
    items = {f"{number:0{key}d}": "v" * value for number in range(count)}
    return _operation(InvocationSchemaVersion="2.0", UserArguments=items)


def _manifest(*fields: str) -> dict[str, Any]:
    location = {"ObjectArn": "arn:aws:s3:::manifests/m.csv", "ETag": "{etag}"}
    return {
        "Manifest": {"Spec": {"Format": "S3BatchOperations_CSV_20180820", "Fields": list(fields)}, "Location": location}
    }


JOBS: list[Job] = [
    Job("as it is", {}, None),
    Job("schema 1.0", _operation(InvocationSchemaVersion="1.0"), None),
    Job("schema 2.0", _operation(InvocationSchemaVersion="2.0"), None),
    Job("schema 3.0", _operation(InvocationSchemaVersion="3.0"), _BAD, "choice"),
    Job("qualified function", {"Operation": {"LambdaInvoke": {"FunctionArn": f"{FUNCTION}:live"}}}, None, "guide"),
    Job("no function", {"Operation": {"LambdaInvoke": {}}}, _BAD, "choice"),
    Job("no operation", {"Operation": {}}, _BAD, "choice"),
    Job("user arguments with 1.0", _operation(UserArguments={"a": "b"}), _BAD),
    Job("one user argument", _arguments(1), None),
    Job("ten user arguments", _arguments(10), None),
    Job("eleven user arguments", _arguments(11), _BAD),
    Job("no user arguments", _arguments(0), _BAD),
    Job("argument key of 64", _arguments(1, key=64), None),
    Job("argument key of 65", _arguments(1, key=65), _BAD),
    Job("argument value of 1,024", _arguments(1, value=1024), None),
    Job("argument value of 1,025", _arguments(1, value=1025), _BAD),
    Job("priority 0", {"Priority": 0}, None),
    Job("largest priority", {"Priority": 2_147_483_647}, None),
    Job("priority -1", {"Priority": -1}, _BAD),
    Job("priority too large", {"Priority": 2_147_483_648}, _BAD),
    Job("no priority", {"Priority": ...}, _BAD),
    Job("token of 64", {"ClientRequestToken": "t" * 64}, None),
    Job("token of 65", {"ClientRequestToken": "t" * 65}, _BAD),
    Job("description of 256", {"Description": "d" * 256}, None),
    Job("description of 257", {"Description": "d" * 257}, _BAD),
    Job("no role", {"RoleArn": ...}, _BAD),
    Job("role that is none", {"RoleArn": "batch"}, _BAD),
    Job("no manifest", {"Manifest": ...}, _BAD),
    Job("no report", {"Report": ...}, _BAD),
    Job("report off", {"Report": {"Enabled": False}}, None),
    Job(
        "report without a bucket",
        {"Report": {"Enabled": True, "Format": "Report_CSV_20180820", "ReportScope": "AllTasks"}},
        _BAD,
        "guide",
    ),
    Job(
        "report without a scope",
        {"Report": {"Enabled": True, "Format": "Report_CSV_20180820", "Bucket": "arn:aws:s3:::reports"}},
        _BAD,
        "choice",
    ),
    Job("columns with a version", _manifest("Bucket", "Key", "VersionId"), None),
    Job("columns with what is ignored", _manifest("Ignore", "Bucket", "Key"), None),
    Job("no key column", _manifest("Bucket"), _BAD, "guide (must contain)"),
    Job("no bucket column", _manifest("Key"), _BAD, "guide (must contain)"),
    Job("key twice", _manifest("Bucket", "Key", "Key"), _BAD, "choice"),
    Job("no columns", _manifest(), _BAD, "choice"),
    Job("unknown column", _manifest("Bucket", "Key", "Size"), _BAD),
]
"""The same ClientRequestToken with the same arguments gives the same job, with others IdempotencyException (bc). `{etag}`
is the ETag of the manifest; with another one the job ends as Failed (choice)."""
