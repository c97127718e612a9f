"""The models and tables hold what was recorded on AWS, so that others may be held against them."""

import hashlib
import json
import re
import struct
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import pytest

from tests.contracts.async_model import TABLE_RETRIES, Arguments, Result, attempts
from tests.contracts.partial_batch_table import (
    MD5_OF_ATTRIBUTES,
    NOT_JSON,
    RAISES,
    ROWS,
    UNSETTLED,
    Digest,
    Row,
    with_ids,
)
from tests.contracts.queue_model import QueueModel, Refused
from tests.contracts.s3_tables import KEY_ENCODING, MATCHES, OVERLAPS, Configuration, Match, Overlap
from tests.contracts.sqs_errors_table import (
    ACCEPTED,
    ATTRIBUTE_ERRORS,
    ERRORS,
    LARGEST,
    MAPPING_ACCEPTED,
    MAPPING_ERRORS,
    RANGES,
)
from tests.golden import load, match

GOLDENS = Path(__file__).parent.parent / "golden"


# Queue: standard


def numbers(received: list[tuple[int, str]]) -> list[int]:
    return [number for number, _ in received]


def fifo_queue(*bodies: str, group: str = "g", **settings: Any) -> QueueModel:
    queue = QueueModel(fifo=True, **settings)
    for body in bodies:
        queue.send(0.0, body, group=group, dedup=body)
    return queue


def test_message_returns_at_its_visibility_timeout_not_before() -> None:
    queue = QueueModel(visibility_timeout=30)
    queue.send(0.0, "a")
    [(number, first)] = queue.receive(0.0, 1)

    assert queue.receive(29.9, 1) == []
    [(again, second)] = queue.receive(30.0, 1)
    assert (again, queue.receive_count(number)) == (number, 2)
    assert second != first


def test_counts_say_where_messages_are() -> None:
    queue = QueueModel()
    queue.send(0.0, "a")
    queue.send(0.0, "b")
    queue.send(0.0, "c", delay=10)
    queue.receive(0.0, 1)

    assert (queue.visible(0.0), queue.in_flight(0.0), queue.delayed(0.0)) == (1, 1, 1)
    assert (queue.visible(10.0), queue.in_flight(10.0), queue.delayed(10.0)) == (2, 1, 0)
    assert (queue.visible(30.0), queue.in_flight(30.0), queue.delayed(30.0)) == (3, 0, 0)


def test_delay_of_the_message_wins_over_that_of_the_queue() -> None:
    queue = QueueModel(delay_seconds=10)
    queue.send(0.0, "a")
    queue.send(0.0, "b", delay=0)
    queue.send(0.0, "c", delay=5)

    assert numbers(queue.receive(9.9, 10)) == [1, 2]
    assert numbers(queue.receive(10.0, 10)) == [0]


def test_retention_takes_also_what_is_in_flight_or_delayed() -> None:
    queue = QueueModel(message_retention_period=60)
    queue.send(0.0, "a")
    queue.send(0.0, "b", delay=900)
    [(_, receipt)] = queue.receive(59.0, 10, visibility=30)

    assert (queue.in_flight(60.0), queue.delayed(60.0), queue.receive(1000.0, 10)) == (0, 0, [])
    assert queue.delete(1000.0, receipt) is False


def test_visibility_zero_makes_visible_at_once() -> None:
    queue = QueueModel()
    queue.send(0.0, "a")
    [(_, receipt)] = queue.receive(0.0, 1)
    assert queue.change_visibility(5.0, receipt, 0) is True

    assert numbers(queue.receive(5.0, 1, visibility=0)) == [0]
    assert numbers(queue.receive(5.0, 1)) == [0]
    assert queue.receive_count(0) == 3


def test_change_counts_from_now_and_only_for_this_receive() -> None:
    queue = QueueModel(visibility_timeout=30)
    queue.send(0.0, "a")
    [(_, receipt)] = queue.receive(0.0, 1)
    queue.change_visibility(20.0, receipt, 60)

    assert queue.receive(79.9, 1) == []
    assert numbers(queue.receive(80.0, 1)) == [0]
    assert numbers(queue.receive(110.0, 1)) == [0]


def test_change_past_twelve_hours_from_the_receive_is_refused() -> None:
    queue = QueueModel()
    queue.send(0.0, "a")
    [(_, receipt)] = queue.receive(10.0, 1)

    assert queue.change_visibility(11.0, receipt, 43_199) is True
    assert queue.change_visibility(12.0, receipt, 43_199) == "InvalidParameterValue"
    assert queue.change_visibility(12.0, receipt, 43_201) == "InvalidParameterValue"
    assert queue.in_flight(43_209.9) == 1
    assert queue.in_flight(43_210.0) == 0


