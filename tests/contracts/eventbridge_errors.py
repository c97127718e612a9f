"""Errors of EventBridge and its Scheduler as data: entries that fail alone, requests that fail whole.

Sources, in the columns `source`: "bc" is the service model (botocore 1.44.5: limits, patterns, sentences), "guide" the
user guide, "recorded" an answer of AWS recorded in public tests, "field" a public report of an answer of AWS with its
date, "unverified" general knowledge of the service found in no text read: its code is to be relied upon, its wording
less. "choice" is ours. A `message` of None is not known; one that ends in "..." is known only so far.

In values, "{function}", "{queue}", "{fifo_queue}", "{role}", "{bus}" (the default bus), "{other_bus}" and "{archive}"
stand for ARNs; times are texts.
"""

import json
from itertools import combinations
from typing import Any, NamedTuple

# ------------------------------------------------------------------------------------------------------- PutEvents


class Entry(NamedTuple):
    """What PutEvents answers for this entry, beside a good one: an error code, or (`code` None) an event id."""

    id: str
    entry: dict[str, Any]
    code: str | None = None
    message: str | None = None
    source: str = "bc"


def entry(**changes: Any) -> dict[str, Any]:
    """A good entry with these members changed; None leaves a member out."""
    whole = {"source": "shop", "detail_type": "order.placed", "detail": '{"id": 7}', **changes}
    return {name: value for name, value in whole.items() if value is not None}


_REQUIRED = "Parameter {0} is not valid. Reason: {0} is a required argument."
_MALFORMED = "Detail is malformed."

ENTRIES: list[Entry] = [
    Entry("good", entry()),
    Entry("empty detail", entry(detail="{}")),
    Entry("detail type of 128", entry(detail_type="t" * 128)),
    Entry("no resources", entry(resources=[])),
    Entry("no source", entry(source=None), "InvalidArgument", _REQUIRED.format("Source"), "unverified"),
    Entry("empty source", entry(source=""), "InvalidArgument", _REQUIRED.format("Source"), "unverified"),
    Entry("no detail type", entry(detail_type=None), "InvalidArgument", _REQUIRED.format("DetailType"), "unverified"),
    Entry("empty detail type", entry(detail_type=""), "InvalidArgument", source="unverified"),
    Entry("detail type of 129", entry(detail_type="t" * 129), "InvalidArgument"),
    Entry("no detail", entry(detail=None), "InvalidArgument", _REQUIRED.format("Detail"), "unverified"),
    Entry("detail that is no JSON", entry(detail="{"), "MalformedDetail", _MALFORMED, "field 2023-11"),
    Entry("detail that is a list", entry(detail="[1]"), "MalformedDetail", _MALFORMED, "unverified"),
    Entry("detail that is a text", entry(detail='"x"'), "MalformedDetail", _MALFORMED, "unverified"),
    Entry("detail that is null", entry(detail="null"), "MalformedDetail", _MALFORMED, "unverified"),
    Entry("detail with NaN", entry(detail='{"n": NaN}'), "MalformedDetail", _MALFORMED, "unverified"),
    Entry(
        "source of AWS",
        entry(source="aws.shop"),
        "NotAuthorizedForSourceException",
        "Not authorized for the source.",
        "unverified",
    ),
]
"""Codes and what they mean are listed in [bc:events PutEventsResultEntry]. An entry with an error has no EventId;
FailedEntryCount counts them. What becomes of an entry for a bus that is not there is in no text read."""


class Size(NamedTuple):
    """Bytes that an entry counts: 14 for a time, and Source, DetailType, Detail and Resources in UTF-8 [guide]."""

    id: str
    entry: dict[str, Any]
    size: int


