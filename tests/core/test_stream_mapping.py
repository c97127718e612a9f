"""A mapping on a stream: its settings, what it reads, what it counts, and its states."""

import json
from math import inf
from typing import Any

import pytest
from attrs import evolve

from eventbus.core.effects import Arrived, Cause, Deliver, FailedBatch, Invoke, ListShards, Receive, Shard, Start
from eventbus.core.mapping_state import ResourceInUseException
from eventbus.core.outcomes import NULL, Stopped
from eventbus.core.profile import Profile
from eventbus.core.stream_mapping import StreamMapping, StreamMappingConfig, with_batch
from eventbus.errors import InvalidSetting
from eventbus.names import arn_of, function_arn
from tests.contracts.stream_settings_table import ACCEPTED, DEFAULTS, SETTING_ERRORS, SettingError
from tests.golden import load, match

from .streams import (
    FAILED,
    FULL,
    REPORT,
    STREAM,
    PlainRecord,
    Run,
    failing_from,
    make_mapping,
    make_run,
    names,
    shard_of,
)

QUEUE = arn_of("sqs", "failed")
BUCKET = arn_of("s3", "failed")
KNOWN = {name for name in dir(StreamMappingConfig) if not name.startswith("_")}
POSITIONS = {"kinesis": ("LATEST", "TRIM_HORIZON", "AT_TIMESTAMP"), "dynamodb": ("LATEST", "TRIM_HORIZON")}


def config_of(kwargs: dict[str, Any], source: str) -> StreamMappingConfig:
    """As from the create call; what is nested there is flat here."""
    given = {
        name: value for name, value in {"starting_position": "TRIM_HORIZON", **kwargs}.items() if value is not None
    }
    if "destination_config" in given:
        given["on_failure"] = type(QUEUE)(given.pop("destination_config")["on_failure"]["destination"])
    if "filter_criteria" in given:
        given["filter_criteria"] = [each["pattern"] for each in given["filter_criteria"]["filters"]]
    given.pop("metrics_config", None)
    config = StreamMappingConfig(**given)
    data_key = {"kinesis": "data", "dynamodb": "dynamodb"}[source]
    config.check(positions=POSITIONS[source], source=f"<{source}>", data_key=data_key, instant=1_767_225_600)
    return config


def started(run: Run) -> Run:
    run.advance(0.0)
    return run


def fail(run: Run, times: int) -> None:
    for _ in range(times):
        while not run.running:
            run.advance(max(run.now, run.next_deadline()))
        run.finish(run.running[0], FAILED)


# Settings

OURS = [row for row in SETTING_ERRORS if set(row.kwargs) <= KNOWN | {"filter_criteria"}]


@pytest.mark.parametrize("row", [row for row in OURS if row.kwargs], ids=lambda row: row.id)
def test_setting_of_the_table_is_refused(row: SettingError) -> None:
    """Naming it, and with AWS's words where they were recorded."""
    [name] = [name for name in row.kwargs if name != "starting_position" or len(row.kwargs) == 1]
    error = TypeError if row.kwargs[name] is None else InvalidSetting

    with pytest.raises(error, match=name.removesuffix("_timestamp")) as refused:
        config_of(row.kwargs, row.source)

    assert (row.message or "").format(source=f"<{row.source}>") in str(refused.value)


TAKEN = [row for row in ACCEPTED if row[0] != "five filters"]  # of {}, which is no pattern


@pytest.mark.parametrize(("source", "kwargs"), [row[1:] for row in TAKEN], ids=[row[0] for row in TAKEN])
def test_setting_of_the_table_is_taken(source: str, kwargs: dict[str, Any]) -> None:
    """Limits are inside the range."""
    config = config_of(kwargs, source)

    assert {name: getattr(config, name) for name in kwargs if name in ("batch_size", "starting_position")} == {
        name: value for name, value in kwargs.items() if name in ("batch_size", "starting_position")
    }


