"""Firehose's transformation as data: batches, answers, failed records, prefixes, settings.

Sources, in the columns `source`: "guide" is the Firehose developer guide (transformation, failure handling, prefixes,
error log), "systems" the project's reference text 3.6, "bc" the service model (botocore 1.44.5, firehose), "field" a
public report of what AWS did (told from memory), "unverified" general knowledge of the service found in no text read, "choice" ours.

Left open, so in no row: pauses between attempts, dynamic partitioning, format conversion, sources other than DirectPut
and Kinesis, compression, what separates records in a delivered object (nothing, in AWS; the function adds newlines).
"""

import base64
from typing import Any

import attrs

STREAM = "arn:aws:firehose:us-east-1:000000000000:deliverystream/orders"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:work"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# --------------------------------------------------------------------------------------------------------- codes

PROCESSING_FAILED = "Lambda.ProcessingFailedStatus"
MISSING = "Lambda.MissingRecordId"
DOUBLED = "Lambda.DuplicatedRecordId"
MALFORMED = "Lambda.JsonProcessingException"
DENIED = "Lambda.InvokeAccessDenied"
NOT_FOUND = "Lambda.ResourceNotFound"
THROTTLED = "Lambda.InvokeLimitExceeded"
FUNCTION_ERROR = "Lambda.FunctionError"
TIMED_OUT = "Lambda.FunctionTimedOut"

MESSAGES: dict[str, str] = {
    PROCESSING_FAILED: "ProcessingFailed status set for record",
    MISSING: (
        "One or more record IDs were not returned. Ensure that the Lambda function returns all received record IDs."
    ),
    DOUBLED: (
        "Multiple records were returned with the same record ID. Ensure that the Lambda function returns unique record "
        "IDs for each record."
    ),
    MALFORMED: (
        "There was an error parsing returned records from the Lambda function. Ensure that the returned records follow "
        "the status model required by Kinesis Firehose."
    ),
    DENIED: "Access was denied. Ensure that the access policy allows access to the Lambda function.",
    NOT_FOUND: "The specified Lambda function does not exist. Use a different function that does exist.",
    THROTTLED: "The Lambda concurrent execution limit is exceeded. Increase the concurrent execution limit.",
    FUNCTION_ERROR: "The Lambda function was successfully invoked but it returned an error result.",
    TIMED_OUT: "The Lambda function timed out. Increase the Timeout setting in the Lambda function.",
}
"""`errorMessage` of each `errorCode`: the guide's list of Lambda invocation errors (its first text); the first a field
report, the last two unverified. Compare what comes before the second sentence."""

# ------------------------------------------------------------------------------------------------------- answers


@attrs.frozen
class Fate:
    """What becomes of one record: `delivered` is what goes to the destination, None: nothing; `failed` the errorCode of
    its object under the error prefix, whose `attemptsMade` is `attempts`."""

    delivered: bytes | None = None
    failed: str | None = None
    attempts: int = 1


@attrs.frozen
class Answer:
    """The answer of the function to a batch of "one", "two" and "three", and the fate of each.

    In texts of `answer`, `{1}`, `{2}` and `{3}` stand for their record ids. `raw`: text that is no JSON. The function is
    called once: none of these is retried. The fates stand in the order of the records.
    """

    id: str
    answer: Any
    fates: tuple[Fate, Fate, Fate]
    source: str
    raw: str | None = None


def _record(number: int, result: str = "Ok", data: str | None = None, **more: Any) -> dict[str, Any]:
    content = {} if data is None else {"data": data}
    return {"recordId": f"{{{number}}}", "result": result, **content, **more}


_NEW = b64(b"new")
_GOOD = (_record(1, data=_NEW), _record(2, data=_NEW), _record(3, data=_NEW))
_NEW_FATE = Fate(b"new")
_DROPPED = Fate()


def _failed(code: str = PROCESSING_FAILED, attempts: int = 1) -> Fate:
    return Fate(failed=code, attempts=attempts)


def _first(id: str, record: Any, fate: Fate, source: str) -> Answer:
    """The first record answered like that, the others well."""
    records = [*([] if record is None else [record]), _GOOD[1], _GOOD[2]]
    return Answer(id, {"records": records}, (fate, _NEW_FATE, _NEW_FATE), source)


