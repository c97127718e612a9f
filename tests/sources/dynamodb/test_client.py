"""What one can do with a table, call by call."""

from typing import Any

import pytest

from eventbus.core.effects import Cause
from eventbus.errors import InvalidSetting
from sources.dynamodb import (
    ConditionalCheckFailedException,
    SerializationException,
    TransactionCanceledException,
    ValidationException,
)
from tests.sources.dynamodb.helpers import BOTH, KEY, item, records, table_at
from tests.sources.helpers import Feed, done

N5: Any = {"N": "5"}
SET_N: Any = {"update_expression": "SET n = :n", "expression_attribute_values": {":n": {"N": "6"}}}


def test_item_is_read_as_it_was_put() -> None:
    """Built anew: nobody can damage what is stored."""
    client, _, _ = table_at()
    done(client.put_item(item(n=N5, l={"L": [N5]})))

    shown: Any = done(client.get_item(KEY, consistent_read=True)).item
    shown["l"]["L"].append(N5)

    assert done(client.get_item(KEY)).item == item(n=N5, l={"L": [N5]})
    assert done(client.get_item(item("other"))).item is None


def test_projection_shows_paths() -> None:
    """Elements of lists move up; what is not there is left out."""
    client, _, _ = table_at()
    done(client.put_item(item(m={"M": {"x": N5, "y": N5}}, l={"L": [N5, {"S": "a"}, {"S": "b"}]}, n=N5)))

    found = done(
        client.get_item(
            KEY, projection_expression="#m.x, l[2], l[0], q, n.z, m.q", expression_attribute_names={"#m": "m"}
        )
    )

    assert found.item == {"m": {"M": {"x": N5}}, "l": {"L": [N5, {"S": "b"}]}}


def test_writes_show_what_they_are_asked_for() -> None:
    """What stood there, what stands there, or what was touched of it."""
    client, _, _ = table_at()
    assert done(client.put_item(item(n=N5, k=N5), return_values="ALL_OLD")).attributes is None
    update: Any = {"return_values": "ALL_OLD", **SET_N}
    assert done(client.update_item(KEY, **update)).attributes == item(n=N5, k=N5)

    shown = [
        done(client.update_item(KEY, **{**update, "return_values": chosen})).attributes
        for chosen in ("ALL_NEW", "UPDATED_OLD", "UPDATED_NEW", "NONE")
    ]

    assert shown == [item(n={"N": "6"}, k=N5), {"n": {"N": "6"}}, {"n": {"N": "6"}}, None]
    assert done(client.put_item(item(), return_values="ALL_OLD")).attributes == item(n={"N": "6"}, k=N5)
    assert done(client.delete_item(KEY, return_values="ALL_OLD")).attributes == item()
    assert done(client.delete_item(KEY, return_values="ALL_OLD")).attributes is None


def test_update_without_an_expression_makes_the_item() -> None:
    """Of its key alone; again it changes nothing."""
    client, machine, _ = table_at(stream_view_type=BOTH)

    done(client.update_item(KEY))
    done(client.update_item(KEY))

    assert done(client.get_item(KEY)).item == KEY
    assert [record["eventName"] for record in records(machine, 10.0)] == ["INSERT"]


def test_failed_condition_shows_what_stands_there_if_asked() -> None:
    """And nothing has changed."""
    client, machine, _ = table_at()
    done(client.put_item(item(n=N5)))
    condition: Any = {"condition_expression": "attribute_not_exists(id)"}

    with pytest.raises(ConditionalCheckFailedException, match="^The conditional request failed$") as plain:
        done(client.put_item(item(), **condition))
    with pytest.raises(ConditionalCheckFailedException) as asked:
        done(client.delete_item(KEY, **condition, return_values_on_condition_check_failure="ALL_OLD"))

    assert (plain.value.item, asked.value.item) == (None, item(n=N5))
    assert machine.all_items(10.0) == [machine.get(10.0, ("a1",))]


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"return_values": "ALL_NEW"}, "ReturnValues can only be ALL_OLD or NONE"),
        (
            {"return_values": "X"},
            "1 validation error detected: Value 'X' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
        ),
        (
            {"return_values_on_condition_check_failure": "X"},
            "1 validation error detected: Value 'X' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]",
        ),
    ],
    ids=["not of a put", "no such value", "on failure"],
)
def test_return_values_are_refused_in_recorded_words(settings: Any, error: str) -> None:
    """Before anything is put."""
    client, machine, _ = table_at()

    with pytest.raises(ValidationException) as caught:
        done(client.put_item(item(), **settings))

    assert str(caught.value) == error
    assert machine.all_items(10.0) == []


