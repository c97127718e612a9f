"""The machine of a table: what it notes, what it deletes by itself, and all it does beside a dict."""

import copy
from typing import Any

import pytest
from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eventbus.core.effects import Cause, Start
from eventbus.core.profile import Profile
from eventbus.errors import ServiceError
from sources import dynamodb
from sources.dynamodb import ConditionalCheckFailedException, TransactionCanceledException, reading
from sources.dynamodb.machine import TableMachine
from tests.sources.dynamodb.helpers import BOTH, Reader, item, records, table_at
from tests.sources.helpers import EPOCH, birth, done

CAUSE = Cause("request", ())
DAY = 86_400


def put(machine: TableMachine, now: float, id: str = "a1", **attributes: Any) -> None:
    machine.write(now, reading.put(machine.schema, item(id, **attributes), {}), CAUSE)


def expiring(seconds: float, **settings: Any) -> tuple[TableMachine, Any]:
    """A table, and an attribute that is over at that time of the bus."""
    _, machine, _ = table_at(stream_view_type=BOTH, time_to_live_attribute="ttl", **settings)
    return machine, {"ttl": {"N": f"{EPOCH + seconds:.0f}"}}


def test_changes_are_noted_under_their_sequence_numbers() -> None:
    """So that they are found in the batches of mappings."""
    _, machine, _ = table_at(stream_view_type="KEYS_ONLY")
    put(machine, 1.0, n={"N": "1"})
    put(machine, 1.0, n={"N": "2"})
    machine.write(1.0, reading.delete(machine.schema, item(), {}), CAUSE)
    numbers = [change.identifier for change in machine.records(1.0)]

    assert machine.notes == [
        ("put", machine.arn, numbers[0], "INSERT a1", CAUSE),
        ("put", machine.arn, numbers[1], "MODIFY a1", CAUSE),
        ("removed", machine.arn, numbers[2], "REMOVE a1", CAUSE),
    ]


def test_changes_without_a_stream_are_noted_under_their_keys() -> None:
    """There is no other name for them."""
    _, machine, _ = table_at(sort_key=("at", "N"))

    put(machine, 1.0, at={"N": "7"})

    assert machine.notes == [("put", machine.arn, "a1/7", "INSERT a1/7", CAUSE)]


def test_write_that_changes_nothing_makes_no_record() -> None:
    """The same item in other words, a delete of nothing, an update to the same."""
    client, machine, _ = table_at(stream_view_type=BOTH)
    done(client.put_item(item(n={"N": "1"}, s={"SS": ["a", "b"]})))
    noted = len(machine.notes)

    done(client.put_item({"s": {"SS": ["b", "a"]}, **item(n={"N": "1.0"})}))
    done(client.update_item(item(), update_expression="SET n = n"))
    done(client.delete_item(item("other")))

    assert len(records(machine, 10.0)) == 1
    assert len(machine.notes) == noted


def test_item_is_deleted_at_the_second_it_expires() -> None:
    """By the service, and not before."""
    machine, ttl = expiring(21)
    put(machine, 1.0, **ttl)
    machine.wake(20.9)
    assert machine.get(20.9, ("a1",)) is not None
    assert machine.next_deadline() == 21.0

    machine.wake(21.0)

    assert machine.get(21.0, ("a1",)) is None
    assert machine.next_deadline() > 21.0
    assert machine.notes[-1][0::3] == ("removed", "REMOVE a1, expired")
    assert records(machine, 21.0)[-1]["userIdentity"] == {"principalId": "dynamodb.amazonaws.com", "type": "Service"}


def test_expiry_is_that_of_the_item_as_it_is() -> None:
    """Put off, taken away, or of an item that is gone."""
    machine, ttl = expiring(21)
    for id in ("later", "never", "gone", "again"):
        put(machine, 1.0, id, **ttl)
    put(machine, 2.0, "later", ttl={"N": f"{EPOCH + 30:.0f}"})
    put(machine, 2.0, "never")
    machine.write(2.0, reading.delete(machine.schema, item("gone"), {}), None)
    put(machine, 2.0, "again", n={"N": "1"}, **ttl)

    machine.wake(21.0)
    assert [items["id"][1] for items in machine.all_items(21.0)] == ["later", "never"]
    machine.wake(30.0)

    assert [items["id"][1] for items in machine.all_items(30.0)] == ["never"]


