"""The machine of a delivery stream: batches, answers, retries, objects, partitions, a stream as the source."""

import copy
import json
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventbus.core.effects import Cause, Deliver, ListShards, Receive, Shard, Start
from eventbus.core.outcomes import HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut
from tests.contracts import firehose_table
from tests.contracts.firehose_table import ANSWERS, BUFFERINGS, MESSAGES, OUTCOMES, RETRIES, Answer, Buffering, Retry
from tests.golden import load, match
from tests.sources.firehose.helpers import (
    BUCKET,
    DYNAMIC,
    SOURCE,
    TEXTS,
    Objects,
    Work,
    calls,
    content_of,
    event_of,
    filled,
    first_call,
    ids_of,
    make_machine,
    ok,
    said,
    taken,
    wake_until,
)
from tests.sources.fuzzed import outcomes

CAUSE = Cause("request", ())
BUSY = Throttled("ConcurrentInvocationLimitExceeded")
PARTITIONED: dict[str, Any] = {**DYNAMIC, "prefix": "in/!{partitionKeyFromLambda:who}/!{timestamp:yyyy}/"}
FAILED: dict[str, Outcome] = {
    "throttled": BUSY,
    "reserved concurrency 0": Throttled("ReservedFunctionConcurrentInvocationLimitExceeded", terminal=True),
    "timeout of the function": TimedOut("Sandbox.Timedout", "Task timed out after 3.00 seconds"),
    "handler raised": HandlerFailed("ValueError", "boom", "id", ()),
    "process ends": HandlerFailed("Runtime.ExitError", "Runtime exited", "id", None),
    "answer over 6 MB": HandlerFailed("Function.ResponseSizeTooLarge", "too large", "id", None),
    "service error": Stopped(),
}
REFUSED = {
    "not permitted": "AccessDeniedException",
    "no such function": "ResourceNotFoundException: Function not found",
}


# --------------------------------------------------------------------------------------------------------------- events
def test_event_of_records_that_were_put() -> None:
    machine = make_machine()
    machine.put(10.5, [b"one"], None)
    machine.put(11.0, [b"two"], None)

    wake_until(machine, 70.5)

    [invoke] = calls(machine)
    match(load("firehose/direct_put"), event_of(invoke))
    assert (invoke.function, invoke.principal) == (Work.arn, machine.arn)


@pytest.mark.parametrize("row", BUFFERINGS, ids=lambda row: row.id)
def test_buffering(row: Buffering) -> None:
    """A batch goes by its size, or once its oldest record is old enough."""
    machine = make_machine(buffer_size_in_mbs=row.size, buffer_interval_in_seconds=row.interval)
    numbers: dict[str, int] = {}
    found: list[tuple[float, tuple[int, ...]]] = []

    def wake(now: float) -> None:
        machine.wake(now)
        for invoke in calls(machine):
            found.append((now, tuple(numbers[id] for id in ids_of(invoke))))

    for number, (at, size) in enumerate(row.puts):
        while machine.next_deadline() < at:
            wake(machine.next_deadline())
        [id] = machine.put(at, [b"x" * size], None)
        numbers[id] = number
        if machine.next_deadline() <= at:
            wake(at)
    while (deadline := min(machine.next_deadline(), 200.0)) < 200.0:
        wake(deadline)

    assert tuple(found) == row.calls


# -------------------------------------------------------------------------------------------------------------- answers
@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row.id)
def test_answers(row: Answer) -> None:
    """Each record goes where its result says; nothing of it is tried again."""
    machine = make_machine(size_in_mbs=128)
    invoke = first_call(machine)

    answer = Succeeded(row.raw.encode()) if row.raw is not None else said(filled(row.answer, ids_of(invoke)))
    machine.finished(60.0, invoke.token, answer)

    assert calls(machine) == []
    objects = Objects(machine, 60.0)
    assert objects.good() == b"".join(fate.delivered for fate in row.fates if fate.delivered is not None)
    wanted = [(fate.failed, fate.attempts, text) for fate, text in zip(row.fates, TEXTS, strict=True) if fate.failed]
    assert [(each["errorCode"], each["attemptsMade"]) for each in objects.failed()] == [each[:2] for each in wanted]
    assert [each["rawData"] for each in objects.failed()] == [firehose_table.b64(each[2]) for each in wanted]
    assert [each["errorMessage"] for each in objects.failed()] == [MESSAGES[code] for code, _, _ in wanted if code]


