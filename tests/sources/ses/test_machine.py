"""Mails on their way through rules: order, dispositions, refusals, retries."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventbus.core.effects import Deliver, Invoke
from eventbus.core.outcomes import HandlerFailed, Stopped, Succeeded, Throttled, TimedOut
from sources import ses
from tests.contracts import ses_table as table
from tests.sources.doors import Function
from tests.sources.fuzzed import outcomes
from tests.sources.ses.helpers import (
    BUCKET,
    INFO,
    RAW,
    TOPIC,
    WORK,
    Post,
    answering,
    in_order,
    is_stored,
    message,
    rule,
    said,
)

BUSY = "ServiceUnavailable: try later"
SYNC = ses.LambdaAction(WORK, invocation_type="RequestResponse")
OTHER = ses.LambdaAction(Function("other"))
THIRD = ses.LambdaAction(Function("third"))


def action_of(words: str) -> Any:
    kind, _, name = words.partition(" ")
    match kind:
        case "lambda":
            return ses.LambdaAction(Function(name), invocation_type="RequestResponse")
        case "event":
            return ses.LambdaAction(Function(name))
        case "stop":
            return ses.StopAction()
        case "header":
            return ses.AddHeaderAction("X-Shop", "seen")
    raise LookupError(words)


@pytest.mark.parametrize("row", table.FLOWS, ids=lambda row: row.id)
def test_flows(row: table.Flow) -> None:
    """Which actions run, in which order, with which recipients."""
    rules = in_order(
        *(
            (
                each.name,
                {
                    "actions": [action_of(words) for words in each.actions],
                    "recipients": list(each.recipients),
                    "enabled": each.enabled,
                    "tls_policy": each.tls,
                },
            )
            for each in row.rules
        )
    )
    post = Post(rules, lambda invoke: answering(row.answers.get(invoke.function.name))(invoke))
    if row.accepted:
        post.receive(RAW, *row.to, tls=row.over_tls)
    else:
        with pytest.raises(ses.MailRefused):
            post.receive(RAW, *row.to, tls=row.over_tls)

    words = {f"{each.name}/{index}": words for each in row.rules for index, words in enumerate(each.actions)}
    ran = [words[place].partition(" ") for place in row.ran]
    called = [effect.function.name if isinstance(effect, Invoke) else effect.target.name for effect in post.effects]
    assert called == [name for kind, _, name in ran if name]
    assert len(post.noted("stopped")) == [kind for kind, _, _ in ran].count("stop")
    if row.recipients is not None:
        assert tuple(tuple(message(event)["receipt"]["recipients"]) for event in post.events) == row.recipients
    assert post.machine.outstanding() == 0


def test_added_header_is_seen_by_later_actions() -> None:
    """In the event and in what is stored, before what was there; not by earlier ones."""
    post = Post([rule(OTHER, ses.AddHeaderAction("X-Shop", "seen"), THIRD, ses.S3Action(BUCKET))])
    post.receive()
    before, after = (message(event)["mail"]["headers"] for event in post.events)

    assert {"name": "X-Shop", "value": "seen"} not in before
    assert after[0] == {"name": "X-Shop", "value": "seen"}
    stored = post.effects[-1]
    assert isinstance(stored, Deliver)
    content = stored.attributes["content"][1]
    assert isinstance(content, bytes)
    assert content.startswith(b"X-Shop: seen\r\nReturn-Path: ")


@pytest.mark.parametrize("row", table.ANSWERS, ids=lambda row: row.id)
def test_answers(row: table.Answer) -> None:
    """Of a function in a rule with a second action, before another rule."""
    rules = in_order(("a", {"actions": [SYNC, OTHER]}), ("b", {"actions": [THIRD]}))
    payload = json.dumps(row.answer).encode() if row.raw is None else row.raw.encode()
    post = Post(rules, lambda invoke: None if row.takes else Succeeded(payload))
    post.receive()
    if row.takes:
        [invoke] = post.effects
        assert isinstance(invoke, Invoke)
        post.advance(10.0 + row.takes)
        post.finish(invoke, Succeeded(payload))
        post.drain()

    called = [effect.target.name for effect in post.effects if isinstance(effect, Deliver)]
    assert called == ["other"] * row.second_action + ["third"] * row.second_rule
    assert post.machine.outstanding() == 0


def test_thirty_seconds() -> None:
    """The rest runs at that instant, not before."""
    assert table.LAMBDA_LIMIT == 30.0
    post = Post([rule(SYNC, OTHER)])
    post.receive()
    post.advance(39.9)
    assert len(post.effects) == 1

    post.advance(40.0)
    assert post.times == [10.0, 40.0]
    assert post.noted("responded") == ["nothing within 30 s"]


OUTCOMES: dict[tuple[str, str], Any] = {
    ("handler raised", "RequestResponse"): HandlerFailed("ValueError", "boom", "id", ()),
    ("timeout of the function", "RequestResponse"): TimedOut("Sandbox.Timedout", "late"),
    ("throttled", "RequestResponse"): Throttled("ConcurrentInvocationLimitExceeded"),
    ("not permitted", "RequestResponse"): "AccessDeniedException: may not",
    ("no such function", "RequestResponse"): "ResourceNotFoundException: Function not found",
    ("not permitted", "Event"): "AccessDeniedException: may not",
    ("no such function", "Event"): "ResourceNotFoundException",
    ("handler raised", "Event"): None,
}


@pytest.mark.parametrize(("what", "kind", "goes_on", "source"), table.OUTCOMES)
def test_outcomes(what: str, kind: Any, goes_on: bool, source: str) -> None:
    """The rest runs, and SES calls once."""
    first = ses.LambdaAction(WORK, invocation_type=kind, topic=TOPIC)
    outcome = OUTCOMES[what, kind]
    post = Post(
        [rule(first, OTHER)], lambda invoke: outcome, lambda effect: outcome if effect.target == WORK.arn else None
    )
    id = post.receive()

    names = [effect.function.name if isinstance(effect, Invoke) else effect.target.name for effect in post.effects]
    told = ["mail"] if isinstance(outcome, HandlerFailed | TimedOut | Throttled) or outcome is None else []
    assert sorted(names) == sorted(["work", *told, "other"])
    assert goes_on
    if isinstance(outcome, str):
        assert len(post.noted("dropped")) == 1
    assert {id} <= {
        about for note in post.machine.notes for about in (note[2] if isinstance(note[2], tuple) else [note[2]])
    }
    assert post.machine.outstanding() == 0


def test_stored_before_the_function_is_told() -> None:
    """The function waits for the bucket, however late that is."""
    refusals = [BUSY, BUSY]
    post = Post(
        [rule(ses.S3Action(BUCKET, object_key_prefix="in/"), OTHER)],
        error=lambda effect: refusals.pop() if is_stored(effect) and refusals else None,
    )
    id = post.receive()
    assert post.machine.outstanding() == 1
    post.advance(20.0)

    assert [(is_stored(effect), at) for effect, at in zip(post.effects, post.times, strict=True)] == [
        (True, 10.0),
        (True, 11.0),
        (True, 13.0),
        (False, 13.0),
    ]
    stored = post.effects[0]
    assert isinstance(stored, Deliver)
    assert stored.attributes["key"] == ("String", f"in/{id}")
    kind, content = stored.attributes["content"]
    assert kind == "Binary"
    assert isinstance(content, bytes)
    assert content.endswith(RAW)
    assert message(said(post.effects[3]))["receipt"]["processingTimeMillis"] == 3_000
    assert post.machine.outstanding() == 0


@pytest.mark.parametrize("error", ["AccessDeniedException: may not", "ResourceNotFoundException"])
def test_bucket_that_refuses_for_good(error: str) -> None:
    """Is passed by, and its topic is not told."""
    post = Post(
        [rule(ses.S3Action(BUCKET, topic=TOPIC), OTHER)], error=lambda effect: error if is_stored(effect) else None
    )
    post.receive()

    assert [effect.target.name for effect in post.effects if isinstance(effect, Deliver)] == ["mails", "other"]
    assert post.noted("dropped") == [f"hand-over to mails refused: {error}"]
    assert post.noted("processed") == [None]


def test_refused_for_four_hours() -> None:
    """Then what follows is done."""
    post = Post([rule(ses.S3Action(BUCKET), OTHER)], error=lambda effect: BUSY if is_stored(effect) else None)
    post.receive()
    post.advance(10.0 + 14_400)
    tried = [at - 10 for effect, at in zip(post.effects, post.times, strict=True) if is_stored(effect)]

    assert tried[:6] == [0, 1, 3, 7, 15, 31]
    assert 14_400 - 450 <= tried[-1] < 14_400
    assert not is_stored(post.effects[-1])
    assert post.noted("dropped") == [f"hand-over to mails refused: MaximumEventAgeInSeconds: {BUSY}"]
    assert post.machine.outstanding() == 0


@pytest.mark.parametrize(("size", "bounced"), [(150 * 1_024, False), (150 * 1_024 + 1, True)])
def test_size_of_a_notification(size: int, bounced: bool) -> None:
    """150 KB, the header that SES adds included; what follows is done in any case."""
    post = Post([rule(ses.SNSAction(TOPIC), OTHER)])
    post.receive(b"x")
    whole = said(post.effects[0])["content"]
    post = Post([rule(ses.SNSAction(TOPIC), OTHER)])
    post.receive(b"x" * (size - len(whole) + 1))

    assert len(post.effects) == (1 if bounced else 2)
    assert bool(post.noted("bounced")) is bounced
    assert post.noted("processed") == [None]


def test_bounce() -> None:
    """Noted; what follows is done."""
    bounce = ses.BounceAction(message="No such order", sender="post@shop.example", smtp_reply_code="550")
    post = Post([rule(bounce, OTHER)])
    post.receive()

    assert post.noted("bounced") == ["action 1 of rule a, to john@example.net: 550 No such order"]
    assert len(post.effects) == 1


def test_refused_mails_leave_nothing() -> None:
    """With SMTP's answer."""
    post = Post([rule(OTHER, tls_policy="Require")])
    with pytest.raises(ses.MailRefused, match="^550 5.1.1") as raised:
        post.receive(RAW, "eve@other.example")
    assert raised.value.smtp_reply_code == 550
    with pytest.raises(ses.MailRefused, match="^530 5.7.10") as raised:
        post.receive(RAW, INFO, tls=False)
    assert raised.value.smtp_reply_code == 530
    assert (post.machine.notes, post.effects) == ([], [])