def test_defaults_are_those_of_the_table() -> None:
    """Recorded."""
    config = StreamMappingConfig(starting_position="LATEST")

    assert {name: getattr(config, name) for name in DEFAULTS} == {**DEFAULTS, "function_response_types": ()}


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"batch_size": None}, "batch_size"),
        ({"maximum_retry_attempts": None}, "maximum_retry_attempts"),
        ({"maximum_record_age_in_seconds": 60.5}, "maximum_record_age_in_seconds"),
        ({"on_failure": function_arn("work")}, "on_failure"),
        ({"on_failure": "arn:aws:sqs:us-east-1:000000000000:failed"}, "on_failure"),
        ({"starting_position_timestamp": 5.0}, "starting_position_timestamp"),
        ({"tumbling_window_in_seconds": 60, "parallelization_factor": 2}, "tumbling_window_in_seconds"),
        ({"function_response_types": "ReportBatchItemFailures"}, "function_response_types"),
    ],
    ids=["none", "none for infinite", "half", "function", "text", "timestamp", "lanes of a window", "text for a list"],
)
def test_setting_that_is_never_taken(settings: dict[str, Any], named: str) -> None:
    """Refused where it is written."""
    with pytest.raises(InvalidSetting, match=named):
        StreamMappingConfig(**{"starting_position": "TRIM_HORIZON", **settings})


# Reading


def test_enabled_mapping_lists_shards_at_its_first_wake() -> None:
    """And reads nothing before it knows them."""
    mapping = make_mapping()

    mapping.wake(0.0)

    [effect] = mapping.effects
    assert isinstance(effect, ListShards)
    assert (effect.source, effect.asker) == (STREAM, mapping.address)
    assert mapping.next_deadline() == 60.0


def listed(**settings: Any) -> tuple[StreamMapping, Receive]:
    """A mapping that has listed the shard `one` and reads it."""
    mapping = make_mapping(**settings)
    mapping.wake(mapping.created_at)
    [asked] = mapping.effects
    mapping.effects.clear()
    assert isinstance(asked, ListShards)
    mapping.shards_listed(mapping.created_at, asked.token, [Shard("one")])
    [receive] = mapping.effects
    mapping.effects.clear()
    assert isinstance(receive, Receive)
    return mapping, receive


@pytest.mark.parametrize(
    ("settings", "position", "at"),
    [
        ({"starting_position": "TRIM_HORIZON"}, "TRIM_HORIZON", 0.0),
        ({"starting_position": "LATEST", "created_at": 7.0}, "AT_TIMESTAMP", 7.0),
        (
            {"starting_position": "AT_TIMESTAMP", "starting_position_timestamp": 1_060.0, "epoch": 1_000.0},
            "AT_TIMESTAMP",
            60.0,
        ),
    ],
    ids=["oldest", "latest is when it became enabled", "from a time on"],
)
def test_shard_is_read_from_the_starting_position(settings: dict[str, Any], position: str, at: float) -> None:
    """In seconds since the bus started."""
    _, receive = listed(**settings)

    assert (receive.shard, receive.limit) == ("one", 100)
    assert isinstance(receive.position, Start)
    assert (receive.position.starting_position, receive.position.at) == (position, at)


def test_read_goes_on_where_the_last_one_ended() -> None:
    """With the position that the source gave; a full answer is followed by a read at once."""
    mapping, receive = listed(batch_size=2, parallelization_factor=2)

    mapping.received(0.0, receive.token, [PlainRecord(str(n)) for n in range(4)], "behind")

    [again] = [effect for effect in mapping.effects if isinstance(effect, Receive)]
    assert (again.position, again.limit) == ("behind", 2)