def test_change_after_the_visibility_ended_succeeds_on_a_standard_queue() -> None:
    """Recorded 2023-11."""
    queue = QueueModel(visibility_timeout=1)
    queue.send(0.0, "a")
    [(_, receipt)] = queue.receive(0.0, 1)

    assert queue.change_visibility(2.0, receipt, 2) is True


def test_late_delete_on_a_standard_queue_removes_what_was_not_received_again() -> None:
    """Recorded: delete after the visibility timeout."""
    queue = QueueModel(visibility_timeout=1)
    queue.send(0.0, "a")
    [(_, receipt)] = queue.receive(0.0, 1)

    assert queue.delete(2.0, receipt) is True
    assert queue.receive(2.0, 1) == []


def test_older_receipt_deletes_nothing() -> None:
    queue = QueueModel(visibility_timeout=1)
    queue.send(0.0, "a")
    [(_, old)] = queue.receive(0.0, 1)
    [(_, new)] = queue.receive(1.0, 1)

    assert queue.delete(1.5, old) is False
    assert queue.delete(1.5, new) is True
    assert queue.delete(1.5, new) is False
    assert queue.delete(1.5, "nonsense") == "ReceiptHandleIsInvalid"


def test_purge_removes_all_and_not_again_within_a_minute() -> None:
    queue = QueueModel()
    queue.send(0.0, "a")
    queue.send(0.0, "b", delay=10)
    queue.receive(0.0, 1)

    assert queue.purge(1.0) is True
    assert (queue.visible(100.0), queue.in_flight(100.0), queue.delayed(100.0)) == (0, 0, 0)
    assert queue.purge(100.0) is True
    assert queue.purge(159.9) == "PurgeQueueInProgress"
    assert queue.purge(160.0) is True


# Queue: redrive


def test_maximum_of_two_is_seen_twice_then_dead() -> None:
    """Recorded 2023-02: receive counts 1 and 2, no third time."""
    queue = QueueModel(visibility_timeout=10, max_receive_count=2)
    queue.send(0.0, "a")

    assert numbers(queue.receive(0.0, 1)) == [0]
    assert numbers(queue.receive(10.0, 1)) == [0]
    assert (queue.visible(20.0), queue.dead(20.0)) == (1, [])
    assert queue.receive(20.0, 1) == []
    assert (queue.visible(20.0), queue.dead(20.0), queue.receive_count(0)) == (0, [0], 2)


def test_receive_passes_over_the_dead_to_the_next() -> None:
    queue = QueueModel(visibility_timeout=10, max_receive_count=1)
    for body in "abcd":
        queue.send(0.0, body)
    queue.receive(0.0, 2)

    assert numbers(queue.receive(10.0, 1)) == [2]
    assert queue.dead(10.0) == [0, 1]


def test_received_three_times_goes_to_the_back_if_the_maximum_is_above_three() -> None:
    for maximum, expected in ((None, [0, 1]), (3, [1]), (4, [1, 0]), (10, [1, 0])):
        queue = QueueModel(visibility_timeout=10, max_receive_count=maximum)
        queue.send(0.0, "a")
        for now in (0.0, 10.0, 20.0):
            queue.receive(now, 1)
        queue.send(25.0, "b")

        assert numbers(queue.receive(30.0, 10)) == expected


def test_received_twice_keeps_its_place() -> None:
    queue = QueueModel(visibility_timeout=10, max_receive_count=10)
    queue.send(0.0, "a")
    for now in (0.0, 10.0):
        queue.receive(now, 1)
    queue.send(15.0, "b")

    assert numbers(queue.receive(20.0, 10)) == [0, 1]


# Queue: FIFO


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_visible_messages_before_the_first_in_flight_one_are_given_out(kept: int) -> None:
    """Recorded 2025-11: of three received together, message k kept invisible, the next receive returns 1 .. k - 1."""
    queue = fifo_queue("1", "2", "3", visibility_timeout=10)
    receipts = [receipt for _, receipt in queue.receive(0.0, 10)]
    queue.change_visibility(5.0, receipts[kept - 1], 60)

    assert numbers(queue.receive(10.0, 10)) == list(range(kept - 1))


def test_group_is_locked_behind_what_is_in_flight() -> None:
    queue = fifo_queue("a", "b")
    [(_, receipt)] = queue.receive(0.0, 1)

    assert queue.receive(1.0, 10) == []
    assert queue.visible(1.0) == 1
    assert queue.delete(2.0, receipt) is True
    assert numbers(queue.receive(2.0, 10)) == [1]