def test_object_of_a_failed_record() -> None:
    machine = make_machine()
    invoke = first_call(machine, [b"one"], at=10.5)

    machine.finished(
        70.5, invoke.token, said({"records": [{"recordId": ids_of(invoke)[0], "result": "ProcessingFailed"}]})
    )

    match(load("firehose/failed_record"), Objects(machine, 70.5).failed()[0])


def test_object_of_a_failed_batch() -> None:
    """Throttled for ever: 4 attempts."""
    machine = make_machine()
    invoke = first_call(machine, [b"one"], at=10.5)
    now, times = 70.5, [70.5]
    while True:
        machine.finished(now, invoke.token, BUSY)
        if len(times) == 4:
            break
        now = machine.next_deadline()
        machine.wake(now)
        [invoke] = calls(machine)
        times.append(now)

    assert times == [70.5, 71.5, 73.5, 77.5]
    [failed] = Objects(machine, now).failed()
    match(load("firehose/failed_batch"), failed)
    assert failed["attemptEndingTimestamp"] == 1_767_225_677_500


@pytest.mark.parametrize("row", OUTCOMES, ids=lambda row: row.id)
def test_outcomes(row: firehose_table.Outcome) -> None:
    """A call without an answer is made again; one that is refused is not."""
    machine = make_machine(number_of_retries=1)
    invoke = first_call(machine)
    made, now = 1, 60.0
    while True:
        if row.id in REFUSED:
            machine.denied(now, invoke.token, REFUSED[row.id])
        else:
            machine.finished(now, invoke.token, FAILED[row.id])
        if machine.next_deadline() - now > 60:  # all that is left are objects
            break
        now = machine.next_deadline()
        machine.wake(now)
        [invoke] = calls(machine)
        made += 1

    assert made == (2 if row.retried else 1)
    failed = Objects(machine, now).failed()
    assert [(each["errorCode"], each["attemptsMade"]) for each in failed] == [(row.code, made)] * 3


@pytest.mark.parametrize("row", RETRIES, ids=lambda row: row.id)
def test_retries(row: Retry) -> None:
    """With the same records, ids and times."""
    machine = make_machine(number_of_retries=row.retries)
    invoke = first_call(machine)
    first, seen, now = event_of(invoke)["records"], 1, 60.0
    for number in range(row.failures + 1):
        machine.finished(now, invoke.token, BUSY if number < row.failures else ok(invoke))
        if number == row.failures or machine.next_deadline() - now > 60:
            break
        now = machine.next_deadline()
        machine.wake(now)
        [invoke] = calls(machine)
        assert event_of(invoke)["records"] == first
        seen += 1

    assert seen == row.calls
    assert Objects(machine, now).good() == (b"onetwothree" if row.delivered else b"")


def test_function_that_never_answers() -> None:
    """Firehose waits for 300 seconds, then calls again; what the first call answers later counts for nothing."""
    machine = make_machine(number_of_retries=1)
    late = first_call(machine)

    machine.wake(360.0)
    assert (calls(machine), machine.next_deadline()) == ([], 361.0)
    machine.wake(361.0)
    [again] = calls(machine)
    machine.finished(362.0, late.token, ok(late))
    machine.wake(661.0)

    failed = Objects(machine, 661.0).failed()
    assert {(each["errorCode"], each["attemptsMade"]) for each in failed} == {("Lambda.FunctionTimedOut", 2)}
    assert again.request_id != late.request_id


def test_pauses_grow_to_a_minute() -> None:
    machine = make_machine(number_of_retries=8)
    invoke = first_call(machine)
    pauses, now = [], 60.0
    for _ in range(8):
        machine.finished(now, invoke.token, BUSY)
        pauses.append(machine.next_deadline() - now)
        now = machine.next_deadline()
        machine.wake(now)
        [invoke] = calls(machine)

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_batches_do_not_wait_for_each_other() -> None:
    machine = make_machine(buffer_interval_in_seconds=0)
    machine.put(0.0, [b"one"], None)
    machine.wake(0.0)
    machine.put(1.0, [b"two"], None)
    machine.wake(1.0)
    first, second = calls(machine)

    machine.finished(2.0, second.token, ok(second))
    machine.finished(3.0, first.token, ok(first))

    assert Objects(machine, 3.0).good() == b"twoone"


