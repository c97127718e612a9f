"""Journeys are told whole: where an event stopped, and why."""

from json import dumps, loads

import pytest

from eventbus.core.outcomes import NULL, Stopped, Throttled, TimedOut
from eventbus.names import id_prefix
from eventbus.observe.trace import Journal

from .helpers import (
    AUDIT,
    BILL,
    DEAD,
    INGEST,
    MAIL,
    MAPPING,
    ORDERS,
    TOPIC,
    UPLOADS,
    Item,
    bad_order,
    make_journal,
    note,
    out_of,
    tree_of,
    write_turns,
)


def dead_lettered_message() -> Journal:
    """Message m1, sent by ingest, fails three times and moves."""
    journal = make_journal()
    journal.noted(0.0, [note("accepted", INGEST, "r0"), note("attempt", INGEST, "r0", ())])
    journal.noted(0.0, [note("sent", ORDERS, "m1", None, out_of(INGEST, "r0"))])
    journal.noted(0.5, [note("ended", INGEST, "r0", NULL)])
    for receive in range(3):
        now, request, batch = 1.0 + 30 * receive, f"b{receive}", [Item("m1"), Item("m2")]
        journal.noted(now, [note("received", ORDERS, ["m1", "m2"], MAPPING), note("batch", MAPPING, request, batch)])
        journal.noted(now, [note("attempt", BILL, request, batch)])
        journal.noted(
            now + 0.25, [note("ended", BILL, request, bad_order()), note("let_go", MAPPING, request, "ValueError")]
        )
        if receive < 2:
            journal.noted(now + 30, [note("returned", ORDERS, ["m1", "m2"], "visible again")])
    journal.noted(
        91.0, [note("moved", ORDERS, "m1", "to orders-dead after 3 receives"), note("sent", DEAD, "m1", f"by {ORDERS}")]
    )
    journal.noted(95.0, [note("received", DEAD, ["m1"], "ReceiveMessage")])
    return journal


def test_a_message_is_told_from_its_sending_to_its_dead_letter_queue() -> None:
    """The last line says where it stopped; attempts say why."""
    trace = dead_lettered_message().trace("m1")

    assert str(trace).splitlines() == [
        "message m1 in orders (+0 s is 2026-01-01T00:00:00Z)",
        "  +0 s      sent by ingest, request r0",
        "  +1 s      received by bill (1st time)",
        "  +1 s      attempt of bill, request b0, batch of 2: failed after 0.25 s: ValueError: bad order",
        "  +31 s     visible again",
        "  +31 s     received by bill (2nd time)",
        "  +31 s     attempt of bill, request b1, batch of 2: failed after 0.25 s: ValueError: bad order",
        "  +61 s     visible again",
        "  +61 s     received by bill (3rd time)",
        "  +61 s     attempt of bill, request b2, batch of 2: failed after 0.25 s: ValueError: bad order",
        "  +91 s     moved to orders-dead after 3 receives",
        "  +95 s     received by ReceiveMessage in orders-dead (1st time)",
    ]


def test_what_a_handler_sent_is_told_below_its_attempt() -> None:
    """From an event down to the message that its handler sent, and on."""
    journal = make_journal()
    journal.noted(0.0, [note("accepted", INGEST, "r0"), note("attempt", INGEST, "r0", ())])
    journal.noted(0.0, [note("sent", AUDIT, "m1", None, out_of(INGEST, "r0"))])
    journal.noted(1.0, [note("ended", INGEST, "r0", NULL)])
    journal.noted(1.0, [note("deleted", AUDIT, "m1")])

    assert str(journal.trace("r0")).splitlines() == [
        "event r0 of ingest (+0 s is 2026-01-01T00:00:00Z)",
        "  +0 s      accepted",
        "  +0 s      attempt 1 of ingest: succeeded after 1 s",
        "      +0 s      sent message m1 to audit",
        "          +1 s      deleted",
    ]


