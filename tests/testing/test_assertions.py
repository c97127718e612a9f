"""What assertions say when they fail, and that they hold where they should."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from eventbus import App, Bus, BusBroken, run
from eventbus.testing import DeadLetter, assert_delivered_once, assert_settled, dead_letters
from sources import s3, sqs


class Shop:
    """Orders are billed; bad ones end among the dead."""

    def __init__(self) -> None:
        self.app = App("shop")
        self.dead = self.app.add(sqs.Queue("orders-dead"))
        self.orders = self.app.add(sqs.Queue("orders", redrive=sqs.Redrive(self.dead, max_receive_count=2)))
        self.uploads = self.app.add(s3.Bucket("uploads"))
        self.bill = self.app.function(self._bill, name="bill", dead_letter=self.dead)
        self.app.map(self.orders, self.bill)
        self.app.add(s3.Notification(self.uploads, self.bill, events=["s3:ObjectCreated:*"]))

    async def _bill(self, event: Any, context: Any) -> None:
        if "bad" in str(event):
            raise ValueError("bad order")


def in_virtual_time(test: Callable[[Shop, Bus], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """A test that has a shop and a bus of it."""

    def wrapped() -> None:
        async def main() -> None:
            shop = Shop()
            async with shop.app.start() as bus:
                await test(shop, bus)

        run(main, virtual=True)

    wrapped.__name__ = test.__name__
    wrapped.__doc__ = test.__doc__
    return wrapped


# ---------------------------------------------------------------- assert_settled
@in_virtual_time
async def test_a_quiet_bus_is_settled(shop: Shop, bus: Bus) -> None:
    """Before anything happened, and after settle; dead letters wait for nobody."""
    assert_settled(bus)
    await bus[shop.orders].send_message("bad")
    await bus.settle()

    assert_settled(bus)


@in_virtual_time
async def test_what_is_outstanding_is_named(shop: Shop, bus: Bus) -> None:
    """Each owner with its count, and the way out."""
    await bus.invoke(shop.bill, {}, invocation_type="Event")

    with pytest.raises(AssertionError, match=r"function:bill:async: 1 outstanding.*bus\.settle\(\) waits for that"):
        assert_settled(bus)


def test_a_broken_bus_is_not_settled() -> None:
    """It says that it broke, not that it is quiet."""

    async def main() -> None:
        async with Shop().app.start() as bus:
            bus._engine.driver.fail(RuntimeError("a bug"), "the test")
            with pytest.raises(BusBroken, match="a bug"):
                assert_settled(bus)

    with pytest.raises(BusBroken):
        run(main, virtual=True)


# ---------------------------------------------------------------- assert_delivered_once
@in_virtual_time
async def test_ids_that_were_delivered_once(shop: Shop, bus: Bus) -> None:
    """Of messages, of requests, keys of objects; one or many."""
    sent = [await bus[shop.orders].send_message(str(n)) for n in range(3)]
    event = await bus.invoke(shop.bill, {}, invocation_type="Event")
    await bus[shop.uploads].put_object("in/a b.csv", b"")
    await bus.settle()

    assert_delivered_once(bus, shop.bill, [result.message_id for result in sent])
    assert_delivered_once(bus, shop.bill, event.request_id)
    assert_delivered_once(bus, shop.bill, "in/a b.csv")


@in_virtual_time
async def test_what_was_delivered_again_is_listed(shop: Shop, bus: Bus) -> None:
    """Each attempt with its time, request and end."""
    sent = await bus[shop.orders].send_message("bad")
    await bus.settle()

    with pytest.raises(AssertionError) as caught:
        assert_delivered_once(bus, shop.bill, [sent.message_id, "lost"])
    lines = str(caught.value).splitlines()
    first, second = (attempt.request_id for attempt in bus.invocations(shop.bill))
    assert lines == [
        "not delivered to bill exactly once: 2",
        f"  {sent.message_id}: delivered 2 times",
        f"    2026-01-01T00:00:00+00:00 request {first} failed: ValueError('bad order')",
        f"    2026-01-01T00:00:30+00:00 request {second} failed: ValueError('bad order')",
        "  lost: never delivered",
    ]


@in_virtual_time
async def test_few_of_many_are_listed(shop: Shop, bus: Bus) -> None:
    """A failure stays readable."""
    with pytest.raises(AssertionError, match=r"exactly once: 1,000\n(.*\n)+  \.\.\. and 990 more$"):
        assert_delivered_once(bus, shop.bill, [str(n) for n in range(1000)])


@in_virtual_time
async def test_a_predicate_holds_for_exactly_one_record(shop: Shop, bus: Bus) -> None:
    """It sees records of batches, and events that have none."""
    await bus[shop.orders].send_message_batch([{"id": str(n), "message_body": f"order {n}"} for n in range(3)])
    await bus.invoke(shop.bill, {"order": 7}, invocation_type="Event")
    await bus.settle()

    assert_delivered_once(bus, shop.bill, lambda record: record.get("body") == "order 1")
    assert_delivered_once(bus, shop.bill, lambda event: event.get("order") == 7)
    with pytest.raises(AssertionError, match="delivered 3 times"):
        assert_delivered_once(bus, shop.bill, lambda record: "order" in record.get("body", ""))
    with pytest.raises(AssertionError, match="never delivered"):
        assert_delivered_once(bus, shop.bill, lambda record: False)


# ---------------------------------------------------------------- dead_letters
@in_virtual_time
async def test_a_dead_letter_tells_where_it_came_from(shop: Shop, bus: Bus) -> None:
    """How often it was received, and from which queue it was moved."""
    sent = await bus[shop.orders].send_message("bad")
    await bus.settle()

    (letter,) = await dead_letters(bus, shop.dead)
    assert (letter.body, letter.receive_count, letter.source, letter.error) == ("bad", 2, "orders", None)
    assert repr(letter) == f"<'bad', received 2 times from orders, message {sent.message_id}>"


@in_virtual_time
async def test_a_dead_letter_tells_lambdas_error(shop: Shop, bus: Bus) -> None:
    """An event that was given up carries the words of its last failure."""
    await bus.invoke(shop.bill, {"bad": 1}, invocation_type="Event")
    await bus.settle()

    (letter,) = await dead_letters(bus, shop.dead)
    assert repr(letter) == f"<'{{\"bad\":1}}', error 200 bad order, message {letter.message_id}>"


def test_long_bodies_are_cut() -> None:
    """In a repr only."""
    letter = DeadLetter("m1", "x" * 200, {}, {})

    assert repr(letter) == f"<'{'x' * 80}...', message m1>"


def test_blocking_buses() -> None:
    """All of it without await."""
    shop = Shop()
    with shop.app.start_sync(virtual=True) as bus:
        sent = bus[shop.orders].send_message("bad")
        with pytest.raises(AssertionError, match="outstanding"):
            assert_settled(bus)
        bus.settle()

        assert_settled(bus)
        assert [letter.body for letter in dead_letters(bus, shop.dead)] == ["bad"]
        with pytest.raises(AssertionError, match="delivered 2 times"):
            assert_delivered_once(bus, shop.bill, sent.message_id)


def test_the_package_needs_no_pytest() -> None:
    """Assertions serve any runner."""
    import subprocess
    import sys

    code = "import sys, eventbus.testing; sys.exit('pytest' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False)

    assert done.returncode == 0