# -------------------------------------------------------------------------------------------------------------- objects
def test_without_a_processor_records_are_delivered_as_they_are() -> None:
    """By the interval of the destination, or by its size."""
    machine = make_machine(processor=None, size_in_mbs=1, interval_in_seconds=100)
    machine.put(0.0, [b"a" * 600_000], CAUSE)
    machine.put(1.0, [b"b" * 600_000], None)
    machine.wake(1.0)

    [first] = taken(machine, Deliver)
    machine.wake(101.0)
    [second] = taken(machine, Deliver)
    assert [content_of(each)[:1] for each in (first, second)] == [b"a", b"b"]
    assert (first.asker, first.target, first.body) == (machine.arn, BUCKET.arn, "")
    assert first.cause.request_id == CAUSE.request_id
    assert first.attributes["content_type"] == ("String", "application/octet-stream")


@pytest.mark.parametrize("error", ["ServiceUnavailable", "AccessDeniedException: no", "ResourceNotFoundException"])
def test_a_bucket_that_refuses_is_asked_for_a_day(error: str) -> None:
    """Whatever is wrong with it may be mended; then the records are lost, and the trace says so."""
    machine = make_machine(processor=None, interval_in_seconds=0)
    [id] = machine.put(0.0, [b"one"], None)
    now, times = 0.0, []
    while now < inf:
        machine.wake(now)
        for effect in taken(machine, Deliver):
            times.append(now)
            machine.delivered(now, effect.token, error)
        now = machine.next_deadline()

    assert times[:5] == [0, 1, 3, 7, 15]
    assert 86_400 - 450 <= times[-1] < 86_400
    what, _, about, detail, _ = machine.notes[-1]
    assert (what, about, "hand-over to " in detail) == ("dropped", (id,), True)
    assert machine.outstanding() == 0


def test_journey_of_a_record_is_noted() -> None:
    """From the put to the key under which it is."""
    machine = make_machine()
    invoke = first_call(machine, [b"one"])
    machine.finished(60.0, invoke.token, ok(invoke))
    [key] = Objects(machine, 60.0).contents

    [id] = ids_of(invoke)
    told = [(note[0], note[3]) for note in machine.notes if note[2] == (id,)]
    assert told == [("sent", None), ("notified", BUCKET.arn), ("delivered", f"to lake as {key}")]
    assert [note[0] for note in machine.notes][1:4] == ["routed", "batch", "responded"]


# ----------------------------------------------------------------------------------------------------------- partitions
def partitioned(machine: Any, *keys: Any, at: float = 0.0) -> None:
    """One record for each of these answered keys."""
    invoke = first_call(machine, [str(each).encode() for each in keys], at)
    records = event_of(invoke)["records"]
    answers = [
        {"recordId": r["recordId"], "result": "Ok", "data": r["data"], "metadata": {"partitionKeys": key}}
        for r, key in zip(records, keys, strict=True)
    ]
    machine.finished(at + 60, invoke.token, said({"records": answers}))


def test_records_go_to_the_partitions_that_the_function_names() -> None:
    """One object for each."""
    machine = make_machine(**PARTITIONED)
    partitioned(machine, {"who": "ann"}, {"who": "bob"}, {"who": "ann", "more": "x"})

    objects = Objects(machine, 60.0).contents

    assert {key[: key.index("orders")]: content.count(b"who") for key, content in objects.items()} == {
        "in/ann/2026/": 2,
        "in/bob/2026/": 1,
    }
    assert len(objects) == 2


@pytest.mark.parametrize(
    "keys", [None, [], {}, {"who": ""}, {"who": 7}, {"who": None}, {"who": "\ud800"}, {"who": "x" * 505}]
)
def test_records_without_their_partition_key_fail(keys: Any) -> None:
    """Under their own error type; the others are delivered."""
    machine = make_machine(**PARTITIONED)
    partitioned(machine, keys, {"who": "ann"})

    failed, good = sorted(Objects(machine, 60.0).contents.items())
    assert failed[0].startswith("bad/metadata-extraction-failed/orders-1-")
    assert json.loads(failed[1])["errorCode"] == "DynamicPartitioning.MetadataExtractionFailed"
    assert good[0].startswith("in/ann/2026/")


def test_partitions_beyond_500_fail_until_some_are_delivered() -> None:
    machine = make_machine(**PARTITIONED)
    partitioned(machine, *({"who": str(number)} for number in range(501)), {"who": "0"})

    [bad] = [key for key in Objects(machine, 60.0).contents if key.startswith("bad/")]
    assert bad.startswith("bad/activePartitionExceeded/")
    partitioned(machine, {"who": "500"}, at=1_000.0)
    assert [key[:7] for key in Objects(machine, 1_060.0).contents] == ["in/500/"]