SIZES: list[Size] = [
    Size("plain", entry(), 4 + 12 + 9),
    Size("with a time", entry(time="2026-01-01T00:00:00Z"), 14 + 4 + 12 + 9),
    Size("letters of two bytes", entry(source="é"), 2 + 12 + 9),
    Size("resources", entry(resources=["abc", "de"]), 4 + 12 + 9 + 5),
    Size("the name of the bus does not count", entry(event_bus_name="orders"), 4 + 12 + 9),
]

LARGEST = 1_048_576
"""The entries of one request count fewer bytes than this together."""


# ------------------------------------------------------------------------------------------------- whole requests


class Error(NamedTuple):
    """`operation` after the situation `given`, if there is one; names of arguments are botocore's in snake case."""

    id: str
    operation: str
    kwargs: dict[str, Any]
    code: str
    message: str | None = None
    given: str = ""
    status: int = 400
    source: str = "bc"


_VALIDATION = "ValidationException"
_NOT_FOUND = "ResourceNotFoundException"
_EXISTS = "ResourceAlreadyExistsException"
_PATTERN = "InvalidEventPatternException"
_LIMIT = "LimitExceededException"
_ONE = "1 validation error detected: Value "
"""Begins every refusal of a length, range or pattern of the model; the value, `at '<name>' failed to satisfy
constraint: Member must ...` follow [field 2021-04]."""
_NAME = r"Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+"
_SCHEDULE = "Parameter ScheduleExpression is not valid."
_NO_BUS = "Event bus nope does not exist."
_NO_RULE = "Rule nope does not exist on EventBus default."
_WHOLE = {"event_pattern": '{"source":["shop"]}'}


def _too_large(bytes_in_all: int) -> list[dict[str, Any]]:
    return [entry(detail=json.dumps({"x": "x" * (bytes_in_all - 16 - 9)}))]


PUT_EVENTS_ERRORS: list[Error] = [
    Error("no entries", "put_events", {"entries": []}, _VALIDATION, _ONE + "..."),
    Error("eleven entries", "put_events", {"entries": [entry()] * 11}, _VALIDATION, _ONE + "..."),
    Error(
        "all entries lack a member", "put_events", {"entries": [entry(source=None), entry(detail=None)]}, _VALIDATION
    ),  # "EventBridge fails the entire request"
    Error(
        "too large",
        "put_events",
        {"entries": _too_large(LARGEST)},
        _VALIDATION,
        "Total size of the entries in the request is over the limit.",
        source="unverified",
    ),
    Error(
        "name of a bus with a blank",
        "put_events",
        {"entries": [entry(event_bus_name="a b")]},
        _VALIDATION,
        _ONE + "...",
    ),
]

BAD_RATES_OF_RULES = [
    "rate(1 minutes)",
    "rate(2 minute)",
    "rate(0 minutes)",
    "rate(-1 minutes)",
    "rate(30 seconds)",
    "rate(5 weeks)",
]
BAD_CRONS_OF_RULES = [
    "cron(0 12 * * *)",
    "cron(0 12 * * * *)",
    "cron(0 12 ? * ? *)",
    "cron(60 12 * * ? *)",
    "cron(0 24 * * ? *)",
]
BAD_SCHEDULES_OF_RULES = [
    *BAD_RATES_OF_RULES,
    *BAD_CRONS_OF_RULES,
    "at(2026-01-01T00:00:00)",
    "hourly",
    "rate 5 minutes",
]