@pytest.mark.parametrize(
    ("batch_size", "factor", "asked"),
    [(9_999, 1, 9_999), (10_000, 1, 10_000), (3_333, 3, 9_999), (10_000, 10, 10_000)],
    ids=["one less in one lane", "as many in one lane", "one less in three", "more in ten"],
)
def test_read_asks_for_ten_thousand_at_the_most(batch_size: int, factor: int, asked: int) -> None:
    """However many its lanes could take."""
    _, receive = listed(batch_size=batch_size, parallelization_factor=factor)

    assert receive.limit == asked


def test_short_answer_is_not_followed_by_a_read() -> None:
    """Its source says when there is more; then it is read at the next wake."""
    mapping, receive = listed()
    mapping.received(0.0, receive.token, [], "behind")
    before = (list(mapping.effects), mapping.next_deadline(), mapping.outstanding())

    mapping.arrived(5.0, "one")

    assert before == ([], inf, 0)
    assert (mapping.effects, mapping.next_deadline(), mapping.outstanding()) == ([], 5.0, 1)

    mapping.wake(5.0)

    [again] = mapping.effects
    assert isinstance(again, Receive)
    assert again.position == "behind"


def test_arrival_during_a_read_is_read_after_it() -> None:
    """An answer that was on its way does not hide it; what it has goes first."""
    mapping, receive = listed(parallelization_factor=2)
    mapping.arrived(1.0, "one")

    mapping.received(2.0, receive.token, [PlainRecord("a")], "behind")

    assert [type(effect) for effect in mapping.effects] == [Invoke, Receive]


def test_read_without_an_answer_is_repeated_after_a_minute() -> None:
    """From the same place; the late answer counts for nothing."""
    mapping, receive = listed()

    mapping.wake(60.0)

    [again] = mapping.effects
    assert isinstance(again, Receive)
    assert (again.position, again.token == receive.token) == (receive.position, False)

    mapping.received(61.0, receive.token, [PlainRecord("a")], "behind")

    assert mapping.effects == [again]


def test_list_without_an_answer_is_repeated_after_a_minute() -> None:
    """And counts as outstanding all the time."""
    mapping = make_mapping()
    mapping.wake(0.0)
    mapping.effects.clear()

    mapping.wake(60.0)

    assert [type(effect) for effect in mapping.effects] == [ListShards]
    assert mapping.outstanding() == 1


def test_answer_that_found_nothing_may_repeat_the_start() -> None:
    """It is no position."""
    mapping, receive = listed()
    mapping.received(0.0, receive.token, [], receive.position)
    mapping.arrived(1.0, "one")

    mapping.wake(1.0)

    [again] = mapping.effects
    assert isinstance(again, Receive)
    assert again.position is receive.position


def test_shard_that_is_gone_from_the_list_ends() -> None:
    """Its child waits no longer."""
    mapping, receive = listed()
    mapping.received(0.0, receive.token, [], "behind")
    mapping.arrived(1.0)
    mapping.wake(1.0)
    [asked] = mapping.effects
    mapping.effects.clear()
    assert isinstance(asked, ListShards)

    mapping.shards_listed(1.0, asked.token, [Shard("two", ("one",))])

    [read] = mapping.effects
    assert isinstance(read, Receive)
    assert (read.shard, list(mapping.checkpoints)) == ("two", ["two"])


def test_shards_that_arrive_while_they_are_listed_are_listed_again() -> None:
    """The answer may not have them."""
    mapping = make_mapping()
    mapping.wake(0.0)
    [asked] = mapping.effects
    mapping.effects.clear()
    assert isinstance(asked, ListShards)
    mapping.arrived(0.5)

    mapping.shards_listed(1.0, asked.token, [])

    assert [type(effect) for effect in mapping.effects] == [ListShards]


@pytest.mark.parametrize("shard", ["unknown", "two"])
def test_arrival_of_a_shard_that_is_not_read_counts_for_nothing(shard: str) -> None:
    """It is not known yet, or waits for its parent."""
    run = started(make_run([shard_of(1), shard_of(1, "two", parents=("one",))]))

    run.mapping.arrived(1.0, shard)

    assert run.mapping.next_deadline() == inf