def test_a_partition_that_can_not_be_delivered_is_a_failure() -> None:
    """After its retry duration, under the error prefix."""
    machine = make_machine(**PARTITIONED, duration_in_seconds=10)
    partitioned(machine, {"who": "ann"})
    now, times = 60.0, []
    while not machine.outlets._known.get(("delivery-failed", ())):
        now = machine.next_deadline()
        machine.wake(now)
        for effect in taken(machine, Deliver):
            times.append(now)
            machine.delivered(now, effect.token, "AccessDeniedException: no")

    assert times == [360, 361, 363, 367]
    [(key, content)] = Objects(machine, now).contents.items()
    assert key.startswith("bad/delivery-failed/")
    assert json.loads(content)["errorCode"] == "DynamicPartitioning.DeliveryFailed"


# --------------------------------------------------------------------------------------------------- a stream as source
def put_into(stream: Any, *, at: float, data: bytes, key: str = "red") -> None:
    stream.put(at, (data, key, None), None)


def exchange(machine: Any, stream: Any, now: float) -> None:
    """The machine reads the stream until it wants no more at that time."""
    while machine.next_deadline() <= now:
        machine.wake(now)
        effects = [each for each in machine.effects if isinstance(each, Receive | ListShards)]
        machine.effects[:] = [each for each in machine.effects if each not in effects]
        for effect in effects:
            stream.effects.clear()
            if isinstance(effect, ListShards):
                stream.list_shards(now, effect)
                machine.shards_listed(now, effect.token, stream.effects[0].shards)
            else:
                stream.receive(now, effect)
                found = stream.effects[0]
                machine.received(now, found.token, found.records, found.position, found.ended, found.retention)


def kinesis_source() -> tuple[Any, Any]:
    from tests.sources.helpers import birth

    machine = make_machine(kinesis_stream=SOURCE)
    return machine, SOURCE.machine(birth(SOURCE.arn))


def test_event_of_records_of_a_stream() -> None:
    """Read as soon as they are there; what was there before the bus began is not."""
    machine, stream = kinesis_source()
    exchange(machine, stream, 0.0)
    for at, data in ((10.5, b"one"), (11.0, b"two")):
        put_into(stream, at=at, data=data)
        machine.arrived(at, "shardId-000000000000")
        exchange(machine, stream, at)

    wake_until(machine, 70.5)

    [invoke] = calls(machine)
    match(load("firehose/kinesis_source"), event_of(invoke))


def test_shards_are_read_to_their_ends_before_their_children() -> None:
    machine, stream = kinesis_source()
    exchange(machine, stream, 0.0)
    put_into(stream, at=1.0, data=b"parent")
    stream.split(2.0, "shardId-000000000000", 2**127)
    put_into(stream, at=3.0, data=b"child")
    machine.arrived(3.0, "shardId-000000000001")  # not known yet: nothing happens
    machine.arrived(3.0)
    machine.arrived(3.0, "shardId-000000000000")

    exchange(machine, stream, 3.0)

    wake_until(machine, 63.0)
    [invoke] = calls(machine)
    assert [each["data"] for each in event_of(invoke)["records"]] == [
        firehose_table.b64(b"parent"),
        firehose_table.b64(b"child"),
    ]
    assert machine.next_deadline() == 363.0  # the call's own


def test_answers_of_a_stream_may_be_doubled_late_or_missing() -> None:
    """A read without an answer is made again after a minute."""
    machine = make_machine(kinesis_stream=SOURCE)
    machine.wake(0.0)
    [lost] = taken(machine, ListShards)
    machine.wake(60.0)
    [listing] = taken(machine, ListShards)
    shards = [Shard("shardId-000000000000")]
    machine.shards_listed(60.0, lost.token, shards)
    assert machine.next_deadline() == 120.0
    machine.shards_listed(60.0, listing.token, shards)
    machine.shards_listed(60.0, listing.token, shards)
    machine.wake(60.0)
    [lost_read] = taken(machine, Receive)
    machine.wake(120.0)
    [read] = taken(machine, Receive)
    assert (read.position.starting_position, read.position.at, read.limit) == ("AT_TIMESTAMP", 0.0, 10_000)
    for token in (lost_read.token, read.token, read.token):
        machine.received(120.0, token, [], 1, False, inf)

    assert (machine.outstanding(), machine.next_deadline()) == (0, inf)
    assert isinstance(lost_read.position, Start)


