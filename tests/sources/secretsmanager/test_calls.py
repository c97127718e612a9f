"""Calls on a secret, as the contract table has them."""

from typing import Any

import pytest

from eventbus.errors import InvalidSetting, ServiceError
from sources import secretsmanager
from sources.secretsmanager import RotationRules, RotationSchedule, Secret
from tests.contracts.secretsmanager_table import CALLS, STARTS, V1, V2, Called, Started
from tests.sources.helpers import Feed, done
from tests.sources.secretsmanager.helpers import SECRET, WORK, arguments, in_order, labels_of, machine_with, snake

NO_SECRET = ("no such secret", "no secret named", "move: no such secret", "described: no such secret")
"""A client is that of one secret."""


@pytest.mark.parametrize("row", [row for row in CALLS if row.id not in NO_SECRET], ids=lambda row: row.id)
def test_call(row: Called) -> None:
    machine = machine_with(row.labels, row.values)
    client = SECRET.client(machine, Feed())
    call: Any = getattr(client, snake(row.operation))

    if row.error is not None:
        with pytest.raises(ServiceError) as refusal:
            done(call(**arguments(row.parameters)))
        assert (refusal.value.code, refusal.value.status) == (row.error, 400)
        assert row.message in (None, str(refusal.value))
        assert labels_of(machine) == in_order(row.labels)
        return
    answer = done(call(**arguments(row.parameters)))
    if row.gets is not None:
        assert (answer.version_id, answer.secret_string) == (row.gets, row.values[row.gets])
    assert labels_of(machine) == in_order(row.labels if row.after is None else row.after)


NOT_HERE = (
    "no such secret",
    "secret to be deleted",  # a secret can't be deleted here
    "function not permitted",  # needs a bus: in test_rotation
    "no such function",
)


@pytest.mark.parametrize("row", [row for row in STARTS if row.id not in NOT_HERE], ids=lambda row: row.id)
def test_start(row: Started) -> None:
    """Of a rotation: with the function, or not."""
    machine = (
        machine_with({}, {})
        if row.situation == "secret without any version"
        else machine_with({V1: ["AWSCURRENT"]}, {V1: "old"})
    )
    if row.situation == "rotation function set before":
        machine.settings.function = WORK
    client = SECRET.client(machine, Feed())

    if row.error is None:
        done(client.rotate_secret(**arguments(row.parameters)))
        assert "requested" in [note[0] for note in machine.notes]
        return
    with pytest.raises(ServiceError) as refusal:
        done(client.rotate_secret(**arguments(row.parameters)))
    assert refusal.value.code == row.error
    assert row.message in (None, str(refusal.value))
    assert machine.notes == []
    assert labels_of(machine) == {V1: ["AWSCURRENT"]}


def test_versions_are_listed() -> None:
    """Those with a value; those without a label if asked for."""
    machine = machine_with({V1: ["AWSCURRENT"], V2: ["AWSPENDING"]}, {V1: "old"})
    machine.versions.add(0.0, "x" * 32).content = b"bytes"
    client = SECRET.client(machine, Feed())

    assert [each.version_id for each in done(client.list_secret_version_ids())] == [V1]
    assert len(done(client.list_secret_version_ids(include_deprecated=True))) == 2


def test_bytes() -> None:
    """Are given back as they are, and are not text."""
    client = SECRET.client(machine_with({}, {}), Feed())

    stored = done(client.put_secret_value(secret_binary=b"\x00\xff"))

    found = done(client.get_secret_value(version_id=stored.version_id))
    assert (found.secret_binary, found.secret_string) == (b"\x00\xff", None)
    assert stored.version_stages == ["AWSCURRENT"]


def test_values_are_not_shown() -> None:
    """In what people print."""
    secret = Secret("db", secret_string="hush")
    client = secret.client(machine_with({}, {}, secret), Feed())

    assert "hush" not in repr(secret)
    assert "hush" not in repr(done(client.get_secret_value()))


def test_old_versions_are_forgotten() -> None:
    """The hundred latest stay, those of the last day, and those with a label."""
    machine = machine_with({}, {})
    for number in range(150):
        machine.put(float(number), f"{number:032d}", "x", ["OWN"] if number == 3 else None)
    assert len(machine.versions.known) == 150

    machine.put(100_000.0, "y" * 32, "x", None)

    assert len(machine.versions.known) == 100
    assert f"{3:032d}" in machine.versions.known