_NO_ANSWERS: list[Any] = [None, {}, [], "x", 7, {"records": None}, {"records": {}}, {"records": "x"}, {"Records": []}]
_ALL_MALFORMED = (_failed(MALFORMED), _failed(MALFORMED), _failed(MALFORMED))

ANSWERS: list[Answer] = [
    Answer("all new", {"records": list(_GOOD)}, (_NEW_FATE,) * 3, "guide"),
    Answer("another order", {"records": [_GOOD[2], _GOOD[0], _GOOD[1]]}, (_NEW_FATE,) * 3, "choice"),
    Answer(
        "data of each goes with its id",
        {"records": [_record(3, data=b64(b"c")), _record(1, data=b64(b"a")), _record(2, data=b64(b"b"))]},
        (Fate(b"a"), Fate(b"b"), Fate(b"c")),
        "guide; delivered in the order of the records (choice)",
    ),
    Answer(
        "one of each",
        {"records": [_GOOD[0], _record(2, "Dropped"), _record(3, "ProcessingFailed")]},
        (_NEW_FATE, _DROPPED, _failed()),
        "guide",
    ),
    Answer("all dropped", {"records": [_record(n, "Dropped") for n in (1, 2, 3)]}, (_DROPPED,) * 3, "guide"),
    Answer("unknown members", {"records": list(_GOOD), "more": 7}, (_NEW_FATE,) * 3, "choice"),
    _first("dropped with data", _record(1, "Dropped", _NEW), _DROPPED, "guide"),
    _first("failed with data: the raw data are kept", _record(1, "ProcessingFailed", _NEW), _failed(), "guide"),
    _first("empty data", _record(1, data=""), Fate(b""), "choice"),
    _first("larger than before", _record(1, data=b64(b"x" * 100_000)), Fate(b"x" * 100_000), "guide"),
    _first("binary", _record(1, data="AAH+/w=="), Fate(b"\x00\x01\xfe\xff"), "guide"),
    _first("unknown member of a record", _record(1, data=_NEW, more=[1]), _NEW_FATE, "choice"),
    _first("metadata", _record(1, data=_NEW, metadata={"partitionKeys": {"a": "b"}}), _NEW_FATE, "systems"),
    # one bad record leaves the others alone
    _first("id is missing", None, _failed(MISSING), "systems (unverified)"),
    _first("unknown id", {**_record(1, data=_NEW), "recordId": "unknown"}, _failed(MISSING), "systems (unverified)"),
    Answer(
        "unknown id beside all",
        {"records": [*_GOOD, {**_record(1, data=_NEW), "recordId": "unknown"}]},
        (_NEW_FATE,) * 3,
        "choice",
    ),
    Answer(
        "doubled id",
        {"records": [*_GOOD, _record(1, data=b64(b"again"))]},
        (_failed(DOUBLED), _NEW_FATE, _NEW_FATE),
        "systems (unverified)",
    ),
    Answer(
        "doubled and missing",
        {"records": [_GOOD[0], _GOOD[0], _GOOD[2]]},
        (_failed(DOUBLED), _failed(MISSING), _NEW_FATE),
        "systems (unverified)",
    ),
    _first("Ok without data", _record(1), _failed(), "systems"),
    _first("Ok with null data", {**_record(1), "data": None}, _failed(), "systems"),
    *[
        _first(f"bad base64 {text!r}", _record(1, data=text), _failed(), "systems")
        for text in ("%%%%", "bmV", "é===", "new!")
    ],
    *[
        _first(f"result {result!r}", _record(1, result, _NEW), _failed(), "guide (anything but Ok and Dropped)")
        for result in ("ok", "OK", "Failed", "Succeeded", "", "dropped")
    ],
    _first("no result", {"recordId": "{1}", "data": _NEW}, _failed(), "guide"),
    _first("result null", {"recordId": "{1}", "result": None, "data": _NEW}, _failed(), "choice"),
    _first("no id", {"result": "Ok", "data": _NEW}, _failed(MISSING), "guide, choice"),
    _first("record is a text", "{1}", _failed(MISSING), "choice"),
    _first("data is a number", {**_record(1), "data": 7}, _failed(), "choice"),
    # no answer at all
    Answer("no records", {"records": []}, (_failed(MISSING),) * 3, "systems"),
    *[
        Answer(f"answer {value!r}", value, _ALL_MALFORMED, "guide (parsing); that it is not retried is our choice")
        for value in _NO_ANSWERS
    ],
    Answer("list of records without the object", list(_GOOD), _ALL_MALFORMED, "choice"),
    Answer("no JSON", None, _ALL_MALFORMED, "guide", "{"),
]