RULE_ERRORS: list[Error] = [
    Error(
        "neither pattern nor schedule",
        "put_rule",
        {"name": "placed"},
        _VALIDATION,
        "Parameter(s) EventPattern or ScheduleExpression must be specified.",
        source="field 2019-09",
    ),
    *[
        Error(
            expression,
            "put_rule",
            {"name": "placed", "schedule_expression": expression},
            _VALIDATION,
            _SCHEDULE,
            source="field 2021-09",
        )
        for expression in BAD_SCHEDULES_OF_RULES
    ],
    Error(
        "schedule on another bus",
        "put_rule",
        {"name": "nightly", "event_bus_name": "orders", "schedule_expression": "rate(5 minutes)"},
        _VALIDATION,
        "ScheduleExpression is supported only on the default event bus.",
        given="the bus orders is there",
        source="unverified",
    ),
    *[
        Error(
            f"pattern {words}",
            "put_rule",
            {"name": "placed", "event_pattern": pattern},
            _PATTERN,
            "Event pattern is not valid. Reason: " + reason,
            source="recorded",
        )
        for words, pattern, reason in [
            ("that is no JSON", "{", "..."),
            ("that is a list", '["shop"]', "..."),
            ("of a scalar", '{"source":"shop"}', '"source" must be an object or an array...'),
            ("of an empty list", '{"source":[]}', "Empty arrays are not allowed..."),
            ("of an unknown operator", '{"source":[{"like":"x"}]}', "Unrecognized match type like..."),
            ("of a prefix that is a list", '{"source":[{"prefix":["x"]}]}', "prefix match pattern must be a string..."),
            ("of an empty object", "{}", "..."),
        ]
    ],
    Error(
        "pattern of 4,097",
        "put_rule",
        {"name": "placed", "event_pattern": json.dumps({"source": ["x" * 4081]})},
        _VALIDATION,
        _ONE + "...",
    ),
    Error(
        "name with a blank",
        "put_rule",
        {"name": "a b", **_WHOLE},
        _VALIDATION,
        f"{_ONE}'a b' at 'name' failed to satisfy constraint: {_NAME}",
        source="field 2021-04, of targets",
    ),
    Error("name of 65", "put_rule", {"name": "r" * 65, **_WHOLE}, _VALIDATION, _ONE + "..."),
    Error("name of nothing", "put_rule", {"name": "", **_WHOLE}, _VALIDATION),
    Error("unknown state", "put_rule", {"name": "placed", "state": "ON", **_WHOLE}, _VALIDATION, _ONE + "..."),
    Error(
        "rule on a bus that is not there",
        "put_rule",
        {"name": "placed", "event_bus_name": "nope", **_WHOLE},
        _NOT_FOUND,
        _NO_BUS,
        source="unverified",
    ),
    Error(
        "delete with targets",
        "delete_rule",
        {"name": "placed"},
        _VALIDATION,
        "Rule can't be deleted since it has targets.",
        given="the rule placed has a target",
        source="field 2021-03",
    ),  # without targets a delete always succeeds, even of a rule that is not there
    Error(
        "delete on a bus that is not there",
        "delete_rule",
        {"name": "placed", "event_bus_name": "nope"},
        _NOT_FOUND,
        _NO_BUS,
    ),
    *[
        Error(f"{operation}, no such rule", operation, {"name": "nope"}, _NOT_FOUND, _NO_RULE, source="unverified")
        for operation in ("describe_rule", "enable_rule", "disable_rule")
    ],
    Error(
        "bus that is there",
        "create_event_bus",
        {"name": "orders"},
        _EXISTS,
        "Event bus orders already exists.",
        given="the bus orders is there",
        source="unverified",
    ),
    Error(
        "bus of the default name",
        "create_event_bus",
        {"name": "default"},
        _EXISTS,
        "Event bus default already exists.",
        source="unverified",
    ),
    Error(
        "delete the default bus",
        "delete_event_bus",
        {"name": "default"},
        _VALIDATION,
        "Cannot delete event bus default.",
        source="unverified",
    ),
    Error(
        "delete a bus with rules",
        "delete_event_bus",
        {"name": "orders"},
        _VALIDATION,
        given="a rule stands on the bus orders",
        source="unverified",
    ),
]


def _target(**changes: Any) -> dict[str, Any]:
    return {"rule": "placed", "targets": [{"id": "one", "arn": "{function}", **changes}]}


def _transformer(template: str, **paths: str) -> dict[str, Any]:
    return _target(input_transformer={"input_paths_map": paths, "input_template": template})