def test_an_event_shows_its_attempts_waits_and_dead_letter() -> None:
    """What an attempt sent stands below that attempt; the dead letter goes on under its own id."""
    journal = make_journal()
    journal.noted(0.0, [note("accepted", BILL, "r1"), note("attempt", BILL, "r1", ())])
    journal.noted(0.0, [note("sent", AUDIT, "m1", None, out_of(BILL, "r1"))])
    journal.noted(0.0, [note("ended", BILL, "r1", bad_order()), note("retry_wait", BILL, "r1", 60.0)])
    journal.noted(60.0, [note("attempt", BILL, "r1", ())])
    journal.noted(60.0, [note("sent", AUDIT, "m2", None, out_of(BILL, "r1"))])
    timed_out = TimedOut("Sandbox.Timedout", "RequestId: r1 Error: Task timed out after 3.00 seconds")
    journal.noted(
        63.0,
        [
            note("ended", BILL, "r1", timed_out),
            note("given_up", BILL, "r1", "RetriesExhausted"),
            note("handed_over", BILL, "r1", f"dead letter {DEAD}"),
            note("sent", DEAD, "m3", f"by {BILL}:async", out_of(BILL, "r1")),
        ],
    )
    journal.noted(70.0, [note("dropped", DEAD, "m3", "retention period over")])

    assert tree_of(journal, "r1") == [
        "  +0 s      accepted",
        "  +0 s      attempt 1 of bill: failed after 0 s: ValueError: bad order",
        "      +0 s      sent message m1 to audit",
        "  +0 s      waits 60 s for its next attempt",
        "  +60 s     attempt 2 of bill: timed out after 3 s: RequestId: r1 Error: Task timed out after 3.00 seconds",
        "      +60 s     sent message m2 to audit",
        "  +63 s     given up: RetriesExhausted",
        "  +63 s     handed over to orders-dead (dead letter) as message m3",
        "      +70 s     dropped: retention period over",
    ]


def test_a_refused_dead_letter_is_told_with_the_refusal() -> None:
    """The note of the failure names no id: it belongs to what was handed over just before."""
    journal = write_turns(
        make_journal(),
        (
            0.0,
            [
                note("accepted", BILL, "r1"),
                note("given_up", BILL, "r1", "EventAgeExceeded"),
                note("handed_over", BILL, "r1", f"dead letter {DEAD}"),
                note("handed_over", BILL, "r1", f"destination {MAIL}"),
                note("delivery_failed", BILL, None, "dead letter: AccessDeniedException"),
                note("accepted", MAIL, "r2", None, out_of(BILL, "r1")),
            ],
        ),
    )

    assert tree_of(journal, "r1") == [
        "  +0 s      accepted",
        "  +0 s      given up: EventAgeExceeded",
        "  +0 s      handed over to orders-dead (dead letter): refused with AccessDeniedException",
        "  +0 s      handed over to mail (destination) as event r2",
    ]


def test_an_object_is_told_with_the_event_that_it_notified() -> None:
    """Two objects put at one time each have their own event."""
    journal = write_turns(
        make_journal(),
        (
            0.0,
            [
                note("put", UPLOADS, "in/a.csv"),
                note("notified", UPLOADS, "in/a.csv", f"of ObjectCreated:Put {BILL}"),
                note("accepted", BILL, "r1"),
            ],
        ),
        (
            0.0,
            [
                note("put", UPLOADS, "in/b.csv"),
                note("notified", UPLOADS, "in/b.csv", BILL),
                note("accepted", BILL, "r2"),
            ],
        ),
        (0.0, [note("throttled", BILL, "r2", "ReservedFunctionConcurrentInvocationLimitExceeded")]),
    )

    assert str(journal.trace("in/b.csv")).splitlines() == [
        "object in/b.csv in uploads (+0 s is 2026-01-01T00:00:00Z)",
        "  +0 s      put",
        "  +0 s      notified bill as event r2",
        "      +0 s      throttled at bill: ReservedFunctionConcurrentInvocationLimitExceeded",
    ]


