"""When one asynchronous event is tried, and how it ends: a plain calculator, and a table worked out by hand.

One event, its function's queue otherwise idle. Sources: dg:invocation-async-error-handling,
dg:invocation-async-retain-records; recorded 2025-11 for ages 60 and 90.

- A function error uses up a retry; 60 s before retry 1, 120 s before retry 2, from the end of the attempt. S
- A refusal (429, system error) uses up none and does not count as an invocation; the next try comes after 1, 2, 4 ...
  300 s. S; doubling without jitter: U, our choice.
- An attempt that reached the function ends that series: the next refusal waits 1 s again. U, our choice.
- A function error after a refusal continues its own schedule where it was. U, our choice.
- The age is tested when an attempt has failed, for the moment of the next try: `next >= accepted + age` ends the event
  at once. O: with 60 s one attempt, with 90 s two.
- Retries used up wins over the age. U, our choice.
- A success is a success, however old the event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

Outcome = Literal["ok", "fail", "throttle"]
Ended = Literal["Success", "RetriesExhausted", "EventAgeExceeded"]

LONGEST_PAUSE = 300.0


@dataclass(frozen=True)
class Result:
    """Times in seconds after the event was accepted."""

    attempts: list[float]  # starts of those that reached the function
    tries: list[float]  # those and the refused ones
    ended: Ended
    ended_at: float
    count: int  # approximateInvokeCount


class Arguments(TypedDict):
    outcomes: Sequence[Outcome]
    maximum_retry_attempts: NotRequired[int]
    maximum_event_age_in_seconds: NotRequired[float]
    durations: NotRequired[Sequence[float]]
    retry_waits: NotRequired[tuple[float, float]]


def attempts(
    outcomes: Sequence[Outcome],
    *,
    maximum_retry_attempts: int = 2,
    maximum_event_age_in_seconds: float = 21_600,
    durations: Sequence[float] = (),
    retry_waits: tuple[float, float] = (60.0, 120.0),
) -> Result:
    """What becomes of an event accepted at 0 s.

    The last outcome goes on for ever; outcomes after the end are not looked at. `durations` belong to the attempts
    that reached the function; where there is none the attempt takes no time.
    """
    reached: list[float] = []
    tries: list[float] = []
    refusals = 0
    now = 0.0
    while True:
        outcome = outcomes[min(len(tries), len(outcomes) - 1)]
        tries.append(now)
        if outcome == "throttle":
            delay = min(2.0**refusals, LONGEST_PAUSE)
            refusals += 1
        else:
            refusals = 0
            reached.append(now)
            if len(reached) <= len(durations):
                now += durations[len(reached) - 1]
            if outcome == "ok":
                return Result(reached, tries, "Success", now, len(reached))
            if len(reached) > maximum_retry_attempts:
                return Result(reached, tries, "RetriesExhausted", now, len(reached))
            delay = retry_waits[0] if len(reached) == 1 else retry_waits[1]
        if now + delay >= maximum_event_age_in_seconds:
            return Result(reached, tries, "EventAgeExceeded", now, len(reached))
        now += delay


_REFUSED: list[Outcome] = ["throttle"]
_RAMP = [0.0, 1.0, 3.0, 7.0, 15.0, 31.0, 63.0, 127.0, 255.0, 511.0]  # refusals: 1 + 2 + 4 + ... + 256

# Rows whose id begins with "choice" rest on a choice of ours alone.
TABLE_RETRIES: list[tuple[str, Arguments, Result]] = [
    ("ok", {"outcomes": ["ok"]}, Result([0], [0], "Success", 0, 1)),
    ("ok slowly", {"outcomes": ["ok"], "durations": [2.5]}, Result([0], [0], "Success", 2.5, 1)),
    ("fails for ever", {"outcomes": ["fail"]}, Result([0, 60, 180], [0, 60, 180], "RetriesExhausted", 180, 3)),
    ("second is ok", {"outcomes": ["fail", "ok"]}, Result([0, 60], [0, 60], "Success", 60, 2)),
    ("third is ok", {"outcomes": ["fail", "fail", "ok"]}, Result([0, 60, 180], [0, 60, 180], "Success", 180, 3)),
    (
        "no retries",
        {"outcomes": ["fail"], "maximum_retry_attempts": 0},
        Result([0], [0], "RetriesExhausted", 0, 1),
    ),
    (
        "one retry",
        {"outcomes": ["fail"], "maximum_retry_attempts": 1},
        Result([0, 60], [0, 60], "RetriesExhausted", 60, 2),
    ),
    (
        "one retry, ok",
        {"outcomes": ["fail", "ok"], "maximum_retry_attempts": 1},
        Result([0, 60], [0, 60], "Success", 60, 2),
    ),
    (
        "waits count from the end of the attempt",
        {"outcomes": ["fail"], "durations": [3, 3, 3]},
        Result([0, 63, 186], [0, 63, 186], "RetriesExhausted", 189, 3),
    ),
    (
        "one slow attempt",
        {"outcomes": ["fail", "fail", "ok"], "durations": [900]},
        Result([0, 960, 1080], [0, 960, 1080], "Success", 1080, 3),
    ),
    (
        "other waits",
        {"outcomes": ["fail"], "retry_waits": (5.0, 7.0)},
        Result([0, 5, 12], [0, 5, 12], "RetriesExhausted", 12, 3),
    ),
    (
        "age 60: one attempt (recorded)",
        {"outcomes": ["fail"], "maximum_event_age_in_seconds": 60},
        Result([0], [0], "EventAgeExceeded", 0, 1),
    ),
    (
        "age 61",
        {"outcomes": ["fail"], "maximum_event_age_in_seconds": 61},
        Result([0, 60], [0, 60], "EventAgeExceeded", 60, 2),
    ),
    (
        "age 90: two attempts (recorded)",
        {"outcomes": ["fail"], "maximum_event_age_in_seconds": 90},
        Result([0, 60], [0, 60], "EventAgeExceeded", 60, 2),
    ),
    (
        "age 180: the third would be as old as the limit",
        {"outcomes": ["fail"], "maximum_event_age_in_seconds": 180},
        Result([0, 60], [0, 60], "EventAgeExceeded", 60, 2),
    ),
    (
        "age 181",
        {"outcomes": ["fail"], "maximum_event_age_in_seconds": 181},
        Result([0, 60, 180], [0, 60, 180], "RetriesExhausted", 180, 3),
    ),
    (
        "age 180, slow attempts",
        {"outcomes": ["fail"], "maximum_event_age_in_seconds": 180, "durations": [1, 1]},
        Result([0, 61], [0, 61], "EventAgeExceeded", 62, 2),
    ),
    (
        "age 181, one second too slow",
        {"outcomes": ["fail"], "maximum_event_age_in_seconds": 181, "durations": [1]},
        Result([0, 61], [0, 61], "EventAgeExceeded", 61, 2),
    ),
    (
        "age 61, second is ok",
        {"outcomes": ["fail", "ok"], "maximum_event_age_in_seconds": 61},
        Result([0, 60], [0, 60], "Success", 60, 2),
    ),
    (
        "older than the limit when it succeeds",
        {"outcomes": ["ok"], "maximum_event_age_in_seconds": 60, "durations": [100]},
        Result([0], [0], "Success", 100, 1),
    ),
    (
        "older than the limit when it fails",
        {"outcomes": ["fail"], "maximum_event_age_in_seconds": 60, "durations": [100]},
        Result([0], [0], "EventAgeExceeded", 100, 1),
    ),
    (
        "choice: no retries and age 60, retries used up wins",
        {"outcomes": ["fail"], "maximum_retry_attempts": 0, "maximum_event_age_in_seconds": 60},
        Result([0], [0], "RetriesExhausted", 0, 1),
    ),
    (
        "choice: one retry and age 90, retries used up wins",
        {"outcomes": ["fail"], "maximum_retry_attempts": 1, "maximum_event_age_in_seconds": 90},
        Result([0, 60], [0, 60], "RetriesExhausted", 60, 2),
    ),
    (
        "one retry and age 60, the age comes first",
        {"outcomes": ["fail"], "maximum_retry_attempts": 1, "maximum_event_age_in_seconds": 60},
        Result([0], [0], "EventAgeExceeded", 0, 1),
    ),
    ("refused once", {"outcomes": ["throttle", "ok"]}, Result([1], [0, 1], "Success", 1, 1)),
    (
        "refused five times",
        {"outcomes": [*_REFUSED * 5, "ok"]},
        Result([31], [0, 1, 3, 7, 15, 31], "Success", 31, 1),
    ),
    (
        "refused, then fails for ever",
        {"outcomes": ["throttle", "fail"]},
        Result([1, 61, 181], [0, 1, 61, 181], "RetriesExhausted", 181, 3),
    ),
    (
        "refused between the retries",
        {"outcomes": ["fail", "throttle", "throttle", "fail"]},
        Result([0, 63, 183], [0, 60, 61, 63, 183], "RetriesExhausted", 183, 3),
    ),
    (
        "a refusal uses up no retry",
        {"outcomes": ["throttle", "throttle", "fail"], "maximum_retry_attempts": 0},
        Result([3], [0, 1, 3], "RetriesExhausted", 3, 1),
    ),
    (
        "choice: the series begins anew after an attempt",
        {"outcomes": ["throttle", "throttle", "fail", "throttle", "throttle", "fail"]},
        Result([3, 66, 186], [0, 1, 3, 63, 64, 66, 186], "RetriesExhausted", 186, 3),
    ),
    (
        "choice: refused before each attempt",
        {"outcomes": ["throttle", "fail", "throttle", "fail", "throttle", "ok"]},
        Result([1, 62, 183], [0, 1, 61, 62, 182, 183], "Success", 183, 3),
    ),
    (
        "the pause stops growing at 300 s",
        {"outcomes": [*_REFUSED * 12, "ok"]},
        Result([1411], [*_RAMP, 811, 1111, 1411], "Success", 1411, 1),
    ),
    (
        "refused until age 60",
        {"outcomes": ["throttle"], "maximum_event_age_in_seconds": 60},
        Result([], [0, 1, 3, 7, 15, 31], "EventAgeExceeded", 31, 0),
    ),
    (
        "refused until age 63: as old as the limit",
        {"outcomes": ["throttle"], "maximum_event_age_in_seconds": 63},
        Result([], [0, 1, 3, 7, 15, 31], "EventAgeExceeded", 31, 0),
    ),
    (
        "refused until age 64",
        {"outcomes": ["throttle"], "maximum_event_age_in_seconds": 64},
        Result([], [0, 1, 3, 7, 15, 31, 63], "EventAgeExceeded", 63, 0),
    ),
    (
        "refused until age 1,000",
        {"outcomes": ["throttle"], "maximum_event_age_in_seconds": 1000},
        Result([], [*_RAMP, 811], "EventAgeExceeded", 811, 0),
    ),
    (
        "refused until the default age",  # 511 + 70 * 300 = 21,511; the next at 21,811
        {"outcomes": ["throttle"]},
        Result([], [*_RAMP, *(511.0 + 300 * n for n in range(1, 71))], "EventAgeExceeded", 21_511, 0),
    ),
    (
        "fails once, refused until age 90",  # 60, 61, 63, 67, 75; the next at 91
        {"outcomes": ["fail", "throttle"], "maximum_event_age_in_seconds": 90},
        Result([0], [0, 60, 61, 63, 67, 75], "EventAgeExceeded", 75, 1),
    ),
    (
        "refused, fails, and a retry would be too old",
        {"outcomes": ["throttle", "fail"], "maximum_event_age_in_seconds": 61},
        Result([1], [0, 1], "EventAgeExceeded", 1, 1),
    ),
]