def test_records_held_stay_when_their_retention_passes() -> None:
    """What was not read is lost, and reading goes on behind it."""
    run = started(make_run([shard_of(7)], batch_size=2))
    run.stream.shards[0].trimmed = 5

    run.finish(run.running[0], FAILED)
    run.advance(0.5)
    again = names(run.running[0])
    run.finish(run.running[0], NULL)

    assert (again, names(run.running[0])) == ("01", "56")


def test_idle_shard_owns_no_lane() -> None:
    """A thousand of them cost one read each, and nothing afterwards."""
    run = started(make_run([shard_of(0, str(n)) for n in range(1_000)], parallelization_factor=10))

    assert run.mapping.next_deadline() == inf
    assert run.mapping.outstanding() == 0
    assert not any(reader.lanes for reader in run.mapping._shards.readers.values())


def test_blocked_shard_costs_the_others_nothing() -> None:
    """They go on while it is tried again."""
    run = started(make_run([shard_of(1), shard_of([PlainRecord("a"), PlainRecord("b", arrived_at=1.0)], "two")]))
    run.finish(run.running[0], FAILED)
    run.finish(run.running[0], NULL)

    run.advance(1.0)

    assert [(invoke.batch[0].identifier) for invoke in run.running] == ["0", "b"]
    assert run.mapping.checkpoints["two"] == 1
    assert isinstance(run.mapping.checkpoints["one"], Start)


def test_blocked_lane_holds_no_more_than_ten_thousand() -> None:
    """Of a shard; then the other lanes wait with it."""
    records = [PlainRecord("first", "red"), *(PlainRecord(str(n), "red") for n in range(25_000))]
    run = started(make_run([shard_of(records)], batch_size=5_000, parallelization_factor=2))

    held = len(run.mapping._shards.readers["one"].lanes[0].held.records)

    assert 10_000 <= held < 25_000 - 5_000
    assert len(run.running) == 1


@pytest.mark.parametrize(("held", "reads"), [(9_999, [5_000]), (10_000, [])])
def test_shard_whose_blocked_lane_holds_ten_thousand_is_read_no_further(held: int, reads: list[int]) -> None:
    """With one less it is, as far as the other lane has place."""
    mapping, first = listed(batch_size=5_000, parallelization_factor=2)
    mapping.received(0.0, first.token, [PlainRecord(str(n), "red") for n in range(10_000)], "behind")
    [invoke, second] = mapping.effects
    assert isinstance(invoke, Invoke)
    assert isinstance(second, Receive)
    more = [PlainRecord(str(n), "red") for n in range(held - 5_000)]  # it holds what the batch that is out left

    mapping.received(0.0, second.token, more, "further")
    mapping.effects.clear()
    mapping.arrived(1.0, "one")
    mapping.wake(1.0)

    assert [effect.limit for effect in mapping.effects if isinstance(effect, Receive)] == reads


# Filters


def test_filtered_records_are_passed_and_never_invoked() -> None:
    """Noted with the leaf that refused; the others are one batch."""
    records = [PlainRecord(str(n), data=json.dumps({"kind": kind})) for n, kind in enumerate("yny")]
    run = started(make_run([shard_of(records)], filter_criteria=[{"data": {"kind": ["y"]}}]))

    batch = names(run.running[0])
    run.finish(run.running[0], NULL)

    assert (batch, run.mapping.checkpoints) == ("02", {"one": 3})
    assert [note[2] for note in run.notes if note[0] == "filtered"] == ["1"]
    assert (run.mapping.polled_event_count, run.mapping.filtered_out_event_count) == (3, 1)