def test_event_that_is_too_long_for_a_call() -> None:
    """A header of 6 MB in what is common: the rest runs."""
    post = Post([rule(SYNC, OTHER)], answering(None))
    post.receive(b"Subject: " + b"x" * 6_300_000 + b"\r\n\r\n")

    assert post.noted("dropped")[0] == "action 1 of rule a: its event is too long"
    assert [effect.target.name for effect in post.effects if isinstance(effect, Deliver)] == ["other"]


def test_second_answers_are_passed_by() -> None:
    """And those that nobody waits for."""
    post = Post([rule(SYNC, OTHER)])
    post.receive()
    [invoke] = post.effects
    assert isinstance(invoke, Invoke)
    for _ in range(2):
        post.finish(invoke, Stopped())
        post.finish(invoke, "AccessDeniedException")
    post.drain()

    assert len(post.effects) == 2


def check_answer(outcome: Any) -> None:
    """Whatever it is: a known disposition counts, everything else goes on; a copy of the machine does the same."""
    post = Post([rule(SYNC, OTHER)])
    post.receive()
    [invoke] = post.effects
    assert isinstance(invoke, Invoke)
    post.machine = copy.deepcopy(post.machine)
    post.finish(invoke, outcome)
    post.drain()
    called = [effect.target.name for effect in post.effects if isinstance(effect, Deliver)]
    disposition = None
    if isinstance(outcome, Succeeded):
        try:
            answer = json.loads(outcome.payload)
        except (ValueError, RecursionError):
            answer = None
        disposition = answer.get("disposition") if isinstance(answer, dict) else None
    stops = isinstance(disposition, str) and disposition in ("STOP_RULE", "STOP_RULE_SET")
    assert called == ([] if stops else ["other"])
    assert post.machine.outstanding() == 0