@pytest.mark.parametrize(
    ("call", "settings", "why"),
    [
        ("put_item", {"expected": {}}, "write an expression"),
        ("put_item", {"return_consumed_capacity": "TOTAL"}, "capacity and collections are not measured"),
        ("put_item", {"condition": "x"}, "did you mean condition_expression"),
        ("update_item", {"attribute_updates": {}}, "write an expression"),
        ("delete_item", {"table_name": "x"}, "the client is that of one table"),
        ("get_item", {"attributes_to_get": ["id"]}, "write an expression"),
    ],
)
def test_what_is_not_offered_is_refused_by_name(call: str, settings: Any, why: str) -> None:
    """With the way out."""
    client, _, _ = table_at()
    [name] = settings

    with pytest.raises(InvalidSetting, match=f"^{name}=.*{why}"):
        done(getattr(client, call)(item(), **settings))


@pytest.mark.parametrize("name", ["index_name", "filter_expression", "select", "key_conditions", "query_filter"])
def test_query_by_anything_but_the_key_is_refused_by_name(name: str) -> None:
    """Indexes and filters."""
    client, _, _ = table_at()
    unsupported: Any = {name: "x"}

    with pytest.raises(InvalidSetting, match=f"^{name}='x' is refused"):
        done(client.query(key_condition_expression="id = :i", **unsupported))


@pytest.mark.parametrize("name", ["filter_expression", "segment", "limit", "index_name"])
def test_scan_of_a_part_is_refused_by_name(name: str) -> None:
    """All, or nothing."""
    client, _, _ = table_at()

    with pytest.raises(InvalidSetting, match=f"^{name}='x' is refused"):
        done(client.scan(**{name: "x"}))


def test_scan_shows_all_items() -> None:
    """In the order in which their keys came."""
    client, _, _ = table_at()
    for id in ("b", "a", "b"):
        done(client.put_item(item(id)))

    found = done(client.scan())

    assert (found.items, found.count, found.last_evaluated_key) == ([item("b"), item("a")], 2, None)


def test_batch_writes_each_item() -> None:
    """Puts and deletes."""
    client, machine, _ = table_at(stream_view_type=BOTH)
    done(client.put_item(item("a")))

    result = done(
        client.batch_write_item([{"put_request": {"item": item("b")}}, {"delete_request": {"key": item("a")}}])
    )

    assert result.unprocessed_items == []
    assert done(client.scan()).items == [item("b")]
    assert [record["eventName"] for record in records(machine, 10.0)] == ["INSERT", "INSERT", "REMOVE"]


PUT: Any = {"put_request": {"item": item("a")}}


@pytest.mark.parametrize(
    ("requests", "error", "text"),
    [
        (
            [PUT, {"delete_request": {"key": item("a")}}],
            ValidationException,
            "Provided list of item keys contains duplicates",
        ),
        (
            [{"put_request": {"item": {"id": N5}}}],
            ValidationException,
            "The provided key element does not match the schema",
        ),
        (
            [{"put_request": {"item": {"x": N5}}}],
            ValidationException,
            "The provided key element does not match the schema",
        ),
        ([], ValidationException, "Member must have length greater than or equal to 1"),
        ([PUT] * 26, ValidationException, "Member must have length less than or equal to 25"),
        ([{}], ValidationException, "either"),
        ([{**PUT, "delete_request": {"key": item("b")}}], ValidationException, "either"),
        ([{"put_request": {"item": item("a"), "condition_expression": "x"}}], ValidationException, "either"),
        ({"orders": [PUT]}, SerializationException, "a list"),
    ],
    ids=["twice", "type", "no key", "none", "many", "empty", "both", "condition", "map"],
)
def test_batch_is_refused_whole(requests: Any, error: Any, text: str) -> None:
    """In recorded words where they are known."""
    client, machine, _ = table_at()

    with pytest.raises(error, match=text):
        done(client.batch_write_item(requests))

    assert machine.all_items(10.0) == []


def test_transaction_writes_all_items() -> None:
    """Of any kind, 100 at most."""
    client, machine, _ = table_at(stream_view_type=BOTH)
    done(client.put_item(item("a")))
    done(client.put_item(item("b")))

    done(
        client.transact_write_items(
            [
                {"put": {"table_name": "orders", "item": item("new")}},
                {"update": {"key": item("a"), **SET_N}},
                {"delete": {"key": item("b"), "condition_expression": "attribute_exists(id)"}},
                {"condition_check": {"key": item("c"), "condition_expression": "attribute_not_exists(id)"}},
                *({"put": {"item": item(str(number))}} for number in range(96)),
            ]
        )
    )

    assert len(done(client.scan()).items) == 98
    names = [record["eventName"] for record in records(machine, 10.0)]
    assert names[2:5] == ["INSERT", "MODIFY", "REMOVE"]


