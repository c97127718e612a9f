"""What is PUT to a ResponseURL, by the contract table and at random."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventbus.core.effects import Deliver
from eventbus.core.outcomes import Succeeded
from sources.cloudformation.machine import StackMachine
from tests.contracts.cloudformation_table import (
    ATTRIBUTES,
    CALLBACKS,
    COPIED,
    REPEATED,
    SIZED,
    Attribute,
    Callback,
    Repeated,
    Sized,
)
from tests.sources.cloudformation.helpers import answer_to, machine_of, resource
from tests.sources.fuzzed import outcomes

REF = {"Bucket": {"Ref": "Bucket"}}


def begun() -> tuple[StackMachine, dict[str, Any]]:
    """A stack that waits for `Bucket`, on which `Policy` depends."""
    machine = machine_of(Bucket=resource({}), Policy=resource(REF, "Policy"))
    machine.create(0.0, None)
    return machine, sent(machine)[0]


def sent(machine: StackMachine) -> list[Any]:
    """Events since the last look; each hand-over is taken."""
    effects, machine.effects[:] = list(machine.effects), []
    found = []
    for effect in effects:
        assert isinstance(effect, Deliver)
        machine.delivered(0.0, effect.token, None)
        found.append(json.loads(effect.body))
    return found


def put(machine: StackMachine, event: dict[str, Any], content: bytes) -> None:
    machine.called_back(1.0, event["ResponseURL"].rpartition("/")[2], content)


def outcome(machine: StackMachine) -> str:
    """How the first resource's Create ended."""
    ended = ("CREATE_COMPLETE", "CREATE_FAILED")
    return next(event.status for event in machine.events if event.about == "Bucket" and event.status in ended)


def body_of(row: Callback, event: dict[str, Any]) -> bytes:
    if row.raw is not None:
        return row.raw.encode()
    assert row.body is not None
    body = answer_to(event) if row.id.startswith("other") else {name: event[name] for name in COPIED}
    body = {**{name: event[name] for name in COPIED}, **row.body}
    if row.id.endswith("missing"):
        body = {name: value for name, value in body.items() if not (name in COPIED and value is None)}
    return json.dumps(body).encode()


@pytest.mark.parametrize("row", [row for row in CALLBACKS if row.http == 200], ids=lambda row: row.id)
def test_callback(row: Callback) -> None:
    machine, event = begun()

    put(machine, event, body_of(row, event))

    assert outcome(machine) == row.outcome
    if row.reason is not None:
        [failed] = [event for event in machine.events if event.status == "CREATE_FAILED"]
        assert str(failed.reason).startswith(row.reason)
    if row.ref is not None:
        assert sent(machine)[0]["ResourceProperties"]["Bucket"] == row.ref


@pytest.mark.parametrize("row", SIZED, ids=lambda row: row.id)
def test_size(row: Sized) -> None:
    machine, event = begun()
    room = row.size - len(json.dumps(answer_to(event, Data={"Fill": ""})))

    put(machine, event, json.dumps(answer_to(event, Data={"Fill": "x" * room})).encode())

    assert outcome(machine) == row.outcome
    assert row.reason in [None, *(event.reason for event in machine.events)]


@pytest.mark.parametrize("row", REPEATED, ids=lambda row: row.id)
def test_first_answer_counts(row: Repeated) -> None:
    machine, event = begun()

    put(machine, event, json.dumps(answer_to(event) | row.first).encode())
    known = len(machine.events)
    put(machine, event, json.dumps(answer_to(event) | row.second).encode())

    assert outcome(machine) == row.outcome
    assert len(machine.events) == known
    assert machine.notes[-1][0] == "dropped"
    assert machine.notes[-1][2] == event["RequestId"]


@pytest.mark.parametrize("row", ATTRIBUTES, ids=lambda row: row.id)
def test_attribute(row: Attribute) -> None:
    machine = machine_of(Bucket=resource({}), Policy=resource({"Url": {"Fn::GetAtt": ["Bucket", row.name]}}, "Policy"))
    machine.create(0.0, None)
    [event] = sent(machine)

    put(machine, event, json.dumps(answer_to(event, Data=row.data)).encode())

    assert sent(machine)[0]["ResourceProperties"]["Url"] == row.sent


def test_attributes_with_no_echo_are_not_shown() -> None:
    """In stack events; whoever asks for them gets them."""
    secret = {"Word": {"Fn::GetAtt": ["Bucket", "Word"]}}
    machine = machine_of(Bucket=resource({}), Policy=resource(secret, "Policy"))
    machine.create(0.0, None)
    [event] = sent(machine)

    put(machine, event, json.dumps(answer_to(event, NoEcho=True, Data={"Word": "hush"})).encode())

    assert sent(machine)[0]["ResourceProperties"]["Word"] == "hush"
    shown = [str(each.properties) for each in machine.events if each.about == "Policy"]
    assert shown
    assert all("*****" in text and "hush" not in text for text in shown)
    assert not any("hush" in str(note) for note in machine.notes)


def any_answer(content: bytes) -> None:
    """The resource has ended one way or the other, and what follows can be sent."""
    machine, event = begun()

    put(machine, event, content)

    assert outcome(machine) in ("CREATE_COMPLETE", "CREATE_FAILED")
    for effect in machine.effects:
        assert isinstance(effect, Deliver)
        effect.body.encode()
    assert machine.next_deadline() > 1.0


def contents() -> st.SearchStrategy[bytes]:
    """Of the request that `begun()` sends, damaged in all ways."""
    good = answer_to(begun()[1], Data={"Url": "x"}, NoEcho=False, Reason="r")
    payloads = outcomes(good, {**good, "Status": "FAILED"})
    return payloads.filter(lambda each: isinstance(each, Succeeded)).map(lambda each: getattr(each, "payload", b""))


@settings(max_examples=100, deadline=None)
@given(contents())
def test_anything_may_be_put(content: bytes) -> None:
    any_answer(content)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(contents())
def test_anything_may_be_put_long(content: bytes) -> None:
    any_answer(content)