REFUSED: list[tuple[str, Any, str]] = [
    ("name", lambda: Secret("a b"), "letters, digits"),
    ("empty", lambda: Secret("a", secret_string=""), "1 to 65,536"),
    ("long", lambda: Secret("a", secret_string="x" * 65_537), "1 to 65,536"),
    ("half a pair", lambda: Secret("a", secret_string="\ud800"), "1 to 65,536"),
    ("no bytes", lambda: Secret("a", secret_binary="x"), "1 to 65,536"),  # type: ignore[arg-type]  # refused
    ("both", lambda: Secret("a", secret_string="x", secret_binary=b"x"), "nothing beside"),
    ("description", lambda: Secret("a", description="x" * 2_049), "2,048"),
    ("no secret", lambda: RotationSchedule("db", WORK), "a secretsmanager.Secret"),  # type: ignore[arg-type]  # refused
    ("no function", lambda: RotationSchedule(SECRET, "work"), "a declared function"),
    ("no rules", lambda: RotationRules(), "one of"),
    ("both rules", lambda: RotationRules(automatically_after_days=1, schedule_expression="rate(1 day)"), "one of"),
    ("days", lambda: RotationRules(automatically_after_days=1_001), "1 to 1,000"),
    ("minutes", lambda: RotationRules(schedule_expression="rate(300 minutes)"), "4 hours at least"),
    ("often", lambda: RotationRules(schedule_expression="rate(3 hours)"), "4 hours at least"),
    ("at", lambda: RotationRules(schedule_expression="at(2026-01-01T00:00:00)"), "no schedule"),
    ("cron minutes", lambda: RotationRules(schedule_expression="cron(5 0 * * ? *)"), "minutes must be 0"),
    ("cron years", lambda: RotationRules(schedule_expression="cron(0 0 * * ? 2027)"), "years"),
    ("no expression", lambda: RotationRules(schedule_expression="daily"), "none of"),
    ("duration", lambda: RotationRules(automatically_after_days=1, duration="30m"), "1h to 24h"),
    ("long duration", lambda: RotationRules(automatically_after_days=1, duration="25h"), "1h to 24h"),
]


@pytest.mark.parametrize(("make", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused_where_it_is_written(make: Any, why: str) -> None:
    with pytest.raises(InvalidSetting, match=why) as refusal:
        make()
    assert "hush" not in str(refusal.value)


BAD: list[tuple[str, str, dict[str, Any]]] = [
    ("labels no list", "put_secret_value", {"secret_string": "x", "version_stages": "AWSPENDING"}),
    ("label null", "put_secret_value", {"secret_string": "x", "version_stages": [None]}),
    ("label a number", "put_secret_value", {"secret_string": "x", "version_stages": [7]}),
    ("text a number", "put_secret_value", {"secret_string": 7}),
    ("half a pair", "put_secret_value", {"secret_string": "\ud800"}),
    ("token a number", "put_secret_value", {"secret_string": "x", "client_request_token": 7}),
    ("stage a list", "get_secret_value", {"version_stage": ["AWSCURRENT"]}),
    ("no stage", "update_secret_version_stage", {"version_stage": None}),
    ("function a text", "rotate_secret", {"rotation_lambda_arn": "work"}),
    ("days a text", "rotate_secret", {"automatically_after_days": "30"}),
    ("no flag", "rotate_secret", {"rotation_lambda_arn": WORK, "rotate_immediately": "no"}),
    ("duration alone", "rotate_secret", {"duration": "3h"}),
]


@pytest.mark.parametrize(("operation", "given"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_arguments(operation: str, given: dict[str, Any]) -> None:
    """Are refused, and change nothing."""
    machine = machine_with({V1: ["AWSCURRENT"]}, {V1: "old"})
    call: Any = getattr(SECRET.client(machine, Feed()), operation)

    with pytest.raises(secretsmanager.InvalidParameterException):
        done(call(**given))
    assert labels_of(machine) == {V1: ["AWSCURRENT"]}