def test_batch_is_filled_with_what_passes() -> None:
    """Full reads of refused records are followed by the next one."""
    records = [PlainRecord(str(n), data=json.dumps({"kind": kind})) for n, kind in enumerate("nnynny")]
    run = started(make_run([shard_of(records)], batch_size=2, filter_criteria=[{"data": {"kind": ["y"]}}]))

    assert names(run.running[0]) == "25"


# Records of failures


def failed_delivery(**settings: Any) -> tuple[Run, Deliver]:
    """Of two records that came at 10.5 s, tried twice; time begins in 2026."""
    records = [PlainRecord("1", arrived_at=10.5), PlainRecord("2", arrived_at=10.5)]
    given = {"on_failure": QUEUE, "maximum_retry_attempts": 1, "epoch": 1_767_225_600.0, **settings}
    run = make_run([shard_of(records, "shardId-000000000000")], **given)
    run.advance(10.5)
    run.finish(run.running[0], FAILED)
    run.advance(11.0)
    run.finish(run.running[0], FAILED)
    [(_, deliver)] = run.deliveries
    return run, deliver


def info_of(failed: FailedBatch) -> dict[str, Any]:
    """As the source words it."""
    arrived = "2026-01-01T00:00:10.500Z"
    return {
        "shardId": failed.shard,
        "startSequenceNumber": failed.records[0].identifier,
        "endSequenceNumber": failed.records[-1].identifier,
        "approximateArrivalOfFirstRecord": arrived,
        "approximateArrivalOfLastRecord": arrived,
        "batchSize": len(failed.records),
        "streamArn": str(failed.source),
    }


def body_of(deliver: Deliver, event: Any = None) -> Any:
    assert deliver.failed is not None
    return json.loads(with_batch(deliver.body, "KinesisBatchInfo", info_of(deliver.failed), event))


def test_record_of_a_failure_is_as_recorded() -> None:
    """To a queue: metadata only."""
    _, deliver = failed_delivery()

    match(load("kinesis/on_failure_retries_exhausted"), body_of(deliver))
    assert (deliver.attributes, deliver.failed is not None and deliver.failed.payload) == ({}, False)


def test_record_of_a_partial_failure_is_as_recorded() -> None:
    """functionError is null."""
    records = [PlainRecord("1", arrived_at=10.5), PlainRecord("2", arrived_at=10.5)]
    run = make_run(
        [shard_of(records, "shardId-000000000000")],
        on_failure=QUEUE,
        maximum_retry_attempts=1,
        epoch=1_767_225_600.0,
        function_response_types=[REPORT],
    )
    run.advance(10.5)
    run.finish(run.running[0], failing_from("1"))
    run.advance(11.0)
    run.finish(run.running[0], failing_from("1"))

    match(load("kinesis/on_failure_partial"), body_of(run.deliveries[0][1]))


def test_record_of_what_was_too_old_is_as_recorded() -> None:
    """No responseContext, the count is one higher."""
    run = make_run(
        [shard_of([PlainRecord("1", arrived_at=10.5)], "shardId-000000000000")],
        on_failure=QUEUE,
        maximum_record_age_in_seconds=60,
        epoch=1_767_225_600.0,
    )
    fail(run, 7)
    run.advance(200.0)

    match(load("kinesis/on_failure_record_age_exceeded"), body_of(run.deliveries[0][1]))


def test_object_of_a_failure_has_the_event_and_a_key() -> None:
    """A bucket gets the payload too."""
    _, deliver = failed_delivery(on_failure=BUCKET)
    golden = load("kinesis/on_failure_object")

    match(
        {"key": golden["key"], "body": golden["body"]},
        {"key": deliver.attributes["key"][1], "body": body_of(deliver, {"Records": []})},
    )
    assert deliver.failed is not None
    assert deliver.failed.payload
    assert body_of(deliver, {"Records": []})["payload"] == '{"Records":[]}'


