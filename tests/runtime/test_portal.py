"""The bus for code without a loop."""

import threading
from datetime import timedelta

import pytest

from eventbus import BusBroken, NotInBus, current_bus
from eventbus.errors import ServiceError
from tests.helpers import app_of, echo
from tests.runtime.test_bus import faulty_app, nap


def test_virtual_time_stands_while_the_caller_works() -> None:
    """It moves in the calls alone."""
    app, work = app_of(nap, timeout=900)
    with app.start_sync(virtual=True) as bus:
        began = bus.now()
        bus.invoke(work, 5, invocation_type="Event")
        threading.Event().wait(0.05)

        assert bus.now() == began
        bus.settle()
        assert bus.now() - began == timedelta(seconds=5)
        assert bus.invoke(work, 800).result() == 800
        assert bus.now() - began == timedelta(seconds=805)


def test_nothing_is_left_behind() -> None:
    """No thread, and no bus."""
    before = threading.active_count()
    app, work = app_of(echo)
    for virtual in (True, False):
        with app.start_sync(virtual=virtual) as bus:
            assert bus.invoke(work, 1).result() == 1
            assert threading.active_count() > before

        assert threading.active_count() == before
        with pytest.raises(NotInBus):
            bus.invoke(work, 1)


def test_errors_of_calls_are_their_own() -> None:
    """The portal goes on."""
    app, work = app_of(echo)
    with app.start_sync(virtual=True) as bus:
        with pytest.raises(ServiceError, match="did you mean work"):
            bus.invoke("wrok")

        assert bus.invoke(work, 1).result() == 1


def test_error_of_the_block_comes_out() -> None:
    """After closing."""
    app, _ = app_of(echo)
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError), app.start_sync(virtual=True):
        raise ZeroDivisionError

    assert threading.active_count() == before


def test_broken_bus_says_so_at_its_exit() -> None:
    """Unless the block raises by itself."""
    app = faulty_app("raises")
    broken = pytest.raises(BusBroken, match="wake of arn:aws:faulty")
    with broken, app.start_sync(virtual=True) as bus, pytest.raises(BusBroken):
        bus.advance(2)

    with pytest.raises(ZeroDivisionError), app.start_sync(virtual=True) as bus:
        with pytest.raises(BusBroken):
            bus.advance(2)
        raise ZeroDivisionError


@pytest.mark.parametrize(("drain", "ended"), [(0.0, 0), (1.5, 0), (5.0, 1)])
def test_drain(drain: float, ended: int) -> None:
    """As of `aclose`: what runs has so many seconds."""
    app, work = app_of(nap)
    with app.start_sync(virtual=True, drain=drain) as bus:
        bus.invoke(work, 2, invocation_type="Event")
        bus.advance(0)

    assert len(bus.invocations(work)) == ended


def test_used_by_many_threads() -> None:
    """As by the views of a threaded server; real time, as such a server has."""
    app, work = app_of(echo)
    answers: list[int] = []
    with app.start_sync() as bus:
        threads = [threading.Thread(target=lambda n=n: answers.append(bus.invoke(work, n).result())) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)

    assert sorted(answers) == list(range(8))


def test_caller_is_in_no_handler() -> None:
    """Its thread has no current bus."""
    app, _ = app_of(echo)
    with app.start_sync(virtual=True), pytest.raises(NotInBus, match="inside a handler"):
        current_bus()