def test_receive_fills_up_from_one_group_first() -> None:
    queue = QueueModel(fifo=True)
    for body, group in (("0", "g"), ("1", "h"), ("2", "g"), ("3", "h"), ("4", "g")):
        queue.send(0.0, body, group=group, dedup=body)

    assert numbers(queue.receive(0.0, 4)) == [0, 2, 4, 1]
    assert queue.receive(0.0, 10) == []


def test_failed_item_of_a_fifo_batch_dies_and_the_others_come_again_together() -> None:
    """Recorded 2023-12: maximum 2; first 1, then 2 and 3 succeed; 4 fails twice and goes to the dead-letter queue."""
    queue = fifo_queue("1", "2", "3", "4", visibility_timeout=10, max_receive_count=2)
    first = queue.receive(0.0, 10)
    queue.delete(0.0, first[0][1])

    second = queue.receive(10.0, 10)
    assert numbers(second) == [1, 2, 3]
    for _, receipt in second[:2]:
        assert queue.delete(10.0, receipt) is True
    assert queue.receive(20.0, 10) == []
    assert queue.dead(20.0) == [3]


def test_late_delete_on_fifo_is_an_error_and_an_extended_handle_stays_valid() -> None:
    """Recorded: delete after the visibility timeout; extended visibility."""
    queue = fifo_queue("a", visibility_timeout=1)
    [(_, receipt)] = queue.receive(0.0, 1)
    assert queue.delete(1.0, receipt) == "InvalidParameterValue"

    [(_, receipt)] = queue.receive(1.0, 1)
    queue.change_visibility(1.5, receipt, 10)
    assert queue.delete(5.0, receipt) is True


@pytest.mark.parametrize("content_based", [True, False])
def test_duplicate_is_not_delivered_even_after_the_first_was_deleted(content_based: bool) -> None:
    """Recorded 2023-04, both ways."""
    queue = QueueModel(fifo=True, content_based_deduplication=content_based)
    dedup = None if content_based else "d"
    assert queue.send(0.0, "a", group="g", dedup=dedup) == 0
    [(_, receipt)] = queue.receive(0.0, 1)
    queue.delete(0.0, receipt)

    assert queue.send(299.9, "a", group="g", dedup=dedup) == 0
    assert queue.receive(299.9, 1) == []
    assert queue.send(300.0, "a", group="g", dedup=dedup) == 1
    assert numbers(queue.receive(300.0, 1)) == [1]


def test_same_id_in_another_group_depends_on_the_scope() -> None:
    """Recorded 2023-04."""
    wide = QueueModel(fifo=True)
    assert [wide.send(0.0, "a", group="g", dedup="d"), wide.send(0.0, "a", group="h", dedup="d")] == [0, 0]

    narrow = QueueModel(fifo=True, deduplication_scope="messageGroup")
    assert [narrow.send(0.0, "a", group="g", dedup="d"), narrow.send(0.0, "a", group="h", dedup="d")] == [0, 1]


def test_fifo_refuses_what_it_cannot_take() -> None:
    queue = QueueModel(fifo=True, delay_seconds=5)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("MissingParameter", {"dedup": "d"}),
        ("InvalidParameterValue", {"group": "g"}),
        ("InvalidParameterValue", {"group": "g", "dedup": "d", "delay": 2}),
    ]
    for code, arguments in calls:
        with pytest.raises(Refused) as refused:
            queue.send(0.0, "a", **arguments)
        assert refused.value.code == code

    queue.send(0.0, "a", group="g", dedup="d", delay=0)
    assert queue.delayed(4.9) == 1
    assert numbers(queue.receive(5.0, 1)) == [0]


# Asynchronous invocation


@pytest.mark.parametrize(
    ("arguments", "expected"), [row[1:] for row in TABLE_RETRIES], ids=[row[0] for row in TABLE_RETRIES]
)
def test_calculator_agrees_with_the_table(arguments: Arguments, expected: Result) -> None:
    assert attempts(**arguments) == expected


def test_longest_series_of_refusals_has_eighty_tries() -> None:
    result = attempts(["throttle"])

    assert len(result.tries) == 80
    assert {later - earlier for earlier, later in zip(result.tries[9:-1], result.tries[10:], strict=True)} == {300.0}


# Tables


