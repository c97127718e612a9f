"""Hash keys, splits and merges, and what a shard holds."""

import pytest

from sources.kinesis.record import FIRST_NUMBER, Record
from sources.kinesis.shards import HASH_KEYS, Shard, Shards, hash_of
from tests.sources.kinesis.helpers import FIRST, SECOND, THIRD


def ranges(shards: Shards) -> list[tuple[int, int]]:
    return [(shard.first_hash, shard.last_hash) for shard in shards.open]


def numbers(shards: Shards) -> list[int]:
    """Of the open ones, by their hash keys."""
    return [int(shard.id[-12:]) for shard in shards.open]


def filled(count: int) -> Shard:
    """One record a second, numbers from 1."""
    shard = Shard(FIRST, 0, HASH_KEYS - 1, FIRST_NUMBER, 0.0)
    shard.records += [Record(index + 1, FIRST, "k", b"", float(index), None, 0) for index in range(count)]
    return shard


def test_three_shards_share_all_hash_keys() -> None:
    """As AWS cuts them."""
    shards = Shards(3)

    assert ranges(shards) == [
        (0, 113427455640312821154458202477256070484),
        (113427455640312821154458202477256070485, 226854911280625642308916404954512140969),
        (226854911280625642308916404954512140970, 340282366920938463463374607431768211455),
    ]


def test_key_goes_where_its_md5_falls() -> None:
    """md5("a") is 0cc1..., md5("b") 92eb...."""
    shards = Shards(2)

    assert hash_of("a") == 0x0CC175B9C0F1B6A831C399E269772661
    assert shards.of("a", None).id == FIRST
    assert shards.of("b", None).id == SECOND


def test_explicit_hash_key_wins_over_the_key() -> None:
    """At both ends of both ranges."""
    shards = Shards(2)
    half = HASH_KEYS // 2

    assert [shards.of("a", key).id for key in (0, half - 1, half, HASH_KEYS - 1)] == [FIRST, FIRST, SECOND, SECOND]


def test_split_closes_the_parent() -> None:
    """Its children share its hash keys and begin behind its end."""
    shards = Shards(1)
    parent = shards.all[FIRST]
    low, high = shards.split(5.0, parent, 100)

    assert (parent.open, parent.closed_at, parent.children) == (False, 5.0, (SECOND, THIRD))
    assert [(each.id, each.parents, each.opened_at) for each in (low, high)] == [
        (SECOND, (FIRST,), 5.0),
        (THIRD, (FIRST,), 5.0),
    ]
    assert ranges(shards) == [(0, 99), (100, HASH_KEYS - 1)]
    assert parent.first_number < (parent.last_number or 0) < low.first_number < high.first_number


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "the other way"])
def test_merge_closes_both(order: tuple[int, int]) -> None:
    """The child names both, first the one that was named first."""
    shards = Shards(2)
    pair = [shards.open[index] for index in order]
    child = shards.merge(5.0, *pair)

    assert child.parents == tuple(each.id for each in pair)
    assert ranges(shards) == [(0, HASH_KEYS - 1)]
    assert [each.children for each in pair] == [(child.id,)] * 2


def test_four_shards_become_three_as_seen_on_aws() -> None:
    """1 and 2 are split, 0 and 3 take what is too much: 6, 9 and 10 stay open."""
    shards = Shards(4)
    shards.rescale(0.0, 3)

    assert numbers(shards) == [6, 9, 10]
    assert ranges(shards) == ranges(Shards(3))
    assert {each.id[-2:]: [parent[-2:] for parent in each.parents] for each in list(shards.all.values())[4:]} == {
        "04": ["01"],
        "05": ["01"],
        "06": ["00", "04"],
        "07": ["02"],
        "08": ["02"],
        "09": ["05", "07"],
        "10": ["08", "03"],
    }


@pytest.mark.parametrize("before", range(1, 8))
@pytest.mark.parametrize("after", range(1, 8))
def test_rescaled_shards_are_of_equal_size(before: int, after: int) -> None:
    """From any count to any other."""
    shards = Shards(before)
    shards.rescale(0.0, after)

    assert ranges(shards) == ranges(Shards(after))
    assert all(shard.open == (shard in shards.open) for shard in shards.all.values())


def test_rescale_to_the_same_count_evens_out() -> None:
    """Unequal shards become equal; equal ones stay."""
    shards = Shards(1)
    shards.split(0.0, shards.open[0], 100)
    shards.rescale(0.0, 2)
    evened = numbers(shards)
    shards.rescale(0.0, 2)

    assert ranges(shards) == ranges(Shards(2))
    assert numbers(shards) == evened


def test_closed_shard_is_forgotten_at_the_horizon() -> None:
    """Not before; open ones never."""
    shards = Shards(1)
    shards.split(5.0, shards.open[0], 100)

    shards.forget(4.9)
    assert FIRST in shards.all
    shards.forget(5.0)
    assert list(shards.all) == [SECOND, THIRD]


def test_what_is_older_than_the_horizon_is_over() -> None:
    """What arrived at that very instant too."""
    shard = filled(5)
    shard.trim(2.0)

    assert [record.number for record in shard.live()] == [4, 5]
    assert shard.from_number(1) == shard.over


def test_long_shard_lets_go_of_what_is_over() -> None:
    """Half of it at a time, so that each record is moved about once."""
    shard = filled(10_000)
    shard.trim(4_000.0)
    kept = len(shard.records)
    shard.trim(6_000.0)

    assert kept == 10_000
    assert len(shard.records) == len(shard.live()) == 3_999


@pytest.mark.parametrize(
    ("at", "number"),
    [(-1.0, 1), (0.0, 1), (0.5, 2), (4.0, 5), (4.1, 99)],
    ids=["before", "at", "between", "last", "later"],
)
def test_record_of_an_instant(at: float, number: int) -> None:
    """The first that arrived then or later."""
    assert filled(5).at_time(at, beyond=99) == number


@pytest.mark.parametrize(("number", "index"), [(0, 0), (3, 2), (5, 4), (6, 5)], ids=["before", "one", "last", "beyond"])
def test_record_of_a_number(number: int, index: int) -> None:
    """The first with it or a higher one."""
    assert filled(5).from_number(number) == index
