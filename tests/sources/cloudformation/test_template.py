"""Declarations, and what becomes of property values."""

import json
from typing import Any

import pytest

from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from sources import cloudformation, sns
from sources.cloudformation import CustomResource, Stack
from tests.contracts.cloudformation_table import NO_VALUE, SETTINGS, VALUES, Setting, Value
from tests.golden import load, match
from tests.sources.cloudformation.helpers import WORK, Function, answer_to, machine_of, resource
from tests.sources.cloudformation.test_response import put, sent
from tests.sources.helpers import Feed, done


@pytest.mark.parametrize("row", VALUES, ids=lambda row: row.id)
def test_value_as_a_text(row: Value) -> None:
    machine = machine_of(Bucket=resource({"Value": row.given}))

    machine.create(0.0, None)

    assert sent(machine)[0]["ResourceProperties"]["Value"] == row.sent


def test_no_value() -> None:
    """As if it were not written: in maps and in lists."""
    machine = machine_of(Bucket=resource({"A": NO_VALUE, "B": ["x", NO_VALUE]}))

    machine.create(0.0, None)

    [event] = sent(machine)
    assert event["ResourceProperties"] == {"ServiceToken": str(WORK.arn), "B": ["x"]}


def test_pseudo_parameters() -> None:
    names = ("AccountId", "Partition", "Region", "URLSuffix", "StackName")
    machine = machine_of(Bucket=resource({name: {"Ref": f"AWS::{name}"} for name in (*names, "StackId")}))

    machine.create(0.0, None)

    [event] = sent(machine)
    values = [event["ResourceProperties"][name] for name in names]
    assert values == ["000000000000", "aws", "us-east-1", "amazonaws.com", "shop"]
    assert event["ResourceProperties"]["StackId"] == event["StackId"]


def of_row(row: Setting, properties: dict[str, Any]) -> CustomResource:
    own = dict(properties)
    token = own.pop("ServiceToken", None)
    function: Any = None
    if token is not None:
        function = Function()
        function.arn = Arn(token) if token.startswith("arn:") else token
    timeout = own.pop("ServiceTimeout", None)
    timeout = int(timeout) if isinstance(timeout, str) and timeout.isdigit() else timeout
    return CustomResource(function, resource_type=row.type, service_timeout=timeout, properties=own)


@pytest.mark.parametrize("row", [row for row in SETTINGS if row.before is None], ids=lambda row: row.id)
def test_setting(row: Setting) -> None:
    """What AWS refuses is refused where it is written; timeouts are numbers here."""
    if row.error is None:
        machine_of(Bucket=of_row(row, row.properties)).create(0.0, None)
        return
    with pytest.raises(InvalidSetting) as refusal:
        of_row(row, row.properties)
    if row.message is not None:
        assert row.message.replace("/Resources/Bucket", "") in str(refusal.value)


def test_update_without_a_change() -> None:
    """Refused, and nothing happens."""
    [row] = [row for row in SETTINGS if row.id == "update: nothing new"]
    stack = Stack("shop", {"Bucket": of_row(row, row.properties)})
    machine = created(stack)
    client = stack.client(machine, Feed())

    with pytest.raises(cloudformation.ValidationError, match=str(row.message)):
        done(client.update_stack({"Bucket": of_row(row, row.properties)}))
    assert machine.status == "CREATE_COMPLETE"


def test_update_with_another_token() -> None:
    """It fails without a word to anybody, and the stack goes back."""
    [row] = [row for row in SETTINGS if row.id == "update: another token"]
    assert row.before is not None
    stack = Stack("shop", {"Bucket": of_row(row, row.before)})
    machine = created(stack)
    known = len(machine.events)

    machine.update(0.0, {"Bucket": of_row(row, row.properties)}, None)

    assert sent(machine) == []
    events = list(machine.events)[known:]
    assert [event.status for event in events] == [
        *("UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS"),
        *("UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"),
    ]
    assert events[2].reason == row.message


def created(stack: Stack) -> Any:
    machine = machine_of(**stack.resources)
    machine.create(0.0, None)
    while events := sent(machine):
        for event in events:
            put(machine, event, json.dumps(answer_to(event)).encode())
    return machine