@pytest.mark.parametrize(
    ("value", "due"),
    [
        ({"S": str(EPOCH)}, False),
        ({"N": "0"}, False),
        ({"N": f"{EPOCH - 5 * 365 * DAY:.0f}"}, False),
        ({"N": f"{EPOCH - 4 * 365 * DAY:.0f}"}, True),
        ({"N": "1" + "0" * 100}, False),
    ],
    ids=["a text", "1970", "five years ago", "four years ago", "never"],
)
def test_times_that_do_not_count(value: Any, due: bool) -> None:
    """Only numbers, and none of more than five years ago."""
    machine, _ = expiring(0)

    put(machine, 1.0, ttl=value)
    machine.wake(1.0)

    assert (machine.get(1.0, ("a1",)) is None) == due


def test_expiry_is_left_to_chance_where_the_profile_does_so() -> None:
    """Within two days, the same in every run of a seed."""
    table = dynamodb.Table("orders", time_to_live_attribute="ttl")
    deadlines = []
    for _ in range(2):
        machine = table.machine(evolve(birth(table.arn), profile=Profile.realistic()))
        put(machine, 1.0, ttl={"N": f"{EPOCH + 21:.0f}"})
        deadlines.append(machine.next_deadline())

    assert deadlines[0] == deadlines[1]
    assert 21 < deadlines[0] < 21 + 2 * DAY


def test_times_that_are_put_off_again_and_again_are_forgotten() -> None:
    """What is due does not grow with the writes."""
    machine, _ = expiring(0)
    for second in range(1_000):
        put(machine, 1.0, ttl={"N": f"{EPOCH + 100 + second:.0f}"})
        put(machine, 1.0, n={"N": str(second)}, ttl={"N": f"{EPOCH + 100 + second:.0f}"})
    assert machine._expiry is not None

    assert len(machine._expiry._heap) <= 67


def test_table_is_never_waited_for() -> None:
    """What is in its stream is its mappings' affair; time to live is background."""
    machine, ttl = expiring(100)
    put(machine, 1.0, **ttl)

    assert machine.outstanding() == 0


IDS = st.sampled_from(["a", "b", "c"])
SORTS = st.sampled_from(["1", "2", "10"])
NUMBERS = st.integers(-3, 3)
EXPIRES = st.one_of(st.none(), st.integers(0, 200_000))