def test_what_was_not_taken_is_told_with_the_refusal() -> None:
    """What arrives there at the same time was another; the answers of one turn come after all that arrived in it."""
    journal = write_turns(
        make_journal(),
        (
            0.0,
            [
                note("published", TOPIC, "m1"),
                note("notified", TOPIC, "m1", ORDERS),
                note("notified", TOPIC, "m1", BILL),
                note("published", TOPIC, "m2"),
                note("notified", TOPIC, "m2", ORDERS),
                note("accepted", BILL, "r1"),
                note("sent", ORDERS, "s1", f"by {TOPIC}"),
                note("not_taken", TOPIC, "m1", f"AccessDeniedException: {TOPIC} may not: ask {DEAD}: now by {ORDERS}"),
                note("handed_over", TOPIC, "m1", f"dead letter {DEAD}"),
                note("sent", DEAD, "s2", f"by {TOPIC}"),
            ],
        ),
    )

    assert tree_of(journal, "m1") == [
        "  +0 s      published",
        "  +0 s      notified orders: refused with AccessDeniedException: news may not: ask orders-dead: now",
        "  +0 s      notified bill as event r1",
        "  +0 s      handed over to orders-dead (dead letter) as message s2",
    ]
    assert tree_of(journal, "m2")[1] == "  +0 s      notified orders as message s1"


def test_a_refusal_that_comes_later_has_a_line_of_its_own() -> None:
    """As that of an endpoint far away."""
    journal = write_turns(
        make_journal(),
        (0.0, [note("published", TOPIC, "m1"), note("notified", TOPIC, "m1", ORDERS)]),
        (1.0, [note("not_taken", TOPIC, "m1", f"Status500: busy by {ORDERS}"), note("retry_wait", TOPIC, "m1", 20.0)]),
        (21.0, [note("notified", TOPIC, "m1", ORDERS), note("sent", ORDERS, "s1", f"by {TOPIC}")]),
    )

    assert tree_of(journal, "m1") == [
        "  +0 s      published",
        "  +0 s      notified orders",
        "  +1 s      not taken by orders: Status500: busy",
        "  +1 s      waits 20 s for its next attempt",
        "  +21 s     notified orders as message s1",
    ]


def test_what_comes_before_is_no_arrival_of_what_was_handed_over() -> None:
    """A handler sends a message itself, then publishes; a duplicate is told as the one that it is."""
    cause = out_of(INGEST, "r0")
    journal = write_turns(
        make_journal(),
        (
            0.0,
            [
                note("attempt", INGEST, "r0", ()),
                note("sent", ORDERS, "s1", None, cause),
                note("published", TOPIC, "m1", None, cause),
                note("notified", TOPIC, "m1", ORDERS, cause),
                note("sent", ORDERS, "s2", f"by {TOPIC}", cause),
                note("published", TOPIC, "m2", None, cause),
                note("notified", TOPIC, "m2", ORDERS, cause),
                note("deduplicated", ORDERS, "s2", None, cause),
                note("filtered", TOPIC, "m2", "audit: no match", cause),
            ],
        ),
        (1.0, [note("ended", INGEST, "r0", NULL)]),
    )

    assert tree_of(journal, "r0") == [
        "  +0 s      attempt of ingest: succeeded after 1 s",
        "      +0 s      sent message s1 to orders",
        "      +0 s      published message m1 to news",
        "          +0 s      notified orders as message s2",
        "              +0 s      not sent again: a duplicate",
        "      +0 s      published message m2 to news",
        "          +0 s      notified orders: a duplicate of message s2",
        "          +0 s      filtered out: audit: no match",
    ]


def test_a_batch_that_was_never_attempted_says_why() -> None:
    """Throttled until the visibility was over."""
    batch = [Item("m1"), Item("m2")]
    journal = write_turns(
        make_journal(),
        (0.0, [note("sent", ORDERS, "m1"), note("received", ORDERS, ["m1"], MAPPING)]),
        (0.0, [note("batch", MAPPING, "b1", batch), note("throttled", MAPPING, "b1", "Concurrent")]),
        (30.0, [note("let_go", MAPPING, "b1", "visibility is over")]),
    )

    assert tree_of(journal, "m1") == [
        "  +0 s      sent",
        "  +0 s      received by bill (1st time)",
        "  +0 s      in a batch of 2 for bill, request b1",
        "  +0 s      throttled at bill: Concurrent",
        "  +30 s     let go by bill: visibility is over",
    ]