_PLACED = "the rule placed is there"
_INPUTS: dict[str, Any] = {
    "input": "{}",
    "input_path": "$.detail",
    "input_transformer": {"input_template": '"x"'},
}

TARGET_ERRORS: list[Error] = [
    Error("no such rule", "put_targets", {**_target(), "rule": "nope"}, _NOT_FOUND, _NO_RULE, source="unverified"),
    Error(
        "ARN for the name of a rule",
        "put_targets",
        {**_target(), "rule": "arn:aws:events:eu-west-1:000000000000:rule/placed"},
        _VALIDATION,
        f"{_ONE}'arn:aws:events:eu-west-1:000000000000:rule/placed' at 'rule' failed to satisfy constraint: {_NAME}",
        source="field 2021-04",
    ),
    Error("no targets", "put_targets", {"rule": "placed", "targets": []}, _VALIDATION, _ONE + "...", _PLACED),
    Error(
        "sixth target",
        "put_targets",
        _target(id="six"),
        _LIMIT,
        "The requested resource exceeds the maximum number allowed.",
        "the rule placed has five targets",
        source="unverified",
    ),
    Error(
        "target that is no ARN",
        "put_targets",
        _target(arn="work"),
        _VALIDATION,
        "Parameter work is not valid. Reason: Provided Arn is not in correct format.",
        _PLACED,
        source="unverified",
    ),
    Error("id with a blank", "put_targets", _target(id="a b"), _VALIDATION, _ONE + "...", _PLACED),
    Error("id of 65", "put_targets", _target(id="t" * 65), _VALIDATION, _ONE + "...", _PLACED),
    *[
        Error(
            f"{one} beside {other}",
            "put_targets",
            _target(**{one: _INPUTS[one], other: _INPUTS[other]}),
            _VALIDATION,
            "Only one of Input, InputPath, or InputTransformer must be provided for target one.",
            _PLACED,
            source="unverified",
        )
        for one, other in combinations(_INPUTS, 2)
    ],
    Error(
        "input that is no JSON",
        "put_targets",
        _target(input="hello"),
        _VALIDATION,
        "JSON syntax error in input for target one...",
        _PLACED,
        source="unverified",
    ),
    Error("input of 8,193", "put_targets", _target(input='"' + "x" * 8191 + '"'), _VALIDATION, _ONE + "...", _PLACED),
    Error("path of 257", "put_targets", _target(input_path="$." + "x" * 255), _VALIDATION, _ONE + "...", _PLACED),
    Error(
        "path without $", "put_targets", _target(input_path="detail"), _VALIDATION, None, _PLACED, source="unverified"
    ),
    # Transformers; "choice": a template that could never be filled is refused where it is written.
    Error(
        "101 paths",
        "put_targets",
        _transformer('"x"', **{f"p{n}": "$.id" for n in range(101)}),
        _VALIDATION,
        _ONE + "...",
        _PLACED,
    ),
    Error("template of 8,193", "put_targets", _transformer('"' + "x" * 8191 + '"'), _VALIDATION, _ONE + "...", _PLACED),
    Error("template of nothing", "put_targets", _transformer(""), _VALIDATION, None, _PLACED),
    Error(
        "variable of a reserved name",
        "put_targets",
        _transformer('"x"', **{"aws.events.rule-name": "$.id"}),
        _VALIDATION,
        None,
        _PLACED,
    ),
    Error("variable as a key", "put_targets", _transformer("{<a>: 1}", a="$.id"), _VALIDATION, None, _PLACED),
    Error(
        "text without quotes",
        "put_targets",
        _transformer("order <a>", a="$.id"),
        _VALIDATION,
        None,
        _PLACED,
        source="guide",
    ),
    Error(
        "variable without a path",
        "put_targets",
        _transformer('"<b>"', a="$.id"),
        _VALIDATION,
        None,
        _PLACED,
        source="choice",
    ),
    Error(
        "path of a variable without $",
        "put_targets",
        _transformer('"<a>"', a="id"),
        _VALIDATION,
        None,
        _PLACED,
        source="choice",
    ),
    # Queues, retries, dead letters.
    Error(
        "FIFO queue without a group",
        "put_targets",
        _target(arn="{fifo_queue}"),
        _VALIDATION,
        "Parameter(s) SqsParameters must be specified for target: one.",
        _PLACED,
        source="unverified",
    ),
    Error(
        "group id of 101",
        "put_targets",
        _target(arn="{fifo_queue}", sqs_parameters={"message_group_id": "g" * 101}),
        _VALIDATION,
        _ONE + "...",
        _PLACED,
    ),
    Error(
        "dead letters to a FIFO queue",
        "put_targets",
        _target(dead_letter_config={"arn": "{fifo_queue}"}),
        _VALIDATION,
        None,
        _PLACED,
        source="guide",
    ),
    Error(
        "dead letters to a function",
        "put_targets",
        _target(dead_letter_config={"arn": "{function}"}),
        _VALIDATION,
        None,
        _PLACED,
        source="guide",
    ),
    *[
        Error(
            f"{name} of {value}", "put_targets", _target(retry_policy={name: value}), _VALIDATION, _ONE + "...", _PLACED
        )
        for name, value in [
            ("maximum_retry_attempts", -1),
            ("maximum_retry_attempts", 186),
            ("maximum_event_age_in_seconds", 59),
            ("maximum_event_age_in_seconds", 86_401),
        ]
    ],
    Error(
        "remove from no such rule",
        "remove_targets",
        {"rule": "nope", "ids": ["one"]},
        _NOT_FOUND,
        _NO_RULE,
        source="unverified",
    ),
]