def test_delivered_record_of_a_failure_is_counted() -> None:
    """By its events; nothing was dropped."""
    run, _ = failed_delivery()

    assert run.mapping.on_failure_destination_delivered_event_count == 2
    assert (run.mapping.dropped_event_count, run.mapping.destination_delivery_failures) == (0, 0)
    assert run.mapping.checkpoints == {"shardId-000000000000": 2}


def test_refused_record_of_a_failure_drops_its_events() -> None:
    """The checkpoint advances all the same."""
    run = make_run([shard_of(2)], on_failure=QUEUE, maximum_retry_attempts=0)
    run.refuse_deliveries = True
    fail(run, 1)

    assert (run.mapping.dropped_event_count, run.mapping.destination_delivery_failures) == (2, 1)
    assert run.mapping.checkpoints == {"one": 2}
    assert run.notes[-1][0] == "delivery_failed"


def test_failure_without_a_destination_is_dropped() -> None:
    """And done with."""
    run = make_run([shard_of(2)], maximum_retry_attempts=0)
    fail(run, 1)

    assert (run.mapping.dropped_event_count, run.mapping.outstanding()) == (2, 0)


def test_delivery_without_an_answer_is_outstanding() -> None:
    """Until it is answered, once."""
    mapping, receive = listed(on_failure=QUEUE, maximum_retry_attempts=0)
    mapping.received(0.0, receive.token, [PlainRecord("a")], "behind")
    mapping.finished(0.0, mapping.effects[0].token, FAILED)  # type: ignore[union-attr]  # the batch
    [deliver] = [effect for effect in mapping.effects if isinstance(effect, Deliver)]
    before = mapping.outstanding()

    mapping.delivered(1.0, deliver.token, None)
    mapping.delivered(2.0, deliver.token, None)

    assert (before, mapping.outstanding()) == (1, 0)
    assert mapping.on_failure_destination_delivered_event_count == 1


# Attempts


def test_batch_carries_the_chain_of_its_records() -> None:
    """And so does what is sent about its failure."""
    cause = Cause("r0", ((function_arn("other"), 3),))
    run = make_run([shard_of([PlainRecord("a", cause=cause)])], on_failure=QUEUE, maximum_retry_attempts=0)
    run.advance(0.0)
    invoke = run.running[0]
    run.finish(invoke, FAILED)

    assert invoke.cause is cause
    sent = run.deliveries[0][1].cause
    assert sent is not None
    assert (sent.request_id, len(sent.hops)) == (invoke.request_id, 2)


def test_each_attempt_has_its_own_request_id() -> None:
    """They are calls of their own; the record of the failure names the last."""
    run = make_run([shard_of(1)], on_failure=QUEUE, maximum_retry_attempts=1)
    run.advance(0.0)
    first = run.running[0].request_id
    run.finish(run.running[0], FAILED)
    run.advance(0.5)
    second = run.running[0].request_id
    run.finish(run.running[0], FAILED)

    assert first != second
    assert json.loads(run.deliveries[0][1].body)["requestContext"]["requestId"] == second


def test_stopped_recursion_is_a_failed_attempt() -> None:
    """Without a response."""
    run = make_run([shard_of(1)], on_failure=QUEUE, maximum_retry_attempts=0)
    run.advance(0.0)

    run.finish(run.running[0], Stopped())

    assert "responseContext" not in json.loads(run.deliveries[0][1].body)


def test_pauses_are_those_of_the_profile() -> None:
    """With a share of chance where it asks for it."""
    run = make_run([shard_of(1)], profile=Profile(stream_retry_wait=3.0, stream_retry_wait_limit=5.0))
    fail(run, 2)

    assert run.next_deadline() == 8.0

    jittered = make_run([shard_of(1)], profile=evolve(Profile(), jitter=0.5))
    fail(jittered, 1)

    assert 0.5 < jittered.next_deadline() <= 0.75


