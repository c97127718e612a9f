"""Tumbling windows of a mapping on a stream: what each call gets, what its answer does, and how windows end."""

import json
from typing import Any

import pytest
from attrs import evolve

from eventbus.core.effects import Invoke
from eventbus.core.outcomes import NULL, Outcome, Succeeded
from eventbus.core.stream_mapping import with_window
from eventbus.core.stream_mapping.windows import STATE_LIMIT, state_of
from eventbus.names import arn_of
from tests.golden import load

from .streams import FAILED, FULL, REPORT, PlainRecord, PlainShard, Run, make_run, names, shard_of

EPOCH = 1_767_225_600.0  # 2026-01-01T00:00:00Z


def windowed(*arrivals: float, closed_at: float = float("inf"), **settings: Any) -> Run:
    """A run with windows of 60 s over records named 0, 1, 2 ... that arrive then."""
    records = [PlainRecord(str(number), arrived_at=at) for number, at in enumerate(arrivals)]
    shard = PlainShard("shardId-000000000000", records, closed_at=closed_at)
    return make_run([shard], epoch=EPOCH, tumbling_window_in_seconds=60, **settings)


def event_of(invoke: Invoke) -> dict[str, Any]:
    return with_window({"Records": []}, invoke.extra)


def state(**members: Any) -> Succeeded:
    return Succeeded(json.dumps({"state": members}).encode())


def call(run: Run, at: float, outcome: Outcome) -> Invoke:
    """The call that is out then, which ends so."""
    run.advance(at)
    [invoke] = run.running
    run.finish(invoke, outcome)
    return invoke


@pytest.mark.parametrize("name", ["first", "middle", "final"])
def test_calls_of_a_window_are_as_in_the_golden(name: str) -> None:
    """Members behind the records, in this order, the state of the last answer among them."""
    run = windowed(10.5, 20.5)
    calls = {
        "first": call(run, 10.5, state(count=2)),
        "middle": call(run, 20.5, state(count=3)),
        "final": call(run, 60.0, state()),
    }
    golden = {**load(f"kinesis/tumbling_{name}"), "Records": []}

    event = event_of(calls[name])

    assert json.dumps(event) == json.dumps(golden)
    assert [names(calls[each]) for each in calls] == ["0", "1", ""]


def test_final_call_drops_the_state() -> None:
    """The next window begins anew; none without a record."""
    run = windowed(10.0, 190.0)
    call(run, 10.0, state(count=1))
    call(run, 60.0, state(count=1))
    run.advance(189.9)
    between = (list(run.running), run.mapping.outstanding())

    invoke = call(run, 190.0, state())

    assert between == ([], 0)
    assert (event_of(invoke)["state"], event_of(invoke)["window"]["start"]) == ({}, "2026-01-01T00:03:00Z")


def test_state_is_decoded_anew_for_each_event() -> None:
    """What a handler does to its event is its own affair."""
    run = windowed(10.0, 20.0)
    call(run, 10.0, state(seen=[1]))
    invoke = call(run, 20.0, state())
    event_of(invoke)["state"]["seen"].append(2)

    assert event_of(invoke)["state"] == {"seen": [1]}


def test_open_window_is_outstanding() -> None:
    """Its final call is to come."""
    run = windowed(10.0)
    call(run, 10.0, state())
    before = (run.mapping.outstanding(), run.mapping.next_deadline())
    call(run, 60.0, state())

    assert before == (1, 60.0)
    assert (run.mapping.outstanding(), run.mapping.next_deadline()) == (0, float("inf"))


def test_batch_is_of_one_window() -> None:
    """What came later waits for the final call."""
    run = windowed(50.0, 59.9, 60.0, created_at=61.0)

    calls = [call(run, 61.0, state()) for _ in range(3)]

    assert [names(invoke) for invoke in calls] == ["01", "", "2"]
    assert [event_of(invoke)["isFinalInvokeForWindow"] for invoke in calls] == [False, True, False]


def test_batch_is_sent_when_its_window_is_over() -> None:
    """A batching window goes no further."""
    run = windowed(50.0, maximum_batching_window_in_seconds=30)
    run.advance(59.9)
    before = list(run.running)

    batch, final = call(run, 60.0, state()), call(run, 60.0, state())

    assert (before, names(batch), event_of(final)["isFinalInvokeForWindow"]) == ([], "0", True)


@pytest.mark.parametrize(
    "answer",
    [
        NULL,
        Succeeded(b"{}"),
        Succeeded(b'{"state":null}'),
        Succeeded(b'{"state":[]}'),
        Succeeded(b"{"),
        Succeeded(b"[1]"),
    ],
    ids=["null", "empty", "null state", "list", "no JSON", "other"],
)
def test_answer_without_a_state_is_a_failure(answer: Succeeded) -> None:
    """The batch is tried again, with the state it had."""
    run = windowed(10.0, 20.0)
    call(run, 10.0, state(count=1))
    call(run, 20.0, answer)

    again = call(run, 20.5, state())

    assert (names(again), event_of(again)["state"]) == ("1", {"count": 1})
    assert run.mapping.failed_invoke_event_count == 1