def md5_of(digest: Digest) -> str:
    """The documented algorithm, written once more."""
    data = b""
    for name, kind, value in sorted(digest.attributes):
        transport = b"\x02" if kind.startswith("Binary") else b"\x01"
        raw = value if isinstance(value, bytes) else value.encode()
        for part, between in ((name.encode(), b""), (kind.encode(), transport), (raw, b"")):
            data += struct.pack(">I", len(part)) + part + between
    return hashlib.md5(data).hexdigest()


@pytest.mark.parametrize("digest", MD5_OF_ATTRIBUTES, ids=lambda digest: digest.id)
def test_digests_follow_the_documented_algorithm(digest: Digest) -> None:
    assert md5_of(digest) == digest.md5


@pytest.mark.parametrize(("key", "encoded"), KEY_ENCODING)
def test_keys_decode_to_themselves(key: str, encoded: str) -> None:
    assert unquote_plus(encoded) == key
    assert quote_plus(key, safe="/") == encoded


@pytest.mark.parametrize("row", MATCHES, ids=lambda row: row.id)
def test_matches_follow_the_rule(row: Match) -> None:
    key = quote_plus(row.key, safe="/")
    typed = any(
        row.event == wanted or (wanted.endswith(":*") and row.event.startswith(wanted[:-1])) for wanted in row.events
    )

    assert row.matches == (typed and key.startswith(row.prefix) and key.endswith(row.suffix))


def covers(one: str, other: str) -> bool:
    return one == other or (one.endswith(":*") and other.startswith(one[:-1]))


def share_a_type(one: Configuration, other: Configuration) -> bool:
    return any(covers(a, b) or covers(b, a) for a in one.events for b in other.events)


@pytest.mark.parametrize("row", OVERLAPS, ids=lambda row: row.id)
def test_overlaps_follow_the_rule(row: Overlap) -> None:
    prefixes = sorted((row.one.prefix, row.other.prefix), key=len)
    suffixes = sorted((row.one.suffix, row.other.suffix), key=len)
    filters = prefixes[1].startswith(prefixes[0]) and suffixes[1].endswith(suffixes[0])

    assert row.overlaps == (share_a_type(row.one, row.other) and filters)


@pytest.mark.parametrize("row", [*ROWS, *UNSETTLED], ids=lambda row: row.id)
def test_batch_rows_are_whole(row: Row) -> None:
    assert row.deleted <= set(row.batch)
    if row.response is NOT_JSON:
        with pytest.raises(TypeError):
            json.dumps(row.response)
    elif row.response != RAISES:
        json.dumps(row.response)