@pytest.mark.parametrize(
    ("id", "told"),
    [
        pytest.param("m1", ["  +0 s      reported as failed by bill"], id="reported"),
        pytest.param("m2", ["  +0 s      deleted"], id="not-reported"),
        pytest.param("b1", ["  +0 s      reported as failed: m1"], id="batch"),
    ],
)
def test_a_partial_failure_is_told_of_the_records_that_were_reported(id: str, told: list[str]) -> None:
    """The attempt succeeded; only its reported records come again."""
    batch = [Item("m1"), Item("m2")]
    journal = write_turns(
        make_journal(),
        (0.0, [note("sent", ORDERS, "m1"), note("sent", ORDERS, "m2")]),
        (
            0.0,
            [note("batch", MAPPING, "b1", batch), note("attempt", BILL, "b1", batch), note("ended", BILL, "b1", NULL)],
        ),
        (0.0, [note("partial", MAPPING, "b1", ["m1"]), note("deleted", ORDERS, "m2")]),
    )

    assert tree_of(journal, id)[2:] == told


def test_a_batch_request_names_its_records_and_tells_what_it_sent() -> None:
    """The request id that a handler saw leads to its batch."""
    batch = [Item(f"m{number}") for number in range(12)]
    journal = write_turns(
        make_journal(),
        (0.0, [note("batch", MAPPING, "b1", batch), note("attempt", BILL, "b1", batch)]),
        (0.0, [note("attempt", MAIL, "r2", (), out_of(BILL, "b1")), note("ended", MAIL, "r2", NULL)]),
        (2.0, [note("ended", BILL, "b1", NULL)]),
    )

    assert str(journal.trace("b1")).splitlines() == [
        "batch request b1 of bill (+0 s is 2026-01-01T00:00:00Z)",
        "  +0 s      batch of 12 for bill: m0, m1, m2, m3, m4, m5, m6, m7, m8, m9 and 2 more",
        "  +0 s      attempt of bill: succeeded after 2 s",
        "      +0 s      invoked mail, request r2",
        "          +0 s      attempt of mail: succeeded after 0 s",
    ]


def test_a_record_that_was_only_seen_in_batches_is_told_by_them() -> None:
    """A source without notes of its own: its item identifiers are known all the same."""
    journal = write_turns(
        make_journal(),
        (0.0, [note("attempt", BILL, "b1", [Item("item-1")])]),
        (1.0, [note("ended", BILL, "b1", NULL)]),
    )

    assert str(journal.trace("item-1")).splitlines() == [
        "record item-1 (+0 s is 2026-01-01T00:00:00Z)",
        "  +0 s      attempt of bill, request b1, batch of 1: succeeded after 1 s",
    ]


def test_the_events_of_one_attempt_are_told_once() -> None:
    """Two records of a batch: what the handler sent is below the first."""
    batch = [Item("m1"), Item("m2")]
    journal = write_turns(
        make_journal(),
        (0.0, [note("attempt", INGEST, "r0", ())]),
        (0.0, [note("sent", ORDERS, "m1", None, out_of(INGEST, "r0"))]),
        (0.0, [note("sent", ORDERS, "m2", None, out_of(INGEST, "r0"))]),
        (0.0, [note("ended", INGEST, "r0", NULL)]),
        (1.0, [note("attempt", BILL, "b1", batch, out_of(INGEST, "r0"))]),
        (1.0, [note("sent", AUDIT, "m3", None, out_of(BILL, "b1"))]),
    )

    assert tree_of(journal, "r0") == [
        "  +0 s      attempt of ingest: succeeded after 0 s",
        "      +0 s      sent message m1 to orders",
        "          +1 s      attempt of bill, request b1, batch of 2: has not ended",
        "              +1 s      sent message m3 to audit",
        "      +0 s      sent message m2 to orders",
        "          +1 s      attempt of bill, request b1, batch of 2: has not ended (what it sent is told elsewhere in this trace)",
    ]