def test_window_with_too_large_a_state_ends_early() -> None:
    """With that state; the rest of its time is a window of its own, with the same bounds."""
    run = windowed(10.0, 20.0)
    large = "x" * (STATE_LIMIT - len('{"large":""}') + 1)
    call(run, 10.0, state(large=large))

    final = call(run, 10.0, state())
    event = event_of(final)
    after = event_of(call(run, 20.0, state()))
    last = event_of(call(run, 60.0, state()))

    early = load("kinesis/tumbling_early")
    assert {**event, "state": "<any>"} == early
    assert list(event) == list(early)
    assert event["state"] == {"large": large}
    assert (after["state"], after["window"]) == ({}, event["window"])
    assert (last["isFinalInvokeForWindow"], last["isWindowTerminatedEarly"]) == (True, False)


def test_state_at_its_limit_is_taken() -> None:
    """One megabyte of JSON."""
    run = windowed(10.0)
    call(run, 10.0, state(large="x" * (STATE_LIMIT - len('{"large":""}'))))

    assert run.running == []


def test_end_of_the_shard_ends_its_window() -> None:
    """Then its children begin, with a state of their own."""
    run = windowed(10.0, closed_at=20.0)
    child = shard_of([PlainRecord("9", arrived_at=20.0)], "child", parents=("shardId-000000000000",), opened_at=20.0)
    run.stream.shards.append(child)
    call(run, 10.0, state(count=1))

    final, first = call(run, 20.0, state()), call(run, 20.0, state())

    assert (event_of(final)["isFinalInvokeForWindow"], event_of(final)["isWindowTerminatedEarly"]) == (True, False)
    assert (names(first), event_of(first)["state"], event_of(first)["shardId"]) == ("9", {}, "child")


def test_failing_final_call_blocks_its_shard() -> None:
    """It is tried again, after the pauses of every batch."""
    run = windowed(10.0, 61.0)
    call(run, 10.0, state(count=1))
    call(run, 60.0, FAILED)
    call(run, 60.5, FULL)

    run.advance(61.4)
    blocked = list(run.running)
    again, behind = call(run, 61.5, state()), call(run, 61.5, state())

    assert blocked == []
    assert (event_of(again)["isFinalInvokeForWindow"], event_of(again)["state"]) == (True, {"count": 1})
    assert names(behind) == "1"


def test_final_call_is_given_up_when_its_retries_are_used_up() -> None:
    """There is no record to tell of: the state is gone."""
    run = windowed(10.0, maximum_retry_attempts=1, on_failure=arn_of("sqs", "failed"))
    call(run, 10.0, state())
    call(run, 60.0, FAILED)
    call(run, 60.5, NULL)

    assert (run.deliveries, run.mapping.outstanding()) == ([], 0)
    assert "given_up" in [note[0] for note in run.notes]


def test_partial_failure_keeps_the_state() -> None:
    """The answer's state holds for the rest."""
    run = windowed(10.0, 10.0, function_response_types=[REPORT])
    answer = {"state": {"count": 1}, "batchItemFailures": [{"itemIdentifier": "1"}]}
    call(run, 10.0, Succeeded(json.dumps(answer).encode()))

    rest = call(run, 10.5, state(count=2))

    assert (names(rest), event_of(rest)["state"]) == ("1", {"count": 1})


def test_failure_of_the_first_record_keeps_the_state_before() -> None:
    """Nothing was done with."""
    run = windowed(10.0, 10.0, function_response_types=[REPORT])
    answer = {"state": {"count": 1}, "batchItemFailures": [{"itemIdentifier": "0"}]}
    call(run, 10.0, Succeeded(json.dumps(answer).encode()))

    again = call(run, 10.5, state(count=2))

    assert (names(again), event_of(again)["state"]) == ("01", {})


def test_rest_of_a_batch_comes_after_the_early_end() -> None:
    """In a window of its own."""
    run = windowed(10.0, 10.0, function_response_types=[REPORT])
    answer = {"state": {"large": "x" * STATE_LIMIT}, "batchItemFailures": [{"itemIdentifier": "1"}]}
    call(run, 10.0, Succeeded(json.dumps(answer).encode()))

    final, rest = call(run, 10.0, state()), call(run, 10.5, state())

    assert event_of(final)["isWindowTerminatedEarly"]
    assert (names(rest), event_of(rest)["state"]) == ("1", {})


def test_given_up_batch_leaves_the_state() -> None:
    """As the last success left it; the record of the failure has the window's members."""
    bucket = arn_of("s3", "failed")
    run = windowed(10.0, 20.0, maximum_retry_attempts=0, on_failure=bucket)
    call(run, 10.0, state(count=1))
    call(run, 20.0, FAILED)

    final = call(run, 60.0, state())

    failed = run.deliveries[0][1].failed
    assert failed is not None
    assert with_window({"Records": []}, failed.extra)["state"] == {"count": 1}
    assert event_of(final)["state"] == {"count": 1}


def test_window_ends_when_its_length_changes() -> None:
    """With what it has."""
    run = windowed(10.0)
    call(run, 10.0, state(count=1))
    run.mapping.update(11.0, evolve(run.mapping.config, tumbling_window_in_seconds=0))

    final = call(run, 11.0, state())

    assert event_of(final)["isFinalInvokeForWindow"]
    assert (run.mapping.outstanding(), run.running) == (0, [])


def test_event_without_a_window_stays_as_it_is() -> None:
    """No members."""
    event: dict[str, Any] = {"Records": []}

    assert with_window(event, None) is event


def test_state_keeps_its_letters() -> None:
    """Whatever the alphabet, as JSON."""
    assert state_of('{"state":{"Größe":1.5}}'.encode()) == '{"Größe":1.5}'
