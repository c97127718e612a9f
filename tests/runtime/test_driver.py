"""The driver: turns, deadlines, and what breaks a bus."""

import asyncio
from collections.abc import Callable
from math import inf
from typing import Any

import pytest
from attrs import define, field

from eventbus import BusBroken
from eventbus.errors import EventBusError
from eventbus.names import Arn
from eventbus.runtime.driver import DUE_PER_TURN, Driver
from tests.helpers import virtually


@define(eq=False)
class Alarm:
    """A machine that goes off at `at`, once, or stays due."""

    address: Arn
    at: float = inf
    stays: bool = False
    does: Callable[[float], object] | None = None
    rang: list[float] = field(factory=list)
    effects: list[Any] = field(factory=list)
    notes: list[Any] = field(factory=list)

    def wake(self, now: float) -> None:
        self.rang.append(now)
        if not self.stays:
            self.at = inf
        if self.does is not None:
            self.does(now)

    def next_deadline(self) -> float:
        return self.at

    def set(self, now: float, at: float) -> str:
        self.at = at
        return f"set at {now:g}"

    def say(self, now: float, *words: str) -> None:
        self.effects.extend(words)
        self.notes.append(("said", *words))


@define(eq=False)
class House:
    """A driver with one alarm, and a record of what it did."""

    did: list[Any] = field(factory=list)
    alarm: Alarm = field(init=False)
    driver: Driver = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.driver = Driver(asyncio.get_running_loop(), lambda: self.did.append("ended"), self.broke, self)
        self.driver.handlers = {str: lambda now, word: self.did.append(word)}
        self.alarm = self.add("alarm")

    def add(self, name: str, **settings: Any) -> Alarm:
        alarm = Alarm(Arn(name), **settings)
        self.driver.add(alarm.address, alarm)
        return alarm

    def broke(self) -> None:
        self.did.append("broke")

    def noted(self, now: float, notes: list[Any]) -> None:
        self.did.append(list(notes))


# One turn


def test_feed_is_one_turn() -> None:
    """The step is told the time, its effects are applied, then the notes told, then what was decided may start."""

    async def main() -> None:
        house = House()
        await asyncio.sleep(2)

        assert house.driver.feed(house.alarm, house.alarm.set, 9.0) == "set at 2"
        house.driver.feed(house.alarm, house.alarm.say, "a", "b")

        assert house.did == ["ended", "a", "b", [("said", "a", "b")], "ended"]
        assert house.driver.turns == 2

    virtually(main)


def test_effects_are_applied_first_in_first_out() -> None:
    """What an effect leads to comes behind everything that was there."""

    async def main() -> None:
        house = House()

        def apply(now: float, word: str) -> None:
            house.did.append(word)
            if word == "a":
                house.alarm.say(now, "c")

        house.driver.handlers = {str: apply}
        house.driver.feed(house.alarm, house.alarm.say, "a", "b")

        assert house.did[:3] == ["a", "b", "c"]

    virtually(main)


def test_machines_share_the_drivers_lists() -> None:
    """So the order of emission is the order of draining."""

    async def main() -> None:
        house = House()
        other = house.add("other")

        def both(now: float) -> None:
            other.say(now, "first")
            house.alarm.say(now, "second")

        house.driver.feed(house.alarm, both)

        assert house.did[:2] == ["first", "second"]

    virtually(main)


def test_refusal_is_the_callers() -> None:
    """It is raised as it is, and the bus goes on."""

    async def main() -> None:
        house = House()

        def refuse(now: float) -> None:
            raise EventBusError("no")

        with pytest.raises(EventBusError, match="no"):
            house.driver.feed(house.alarm, refuse)
        house.driver.feed(house.alarm, house.alarm.say, "a")

        assert house.driver.broken is None
        assert house.did[0] == "a"

    virtually(main)


def test_time_stands_still_in_a_turn() -> None:
    """Machines, notes and attempts of one turn agree."""

    async def main() -> None:
        house = House()
        await asyncio.sleep(1)
        seen: list[float] = []

        def slow(now: float) -> None:
            house.driver.loop._now += 0.5  # type: ignore[attr-defined]  # a step that takes its time
            seen.extend([now, house.driver.now()])

        house.driver.feed(house.alarm, slow)

        assert seen == [1, 1]
        assert house.driver.now() == 1.5

    virtually(main)


def test_input_inside_a_turn() -> None:
    """It is told the turn's time and its machine is armed; to nobody if that machine is gone."""

    async def main() -> None:
        house = House()
        other = house.add("other")

        def tell(now: float) -> None:
            house.driver.tell(Arn("other"), "set", 5.0)
            house.driver.tell(Arn("gone"), "set", 5.0)

        house.driver.feed(house.alarm, tell)
        await asyncio.sleep(6)

        assert other.rang == [5]

    virtually(main)


# Deadlines


def test_machine_is_woken_at_its_deadline() -> None:
    """Once, and nobody is woken meanwhile."""

    async def main() -> None:
        house = House()
        house.driver.feed(house.alarm, house.alarm.set, 7.0)
        await asyncio.sleep(20)

        assert house.alarm.rang == [7]
        assert (house.driver.wakes, house.driver.turns) == (1, 2)

    virtually(main)


def test_earlier_deadline_comes_first() -> None:
    """Whoever was armed before; equal ones in the order they were armed."""

    async def main() -> None:
        house = House()
        order: list[str] = []
        for name, at in (("late", 9.0), ("b", 3.0), ("early", 1.0), ("a", 3.0)):
            alarm = house.add(name)
            alarm.does = lambda now, name=name: order.append(name)
            house.driver.feed(alarm, alarm.set, at)
        await asyncio.sleep(10)

        assert order == ["early", "b", "a", "late"]

    virtually(main)


