"""The machine of a stack: its events in goldens, and at random, going on with copies of itself."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.cloudformation import CustomResource
from sources.cloudformation.errors import AlreadyExistsException, ValidationError
from sources.cloudformation.machine import StackMachine
from sources.cloudformation.resource import Resources, check_resources
from tests.golden import load, match
from tests.sources.cloudformation.helpers import WORK, answer_to, machine_of, resource
from tests.sources.cloudformation.test_response import put, sent

ORDERS, INVOICES = {"Name": "orders"}, {"Name": "invoices"}


def answer(machine: StackMachine, event: Any, **members: Any) -> Any:
    """What is sent next."""
    put(machine, event, json.dumps(answer_to(event, **members)).encode())
    return sent(machine)


def created() -> StackMachine:
    machine = machine_of(Bucket=resource(ORDERS))
    machine.create(0.0, None)
    answer(machine, sent(machine)[0], PhysicalResourceId="orders-1")
    return machine


def test_golden_of_an_update() -> None:
    """And of the one that takes it back."""
    machine = created()
    machine.update(0.0, {"Bucket": resource(INVOICES)}, None)
    [event] = sent(machine)
    match(load("cloudformation/update"), event)

    [back] = answer(machine, event, Status="FAILED", Reason="boom")

    match(load("cloudformation/update_rollback"), back)


def test_golden_of_an_update_that_removes_a_property() -> None:
    machine = created()

    machine.update(0.0, {"Bucket": resource({})}, None)

    match(load("cloudformation/update_property_removed"), sent(machine)[0])


def test_golden_of_a_delete() -> None:
    machine = created()

    machine.delete(0.0, None)

    match(load("cloudformation/delete"), sent(machine)[0])


def test_golden_of_a_replacement() -> None:
    machine = created()
    machine.update(0.0, {"Bucket": resource(INVOICES)}, None)

    [delete] = answer(machine, sent(machine)[0], PhysicalResourceId="invoices-1")

    match(load("cloudformation/delete_replaced"), delete)


def test_goldens_of_rolling_back() -> None:
    """A Create that failed with an id, and one that said nothing."""
    refused, silent = machine_of(Bucket=resource(ORDERS)), machine_of(Bucket=resource(ORDERS))
    for machine in (refused, silent):
        machine.create(0.0, None)

    [event] = sent(refused)
    [delete] = answer(refused, event, Status="FAILED", Reason="boom", PhysicalResourceId="orders-1")
    sent(silent)
    silent.wake(silent.next_deadline())

    match(load("cloudformation/delete_after_failed_create"), delete)
    match(load("cloudformation/delete_after_create_without_answer"), sent(silent)[0])


def test_golden_of_an_attribute() -> None:
    properties = {"Bucket": {"Ref": "Bucket"}, "Url": {"Fn::GetAtt": ["Bucket", "Url"]}}
    machine = machine_of(Bucket=resource(ORDERS), Policy=resource(properties, "Policy"))
    machine.create(0.0, None)
    [event] = sent(machine)

    data = {"Url": "https://orders.example.com"}
    [policy] = answer(machine, event, PhysicalResourceId="orders-1", Data=data)

    match(load("cloudformation/create_get_att"), policy)


def test_resources_that_depend_on_nothing_begin_together() -> None:
    """And what is under way is given up when one fails: deleted in reverse, by ids that were made up."""
    machine = machine_of(**{name: CustomResource(WORK) for name in "ABC"})
    machine.create(0.0, None)
    a, b, c = sent(machine)
    assert [event["LogicalResourceId"] for event in (a, b, c)] == ["A", "B", "C"]
    assert answer(machine, a, PhysicalResourceId="a-1") == []

    deletes = answer(machine, b, Status="FAILED", Reason="boom", PhysicalResourceId="b-1")

    ids = [(event["LogicalResourceId"], event["PhysicalResourceId"]) for event in deletes]
    assert ids[1:] == [("B", "b-1"), ("A", "a-1")]
    assert ids[0][0] == "C"
    assert ids[0][1].startswith("shop-C-")
    assert machine.reason == "The following resource(s) failed to create: [B, C]. Rollback requested by user."
    assert answer(machine, c, PhysicalResourceId="c-1") == []


def test_what_is_needed_is_not_deleted() -> None:
    """The resource that needs it could not be deleted; a second call tries again."""
    machine = machine_of(A=CustomResource(WORK), B=CustomResource(WORK, depends_on=["A"]))
    machine.create(0.0, None)
    [b] = answer(machine, sent(machine)[0], PhysicalResourceId="a-1")
    answer(machine, b, PhysicalResourceId="b-1")
    machine.delete(0.0, None)
    assert answer(machine, sent(machine)[0], Status="FAILED", Reason="boom") == []
    assert machine.status == "DELETE_FAILED"

    machine.delete(0.0, None)

    [b] = sent(machine)
    [a] = answer(machine, b)
    answer(machine, a)
    assert [b["PhysicalResourceId"], a["PhysicalResourceId"]] == ["b-1", "a-1"]
    assert (machine.status, machine.members) == ("DELETE_COMPLETE", {})


def test_new_dependent_is_deleted_before_what_it_depends_on() -> None:
    """Though it was made before."""
    machine = machine_of(A=CustomResource(WORK))
    machine.create(0.0, None)
    answer(machine, sent(machine)[0], PhysicalResourceId="a-1")
    a = CustomResource(WORK, properties={"B": {"Ref": "B"}})
    machine.update(0.0, check_resources({"A": a, "B": CustomResource(WORK)}), None)
    [update] = answer(machine, sent(machine)[0], PhysicalResourceId="b-1")
    answer(machine, update, PhysicalResourceId="a-1")

    machine.delete(0.0, None)

    [first] = sent(machine)
    assert first["LogicalResourceId"] == "A"


def templates() -> st.SearchStrategy[Resources]:
    """Up to four resources, each perhaps referring to those before."""

    @st.composite
    def template(draw: st.DrawFn) -> Resources:
        found: dict[str, CustomResource] = {}
        for name in draw(st.lists(st.sampled_from("ABCD"), min_size=1, max_size=4, unique=True)):
            others = draw(st.lists(st.sampled_from(sorted(found)), unique=True)) if found else []
            properties = {"N": draw(st.integers(0, 2)), **{other: {"Ref": other} for other in others}}
            timeout = draw(st.sampled_from([None, 60]))
            found[name] = CustomResource(WORK, properties=properties, service_timeout=timeout)
        return check_resources(found)

    return template()


class World:
    """Providers that remember what they made."""

    def __init__(self, declared: Resources) -> None:
        self.machine = machine_of(**declared)
        self.now = 0.0
        self.made = 0
        self.there: set[tuple[str, str]] = set()
        self.open: list[Any] = []

    def copied(self) -> None:
        """Nothing may hang on the machine itself."""
        self.machine = deepcopy(self.machine)

    def look(self) -> None:
        self.open += sent(self.machine)
        assert self.machine.next_deadline() > self.now
        assert self.machine.outstanding() == len(self.machine._asked)

    def operate(self, what: str, template: Resources) -> None:
        try:
            match what:
                case "create":
                    self.machine.create(self.now, None)
                case "update":
                    self.machine.update(self.now, template, None)
                case _:
                    self.machine.delete(self.now, None)
        except (ValidationError, AlreadyExistsException):
            return
        self.look()

    def answer(self, index: int, how: str) -> None:
        if not self.open:
            return
        event = self.open.pop(index % len(self.open))
        name, old = event["LogicalResourceId"], event.get("PhysicalResourceId")
        members: dict[str, Any] = {"PhysicalResourceId": old}
        match event["RequestType"], how:
            case _, "failed":
                members |= {"Status": "FAILED", "Reason": "boom", "PhysicalResourceId": old or "nothing"}
            case "Delete", _:
                self.there.discard((name, old))
            case ("Create", _) | ("Update", "replaced"):
                self.made += 1
                members["PhysicalResourceId"] = f"{name}-{self.made}"
                self.there.add((name, members["PhysicalResourceId"]))
        put_at(self.machine, self.now, event, answer_to(event, **members))
        self.look()

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        while self.machine.next_deadline() <= self.now:
            self.machine.wake(self.now)
            self.look()

    def settle(self) -> None:
        """All answer now."""
        while self.open:
            self.answer(0, "well")
        assert not self.machine.outstanding()
        assert not self.machine.status.endswith("IN_PROGRESS")


def put_at(machine: StackMachine, now: float, event: Any, body: Any) -> None:
    machine.called_back(now, event["ResponseURL"].rpartition("/")[2], json.dumps(body).encode())


OPERATIONS = st.tuples(st.sampled_from(["create", "update", "update", "delete"]), templates())
ANSWERS = st.tuples(st.integers(0, 3), st.sampled_from(["well", "well", "failed", "replaced"]))
STEPS = st.lists(st.one_of(OPERATIONS, ANSWERS, ANSWERS, st.sampled_from([1.0, 70.0])), max_size=25)


def anything(declared: Resources, steps: list[Any]) -> None:
    """Whatever happens, the stack comes to rest, and knows of all that its providers say is there, but for what they
    made too late, or could not delete in a clean-up."""
    world, patient = World(declared), True
    for step in steps:
        match step:
            case (str(what), template):
                world.operate(what, template)
            case (int(index), str(how)):
                world.answer(index, how)
                patient = patient and how != "failed"
            case float(seconds):
                world.pass_time(seconds)
                patient = False
        world.copied()
    world.settle()
    world.operate("delete", declared)
    world.settle()
    late = any(note[0] == "dropped" for note in world.machine.notes)
    if patient and not late and world.machine.status in ("", "DELETE_COMPLETE"):
        assert world.there == set()


@settings(max_examples=40, deadline=None)
@given(templates(), STEPS)
def test_anything_may_happen(declared: Resources, steps: list[Any]) -> None:
    anything(declared, steps)


@pytest.mark.long
@settings(max_examples=5_000, deadline=None)
@given(templates(), STEPS)
def test_anything_may_happen_long(declared: Resources, steps: list[Any]) -> None:
    anything(declared, steps)