CYCLE = {"A": CustomResource(WORK, properties={"B": {"Ref": "B"}}), "B": CustomResource(WORK, depends_on=["A"])}
REFUSED: list[tuple[str, Any, str]] = [
    ("no function", lambda: CustomResource("work"), "a declared function or standard topic"),
    ("fifo topic", lambda: CustomResource(sns.Topic("t.fifo")), "standard topic"),
    ("type", lambda: CustomResource(WORK, resource_type="Bucket"), "Custom::"),
    ("own token", lambda: CustomResource(WORK, properties={"ServiceToken": "x"}), "the setting service_token"),
    ("own timeout", lambda: CustomResource(WORK, properties={"ServiceTimeout": 1}), "the setting service_timeout"),
    ("no map", lambda: CustomResource(WORK, properties=["x"]), "a map"),
    ("object", lambda: CustomResource(WORK, properties={"A": object()}), "texts, numbers"),
    ("not finite", lambda: CustomResource(WORK, properties={"A": float("nan")}), "texts, numbers"),
    ("key", lambda: CustomResource(WORK, properties={"A": {7: "x"}}), "texts for keys"),
    ("half a pair", lambda: CustomResource(WORK, properties={"A": "\ud800"}), "/Properties/A"),
    ("join", lambda: CustomResource(WORK, properties={"A": {"Fn::Join": ["", []]}}), "Fn::GetAtt"),
    ("Ref and more", lambda: CustomResource(WORK, properties={"A": {"Ref": "B", "C": 1}}), "alone"),
    ("Ref to a number", lambda: CustomResource(WORK, properties={"A": {"Ref": 7}}), "alone"),
    ("short GetAtt", lambda: CustomResource(WORK, properties={"A": {"Fn::GetAtt": "B.C"}}), "alone"),
    ("pseudo parameter", lambda: CustomResource(WORK, properties={"A": {"Ref": "AWS::Nope"}}), "AWS::Region"),
    ("policy", lambda: CustomResource(WORK, deletion_policy="Snapshot"), "Retain"),  # type: ignore[arg-type]  # refused
    ("depends_on", lambda: CustomResource(WORK, depends_on="A"), "a list"),
    ("no resources", lambda: Stack("shop", {}), "At least one Resources member"),
    ("many resources", lambda: Stack("shop", {f"R{n}": CustomResource(WORK) for n in range(501)}), "more than 500"),
    ("logical id", lambda: Stack("shop", {"a-b": CustomResource(WORK)}), "non alphanumeric"),
    ("no resource", lambda: Stack("shop", {"A": WORK}), "CustomResource"),
    ("name", lambda: Stack("7", {"A": CustomResource(WORK)}), "a letter first"),
    ("unknown", lambda: Stack("shop", {"A": CustomResource(WORK, depends_on=["B"])}), r"dependencies \[B\]"),
    ("cycle", lambda: Stack("shop", CYCLE), r"Circular dependency between resources: \[A, B\]"),
]


@pytest.mark.parametrize(("make", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused_where_it_is_written(make: Any, why: str) -> None:
    with pytest.raises(InvalidSetting, match=why):
        make()


GOLDENS: list[tuple[str, dict[str, Any]]] = [
    ("create", {"Name": "orders"}),
    ("create_without_properties", {}),
    ("create_service_timeout", {"ServiceTimeout": 60, "Name": "orders"}),
    (
        "create_all_kinds",
        {
            "Name": "orders",
            "Size": 3,
            "Ratio": 1.5,
            "Public": True,
            "Empty": "",
            "Tags": ["red", 7, False],
            "Owner": {"Name": "ana", "Age": 41, "Roles": [{"Admin": True}]},
        },
    ),
]


@pytest.mark.parametrize(("name", "properties"), GOLDENS, ids=[row[0] for row in GOLDENS])
def test_golden_of_a_create(name: str, properties: dict[str, Any]) -> None:
    machine = machine_of(Bucket=resource(properties))

    machine.create(0.0, None)

    match(load(f"cloudformation/{name}"), sent(machine)[0])


def test_golden_of_the_general_type() -> None:
    machine = machine_of(Bucket=CustomResource(WORK, properties={"Name": "orders"}))

    machine.create(0.0, None)

    match(load("cloudformation/create_generic_type"), sent(machine)[0])


def test_sample_event() -> None:
    match(load("cloudformation/create"), cloudformation.sample_event())
