"""Mappings on streams as data: what a function's answer means, which settings are refused, and the states of a mapping.

Sources: dg:services-kinesis-batchfailurereporting for the answers, bc:lambda and dg:services-kinesis-parameters for the
ranges; recorded 2023 to 2025 where a row says so, and every code and text of an error. Settings are named as in the
create call, in snake case.
"""

from typing import Any, Literal, NamedTuple

from tests.contracts.partial_batch_table import NOT_JSON, RAISES

Source = Literal["kinesis", "dynamodb"]


# Answers


class Response(NamedTuple):
    """One answer to a batch of these sequence numbers: `again` is what is tried next, empty: all succeeded.

    One retry is allowed, no bisect. What is not tried again is behind the checkpoint. Sequence numbers in `batch`,
    `response` and `again` are stand-ins in rising order (`partial_batch_table.with_ids` puts in the real ones).
    """

    id: str
    response: Any
    again: tuple[str, ...]
    report: bool = True  # FunctionResponseTypes = [ReportBatchItemFailures]
    batch: tuple[str, ...] = ("a", "b", "c")


_ALL = ("a", "b", "c")
_NONE: tuple[str, ...] = ()


def _failures(*identifiers: Any) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in identifiers]}


RESPONSES: list[Response] = [
    Response("empty object (recorded)", {}, _NONE),
    Response("null (recorded)", None, _NONE),
    Response("empty list of failures (recorded)", _failures(), _NONE),
    Response("null for the failures (recorded)", {"batchItemFailures": None}, _NONE),
    Response("empty list as the whole (recorded)", [], _NONE),
    Response("empty text as the whole (recorded)", "", _NONE),
    Response("first fails", _failures("a"), _ALL),
    Response("middle fails", _failures("b"), ("b", "c")),
    Response("last fails", _failures("c"), ("c",)),
    Response("two fail: from the lowest on", _failures("a", "c"), _ALL),
    Response("two fail, other order", _failures("c", "b"), ("b", "c")),
    Response("all fail", _failures("a", "b", "c"), _ALL),
    Response("named twice", _failures("b", "b"), ("b", "c")),
    Response("only record fails", _failures("a"), ("a",), batch=("a",)),
    Response("number that is not in the batch (recorded)", _failures(123), _ALL),
    Response("unknown sequence number", _failures("z"), _ALL),
    Response("unknown beside known", _failures("c", "z"), _ALL),
    Response("empty identifier (recorded)", _failures(""), _ALL),
    Response("null identifier (recorded)", _failures(None), _ALL),
    Response("empty identifier beside known", _failures("c", ""), _ALL),
    Response("null identifier beside known", _failures("c", None), _ALL),
    Response("wrong key (recorded)", {"batchItemFailures": [{"foo": "notvalid"}]}, _ALL),
    Response("wrong key, null", {"batchItemFailures": [{"foo": None}]}, _ALL),
    Response("wrong key beside known", {"batchItemFailures": [{"itemIdentifier": "c"}, {"foo": "b"}]}, _ALL),
    Response("raises (recorded)", RAISES, _ALL),
    Response("choice: not JSON", NOT_JSON, _ALL),
    Response("off: failures", _failures("b"), _NONE, report=False),
    Response("off: all fail", _failures("a", "b", "c"), _NONE, report=False),
    Response("off: unknown sequence number", _failures("z"), _NONE, report=False),
    Response("off: wrong key", {"batchItemFailures": [{"foo": "notvalid"}]}, _NONE, report=False),
    Response("off: any text", "done", _NONE, report=False),
    Response("off: raises", RAISES, _ALL, report=False),
    Response("off: not JSON", NOT_JSON, _ALL, report=False),
]