def _archive(**changes: Any) -> dict[str, Any]:
    return {"archive_name": "all", "event_source_arn": "{bus}", **changes}


def _replay(**changes: Any) -> dict[str, Any]:
    """Of the archive's first minute to its own bus."""
    return {
        "replay_name": "again",
        "event_source_arn": "{archive}",
        "event_start_time": "2026-01-01T00:00:00Z",
        "event_end_time": "2026-01-01T00:01:00Z",
        "destination": {"arn": "{bus}"},
        **changes,
    }


_ARCHIVED = "the archive is there"

ARCHIVE_ERRORS: list[Error] = [
    Error(
        "archive that is there",
        "create_archive",
        _archive(),
        _EXISTS,
        "Archive all already exists.",
        "the archive all is there",
        source="unverified",
    ),
    Error("archive of no bus", "create_archive", _archive(event_source_arn="{bus}-nope"), _NOT_FOUND, source="bc"),
    Error("archive of a queue", "create_archive", _archive(event_source_arn="{queue}"), _VALIDATION, _ONE + "..."),
    Error("archive name of 49", "create_archive", _archive(archive_name="a" * 49), _VALIDATION, _ONE + "..."),
    Error("archive name with a blank", "create_archive", _archive(archive_name="a b"), _VALIDATION, _ONE + "..."),
    Error("archive of a bad pattern", "create_archive", _archive(event_pattern='{"source":"shop"}'), _PATTERN),
    Error("retention of -1 day", "create_archive", _archive(retention_days=-1), _VALIDATION, _ONE + "..."),
    *[
        Error(
            f"{operation}, no such archive",
            operation,
            {"archive_name": "nope"},
            _NOT_FOUND,
            "Archive nope does not exist.",
            source="unverified",
        )
        for operation in ("describe_archive", "update_archive", "delete_archive")
    ],
    Error("replay of no archive", "start_replay", _replay(event_source_arn="{archive}-nope"), _NOT_FOUND),
    Error(
        "replay to another bus",
        "start_replay",
        _replay(destination={"arn": "{other_bus}"}),
        _VALIDATION,
        None,
        _ARCHIVED,
        source="guide",
    ),
    Error(
        "replay that ends before it starts",
        "start_replay",
        _replay(event_end_time="2025-12-31T23:59:59Z"),
        _VALIDATION,
        None,
        _ARCHIVED,
        source="unverified",
    ),
    Error(
        "replay of no time",
        "start_replay",
        _replay(event_end_time="2026-01-01T00:00:00Z"),
        _VALIDATION,
        None,
        _ARCHIVED,
        source="unverified",
    ),
    Error(
        "replay that is there",
        "start_replay",
        _replay(),
        _EXISTS,
        "Replay again already exists.",
        "the replay again has ended",
        source="unverified",
    ),
    Error("replay name of 65", "start_replay", _replay(replay_name="r" * 65), _VALIDATION, _ONE + "...", _ARCHIVED),
    Error("eleventh replay at once", "start_replay", _replay(), _LIMIT, None, "ten replays run", source="guide"),
    *[
        Error(
            f"{operation}, no such replay",
            operation,
            {"replay_name": "nope"},
            _NOT_FOUND,
            "Replay nope does not exist.",
            source="unverified",
        )
        for operation in ("describe_replay", "cancel_replay")
    ],
    Error(
        "cancel what has ended",
        "cancel_replay",
        {"replay_name": "again"},
        "IllegalStatusException",
        None,
        "the replay again has ended",
    ),
]