def test_put_off_deadline_wakes_early_once() -> None:
    """The entry there is stays: no heap operation per change."""

    async def main() -> None:
        house = House()
        for at in (2.0, 5.0, 8.0):
            house.driver.feed(house.alarm, house.alarm.set, at)
        house.alarm.stays = True
        house.alarm.does = lambda now: house.alarm.set(now, 8.0 if now < 8 else inf)
        await asyncio.sleep(10)

        assert house.alarm.rang == [2, 8]
        assert house.driver.scheduler.pushes == 2

    virtually(main)


@pytest.mark.parametrize("deadline", [0.1 + 0.2, 1e8 + 0.1, 1 / 3])
@pytest.mark.parametrize("started", [0.7, 1e6 / 3])
def test_timer_never_fires_too_early(deadline: float, started: float) -> None:
    """A float sum may fall short of the deadline; the turn does not."""

    async def main() -> None:
        await asyncio.sleep(started)
        house = House()
        house.driver.feed(house.alarm, house.alarm.set, deadline)
        await asyncio.sleep(deadline + 1)

        [at] = house.alarm.rang
        assert at == pytest.approx(deadline)
        assert at >= deadline

    virtually(main)


def test_many_due_machines_take_several_turns() -> None:
    """A thousand each; the host's own tasks get theirs in between."""

    async def main() -> None:
        house = House()
        alarms = [house.add(f"{number}") for number in range(2 * DUE_PER_TURN + 1)]
        for alarm in alarms:
            house.driver.feed(alarm, alarm.set, 5.0)
        counts: list[int] = []

        def count() -> None:
            counts.append(sum(len(alarm.rang) for alarm in alarms))

        alarms[0].does = lambda now: house.driver.loop.call_soon(count)
        turns = house.driver.turns
        await asyncio.sleep(6)
        count()

        assert counts == [1_000, 2_001]
        assert house.driver.turns - turns == 3

    virtually(main)


def test_whoever_is_about_to_wait_wakes_what_is_due() -> None:
    """Without a turn if nothing is."""

    async def main() -> None:
        house = House()
        house.driver.feed(house.alarm, house.alarm.set, 1.0)
        house.driver.wake_due()

        assert house.alarm.rang == []
        assert house.driver.turns == 1

        house.driver.loop._now += 1  # type: ignore[attr-defined]  # the loop was busy
        house.driver.wake_due()

        assert house.alarm.rang == [1]

    virtually(main)


# Breaking


def boom(now: float) -> None:
    raise KeyError("boom")


def test_failed_turn_breaks_the_bus() -> None:
    """The first cause stays, later calls raise it, no timer fires any more."""

    async def main() -> None:
        house = House()
        house.driver.feed(house.alarm, house.alarm.set, 5.0)
        with pytest.raises(BusBroken, match=r"turn 2 at 0 s failed in boom of alarm: KeyError\('boom'\)") as first:
            house.driver.feed(house.alarm, boom)
        with pytest.raises(BusBroken) as second:
            house.driver.feed(house.alarm, house.alarm.say, "a")
        await asyncio.sleep(9)

        assert second.value is first.value
        assert isinstance(first.value.__cause__, KeyError)
        assert house.alarm.rang == []
        assert house.did == ["ended", "broke"]

    virtually(main)


def test_refusal_out_of_an_effect_is_a_bug() -> None:
    """Its caller did nothing wrong."""

    async def main() -> None:
        house = House()

        def refuse(now: float, word: str) -> None:
            raise EventBusError("no")

        house.driver.handlers = {str: refuse}
        with pytest.raises(BusBroken, match="say of alarm"):
            house.driver.feed(house.alarm, house.alarm.say, "a")

    virtually(main)


def test_failed_wake_breaks_the_bus() -> None:
    """A timer has nobody to raise to: `on_broken` tells."""

    async def main() -> None:
        house = House()
        house.alarm.does = boom
        house.driver.feed(house.alarm, house.alarm.set, 5.0)
        await asyncio.sleep(9)

        assert "turn 2 at 5 s failed in wake of alarm" in str(house.driver.broken)
        assert house.did == ["ended", "broke"]

    virtually(main)


def test_machine_that_stays_due_breaks_the_bus() -> None:
    """Else its turn would never end."""

    async def main() -> None:
        house = House()
        house.alarm.stays = True
        house.driver.feed(house.alarm, house.alarm.set, 5.0)
        await asyncio.sleep(9)

        assert house.alarm.rang == [5]
        assert "alarm is due again at once" in str(house.driver.broken)

    virtually(main)


def test_interrupted_turn_breaks_the_bus() -> None:
    """Ctrl-C goes on to whoever waits for it; what it left half done is not trusted."""

    async def main() -> None:
        house = House()

        def interrupted(now: float) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            house.driver.feed(house.alarm, interrupted)
        with pytest.raises(BusBroken, match="KeyboardInterrupt"):
            house.driver.feed(house.alarm, house.alarm.say, "a")

    virtually(main)


def test_closed_driver_wakes_nobody() -> None:
    """And takes nothing from those who have nobody to tell."""

    async def main() -> None:
        house = House()
        house.driver.feed(house.alarm, house.alarm.set, 5.0)
        house.driver.close()
        house.driver.feed_if_alive(house.alarm, house.alarm.say, "a")
        await asyncio.sleep(9)

        assert house.alarm.rang == []
        assert house.did == ["ended"]

    virtually(main)