ANSWERS = outcomes({"disposition": "STOP_RULE"}, {"disposition": "STOP_RULE_SET"}, {"disposition": "CONTINUE"})


@given(ANSWERS)
@settings(max_examples=100, deadline=None)
def test_any_answer(outcome: Any) -> None:
    check_answer(outcome)


@pytest.mark.long
@given(ANSWERS)
@settings(max_examples=10_000, deadline=None)
def test_ten_thousand_answers(outcome: Any) -> None:
    check_answer(outcome)


def check_mail(raw: bytes) -> None:
    """Whatever arrives, its event is JSON, with text that UTF-8 can hold."""
    post = Post([rule(OTHER, ses.SNSAction(TOPIC))])
    post.receive(raw)

    assert [json.loads(json.dumps(event)) for event in post.events] == post.events
    assert json.dumps(post.events, ensure_ascii=False).encode()


LINES = st.sampled_from(
    [
        b"Subject: ",
        b"To: ",
        b"=?utf-8?q?",
        b"?=",
        b"\r\n",
        b"\n ",
        b'"',
        b"<",
        b">",
        b",",
        b"(",
        b"a@b.c",
        b"\xff",
        b":",
    ]
)
MAILS = st.binary(max_size=40) | st.lists(LINES | st.binary(max_size=3), max_size=20).map(b"".join)


@given(MAILS)
@settings(max_examples=100, deadline=None)
def test_any_mail(raw: bytes) -> None:
    check_mail(raw)


@pytest.mark.long
@given(MAILS)
@settings(max_examples=10_000, deadline=None)
def test_ten_thousand_mails(raw: bytes) -> None:
    check_mail(raw)