def test_a_function_that_feeds_itself_is_told_without_end() -> None:
    """An object that its own event puts again: each journey is told once."""
    again = out_of(BILL, "r1")
    journal = write_turns(
        make_journal(),
        (0.0, [note("put", UPLOADS, "k"), note("notified", UPLOADS, "k", BILL), note("accepted", BILL, "r1")]),
        (0.0, [note("attempt", BILL, "r1", ())]),
        (
            1.0,
            [
                note("put", UPLOADS, "k", None, again),
                note("notified", UPLOADS, "k", BILL, again),
                note("accepted", BILL, "r2", None, again),
                note("attempt", BILL, "r2", (), again),
            ],
        ),
        (2.0, [note("ended", BILL, "r2", NULL), note("ended", BILL, "r1", NULL)]),
    )

    assert tree_of(journal, "k") == [
        "  +0 s      put",
        "  +0 s      notified bill as event r1",
        "      +0 s      attempt 1 of bill: succeeded after 2 s",
        "          +1 s      put object k into uploads (told elsewhere in this trace)",
        "  +1 s      put by bill, request r1",
        "  +1 s      notified bill as event r2",
        "      +1 s      attempt 1 of bill: succeeded after 1 s",
    ]


def test_a_long_chain_is_cut_at_the_depth_of_a_trace() -> None:
    """One line says so; the rest has its own trace."""
    journal = make_journal()
    journal.noted(0.0, [note("attempt", BILL, "r0", ())])
    for number in range(1, 100):
        journal.noted(0.0, [note("attempt", BILL, f"r{number}", (), out_of(BILL, f"r{number - 1}"))])

    lines = tree_of(journal, "r0")

    assert len(lines) < 60
    assert lines[-1].strip() == "+0 s      invoked bill, request r25 (deeper than a trace goes: trace it by its own id)"


def test_a_stopped_loop_says_so() -> None:
    """The 17th invocation of a chain never started."""
    journal = write_turns(
        make_journal(), (0.0, [note("accepted", BILL, "r1"), note("stopped", BILL, "r1", "RecursiveInvocation")])
    )

    assert tree_of(journal, "r1")[-1] == "  +0 s      stopped: RecursiveInvocation"


def test_a_purge_ends_the_journeys_of_what_was_in_the_queue() -> None:
    """The note of a purge names no message: it is told of those that were there."""
    journal = write_turns(
        make_journal(),
        (0.0, [note("sent", ORDERS, "m1"), note("sent", ORDERS, "m2"), note("deleted", ORDERS, "m2")]),
        (5.0, [note("purged", ORDERS, None, 1)]),
        (6.0, [note("sent", ORDERS, "m3")]),
    )

    assert {id: tree_of(journal, id)[-1] for id in ("m1", "m2", "m3")} == {
        "m1": "  +5 s      purged, with all of orders",
        "m2": "  +0 s      deleted",
        "m3": "  +6 s      sent",
    }


def test_numbers_are_told_as_the_ids_that_callers_saw() -> None:
    """An id of a note may be a number of its machine's ids: it is made text by seed and ARN."""
    journal = write_turns(make_journal(), (0.0, [note("sent", ORDERS, 3)]), (1.0, [note("deleted", ORDERS, [3, 4])]))

    shown = f"{id_prefix(7, ORDERS)}-000000000003"

    assert str(journal.trace(shown)).splitlines() == [
        f"message {shown} in orders (+0 s is 2026-01-01T00:00:00Z)",
        "  +0 s      sent",
        "  +1 s      deleted",
    ]


def test_a_word_without_a_phrase_is_shown_with_its_detail() -> None:
    """Sources to come may bring words of their own."""
    journal = write_turns(make_journal(), (0.0, [note("shard_split", AUDIT, "s1", f"into {ORDERS} {DEAD}")]))

    assert tree_of(journal, "s1") == ["  +0 s      shard split: into orders orders-dead"]


