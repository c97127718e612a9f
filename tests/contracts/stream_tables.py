"""Mappings on streams as data, worked out by hand: what is tried when, what is given up, where the checkpoint stands.

Records are named by one letter each, and `"abc"` stands for a, b, c in this order. Ids that begin with "choice" rest on
a choice of ours alone (semantics in `stream_model`); "recorded" on AWS 2023 to 2025. Sources: dg:with-kinesis,
dg:services-kinesis-parameters, dg:kinesis-on-failure-destination, dg:invocation-eventsourcemapping.
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from tests.contracts.stream_model import LARGEST_EVENT, Answer, Condition, Outcome, Record, Sequences, Shard

OK = Answer("ok")
ERROR = Answer("error")
THROTTLE = Answer("throttle")
MALFORMED = Answer("partial")  # an answer that fails all of the batch, though the function returned


def failed_from(sequence: str, duration: float = 0) -> Answer:
    return Answer("partial", duration, sequence)


class Poison(NamedTuple):
    """A batch fails while one of these records is in it; with `reports` its answer names the first of them."""

    records: str
    reports: bool = False
    duration: float = 0


Answers = Sequence[Answer] | Poison  # a sequence: in the order of the tries; the last one goes on for ever


class Ended(NamedTuple):
    at: float
    condition: Condition
    approximate_invoke_count: int
    function_error: str | None  # of responseContext; RecordAgeExceeded has no responseContext at all
    records: str


class Row(NamedTuple):
    """`settings` by the names of the create call; one shard, TRIM_HORIZON unless they say otherwise."""

    id: str
    settings: dict[str, Any]
    records: Sequence[Record]
    answers: Answers
    attempts: list[tuple[float, str]]
    given_up: list[Ended]
    checkpoints: list[tuple[float, str]]
    refusals: list[tuple[float, str]] = []
    enabled_at: float = 0
    until: float = 86_400


def outcome_of(answers: Answers) -> Outcome:
    """The function that gives these answers. Where there are several lanes only `Poison` is defined."""
    tries = 0

    def outcome(batch: Sequences, _nth: int) -> Answer:
        nonlocal tries
        if isinstance(answers, Poison):
            bad = [sequence for sequence in batch if sequence in answers.records]
            if not bad:
                return Answer("ok", answers.duration)
            return failed_from(bad[0], answers.duration) if answers.reports else Answer("error", answers.duration)
        answer = answers[min(tries, len(answers) - 1)]
        tries += 1
        return answer

    return outcome


def at(arrived_at: float, names: str, *, size: int = 100, key: str = "k") -> list[Record]:
    return [Record(name, key, arrived_at, size) for name in names]


def _exhausted(ended_at: float, count: int, records: str, function_error: str | None = "Unhandled") -> Ended:
    return Ended(ended_at, "RetryAttemptsExhausted", count, function_error, records)


def _too_old(ended_at: float, count: int, records: str) -> Ended:
    return Ended(ended_at, "RecordAgeExceeded", count, None, records)


REPORT = {"function_response_types": ["ReportBatchItemFailures"]}
BISECT = {"bisect_batch_on_function_error": True}
_RAMP = [0.0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]  # 7 attempts in the first 60 s


def _retries(most: int) -> dict[str, Any]:
    return {"maximum_retry_attempts": most}


def _age(seconds: int) -> dict[str, Any]:
    return {"maximum_record_age_in_seconds": seconds}


def _window(seconds: float) -> dict[str, Any]:
    return {"maximum_batching_window_in_seconds": seconds}


BATCHES: list[Row] = [
    Row("even one record goes at once", {}, at(3, "a"), [OK], [(3, "a")], [], [(3, "a")]),
    Row("what is there goes together", {}, at(0, "abc"), [OK], [(0, "abc")], [], [(0, "c")]),
    Row(
        "no more than the batch size",
        {"batch_size": 2},
        at(0, "abcde"),
        [Answer("ok", 1)],
        [(0, "ab"), (1, "cd"), (2, "e")],
        [],
        [(1, "b"), (2, "d"), (3, "e")],
    ),
    Row(
        "what comes meanwhile is the next batch",
        {},
        [*at(0, "a"), *at(1, "b"), *at(9, "c"), *at(11, "d")],
        [Answer("ok", 10), OK],
        [(0, "a"), (10, "bc"), (11, "d")],
        [],
        [(10, "c"), (11, "d")],
    ),
    Row(
        "window from the first record",
        _window(5),
        [*at(1, "a"), *at(5.5, "b"), *at(6, "c"), *at(20, "d")],
        [OK],
        [(6, "abc"), (25, "d")],
        [],
        [(6, "c"), (25, "d")],
    ),
    Row(
        "window starts again when the invocation ends",
        _window(5),
        [*at(1, "a"), *at(7, "b")],
        [OK],
        [(6, "a"), (11, "b")],
        [],
        [(6, "a"), (11, "b")],
    ),
    Row(
        "window starts again when a slow invocation ends",
        _window(5),
        [*at(0, "a"), *at(6, "b")],
        [Answer("ok", 10), OK],
        [(5, "a"), (20, "b")],
        [],
        [(15, "a"), (20, "b")],
    ),
    Row(
        "full batch ends the window",
        {"batch_size": 2, **_window(5)},
        [*at(1, "a"), *at(3, "bc")],
        [OK],
        [(3, "ab"), (8, "c")],
        [],
        [(3, "b"), (8, "c")],
    ),
    Row(
        "retries wait for no window",
        {**_window(5), **_retries(1)},
        at(0, "a"),
        [ERROR],
        [(5, "a"), (5.5, "a")],
        [_exhausted(5.5, 2, "a")],
        [(5.5, "a")],
    ),
    Row(
        "exactly 6 MB",
        {},
        [*at(0, "a", size=3_000_000), *at(0, "b", size=LARGEST_EVENT - 3_000_015)],
        [OK],
        [(0, "ab")],
        [],
        [(0, "b")],
    ),
    Row(
        "one byte above 6 MB",
        {},
        [*at(0, "a", size=3_000_000), *at(0, "b", size=LARGEST_EVENT - 3_000_014)],
        [OK],
        [(0, "a"), (0, "b")],
        [],
        [(0, "b")],
    ),
    Row(
        "6 MB end the window",
        _window(60),
        [*at(0, "a", size=4_000_000), *at(2, "b", size=4_000_000)],
        [OK],
        [(2, "a"), (62, "b")],
        [],
        [(2, "a"), (62, "b")],
    ),
    Row(
        "choice: a record above 6 MB goes alone",
        {},
        [*at(0, "a"), *at(0, "b", size=7_000_000), *at(0, "c")],
        [OK],
        [(0, "a"), (0, "b"), (0, "c")],
        [],
        [(0, "c")],
    ),
]

_THREE = [*at(5, "a"), *at(10, "b"), *at(15, "c")]

POSITIONS: list[Row] = [
    Row("oldest", {}, _THREE, [OK], [(10, "ab"), (15, "c")], [], [(10, "b"), (15, "c")], enabled_at=10),
    Row(
        "latest: the very instant counts",
        {"starting_position": "LATEST"},
        _THREE,
        [OK],
        [(10, "b"), (15, "c")],
        [],
        [(10, "b"), (15, "c")],
        enabled_at=10,
    ),
    Row(
        "at a timestamp before",
        {"starting_position": "AT_TIMESTAMP", "starting_position_timestamp": 6},
        _THREE,
        [OK],
        [(20, "bc")],
        [],
        [(20, "c")],
        enabled_at=20,
    ),
    Row(
        "choice: what arrived at the timestamp counts",
        {"starting_position": "AT_TIMESTAMP", "starting_position_timestamp": 10},
        _THREE,
        [OK],
        [(12, "b"), (15, "c")],
        [],
        [(12, "b"), (15, "c")],
        enabled_at=12,
    ),
]

RETRIES: list[Row] = [
    Row("ok", _retries(0), at(0, "ab"), [OK], [(0, "ab")], [], [(0, "b")]),
    Row("no retry", _retries(0), at(0, "ab"), [ERROR], [(0, "ab")], [_exhausted(0, 1, "ab")], [(0, "b")]),
    Row(
        "one retry (recorded)",
        _retries(1),
        at(0, "a"),
        [ERROR],
        [(0, "a"), (0.5, "a")],
        [_exhausted(0.5, 2, "a")],
        [(0.5, "a")],
    ),
    Row(
        "two retries (recorded)",
        _retries(2),
        at(0, "a"),
        [ERROR],
        [(0, "a"), (0.5, "a"), (1.5, "a")],
        [_exhausted(1.5, 3, "a")],
        [(1.5, "a")],
    ),
    Row(
        "three retries (recorded)",
        _retries(3),
        at(0, "a"),
        [ERROR],
        [(0, "a"), (0.5, "a"), (1.5, "a"), (3.5, "a")],
        [_exhausted(3.5, 4, "a")],
        [(3.5, "a")],
    ),
    Row(
        "the pause stops growing at 60 s",
        _retries(10),
        at(0, "a"),
        [ERROR],
        [*((start, "a") for start in _RAMP), (63.5, "a"), (123.5, "a"), (183.5, "a"), (243.5, "a")],
        [_exhausted(243.5, 11, "a")],
        [(243.5, "a")],
    ),
    Row(
        "for ever",
        {},
        at(0, "a"),
        [ERROR],
        [*((start, "a") for start in _RAMP), (63.5, "a"), (123.5, "a")],
        [],
        [],
        until=183,
    ),
    Row("the last retry is ok", _retries(1), at(0, "a"), [ERROR, OK], [(0, "a"), (0.5, "a")], [], [(0.5, "a")]),
    Row(
        "a timeout is a function error, pauses count from its end",
        _retries(2),
        at(0, "a"),
        [Answer("timeout", 3)],
        [(0, "a"), (3.5, "a"), (7.5, "a")],
        [_exhausted(10.5, 3, "a")],
        [(10.5, "a")],
    ),
    Row(
        "the shard is blocked meanwhile",
        {"batch_size": 2, **_retries(1)},
        [*at(0, "ab"), *at(0.1, "c")],
        [ERROR, ERROR, OK],
        [(0, "ab"), (0.5, "ab"), (0.5, "c")],
        [_exhausted(0.5, 2, "ab")],
        [(0.5, "c")],
    ),
    Row(
        "the next batch begins anew",
        {"batch_size": 1, **_retries(1)},
        at(0, "ab"),
        [ERROR],
        [(0, "a"), (0.5, "a"), (0.5, "b"), (1, "b")],
        [_exhausted(0.5, 2, "a"), _exhausted(1, 2, "b")],
        [(0.5, "a"), (1, "b")],
    ),
    Row(
        "a throttle uses up no retry",
        _retries(0),
        at(0, "a"),
        [THROTTLE, THROTTLE, ERROR],
        [(1.5, "a")],
        [_exhausted(1.5, 1, "a")],
        [(1.5, "a")],
        [(0, "a"), (0.5, "a")],
    ),
    Row(
        "choice: one series of pauses for errors and throttles",
        _retries(1),
        at(0, "a"),
        [ERROR, THROTTLE, ERROR],
        [(0, "a"), (1.5, "a")],
        [_exhausted(1.5, 2, "a")],
        [(1.5, "a")],
        [(0.5, "a")],
    ),
    Row(
        "throttled for ever",
        _retries(0),
        at(0, "a"),
        [THROTTLE],
        [],
        [],
        [],
        [(start, "a") for start in _RAMP],
        until=60,
    ),
]

AGES: list[Row] = [
    Row(
        "too old after 60 s of retries (recorded)",
        _age(60),
        at(0, "a"),
        [ERROR],
        [(start, "a") for start in _RAMP],
        [_too_old(63.5, 8, "a")],
        [(63.5, "a")],
    ),
    Row(
        "too old before it was read (recorded)",
        _age(60),
        at(0, "a"),
        [OK],
        [],
        [_too_old(100, 1, "a")],
        [(100, "a")],
        enabled_at=100,
    ),
    Row(
        "only those that are too old (recorded)",
        _age(60),
        [*at(0, "a"), *at(90, "b")],
        [OK],
        [(100, "b")],
        [_too_old(100, 1, "a")],
        [(100, "b")],
        enabled_at=100,
    ),
    Row(
        "too old one after the other while retrying",
        _age(60),
        [*at(0, "a"), *at(40, "b")],
        [ERROR],
        [*((40 + start, "ab") for start in _RAMP[:6]), (71.5, "b")],
        [_too_old(71.5, 7, "a"), _too_old(103.5, 8, "b")],
        [(71.5, "a"), (103.5, "b")],
        enabled_at=40,
    ),
    Row(
        "retries used up first",
        {**_age(60), **_retries(3)},
        at(0, "a"),
        [ERROR],
        [(start, "a") for start in _RAMP[:4]],
        [_exhausted(3.5, 4, "a")],
        [(3.5, "a")],
    ),
    Row(
        "age first",
        {**_age(60), **_retries(7)},
        at(0, "a"),
        [ERROR],
        [(start, "a") for start in _RAMP],
        [_too_old(63.5, 8, "a")],
        [(63.5, "a")],
    ),
    Row(
        "throttled until it is too old",
        _age(60),
        at(0, "a"),
        [THROTTLE],
        [],
        [_too_old(63.5, 1, "a")],
        [(63.5, "a")],
        [(start, "a") for start in _RAMP],
    ),
    Row(
        "what waits behind grows old too",
        {"batch_size": 1, **_age(60)},
        [*at(0, "a"), *at(1, "b"), *at(60, "c")],
        [ERROR] * 7 + [OK],
        [*((start, "a") for start in _RAMP), (63.5, "c")],
        [_too_old(63.5, 8, "a"), _too_old(63.5, 1, "b")],
        [(63.5, "c")],
    ),
    Row(
        "choice: at that age exactly it is still tried",
        _age(60),
        at(0, "a"),
        [OK],
        [(60, "a")],
        [],
        [(60, "a")],
        enabled_at=60,
    ),
    Row(
        "choice: what is too old fills no batch",
        {"batch_size": 2, **_age(60)},
        [*at(0, "a"), *at(90, "bc")],
        [OK],
        [(100, "bc")],
        [_too_old(100, 1, "a")],
        [(100, "c")],
        enabled_at=100,
    ),
]

HALVES: list[Row] = [
    Row(
        "one of four, no retries",
        {**BISECT, **_retries(0)},
        at(0, "abcd"),
        Poison("c"),
        [(0, "abcd"), (0, "ab"), (0, "cd"), (0, "c"), (0, "d")],
        [_exhausted(0, 1, "c")],
        [(0, "d")],
    ),
    Row(
        "a split uses up no retry",
        {**BISECT, **_retries(1)},
        at(0, "abcd"),
        Poison("c"),
        [(0, "abcd"), (0, "ab"), (0, "cd"), (0, "c"), (0.5, "c"), (0.5, "d")],
        [_exhausted(0.5, 2, "c")],
        [(0, "b"), (0.5, "d")],
    ),
    Row(
        "choice: the first half is the shorter one",
        {**BISECT, **_retries(0)},
        at(0, "abcde"),
        Poison("e"),
        [(0, "abcde"), (0, "ab"), (0, "cde"), (0, "c"), (0, "de"), (0, "d"), (0, "e")],
        [_exhausted(0, 1, "e")],
        [(0, "e")],
    ),
    Row(
        "three",
        {**BISECT, **_retries(0)},
        at(0, "abc"),
        Poison("b"),
        [(0, "abc"), (0, "a"), (0, "bc"), (0, "b"), (0, "c")],
        [_exhausted(0, 1, "b")],
        [(0, "c")],
    ),
    Row(
        "one record can't be split",
        {**BISECT, **_retries(2)},
        at(0, "a"),
        Poison("a"),
        [(0, "a"), (0.5, "a"), (1.5, "a")],
        [_exhausted(1.5, 3, "a")],
        [(1.5, "a")],
    ),
    Row(
        "two of four",
        {**BISECT, **_retries(1)},
        at(0, "abcd"),
        Poison("ad"),
        [(0, "abcd"), (0, "ab"), (0, "a"), (0.5, "a"), (0.5, "b"), (0.5, "cd"), (0.5, "c"), (0.5, "d"), (1, "d")],
        [_exhausted(0.5, 2, "a"), _exhausted(1, 2, "d")],
        [(0.5, "c"), (1, "d")],
    ),
    Row(
        "halves go ahead of everything else",
        {"batch_size": 2, **BISECT, **_retries(1)},
        at(0, "abcd"),
        Poison("a"),
        [(0, "ab"), (0, "a"), (0.5, "a"), (0.5, "b"), (0.5, "cd")],
        [_exhausted(0.5, 2, "a")],
        [(0.5, "d")],
    ),
    Row(
        "attempts take their time",
        {**BISECT, **_retries(0)},
        at(0, "abcd"),
        Poison("b", duration=1),
        [(0, "abcd"), (1, "ab"), (2, "a"), (3, "b"), (4, "cd")],
        [_exhausted(4, 1, "b")],
        [(3, "a"), (4, "b"), (5, "d")],
    ),
    Row(
        "a timeout splits too",
        {**BISECT, **_retries(0)},
        at(0, "ab"),
        [Answer("timeout", 3), OK],
        [(0, "ab"), (3, "a"), (3, "b")],
        [],
        [(3, "b")],
    ),
    Row(
        "a throttle splits nothing",
        {**BISECT, **_retries(0)},
        at(0, "ab"),
        [THROTTLE, OK],
        [(0.5, "ab")],
        [],
        [(0.5, "b")],
        [(0, "ab")],
    ),
    Row(
        "choice: halves go on with the pause of the whole",
        {**BISECT, **_retries(1)},
        at(0, "ab"),
        [THROTTLE, THROTTLE, ERROR, ERROR, ERROR, OK],
        [(1.5, "ab"), (1.5, "a"), (3.5, "a"), (3.5, "b")],
        [_exhausted(3.5, 2, "a")],
        [(3.5, "b")],
        [(0, "ab"), (0.5, "ab")],
    ),
    Row(
        "choice: each half grows old by itself",
        {**BISECT, **_age(60)},
        at(0, "ab"),
        Poison("a"),
        [(0, "ab"), *((start, "a") for start in _RAMP)],
        [_too_old(63.5, 8, "a"), _too_old(63.5, 1, "b")],
        [(63.5, "b")],
    ),
]

PARTIAL: list[Row] = [
    Row(
        "the rest is tried again",
        {**REPORT, **_retries(1)},
        at(0, "abcd"),
        [failed_from("c"), OK],
        [(0, "abcd"), (0.5, "cd")],
        [],
        [(0, "b"), (0.5, "d")],
    ),
    Row(
        "the first one failed: all again",
        {**REPORT, **_retries(1)},
        at(0, "abc"),
        [failed_from("a"), OK],
        [(0, "abc"), (0.5, "abc")],
        [],
        [(0.5, "c")],
    ),
    Row(
        "no retries: the rest is given up (recorded: functionError null)",
        {**REPORT, **_retries(0)},
        at(0, "abcd"),
        [failed_from("c")],
        [(0, "abcd")],
        [_exhausted(0, 1, "cd", None)],
        [(0, "d")],
    ),
    Row(
        "retries used up by one record",
        {**REPORT, **_retries(2)},
        at(0, "abcd"),
        Poison("c", reports=True),
        [(0, "abcd"), (0.5, "cd"), (1.5, "cd")],
        [_exhausted(1.5, 3, "cd", None)],
        [(0, "b"), (1.5, "d")],
    ),
    Row(
        "choice: the rest keeps the count",
        {**REPORT, **_retries(2)},
        at(0, "abcd"),
        [failed_from("b"), failed_from("c"), failed_from("d")],
        [(0, "abcd"), (0.5, "bcd"), (1.5, "cd")],
        [_exhausted(1.5, 3, "d", None)],
        [(0, "a"), (0.5, "b"), (1.5, "d")],
    ),
    Row(
        "raises after a partial answer",
        {**REPORT, **_retries(1)},
        at(0, "abcd"),
        [failed_from("c"), ERROR],
        [(0, "abcd"), (0.5, "cd")],
        [_exhausted(0.5, 2, "cd")],
        [(0, "b"), (0.5, "d")],
    ),
    Row(
        "an unknown sequence number fails all (recorded)",
        {**REPORT, **_retries(1)},
        at(0, "ab"),
        [failed_from("z"), OK],
        [(0, "ab"), (0.5, "ab")],
        [],
        [(0.5, "b")],
    ),
    Row(
        "choice: functionError is null after an answer of another form too",
        {**REPORT, **_retries(0)},
        at(0, "ab"),
        [MALFORMED],
        [(0, "ab")],
        [_exhausted(0, 1, "ab", None)],
        [(0, "b")],
    ),
    Row("off: all succeeded", _retries(0), at(0, "ab"), [failed_from("a")], [(0, "ab")], [], [(0, "b")]),
    Row(
        "bisect: split at the reported one, and no retry used up",
        {**REPORT, **BISECT, **_retries(0)},
        at(0, "abcd"),
        [failed_from("c"), OK],
        [(0, "abcd"), (0, "cd")],
        [],
        [(0, "d")],
    ),
    Row(
        "choice: bisect and nothing to split at the reported one",
        {**REPORT, **BISECT, **_retries(1)},
        at(0, "abcd"),
        Poison("c", reports=True),
        [(0, "abcd"), (0, "cd"), (0.5, "cd")],
        [_exhausted(0.5, 2, "cd", None)],
        [(0, "b"), (0.5, "d")],
    ),
    Row(
        "choice: bisect and an answer of another form: halves",
        {**REPORT, **BISECT, **_retries(0)},
        at(0, "ab"),
        [MALFORMED, OK],
        [(0, "ab"), (0, "a"), (0, "b")],
        [],
        [(0, "b")],
    ),
    Row(
        "bisect and the function raises: halves",
        {**REPORT, **BISECT, **_retries(0)},
        at(0, "abcd"),
        [ERROR, failed_from("b"), OK],
        [(0, "abcd"), (0, "ab"), (0, "b"), (0, "cd")],
        [],
        [(0, "d")],
    ),
]

_RED = "red"  # lane 0 of 2
_BLUE = "blue"  # lane 1 of 2
_MIXED = [*at(0, "a", key=_RED), *at(0, "bc", key=_BLUE), *at(0, "d", key=_RED)]

LANES: list[Row] = [
    Row(
        "two lanes at once",
        {"parallelization_factor": 2},
        _MIXED,
        Poison("", duration=1),
        [(0, "ad"), (0, "bc")],
        [],
        [(1, "d")],
    ),
    Row(
        "one lane is blocked, the checkpoint too",
        {"parallelization_factor": 2, "batch_size": 1, **_retries(2)},
        _MIXED,
        Poison("a"),
        [(0, "a"), (0, "b"), (0, "c"), (0.5, "a"), (1.5, "a"), (1.5, "d")],
        [_exhausted(1.5, 3, "a")],
        [(1.5, "d")],
    ),
    Row(
        "the checkpoint goes on as far as all is done with",
        {"parallelization_factor": 2, "batch_size": 1, **_retries(1)},
        _MIXED,
        Poison("d"),
        [(0, "a"), (0, "d"), (0, "b"), (0, "c"), (0.5, "d")],
        [_exhausted(0.5, 2, "d")],
        [(0, "c"), (0.5, "d")],
    ),
]

ROWS: list[Row] = [*BATCHES, *POSITIONS, *RETRIES, *AGES, *HALVES, *PARTIAL, *LANES]

LANE_OF_KEY: list[tuple[str, int, int]] = [  # choice: md5 of the key's UTF-8 bytes as one number, modulo the factor
    ("a", 2, 1),
    ("a", 3, 1),
    ("a", 10, 7),
    ("e", 2, 0),
    ("red", 2, 0),
    ("red", 3, 1),
    ("red", 10, 2),
    ("blue", 2, 1),
    ("blue", 3, 0),
    ("blue", 10, 5),
    ("green", 2, 0),
    ("green", 3, 2),
    ("green", 10, 4),
    ("orders/1", 10, 7),
    ("blue", 1, 0),
]


class Family(NamedTuple):
    """Shards and when each record is tried, in order; every attempt is ok and takes no time unless `answers` say."""

    id: str
    starting_position: Literal["LATEST", "TRIM_HORIZON"]
    enabled_at: float
    shards: list[Shard]
    answers: Answers
    attempts: list[tuple[float, str, str]]
    maximum_retry_attempts: int = -1


FAMILIES: list[Family] = [
    Family(
        "children after their parent is read",
        "TRIM_HORIZON",
        0,
        [
            Shard(at(0, "ab"), "old", closed_at=10),
            Shard(at(10, "c"), "left", ("old",), opened_at=10),
            Shard(at(11, "d"), "right", ("old",), opened_at=10),
        ],
        [OK],
        [(0, "old", "ab"), (10, "left", "c"), (11, "right", "d")],
    ),
    Family(
        "a blocked parent holds its child up",
        "TRIM_HORIZON",
        0,
        [
            Shard(at(9.9, "a"), "old", closed_at=10),
            Shard(at(10, "b"), "new", ("old",), opened_at=10),
        ],
        [ERROR, ERROR, ERROR, OK],
        [(9.9, "old", "a"), (10.4, "old", "a"), (11.4, "old", "a"), (11.4, "new", "b")],
        2,
    ),
    Family(
        "a merged child waits for both parents",
        "TRIM_HORIZON",
        0,
        [
            Shard(at(0, "a"), "one", closed_at=5),
            Shard(at(0, "b"), "two", closed_at=5),
            Shard(at(5, "c"), "both", ("one", "two"), opened_at=5),
        ],
        Poison("b"),
        [
            (0, "one", "a"),
            (0, "two", "b"),
            (0.5, "two", "b"),
            (1.5, "two", "b"),
            (3.5, "two", "b"),
            (7.5, "two", "b"),
            (7.5, "both", "c"),
        ],
        4,
    ),
    Family(
        "an open parent holds its child up for ever",
        "TRIM_HORIZON",
        0,
        [Shard(at(0, "a"), "old"), Shard(at(10, "b"), "new", ("old",), opened_at=10)],
        [OK],
        [(0, "old", "a")],
    ),
    Family(
        "a parent that is gone holds nothing up",
        "TRIM_HORIZON",
        0,
        [Shard(at(0, "a"), "new", ("gone",))],
        [OK],
        [(0, "new", "a")],
    ),
    Family(
        "an empty parent",
        "TRIM_HORIZON",
        20,
        [Shard((), "old", closed_at=10), Shard(at(10, "a"), "new", ("old",), opened_at=10)],
        [OK],
        [(20, "new", "a")],
    ),
    Family(
        "choice: latest, a shard opened later is read from its start",
        "LATEST",
        5,
        [
            Shard([*at(0, "a"), *at(6, "b")], "old", closed_at=10),
            Shard(at(10, "c"), "new", ("old",), opened_at=10),
        ],
        [Answer("ok", 7), OK],
        [(6, "old", "b"), (13, "new", "c")],
    ),
    Family(
        "latest, split before the mapping was made",
        "LATEST",
        20,
        [
            Shard(at(0, "a"), "old", closed_at=10),
            Shard([*at(11, "b"), *at(21, "c")], "new", ("old",), opened_at=10),
        ],
        [OK],
        [(21, "new", "c")],
    ),
]