def test_arrival_during_a_read_is_not_lost() -> None:
    machine = make_machine(kinesis_stream=SOURCE)
    machine.wake(0.0)
    [listing] = taken(machine, ListShards)
    machine.shards_listed(0.0, listing.token, [Shard("one")])
    machine.wake(0.0)
    [read] = taken(machine, Receive)
    machine.arrived(1.0, "one")
    machine.arrived(1.0, "one")
    assert machine.next_deadline() == 60.0

    machine.received(2.0, read.token, [], 5, False, inf)

    machine.wake(2.0)
    [again] = taken(machine, Receive)
    assert (again.shard, again.position) == ("one", 5)


def test_shard_that_is_gone_holds_nothing_up() -> None:
    machine = make_machine(kinesis_stream=SOURCE)
    machine.wake(0.0)
    [listing] = taken(machine, ListShards)
    machine.shards_listed(0.0, listing.token, [Shard("one"), Shard("two", ("one",))])
    machine.wake(0.0)
    assert [each.shard for each in taken(machine, Receive)] == ["one"]
    machine.arrived(1.0)
    machine.wake(1.0)
    [listing] = taken(machine, ListShards)

    machine.shards_listed(1.0, listing.token, [Shard("two")])

    machine.wake(1.0)
    assert [each.shard for each in taken(machine, Receive)] == ["two"]


def test_stream_that_may_not_be_read_is_let_go() -> None:
    """With a note; nothing is outstanding."""
    machine = make_machine(kinesis_stream=SOURCE)
    machine.wake(0.0)

    machine.disable(0.0)
    machine.disable(0.0)
    machine.arrived(1.0, None)

    assert (machine.reading, machine.outstanding(), machine.next_deadline()) == (False, 0, inf)
    assert machine.notes == [("disabled", machine.arn, None, f"may not read {SOURCE.arn}", None)]


def test_record_that_no_invocation_can_hold() -> None:
    """Of a stream, which takes larger ones: it fails, without a call."""
    from sources.firehose.system import SampleRecord, _read

    machine = make_machine(kinesis_stream=SOURCE)
    _read(machine, SampleRecord(b"x" * 5_000_000, "red"))
    machine.effects.clear()

    machine.wake(60.0)

    [deliver] = machine.effects
    assert isinstance(deliver, Deliver)  # no call
    failed = json.loads(content_of(deliver))
    assert (failed["errorCode"], failed["attemptsMade"]) == ("Lambda.RequestTooLarge", 1)


# ---------------------------------------------------------------------------------------------------------------- fuzzed
GOOD = {
    "records": [
        {"recordId": "{1}", "result": "Ok", "data": "b25l", "metadata": {"partitionKeys": {"who": "ann"}}},
        {"recordId": "{2}", "result": "Dropped"},
        {"recordId": "{3}", "result": "ProcessingFailed"},
    ]
}


def check_any_answer(outcome: Outcome, dynamic: bool) -> None:
    """Every record ends once: delivered, dropped, failed, or tried again. A copy of the machine goes on the same way."""
    machine = make_machine(**(PARTITIONED if dynamic else {}))
    invoke = first_call(machine)
    if isinstance(outcome, Succeeded):
        payload = outcome.payload
        for number, id in enumerate(ids_of(invoke), 1):
            payload = payload.replace(f"{{{number}}}".encode(), id.encode())
        outcome = Succeeded(payload)

    twin = copy.deepcopy(machine)
    for each in (machine, twin):
        each.finished(60.0, invoke.token, outcome)

    again = machine.next_deadline() == 61.0
    assert again == (not isinstance(outcome, Succeeded))
    if not again:
        dropped = sum(len(note[2]) for note in machine.notes if note[0] == "dropped")
        objects, others = Objects(machine, 60.0), Objects(twin, 60.0)
        assert objects.contents == others.contents
        lines = [line for key, text in objects.contents.items() if "-failed/" in key for line in text.splitlines()]
        delivered = sum(len(note[2]) for note in machine.notes if note[0] == "delivered")
        assert delivered + dropped == 3
        assert all(json.loads(line)["rawData"] for line in lines)
    assert machine.outstanding() == (1 if again else 0)


@settings(max_examples=100, deadline=None)
@given(outcome=outcomes(GOOD), dynamic=st.booleans())
def test_any_answer(outcome: Outcome, dynamic: bool) -> None:
    check_any_answer(outcome, dynamic)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(outcome=outcomes(GOOD), dynamic=st.booleans())
def test_very_many_answers(outcome: Outcome, dynamic: bool) -> None:
    check_any_answer(outcome, dynamic)