def test_a_trace_is_fit_for_json() -> None:
    """Each entry has its offset and its UTC time."""
    journal = write_turns(make_journal(), (0.0, [note("sent", ORDERS, "m1")]), (1.5, [note("deleted", ORDERS, "m1")]))

    shown = journal.trace("m1").to_dict()

    assert loads(dumps(shown)) == {
        "id": "m1",
        "found": True,
        "title": "message m1 in orders",
        "notice": "",
        "entries": [
            {"at": 0.0, "time": "2026-01-01T00:00:00Z", "word": "sent", "text": "sent", "entries": []},
            {"at": 1.5, "time": "2026-01-01T00:00:01.500000Z", "word": "deleted", "text": "deleted", "entries": []},
        ],
    }


def test_an_unknown_id_says_what_is_known() -> None:
    """It is not an error: the text says which ids there are."""
    trace = make_journal().trace("nobody")

    assert not trace.found
    assert str(trace) == (
        "no trace of 'nobody': nothing with this id was noted. "
        "Known are request ids, message ids, item identifiers of batches and keys of objects."
    )


def test_an_id_that_the_ring_may_have_dropped_says_so() -> None:
    """Unknown and dropped can't be told apart."""
    journal = make_journal(capacity=4)
    for number in range(5):
        journal.noted(float(number), [note("sent", ORDERS, f"m{number}")])

    assert "or the ring (capacity 4) has dropped it" in str(journal.trace("m0"))


def test_a_journey_whose_beginning_was_dropped_says_so_and_counts_nothing() -> None:
    """A receive is not called the first if earlier ones may be gone."""
    journal = make_journal(capacity=4)
    journal.noted(0.0, [note("sent", ORDERS, "m1")])
    journal.noted(1.0, [note("received", ORDERS, ["m1"], MAPPING)])
    journal.noted(2.0, [note("returned", ORDERS, ["m1"], "visible again")])

    assert tree_of(journal, "m1") == [
        "  earlier entries were dropped from the ring (capacity 4)",
        "  +1 s      received by bill",
        "  +2 s      visible again",
    ]


def test_a_whole_journey_in_a_full_ring_has_no_notice() -> None:
    """What was dropped was not its own."""
    journal = make_journal(capacity=4)
    for number in range(3):
        journal.noted(float(number), [note("sent", ORDERS, f"m{number}")])

    assert journal.trace("m2").notice == ""


def test_notes_keep_their_time_when_the_ring_drops_a_part_of_their_turn() -> None:
    """A turn's time is written behind its notes."""
    journal = make_journal(capacity=3)
    journal.noted(8.0, [note("sent", ORDERS, f"m{number}") for number in range(5)])

    assert [entry.at for entry in journal.trace("m4").entries] == [8.0]
    assert not journal.trace("m1").found


def test_an_attempt_whose_start_was_dropped_is_told_by_its_end() -> None:
    """Nothing is known of how long it took."""
    journal = make_journal(capacity=2)
    journal.noted(0.0, [note("attempt", BILL, "r1", ())])
    journal.noted(3.0, [note("ended", BILL, "r1", bad_order())])

    assert tree_of(journal, "r1") == [
        "  earlier entries were dropped from the ring (capacity 2)",
        "  +3 s      an attempt of bill failed: ValueError: bad order",
    ]


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        pytest.param(Throttled("Full"), "ended after 0 s: Throttled, Full", id="throttled"),
        pytest.param(Stopped(), "ended after 0 s: Stopped, RecursiveInvocationException", id="stopped"),
    ],
)
def test_outcomes_that_no_handler_made_are_told_by_name(outcome: Throttled | Stopped, told: str) -> None:
    """They are refusals."""
    journal = write_turns(make_journal(), (0.0, [note("attempt", BILL, "r1", ()), note("ended", BILL, "r1", outcome)]))

    assert tree_of(journal, "r1") == [f"  +0 s      attempt of bill: {told}"]


def test_a_long_error_message_is_one_line() -> None:
    """The tree stays a tree."""
    failure = bad_order()
    failure.message = "first\n" + "x" * 5_000
    journal = write_turns(make_journal(), (0.0, [note("attempt", BILL, "r1", ()), note("ended", BILL, "r1", failure)]))

    assert len(tree_of(journal, "r1")) == 1
    assert len(tree_of(journal, "r1")[0]) < 300
