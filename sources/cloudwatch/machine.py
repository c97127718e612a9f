"""What both kinds of alarms do: change their state, hand over their actions, tell those that watch them.

Laws: actions run when the value of the state changes, and once. Each is tried until it is taken, or refused for good
[cw '26]. Whoever watches an alarm asks once (`Receive`) and is told from then on, by `Received`: the state that it is
in, then each change.
"""

from math import inf
from typing import Any

from attrs import define, evolve, field

from eventbus.core.effects import Cause, Receive, Received
from eventbus.core.redelivery import Retries
from eventbus.names import Arn
from sources._calling import encode
from sources._hand_over import TRIES, HandingMachine
from sources._target_retries import retries

from . import events
from .state import FIRST_REASON, INSUFFICIENT_DATA, News, State, StateValue, Suppression


@define(eq=False)
class AlarmMachine(HandingMachine):
    alarm: Any  # as declared
    state: State = field(init=False)
    actions_enabled: bool = field(init=False)
    _watchers: list[tuple[Arn, int]] = field(factory=list, init=False)  # whom to tell, with the token of each
    _asked: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self.actions_enabled = self.alarm.actions_enabled
        self.state = State(INSUFFICIENT_DATA, FIRST_REASON, None, self.birth.epoch)

    @property
    def source(self) -> Arn:
        """Of what it is told: faults look at it."""
        return self.arn

    # ------------------------------------------------------------ what a kind of alarm says
    def ask(self, now: float) -> None:
        """Have others tell it from now on, once."""
        raise NotImplementedError

    def act(self, now: float, before: State, cause: Cause | None) -> None:
        """The value of its state was another before."""
        self.run_actions(now, before, cause)

    # ------------------------------------------------------------ inputs
    def wake(self, now: float) -> None:
        super().wake(now)
        if not self._asked:
            self._asked = True
            self.ask(now)

    def next_deadline(self) -> float:
        return super().next_deadline() if self._asked else 0.0

    def receive(self, now: float, effect: Receive) -> None:
        """Somebody watches it."""
        self._watchers.append((effect.asker, effect.token))
        news = News(self.arn, self.state, (self.arn,), None)
        self.effects.append(Received(effect.asker, effect.token, [news]))

    def set_state(self, now: float, value: StateValue, reason: str, data: str | None, cause: Cause | None) -> None:
        """By hand."""
        self.become(now, State(value, reason, data, self.birth.epoch + now), cause)

    def enable_actions(self, now: float, *, enabled: bool) -> None:
        """Nothing runs for the state that it has."""
        self.actions_enabled = enabled

    def hand_over_retries(self) -> Retries:
        return retries(TRIES, inf, self.birth.profile, self.birth.ids)

    # ------------------------------------------------------------ for what inherits
    def watch(self, whom: Arn, position: Any = None) -> None:
        self.effects.append(Receive(whom, self.arn, self.birth.ids.draw(), 1, None, position))

    def suppress(self, by: Suppression | None, at: float | None = None) -> None:
        """Its actions are held back, by that, or no more; `at`: as if its state had begun then."""
        self.state = evolve(self.state, suppressed_by=by, at=self.state.at if at is None else at)

    def become(self, now: float, state: State, cause: Cause | None, path: tuple[Arn, ...] = ()) -> None:
        before, self.state = self.state, state
        if before.value == state.value:
            return
        self.tell("changed", f"{before.value} -> {state.value}: {state.reason}", cause)
        for watcher, token in self._watchers:
            news = News(self.arn, state, (*path, self.arn), cause)
            self.effects.append(Received(watcher, token, [news]))
        self.act(now, before, cause)

    def run_actions(self, now: float, before: State, cause: Cause | None) -> None:
        if not self.actions_enabled:
            return
        for target in self.alarm.actions_of(self.state.value):
            if target.service == "lambda":
                said: Any = events.event(self.alarm, self.state, before, self.birth.ids.text(0))
            else:
                said = events.notification(self.alarm, self.state, before, self.birth.epoch)
            self.hand_over(now, target, encode(said), (self.arn,), cause)

    def tell(self, what: str, detail: str, cause: Cause | None = None) -> None:
        """The trace."""
        self.notes.append((what, self.arn, self.arn, detail, cause))