def test_events_are_counted() -> None:
    """Tried and refused ones fail; a failed attempt counts as invoked too."""
    run = started(make_run([shard_of(3)]))
    results = [run.mapping.last_processing_result]
    run.finish(run.running[0], FULL)
    run.advance(1.0)
    results.append(run.mapping.last_processing_result)
    run.finish(run.running[0], FAILED)
    run.advance(3.0)
    run.finish(run.running[0], NULL)
    results.append(run.mapping.last_processing_result)

    assert results == ["No records processed", "PROBLEM: Function call failed", "OK"]
    assert (run.mapping.invoked_event_count, run.mapping.failed_invoke_event_count) == (6, 6)


def test_iterator_age_is_that_of_the_last_record() -> None:
    """When its batch was sent."""
    records = [PlainRecord("a", arrived_at=1.0), PlainRecord("b", arrived_at=4.0)]
    run = make_run([shard_of(records)], created_at=10.0)
    before = run.mapping.iterator_age

    run.advance(10.0)

    assert (before, run.mapping.iterator_age) == (None, 6.0)


def test_busiest_names_the_batch_that_failed_most() -> None:
    """Empty as long as none did."""
    run = started(make_run([shard_of(2)]))
    before = run.mapping.busiest()
    fail(run, 3)

    assert (before, run.mapping.busiest()) == ("", "one: a batch of 2 failed 3 times, is tried again")


def test_outcome_that_comes_twice_counts_once() -> None:
    """The second one is nobody's."""
    run = started(make_run([shard_of(2)], batch_size=1))
    first = run.running[0]
    run.finish(first, NULL)

    run.mapping.finished(0.0, first.token, FAILED)

    assert [names(invoke) for invoke in run.running] == ["1"]
    assert run.mapping.failed_invoke_event_count == 0


def test_partial_answer_that_nobody_asked_for_is_noted() -> None:
    """All succeeded."""
    run = started(make_run([shard_of(2)]))

    run.finish(run.running[0], failing_from("1"))

    assert run.mapping.checkpoints == {"one": 2}
    assert "partial_ignored" in [note[0] for note in run.notes]


# States


def test_disabled_mapping_reads_nothing_and_finishes_what_runs() -> None:
    """A failed batch waits until it is enabled again."""
    run = started(make_run([shard_of(4)], batch_size=2))
    run.mapping.disable(0.0)
    states = [run.mapping.state]
    run.advance(0.0)
    states.append(run.mapping.state)

    run.finish(run.running[0], FAILED)
    run.advance(100.0)

    assert states == ["Disabling", "Disabled"]
    assert (run.running, run.mapping.outstanding(), run.mapping.next_deadline()) == ([], 0, inf)


def test_enabled_again_it_goes_on_where_it_was() -> None:
    """With the batch that failed, then with what came meanwhile."""
    run = started(make_run([shard_of([PlainRecord("a"), PlainRecord("b", arrived_at=50.0)])]))
    run.mapping.disable(0.0)
    run.finish(run.running[0], FAILED)
    run.advance(100.0)

    run.mapping.enable(100.0)
    before = run.mapping.state
    run.advance(100.0)
    first = names(run.running[0])
    run.finish(run.running[0], NULL)

    assert (before, run.mapping.state) == ("Enabling", "Enabled")
    assert (first, names(run.running[0])) == ("a", "b")


def test_read_that_was_out_when_disabled_is_repeated() -> None:
    """Its answer counts for nothing."""
    mapping, receive = listed()
    mapping.disable(1.0)
    mapping.received(1.0, receive.token, [PlainRecord("a")], "behind")
    mapping.wake(1.0)
    mapping.enable(2.0)

    mapping.wake(2.0)

    [again] = [effect for effect in mapping.effects if isinstance(effect, Receive)]
    assert again.position is receive.position