def test_stand_ins_become_real_ids() -> None:
    response = {"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "z"}, {"itemIdentifier": None}]}

    assert with_ids(response, {"a": "1"}) == {
        "batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "z"}, {"itemIdentifier": None}]
    }


def test_ids_of_rows_are_unique() -> None:
    for ids in (
        [row[0] for row in TABLE_RETRIES],
        [row.id for row in [*ROWS, *UNSETTLED]],
        [row.id for row in MD5_OF_ATTRIBUTES],
        [row.id for row in MATCHES],
        [row.id for row in OVERLAPS],
        [row.id for row in ERRORS],
        [f"{row.id} {row.operation}" for row in ATTRIBUTE_ERRORS],
        [row.id for row in ACCEPTED],
        [row.id for row in MAPPING_ERRORS],
        [row[0] for row in MAPPING_ACCEPTED],
        [key for key, _ in KEY_ENCODING],
    ):
        assert len(set(ids)) == len(ids)


def test_tables_are_as_long_as_promised() -> None:
    assert len(TABLE_RETRIES) >= 25
    assert len(MD5_OF_ATTRIBUTES) >= 6
    assert len(KEY_ENCODING) >= 15
    assert len(MATCHES) >= 30
    assert len(OVERLAPS) >= 20
    assert len(ATTRIBUTE_ERRORS) == 4 * len(RANGES)


def size(message: dict[str, Any]) -> int:
    total = len(message["message_body"].encode())
    for name, value in message.get("message_attributes", {}).items():
        total += len(name) + len(value["data_type"]) + len(value["string_value"])
    return total


def test_sizes_are_at_the_limit_and_one_past() -> None:
    by_id = {row.id: row.kwargs for row in ERRORS} | {row.id: row.kwargs for row in ACCEPTED}
    for name in ("longest body", "longest body in bytes", "longest body and attributes"):
        assert size(by_id[name]) == LARGEST
    for name in ("body too long", "bytes count, not letters", "body and attributes too long"):
        assert size(by_id[name]) == LARGEST + 1
    assert sum(size(entry) for entry in by_id["longest batch"]["entries"]) == LARGEST
    assert sum(size(entry) for entry in by_id["batch too long"]["entries"]) == LARGEST + 1
    [pattern] = {row.id: row.kwargs for row in MAPPING_ERRORS}["pattern of 4,097"]["filter_criteria"]["filters"]
    assert len(pattern["pattern"]) == 4097


# Goldens


@pytest.mark.parametrize("path", sorted(GOLDENS.rglob("*.json")), ids=lambda path: path.stem)
def test_goldens_are_pretty_and_match_themselves_filled_in(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    golden = load(str(path.relative_to(GOLDENS)))

    assert text == json.dumps(golden, indent=2, ensure_ascii=False) + "\n"
    match(golden, filled(golden))


FILLINGS = {
    "uuid": "{:08d}-2222-4333-8444-555555555555",
    "request_id": "{:08d}-2222-4333-8444-555555555555",
    "iso3": "2026-02-05T09:14:23.123Z",
    "iso0": "2026-02-05T09:14:23Z",
    "b64": "AAE=",
}


def filled(value: Any, drawn: dict[str, str] | None = None) -> Any:
    """The golden with a value in each place; the same placeholder has the same value."""
    drawn = {} if drawn is None else drawn
    if isinstance(value, dict):
        return {key: filled(item, drawn) for key, item in value.items() if item != "<null_or_absent>"}
    if isinstance(value, list):
        return [filled(item, drawn) for item in value]
    if isinstance(value, str):
        return re.sub(
            r"<([a-z0-9_]+)(:[a-z0-9_]+)?>",
            lambda found: drawn.setdefault(found[0], FILLINGS.get(found[1], "1{}").format(len(drawn))),
            value,
        )
    return value


def test_goldens_carry_the_digests_of_what_they_show() -> None:
    for name in ("sqs/standard", "sqs/fifo", "sqs/from_dead_letter"):
        for record in load(name)["Records"]:
            assert record["md5OfBody"] == hashlib.md5(record["body"].encode()).hexdigest()
    content = b"id,amount\n1,5\n"
    made = load("s3/object_created_put")["Records"][0]["s3"]["object"]
    assert (made["size"], made["eTag"]) == (len(content), hashlib.md5(content).hexdigest())
    assert made["key"] == quote_plus("in/red flower a@b.csv", safe="/")


A, B = "aaaaaaaa-0000-4000-8000-000000000000", "bbbbbbbb-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("golden", "actual"),
    [
        ("<uuid:1>", A),
        (["<uuid:1>", "<uuid:1>", "<uuid:2>"], [A, A, B]),
        ("RequestId: <request_id> Error", f"RequestId: {A} Error"),
        (["<digits:a>", "<digits:b>"], ["1", "1"]),
        (["<any>", "<any>"], [1, {"x": None}]),
        ({"a": "<null_or_absent>", "b": 1}, {"b": 1}),
        ({"a": "<null_or_absent>", "b": 1}, {"a": None, "b": 1}),
        ("<iso3>", "2026-01-01T00:00:00.000Z"),
        ("<text>", ""),
        ("a < b > c <other>", "a < b > c <other>"),
    ],
)
def test_match_accepts(golden: Any, actual: Any) -> None:
    match(golden, actual)


@pytest.mark.parametrize(
    ("golden", "actual", "path"),
    [
        ("<uuid:1>", "x", "$"),
        (["<uuid:1>", "<uuid:1>"], [A, B], "$[1]"),
        (["<uuid:1>", "<uuid:2>"], [A, A], "$[1]"),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, "$.a.b[1]"),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, "$"),
        ({"a": 1}, {"a": 1, "b": 2}, "$.b"),
        ({"a": 1, "b": 2}, {"a": 1}, "$.b"),
        ({"a": "<null_or_absent>"}, {"a": 1}, "$.a"),
        (1, 1.0, "$"),
        (1, True, "$"),
        ([1], (1,), "$"),
        ([1], [1, 2], "$"),
        ("1", 1, "$"),
        ("<nz>", "", "$"),
        ("<hex>", "xyz", "$"),
        ("<iso3>", "2026-01-01T00:00:00Z", "$"),
    ],
)
def test_match_names_the_first_difference(golden: Any, actual: Any, path: str) -> None:
    with pytest.raises(AssertionError) as raised:
        match(golden, actual)

    assert str(raised.value).startswith(f"{path}: ")


def test_match_may_overlook_the_order_of_keys() -> None:
    match({"a": 1, "b": 2}, {"b": 2, "a": 1}, key_order=False)