# ------------------------------------------------------------------------------------------------------ outcomes


@attrs.frozen
class Outcome:
    """What happens to a batch when there is no answer. `retried`: the call is made again, NumberOfRetries times at most;
    then every record fails with `code`, and `attemptsMade` is 1 + NumberOfRetries (else 1)."""

    id: str
    happened: str
    retried: bool
    code: str
    source: str


OUTCOMES: list[Outcome] = [
    Outcome("throttled", "429", True, THROTTLED, "guide"),
    Outcome("reserved concurrency 0", "429", True, THROTTLED, "guide"),
    Outcome(
        "timeout of the function", "Task timed out", True, TIMED_OUT, "guide (network timeout); the code unverified"
    ),
    Outcome("handler raised", "FunctionError", True, FUNCTION_ERROR, "systems 8; the code unverified"),
    Outcome("process ends", "Runtime.ExitError", True, FUNCTION_ERROR, "systems 8"),
    Outcome("answer over 6 MB", "function error of the service", True, FUNCTION_ERROR, "choice"),
    Outcome("service error", "500", True, FUNCTION_ERROR, "choice"),
    Outcome("not permitted", "403 AccessDeniedException", False, DENIED, "guide; that it is not retried is our choice"),
    Outcome("no such function", "404 ResourceNotFoundException", False, NOT_FOUND, "as above"),
]


@attrs.frozen
class Retry:
    """A function that fails `failures` times in a row and then answers well, NumberOfRetries being `retries`."""

    id: str
    retries: int
    failures: int
    calls: int
    delivered: bool


RETRIES: list[Retry] = [
    Retry("first call works", 3, 0, 1, True),
    Retry("fourth call works", 3, 3, 4, True),
    Retry("fifth call is not made", 3, 4, 4, False),
    Retry("no retry", 0, 1, 1, False),
    Retry("one retry", 1, 1, 2, True),
    Retry("one retry, not enough", 1, 2, 2, False),
]
"""All calls of one batch have the same records, ids and times; a new invocationId for each is our choice, not compared."""

FUNCTION_LIMIT = 300.0
"""Seconds that a call may take (systems 3.6). Later than that it counts as a timeout."""

# ------------------------------------------------------------------------------------------------------ buffering


@attrs.frozen
class Buffering:
    """Records put, as (second, bytes), and the calls: second and the numbers of the records in each.

    Sizes are bytes of the data before base64; 1 MB is 1,048,576 bytes (choice). A batch goes when its oldest record is
    BufferIntervalInSeconds old; or at once when it has the size; a record that would make it larger than the size waits
    for the next one (choice: the guide calls the size a hint).
    """

    id: str
    size: float
    interval: int
    puts: tuple[tuple[float, int], ...]
    calls: tuple[tuple[float, tuple[int, ...]], ...]


_MB = 1_048_576
_HALF = _MB // 2

BUFFERINGS: list[Buffering] = [
    Buffering("defaults", 1, 60, ((10.5, 3), (11, 3)), ((70.5, (0, 1)),)),
    Buffering("interval of the oldest", 1, 60, ((0, 3), (59.9, 3)), ((60, (0, 1)),)),
    Buffering("the next batch has its own interval", 1, 60, ((0, 3), (70, 3)), ((60, (0,)), (130, (1,)))),
    Buffering("shorter interval", 1, 5, ((0, 3), (4, 3), (6, 3)), ((5, (0, 1)), (11, (2,)))),
    Buffering("interval 0", 1, 0, ((0, 3), (1, 3)), ((0, (0,)), (1, (1,)))),
    Buffering("size met", 1, 60, ((0, _HALF), (1, _HALF)), ((1, (0, 1)),)),
    Buffering("size not met", 1, 60, ((0, _HALF), (1, _HALF - 1)), ((60, (0, 1)),)),
    Buffering("size would be passed", 1, 60, ((0, _HALF), (1, _HALF + 1)), ((1, (0,)), (61, (1,)))),
    Buffering("3 MB", 3, 60, tuple((float(n), _HALF) for n in range(6)), ((5, (0, 1, 2, 3, 4, 5)),)),
    Buffering("a fifth of a MB", 0.2, 60, ((0, 300_000), (1, 3)), ((0, (0,)), (61, (1,)))),
    Buffering("no records, no call", 1, 60, (), ()),
]