class Tables(RuleBasedStateMachine):
    """A table beside a dict of plain items, its stream beside a list of what happened."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.model: dict[tuple[str, str], Any] = {}
        self.history: list[tuple[float, str, tuple[str, str]]] = []
        self.seen: list[str] = []
        self.positions: dict[str, Any] = {}
        self.ended: set[str] = set()

    @initialize()
    def begin(self) -> None:
        self.client, self.machine, self.feed = table_at(
            0.0, sort_key=("at", "N"), stream_view_type=BOTH, time_to_live_attribute="ttl"
        )

    def key(self, id: str, at: str) -> Any:
        return {"id": {"S": id}, "at": {"N": at}}

    def became(self, key: tuple[str, str], new: Any) -> None:
        old = self.model.get(key)
        if old == new:
            return
        self.history.append((self.now, "INSERT" if old is None else "REMOVE" if new is None else "MODIFY", key))
        if new is None:
            del self.model[key]
        else:
            self.model[key] = new

    @rule(id=IDS, at=SORTS, n=NUMBERS, expires=EXPIRES)
    def put(self, id: str, at: str, n: int, expires: int | None) -> None:
        new = {**self.key(id, at), "n": {"N": str(n)}}
        if expires is not None:
            new["ttl"] = {"N": f"{EPOCH + self.now + 1 + expires:.0f}"}
        done(self.client.put_item(new))
        self.became((id, at), new)

    @rule(id=IDS, at=SORTS, n=NUMBERS)
    def add(self, id: str, at: str, n: int) -> None:
        update: Any = {"update_expression": "ADD n :n", "expression_attribute_values": {":n": {"N": str(n)}}}
        shown = done(self.client.update_item(self.key(id, at), **update, return_values="ALL_NEW")).attributes
        old = self.model.get((id, at), self.key(id, at))
        new = {**old, "n": {"N": str(int(old.get("n", {"N": "0"})["N"]) + n)}}
        assert shown == new
        self.became((id, at), new)

    @rule(id=IDS, at=SORTS, wanted=NUMBERS)
    def delete_if(self, id: str, at: str, wanted: int) -> None:
        condition: Any = {"condition_expression": "n = :n", "expression_attribute_values": {":n": {"N": str(wanted)}}}
        old = self.model.get((id, at))
        try:
            done(self.client.delete_item(self.key(id, at), **condition))
        except ConditionalCheckFailedException:
            assert old is None or old["n"] != {"N": str(wanted)}
        else:
            self.became((id, at), None)

    @rule(keys=st.lists(st.tuples(IDS, SORTS), min_size=1, max_size=4, unique=True))
    def insert_all(self, keys: list[tuple[str, str]]) -> None:
        """All of them, if none is there."""
        entries: list[Any] = [
            {"put": {"item": {**self.key(*key), "n": {"N": "0"}}, "condition_expression": "attribute_not_exists(id)"}}
            for key in keys
        ]
        try:
            done(self.client.transact_write_items(entries))
        except TransactionCanceledException as error:
            assert [reason.code != "None" for reason in error.cancellation_reasons] == [
                key in self.model for key in keys
            ]
        else:
            for key in keys:
                self.became(key, {**self.key(*key), "n": {"N": "0"}})

    @rule(
        given_item=st.dictionaries(st.sampled_from(["id", "at", "n"]), st.sampled_from([{"S": "a"}, {"N": "x"}, 1, {}]))
    )
    def put_nonsense(self, given_item: Any) -> None:
        """Is refused, or is an item."""
        with pytest.raises(ServiceError):
            done(self.client.put_item(given_item))

    @rule(seconds=st.sampled_from([0.5, 60.0, 3_600.0, 50_000.0]))
    def wait(self, seconds: float) -> None:
        """Items that are over go at their own times."""
        end = self.now + seconds
        while (due := self.machine.next_deadline()) <= end:
            self.now = max(self.now, due)
            self.machine.wake(self.now)
            assert self.machine.next_deadline() > self.now
            over = [
                key for key, each in self.model.items() if "ttl" in each and float(each["ttl"]["N"]) - EPOCH <= self.now
            ]
            over.sort(key=lambda key: float(self.model[key]["ttl"]["N"]))
            for key in over:
                self.became(key, None)
        self.now = self.feed.now = end

    @rule()
    def go_on_with_a_copy(self) -> None:
        """All state is in attributes."""
        self.machine = copy.deepcopy(self.machine)
        table: Any = dynamodb.Table("orders")
        self.client = table.client(self.machine, self.feed)

    @rule(id=IDS, forward=st.booleans())
    def query(self, id: str, forward: bool) -> None:
        found = done(
            self.client.query(
                key_condition_expression="id = :i",
                expression_attribute_values={":i": {"S": id}},
                scan_index_forward=forward,
            )
        )
        ours = sorted((key for key in self.model if key[0] == id), key=lambda key: int(key[1]), reverse=not forward)
        assert found.items == [self.model[key] for key in ours]

    @rule(limit=st.integers(1, 3))
    def read_stream(self, limit: int) -> None:
        """Shard by shard, a child after its parent; nothing is lost that was not over, nothing comes twice."""
        reader = Reader(self.machine)
        for shard in reader.shards(self.now):
            if shard.id in self.ended or any(parent not in self.ended for parent in shard.parents):
                continue
            position = self.positions.get(shard.id, Start("TRIM_HORIZON"))
            received = reader.read(self.now, shard.id, position, limit)
            assert len(received.records) <= limit
            self.positions[shard.id] = received.position
            self.seen += [record.identifier for record in received.records]
            if received.ended:
                self.ended.add(shard.id)

    @precondition(lambda self: self.history)
    @invariant()
    def stream_tells_what_happened(self) -> None:
        told = [(change.arrived_at, change.event_name, change.group) for change in self.machine.records(self.now)]
        kept = [(at, name, "/".join(key)) for at, name, key in self.history if at > self.now - DAY]
        assert told == kept

    @invariant()
    def items_are_those_of_the_model(self) -> None:
        assert len(self.machine.all_items(self.now)) == len(self.model)
        for (id, at), each in self.model.items():
            assert done(self.client.get_item(self.key(id, at))).item == each

    @invariant()
    def reader_sees_each_record_once_and_in_order(self) -> None:
        assert self.seen == sorted(set(self.seen))


TestTables = Tables.TestCase
TestTables.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