LOWEST: list[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = [
    # (id, batch, the answer's identifiers, what is tried again): real numbers, compared as numbers and not as texts
    ("a longer number is higher", ("999", "1000"), ("1000", "999"), ("999", "1000")),
    ("a longer number alone", ("999", "1000"), ("1000",), ("1000",)),
]


# Settings


class SettingError(NamedTuple):
    """CreateEventSourceMapping with these settings; a code or message of None: refused, not recorded how.

    `kwargs` stand beside StartingPosition TRIM_HORIZON, the ARN of a stream and the name of a function; a value of None
    leaves out that one. "{source}" in a message is the ARN of the source.
    """

    id: str
    kwargs: dict[str, Any]
    code: str | None = None
    message: str | None = None
    source: Source = "kinesis"
    given: str = ""
    status: int = 400


_INVALID = "InvalidParameterValueException"
_QUEUE = "arn:aws:sqs:us-east-1:000000000000:failed"

_OUT_OF_RANGE: list[tuple[str, Any]] = [
    ("batch_size", 0),
    ("batch_size", 10_001),
    ("maximum_batching_window_in_seconds", -1),
    ("maximum_batching_window_in_seconds", 301),
    ("parallelization_factor", 0),
    ("parallelization_factor", 11),
    ("maximum_retry_attempts", -2),
    ("maximum_retry_attempts", 10_001),
    ("maximum_record_age_in_seconds", -2),
    ("maximum_record_age_in_seconds", 0),
    ("maximum_record_age_in_seconds", 59),
    ("maximum_record_age_in_seconds", 604_801),
    ("tumbling_window_in_seconds", -1),
    ("tumbling_window_in_seconds", 901),
]
_IN_RANGE: list[tuple[str, Any]] = [
    ("batch_size", 1),
    ("batch_size", 10_000),  # without a window (recorded: 100)
    ("maximum_batching_window_in_seconds", 0),
    ("maximum_batching_window_in_seconds", 300),
    ("parallelization_factor", 1),
    ("parallelization_factor", 10),
    ("maximum_retry_attempts", -1),
    ("maximum_retry_attempts", 0),
    ("maximum_retry_attempts", 10_000),
    ("maximum_record_age_in_seconds", -1),
    ("maximum_record_age_in_seconds", 60),
    ("maximum_record_age_in_seconds", 604_800),
    ("tumbling_window_in_seconds", 0),
    ("tumbling_window_in_seconds", 900),
    ("bisect_batch_on_function_error", True),
    ("bisect_batch_on_function_error", False),
    ("function_response_types", ["ReportBatchItemFailures"]),
    ("function_response_types", []),
    ("starting_position", "LATEST"),
    ("starting_position", "TRIM_HORIZON"),
    ("metrics_config", {"metrics": ["EventCount"]}),
    ("destination_config", {"on_failure": {"destination": _QUEUE}}),
    ("destination_config", {"on_failure": {"destination": "arn:aws:sns:us-east-1:000000000000:failed"}}),
    ("destination_config", {"on_failure": {"destination": "arn:aws:s3:::failed"}}),
]
_SOURCES: tuple[Source, ...] = ("kinesis", "dynamodb")

SETTING_ERRORS: list[SettingError] = [
    *(
        SettingError(f"{source}: {setting} {value}", {setting: value}, source=source)
        for source in _SOURCES
        for setting, value in _OUT_OF_RANGE
    ),
    SettingError("no starting position", {"starting_position": None}),
    SettingError("no starting position of a table", {"starting_position": None}, source="dynamodb"),
    SettingError("unknown starting position", {"starting_position": "EARLIEST"}),
    SettingError(
        "a table can't be read from a time on",
        {"starting_position": "AT_TIMESTAMP", "starting_position_timestamp": 1_767_225_600},
        _INVALID,
        "Unsupported starting position for arn type: {source}",
        "dynamodb",
    ),
    SettingError("at a timestamp that is missing", {"starting_position": "AT_TIMESTAMP"}),
    SettingError(
        "at a timestamp that is to come",  # bc:lambda StartingPositionTimestamp
        {"starting_position": "AT_TIMESTAMP", "starting_position_timestamp": 1_767_225_601},
        given="the time is 1767225600",
    ),
    SettingError("unknown response type", {"function_response_types": ["ReportEverything"]}),
    SettingError("scaling", {"scaling_config": {"maximum_concurrency": 2}}),
    SettingError("pollers", {"provisioned_poller_config": {"minimum_pollers": 2}}),
    SettingError(
        "filter is not JSON",
        {"filter_criteria": {"filters": [{"pattern": "{"}]}},
        _INVALID,
        "Invalid filter pattern definition.",
    ),
    SettingError("six filters", {"filter_criteria": {"filters": [{"pattern": "{}"}] * 6}}),
    SettingError(
        "pattern of 4,097",
        {"filter_criteria": {"filters": [{"pattern": '{"data":{"k":["' + "x" * 4078 + '"]}}'}]}},
    ),
    SettingError("data is compared with a text", {"filter_criteria": {"filters": [{"pattern": '{"data":["x"]}'}]}}),
    SettingError(
        "no such function", {}, "ResourceNotFoundException", "Function does not exist", given="no function", status=404
    ),
    SettingError("no such stream", {}, _INVALID, "Stream not found: {source}", given="no stream"),
    SettingError("no such stream of a table", {}, _INVALID, "Stream not found: {source}", "dynamodb", "no stream"),
    SettingError(
        "unknown source",
        {"event_source_arn": "arn:aws:nothing:us-east-1:000000000000:orders"},
        _INVALID,
        "Unrecognized event source.",
    ),
    SettingError("twice", {}, "ResourceConflictException", given="a mapping of this stream and function", status=409),
]

ACCEPTED: list[tuple[str, Source, dict[str, Any]]] = [
    *(
        (f"{source}: {setting} {value}", source, {setting: value})
        for source in _SOURCES
        for setting, value in _IN_RANGE
    ),
    ("batch of 100 without a window (recorded)", "kinesis", {"batch_size": 100}),
    ("batch of 100 of a table without a window (recorded)", "dynamodb", {"batch_size": 100}),
    (
        "at a timestamp",
        "kinesis",
        {"starting_position": "AT_TIMESTAMP", "starting_position_timestamp": 1_767_225_600},
    ),
    ("five filters", "kinesis", {"filter_criteria": {"filters": [{"pattern": "{}"}] * 5}}),
    (
        "pattern of 4,096",
        "kinesis",
        {"filter_criteria": {"filters": [{"pattern": '{"data":{"k":["' + "x" * 4077 + '"]}}'}]}},
    ),
]

DEFAULTS: dict[str, Any] = {
    "batch_size": 100,
    "maximum_batching_window_in_seconds": 0,
    "parallelization_factor": 1,
    "maximum_retry_attempts": -1,
    "maximum_record_age_in_seconds": -1,
    "bisect_batch_on_function_error": False,
    "tumbling_window_in_seconds": 0,
    "function_response_types": [],
}


# States


class Action(NamedTuple):
    """A call and the state that its answer shows, always with status 202; then the state once it is done.

    None: the mapping is gone. How long that takes is not documented: 0 s unless a profile says otherwise.
    """

    id: str
    before: str | None
    call: str
    kwargs: dict[str, Any]
    answered: str
    then: str | None


LIFECYCLE: list[Action] = [
    Action("create", None, "create_event_source_mapping", {}, "Creating", "Enabled"),
    Action("create, enabled", None, "create_event_source_mapping", {"enabled": True}, "Creating", "Enabled"),
    Action(
        "create, disabled (recorded)", None, "create_event_source_mapping", {"enabled": False}, "Disabled", "Disabled"
    ),
    Action("update", "Enabled", "update_event_source_mapping", {"batch_size": 7}, "Updating", "Enabled"),
    Action("disable", "Enabled", "update_event_source_mapping", {"enabled": False}, "Disabling", "Disabled"),
    Action("enable", "Disabled", "update_event_source_mapping", {"enabled": True}, "Enabling", "Enabled"),
    Action("delete", "Enabled", "delete_event_source_mapping", {}, "Deleting", None),
    Action("delete, disabled", "Disabled", "delete_event_source_mapping", {}, "Deleting", None),
]

STATE_TRANSITION_REASON = "User action"  # recorded; of a mapping on a queue: USER_INITIATED

LAST_PROCESSING_RESULT: list[tuple[str, str]] = [
    ("nothing was read yet (recorded)", "No records processed"),
    ("the last batch succeeded (recorded)", "OK"),
    ("the last batch failed", "PROBLEM: Function call failed"),
]

CREATE_ANSWER: tuple[str, ...] = (  # the members of the answer for a stream, recorded; by name, not in an order
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "EventSourceArn",
    "EventSourceMappingArn",
    "FunctionArn",
    "FunctionResponseTypes",
    "LastModified",
    "LastProcessingResult",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ParallelizationFactor",
    "StartingPosition",
    "State",
    "StateTransitionReason",
    "TumblingWindowInSeconds",
    "UUID",
)