# ------------------------------------------------------------------------------------------------------- prefixes


@attrs.frozen
class Prefix:
    """Evaluated prefixes of an object delivered (`good`) and of one with failed records (`bad`, processing-failed).

    The oldest record of both arrived at 2026-02-05T09:14:23Z. `refused`: InvalidArgumentException when the stream is
    created. `<random>` stands for 11 characters.
    """

    id: str
    prefix: str | None
    error_output_prefix: str | None
    good: str = ""
    bad: str = ""
    refused: bool = False
    source: str = "guide"


_WHEN = "2026/02/05/09/"
_ERROR = "bad/!{firehose:error-output-type}/"


def _no(id: str, prefix: str | None, error_output_prefix: str | None, source: str = "guide") -> Prefix:
    return Prefix(id, prefix, error_output_prefix, refused=True, source=source)


PREFIXES: list[Prefix] = [
    Prefix("neither", None, None, _WHEN, f"processing-failed/{_WHEN}"),
    Prefix("empty", "", None, _WHEN, f"processing-failed/{_WHEN}"),
    Prefix("folder", "in/", None, f"in/{_WHEN}", f"in/processing-failed/{_WHEN}"),
    Prefix("no slash is added", "in", None, f"in{_WHEN}", f"inprocessing-failed/{_WHEN}", False, "guide's rule"),
    Prefix("error prefix alone", None, _ERROR, _WHEN, "bad/processing-failed/"),
    Prefix("error prefix without an expression", "in/", "bad/", f"in/{_WHEN}", "bad/", False, "choice"),
    Prefix("both", "in/", _ERROR, f"in/{_WHEN}", "bad/processing-failed/"),
    Prefix("timestamp", "in/!{timestamp:yyyy/MM/dd}/", _ERROR, "in/2026/02/05/", "bad/processing-failed/"),
    Prefix(
        "timestamps",
        "year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/",
        "bad/!{timestamp:'year='yyyy'/month='MM'/day='dd'/hour='HH}/!{firehose:error-output-type}",
        "year=2026/month=02/day=05/hour=09/",
        "bad/year=2026/month=02/day=05/hour=09/processing-failed",
    ),
    Prefix("minutes and seconds", "!{timestamp:HHmmss}/", _ERROR, "091423/", "bad/processing-failed/"),
    Prefix("short forms", "!{timestamp:yy-M-d-H}/", _ERROR, "26-2-5-9/", "bad/processing-failed/"),
    Prefix("day of the year", "!{timestamp:yyyy-DDD}/", _ERROR, "2026-036/", "bad/processing-failed/"),
    Prefix(
        "quote in quotes", "!{timestamp:yyyy'''x'''}/", _ERROR, "2026'x'/", "bad/processing-failed/", False, "choice"
    ),
    Prefix("random", "!{firehose:random-string}/", _ERROR, f"<random>/{_WHEN}", "bad/processing-failed/"),
    Prefix(
        "random in both",
        "!{firehose:random-string}/!{timestamp:yyyy}/",
        "!{firehose:random-string}/!{firehose:error-output-type}/",
        "<random>/2026/",
        "<random>/processing-failed/",
    ),
    Prefix(
        "error type twice",
        "in/",
        "!{firehose:error-output-type}/!{firehose:error-output-type}/",
        f"in/{_WHEN}",
        "processing-failed/processing-failed/",
    ),
    Prefix(
        "512 characters, evaluated",
        "x" * 498,
        "y" * 493 + "/" + "!{firehose:error-output-type}/",
        "x" * 498 + _WHEN,
        "y" * 493 + "/processing-failed/",
        source="guide (at most 512)",
    ),
    _no("expression without an error prefix", "!{timestamp:yyyy/MM/dd}", None),
    _no("random without an error prefix", "!{firehose:random-string}/", None),
    _no("error prefix without the error type", "in/", "bad/!{timestamp:yyyy}/"),
    _no("error type in the prefix", "!{firehose:error-output-type}/", _ERROR),
    _no("unknown namespace", "!{shop:x}/", _ERROR),
    _no("unknown value", "!{firehose:name}/", _ERROR),
    _no("not closed", "!{timestamp:yyyy", _ERROR),
    _no("partition key without dynamic partitioning", "!{partitionKeyFromLambda:x}/", _ERROR, "choice"),
    _no(
        "513 characters, evaluated",
        "x" * 499,
        _ERROR,
        "guide; that it is refused when the stream is created, our choice",
    ),
    _no("prefix of 1,025", "x" * 1_025, None, "bc"),
]