# ------------------------------------------------------------------------------------------------------- Scheduler


def schedule(**changes: Any) -> dict[str, Any]:
    """Arguments that CreateSchedule accepts, with these changed; `target` is merged, not replaced."""
    target = {"arn": "{function}", "role_arn": "{role}", **changes.pop("target", {})}
    return {
        "name": "nightly",
        "schedule_expression": "rate(5 minutes)",
        "flexible_time_window": {"mode": "OFF"},
        "target": target,
        **changes,
    }


BAD_SCHEDULES = [
    "rate(10 seconds)",
    "rate(10 years)",
    "rate(10 minutess)",
    "rate( 10 minutes )",
    " rate(10 minutes)",
    "rate(-10 minutes)",
    "at(2026-01-01T00:00:00Z)",
    "at(2026-01-01)",
    "cron(0 1 * * * *)",
]
"""Recorded refusals of CreateSchedule."""

_CONFLICT = "ConflictException"
_NO_SCHEDULE = "Schedule nope does not exist."
_NO_GROUP = "Schedule group nope does not exist."

SCHEDULER_ERRORS: list[Error] = [
    *[
        Error(
            f"'{expression}'",
            "create_schedule",
            schedule(schedule_expression=expression),
            _VALIDATION,
            f"Invalid Schedule Expression {expression}...",
            source="recorded",
        )
        for expression in BAD_SCHEDULES
    ],
    Error(
        "schedule that is there",
        "create_schedule",
        schedule(),
        _CONFLICT,
        "Schedule nightly already exists.",
        "the schedule nightly is there",
        409,
        "unverified",
    ),
    Error(
        "schedule of no group",
        "create_schedule",
        schedule(group_name="nope"),
        _NOT_FOUND,
        _NO_GROUP,
        status=404,
        source="unverified",
    ),
    Error("schedule name of 65", "create_schedule", schedule(name="s" * 65), _VALIDATION, _ONE + "..."),
    Error("schedule name with a blank", "create_schedule", schedule(name="a b"), _VALIDATION, _ONE + "..."),
    Error(
        "unknown time zone",
        "create_schedule",
        schedule(schedule_expression="cron(0 1 * * ? *)", schedule_expression_timezone="Mars/Olympus"),
        _VALIDATION,
        source="unverified",
    ),
    Error(
        "flexible without a window",
        "create_schedule",
        schedule(flexible_time_window={"mode": "FLEXIBLE"}),
        _VALIDATION,
        source="unverified",
    ),
    Error(
        "window without flexibility",
        "create_schedule",
        schedule(flexible_time_window={"mode": "OFF", "maximum_window_in_minutes": 5}),
        _VALIDATION,
        source="unverified",
    ),
    *[
        Error(
            f"window of {minutes} minutes",
            "create_schedule",
            schedule(flexible_time_window={"mode": "FLEXIBLE", "maximum_window_in_minutes": minutes}),
            _VALIDATION,
            _ONE + "...",
        )
        for minutes in (0, 1_441)
    ],
    Error(
        "unknown mode",
        "create_schedule",
        schedule(flexible_time_window={"mode": "SOMETIMES"}),
        _VALIDATION,
        _ONE + "...",
    ),
    Error("unknown action", "create_schedule", schedule(action_after_completion="ARCHIVE"), _VALIDATION, _ONE + "..."),
    Error(
        "end before the start",
        "create_schedule",
        schedule(start_date="2026-01-02T00:00:00Z", end_date="2026-01-01T00:00:00Z"),
        _VALIDATION,
        source="unverified",
    ),
    Error(
        "schedule's target that is no ARN",
        "create_schedule",
        schedule(target={"arn": "work"}),
        _VALIDATION,
        source="unverified",
    ),
    Error(
        "role that is none", "create_schedule", schedule(target={"role_arn": "{function}"}), _VALIDATION, _ONE + "..."
    ),
    Error(
        "role that can't be assumed",
        "create_schedule",
        schedule(),
        _VALIDATION,
        "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
        "the role does not trust the Scheduler",
        source="field 2024-09",
    ),
    Error("schedule's input that is no JSON", "create_schedule", schedule(target={"input": "hello"}), _VALIDATION),
    Error("input over 256 KB", "create_schedule", schedule(target={"input": '"' + "x" * 262_143 + '"'}), _VALIDATION),
    Error(
        "schedule's dead letters to a FIFO queue",
        "create_schedule",
        schedule(target={"dead_letter_config": {"arn": "{fifo_queue}"}}),
        _VALIDATION,
        _ONE + "...",
    ),
    *[
        Error(
            f"schedule's {name} of {value}",
            "create_schedule",
            schedule(target={"retry_policy": {name: value}}),
            _VALIDATION,
            _ONE + "...",
        )
        for name, value in [
            ("maximum_retry_attempts", -1),
            ("maximum_retry_attempts", 186),
            ("maximum_event_age_in_seconds", 59),
            ("maximum_event_age_in_seconds", 86_401),
        ]
    ],
    Error(
        "update no such schedule",
        "update_schedule",
        schedule(name="nope"),
        _NOT_FOUND,
        _NO_SCHEDULE,
        status=404,
        source="unverified",
    ),
    *[
        Error(
            f"{operation}, no such schedule",
            operation,
            {"name": "nope"},
            _NOT_FOUND,
            _NO_SCHEDULE,
            status=404,
            source="unverified",
        )
        for operation in ("get_schedule", "delete_schedule")
    ],
    Error(
        "group that is there",
        "create_schedule_group",
        {"name": "shop"},
        _CONFLICT,
        "Schedule group shop already exists.",
        "the group shop is there",
        409,
        "unverified",
    ),
    *[
        Error(
            f"{operation}, no such group",
            operation,
            {"name": "nope"},
            _NOT_FOUND,
            _NO_GROUP,
            status=404,
            source="unverified",
        )
        for operation in ("get_schedule_group", "delete_schedule_group")
    ],
    Error("delete the default group", "delete_schedule_group", {"name": "default"}, _VALIDATION, source="unverified"),
]
"""ValidationException has status 400, ConflictException 409, ResourceNotFoundException 404 [bc:scheduler]; all three
have 400 at EventBridge itself, which is of the protocol with JSON bodies."""

ERRORS: list[Error] = [*PUT_EVENTS_ERRORS, *RULE_ERRORS, *TARGET_ERRORS, *ARCHIVE_ERRORS]
"""Of EventBridge; those of its Scheduler are another service's."""