def test_transaction_writes_nothing_if_one_write_can_not_be() -> None:
    """A reason for each, in their order."""
    client, machine, _ = table_at(stream_view_type=BOTH)
    done(client.put_item(item("a", n={"S": "text"})))
    exists: Any = {
        "condition_expression": "attribute_not_exists(id)",
        "return_values_on_condition_check_failure": "ALL_OLD",
    }

    with pytest.raises(TransactionCanceledException) as caught:
        done(
            client.transact_write_items(
                [
                    {"put": {"item": item("new")}},
                    {"delete": {"key": item("a"), **exists}},
                    {"condition_check": {"key": item("b"), "condition_expression": "attribute_exists(id)"}},
                    {"update": {"key": item("c"), "update_expression": "SET n = q"}},
                    {"put": {"item": {"id": N5}}},
                    {"update": {"key": {"x": N5}, "update_expression": "REMOVE n"}},
                ]
            )
        )

    assert str(caught.value) == (
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, "
        "ConditionalCheckFailed, ValidationError, ValidationError, ValidationError]"
    )
    reasons = caught.value.cancellation_reasons
    assert [reason.message for reason in reasons] == [
        None,
        "The conditional request failed",
        "The conditional request failed",
        "The provided expression refers to an attribute that does not exist in the item",
        "One or more parameter values were invalid: Type mismatch for key id expected: S actual: N",
        "The provided key element does not match the schema",
    ]
    assert [reason.item for reason in reasons[:3]] == [None, item("a", n={"S": "text"}), None]
    assert [record["eventName"] for record in records(machine, 10.0)] == ["INSERT"]


BIG: Any = {"S": "x" * 400_000}


@pytest.mark.parametrize(
    ("items", "error", "text"),
    [
        (
            [{"put": {"item": item()}}, {"delete": {"key": KEY}}],
            ValidationException,
            "cannot include multiple operations on one item",
        ),
        ([], ValidationException, "Member must have length greater than or equal to 1"),
        ([{"put": {"item": item(str(n))}} for n in range(101)], ValidationException, "less than or equal to 100"),
        ([{"put": {"item": item(str(n), s=BIG)}} for n in range(11)], ValidationException, "has exceeded 4 MB"),
        ([{"condition_check": {"key": KEY}}], ValidationException, "Member must not be null"),
        ([{"put": {"item": item()}, "delete": {"key": KEY}}], ValidationException, "can only contain one of"),
        ([{"get": {"key": KEY}}], ValidationException, "can only contain one of"),
        (
            [
                {
                    "put": {
                        "item": item(""),
                    }
                }
            ],
            ValidationException,
            "cannot contain an empty string value",
        ),
        ([{"put": {"item": item(), "table_name": "x"}}], InvalidSetting, "a transaction is of one table, here orders"),
        ([{"put": {"item": item(), "return_values": "NONE"}}], InvalidSetting, "return_values='NONE' is refused"),
        ([{"put": [item()]}], SerializationException, "a mapping"),
        ("put", SerializationException, "a list"),
    ],
    ids=["twice", "none", "many", "big", "check", "both", "what", "empty", "table", "returns", "list", "text"],
)
def test_transaction_is_refused_whole(items: Any, error: Any, text: str) -> None:
    """In recorded words where they are known."""
    client, machine, _ = table_at()

    with pytest.raises(error, match=text):
        done(client.transact_write_items(items))

    assert machine.all_items(10.0) == []


def test_token_of_a_transaction_is_refused_by_name() -> None:
    """It would promise that the second call does nothing."""
    client, _, _ = table_at()

    with pytest.raises(InvalidSetting, match="^client_request_token='x' is refused"):
        done(client.transact_write_items([{"put": {"item": item()}}], client_request_token="x"))


class Watched(Feed):
    """Notes what each call has to be allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.actions: list[str] = []

    async def call(self, machine: Any, action: str, step: Any, *args: Any, **settings: Any) -> Any:
        self.actions.append(action)
        return await super().call(machine, action, step, *args, **settings)

    def cause(self) -> Cause | None:
        return Cause("request", ())


def test_calls_say_what_they_have_to_be_allowed() -> None:
    """A transaction each kind of its writes; what is written carries the invocation."""
    client, machine, _ = table_at()
    feed = Watched()
    client._feed = feed
    done(client.put_item(item()))
    done(client.get_item(KEY))
    done(client.update_item(KEY))
    done(client.delete_item(KEY))
    done(client.scan())
    done(client.query(key_condition_expression="id = :i", expression_attribute_values={":i": {"S": "a"}}))
    done(client.batch_write_item([PUT]))
    calls, feed.actions = feed.actions, []
    done(
        client.transact_write_items(
            [{"put": {"item": item("x")}}, {"put": {"item": item("y")}}, {"delete": {"key": KEY}}]
        )
    )

    assert [call.removeprefix("dynamodb:") for call in calls] == [
        *("PutItem", "GetItem", "UpdateItem", "DeleteItem", "Scan", "Query", "BatchWriteItem"),
    ]
    assert sorted(feed.actions) == ["dynamodb:DeleteItem", "dynamodb:PutItem"]
    assert all(note[4] is not None and note[4].request_id == "request" for note in machine.notes)