OBJECT_NAME = r"orders-1-2026-02-05-09-14-23-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""What follows the prefix: stream, version, time of the oldest record (guide), an id; a regular expression."""

# ------------------------------------------------------------------------------------------------------- settings


@attrs.frozen
class Setting:
    """Parameters of the Lambda processor (ParameterName, ParameterValue), and whether CreateDeliveryStream takes them;
    else InvalidArgumentException."""

    id: str
    parameters: dict[str, str]
    taken: bool
    source: str


SETTINGS: list[Setting] = [
    Setting("function alone", {"LambdaArn": FUNCTION}, True, "bc"),
    Setting("qualified function", {"LambdaArn": f"{FUNCTION}:live"}, True, "guide"),
    Setting("no function", {"NumberOfRetries": "3"}, False, "choice"),
    Setting("no ARN", {"LambdaArn": "work"}, False, "choice"),
    Setting("empty ARN", {"LambdaArn": ""}, False, "bc"),
    *[
        Setting(f"{name} {value}", {"LambdaArn": FUNCTION, name: value}, taken, source)
        for name, value, taken, source in [
            ("NumberOfRetries", "0", True, "choice"),
            ("NumberOfRetries", "3", True, "bc"),
            ("NumberOfRetries", "300", True, "choice"),
            ("NumberOfRetries", "301", False, "choice"),
            ("NumberOfRetries", "-1", False, "choice"),
            ("NumberOfRetries", "many", False, "choice"),
            ("NumberOfRetries", "1.5", False, "choice"),
            ("BufferSizeInMBs", "0.2", True, "guide"),
            ("BufferSizeInMBs", "1", True, "guide"),
            ("BufferSizeInMBs", "3", True, "guide"),
            ("BufferSizeInMBs", "0.1", False, "guide"),
            ("BufferSizeInMBs", "3.1", False, "guide"),
            ("BufferSizeInMBs", "big", False, "guide"),
            ("BufferIntervalInSeconds", "0", True, "guide"),
            ("BufferIntervalInSeconds", "60", True, "guide"),
            ("BufferIntervalInSeconds", "900", True, "guide"),
            ("BufferIntervalInSeconds", "901", False, "guide"),
            ("BufferIntervalInSeconds", "-1", False, "guide"),
            ("BufferIntervalInSeconds", "1.5", False, "choice"),
            ("Timeout", "3", False, "bc"),
        ]
    ],
]


@attrs.frozen
class Put:
    """PutRecord (one item) or PutRecordBatch of records of those sizes in bytes, and the error code, None: taken."""

    id: str
    sizes: tuple[int, ...]
    batch: bool
    refused: str | None
    source: str = "bc"


RECORD_LIMIT = 1_024_000
BATCH_LIMIT = 4 * 1_048_576
"""Bytes of one record (1,000 KiB) and of all records of a call (4 MiB), before base64: bc, guide."""
_INVALID = "InvalidArgumentException"

PUTS: list[Put] = [
    Put("one", (3,), False, None),
    Put("empty record", (0,), False, None),
    Put("largest record", (RECORD_LIMIT,), False, None),
    Put("record too large", (RECORD_LIMIT + 1,), False, _INVALID, "bc; the code unverified"),
    Put("500 records", (1,) * 500, True, None),
    Put("501 records", (1,) * 501, True, _INVALID, "bc; the code unverified"),
    Put("no records", (), True, _INVALID, "bc; the code unverified"),
    Put("4 MB", (RECORD_LIMIT,) * 4 + (BATCH_LIMIT - 4 * RECORD_LIMIT,), True, None),
    Put(
        "over 4 MB",
        (RECORD_LIMIT,) * 4 + (BATCH_LIMIT - 4 * RECORD_LIMIT + 1,),
        True,
        _INVALID,
        "bc; the code unverified",
    ),
]
"""A stream that does not exist: ResourceNotFoundException; a put to one whose source is a Kinesis stream:
InvalidSourceException, or InvalidArgumentException before it was known (bc names the first). A name is 1 to 64 of
`[a-zA-Z0-9_.-]`, unique: ResourceInUseException."""