def test_latest_is_when_it_was_enabled_first() -> None:
    """Not when it was made; and later changes count for nothing."""
    mapping = make_mapping(enabled=False, starting_position="LATEST")
    before = (mapping.state, mapping.next_deadline(), mapping.outstanding())
    mapping.enable(5.0)
    mapping.wake(5.0)
    mapping.disable(6.0)
    mapping.wake(6.0)
    mapping.enable(7.0)
    mapping.effects.clear()
    mapping.wake(7.0)
    [asked] = mapping.effects
    mapping.effects.clear()
    assert isinstance(asked, ListShards)

    mapping.shards_listed(7.0, asked.token, [Shard("one")])

    [receive] = mapping.effects
    assert before == ("Disabled", inf, 0)
    assert isinstance(receive, Receive)
    assert receive.position.at == 5.0


def test_update_holds_for_what_is_tried_next() -> None:
    """And can end a window."""
    run = started(make_run([shard_of(2)], maximum_batching_window_in_seconds=60))
    config = evolve(run.mapping.config, maximum_batching_window_in_seconds=0)
    before = list(run.running)

    run.mapping.update(1.0, config)
    states = [run.mapping.state]
    run.advance(1.0)
    states.append(run.mapping.state)

    assert (before, names(run.running[0])) == ([], "01")
    assert states == ["Updating", "Enabled"]


def test_lanes_change_once_nothing_is_left_to_try() -> None:
    """Until then the shard is read no further."""
    records = [*(PlainRecord(str(n), key) for n, key in enumerate(["red", "blue"])), PlainRecord("2", "red", 1.0)]
    run = started(make_run([shard_of(records)]))
    run.mapping.update(0.0, evolve(run.mapping.config, parallelization_factor=2))
    run.advance(1.0)
    before = [names(invoke) for invoke in run.running]

    run.finish(run.running[0], NULL)

    assert (before, [names(invoke) for invoke in run.running]) == (["01"], ["2"])
    assert run.mapping._shards.readers["one"].factor == 2


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"starting_position": "LATEST"}, "starting_position"),
        ({"filter_criteria": [{"body": ["a"]}]}, "filter_criteria"),
    ],
    ids=["starting position", "filter of another source"],
)
def test_update_that_can_not_be_made_changes_nothing(change: dict[str, Any], named: str) -> None:
    """Refused by name."""
    run = started(make_run([shard_of(1)]))
    config = run.mapping.config

    with pytest.raises(InvalidSetting, match=named):
        run.mapping.update(1.0, StreamMappingConfig(**{"starting_position": "TRIM_HORIZON", **change}))
    assert (run.mapping.state, run.mapping.config) == ("Enabled", config)


def test_update_may_disable() -> None:
    """As the call that does it alone."""
    run = started(make_run([shard_of(1)]))

    run.mapping.update(1.0, evolve(run.mapping.config, enabled=False))
    run.advance(1.0)

    assert (run.mapping.state, run.mapping.reading) == ("Disabled", False)


def test_deleted_mapping_can_not_be_changed() -> None:
    """It finishes what runs and is gone."""
    run = started(make_run([shard_of(1)]))
    run.mapping.delete(0.0)
    before = run.mapping.outstanding()
    run.finish(run.running[0], FAILED)

    with pytest.raises(ResourceInUseException):
        run.mapping.enable(2.0)
    assert before == 1
    assert (run.mapping.state, run.mapping.next_deadline(), run.mapping.outstanding()) == ("Deleting", inf, 0)


def test_closing_gives_nothing_back() -> None:
    """What was read is still in its shard."""
    run = started(make_run([shard_of(1)]))

    run.mapping.give_back(0.0)

    assert run.effects == []


def test_arrivals_are_asked_for_one_turn_later() -> None:
    """What comes in until then is one batch."""
    run = started(make_run([shard_of([])]))
    run.mapping.arrived(3.0, "one")
    run.mapping.arrived(3.0, "one")

    run.mapping.wake(3.0)

    assert [type(effect) for effect in run.effects] == [Receive]
    assert Arrived not in [type(effect) for effect in run.effects]
