"""A bus beside a model: rules that come and go, hand-overs that fail, in any order."""

import copy
import json

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from hypothesis.stateful import rule as step

from eventbus.core.effects import Deliver
from eventbus.errors import ValidationException
from sources import eventbridge, sqs
from sources.eventbridge.checking import rule_settings
from sources.eventbridge.targets import targets_of
from tests.sources.eventbridge.helpers import DEAD, make_bus


class Buses(RuleBasedStateMachine):
    """Beside a list of (rule, enabled, kinds, targets) and the deliveries that are due, by time."""

    names = st.sampled_from(["a", "b", "c"])
    kinds = st.sampled_from(["x", "y", "z"])
    queues = [sqs.Queue(name) for name in ("p", "q", "r")]

    @initialize()
    def start(self) -> None:
        self.machine = make_bus()
        self.model: dict[str, tuple[bool, list[str], list[int]]] = {}
        self.now = 0.0
        self.tries: dict[int, tuple[str, int]] = {}

    @step()
    def go_on_with_a_copy(self) -> None:
        self.machine = copy.deepcopy(self.machine)

    @step(name=names, kinds=st.lists(kinds, min_size=1, max_size=2, unique=True), enabled=st.booleans())
    def put_rule(self, name: str, kinds: list[str], enabled: bool) -> None:
        state = "ENABLED" if enabled else "DISABLED"
        self.machine.rules.put(self.now, rule_settings("default", name, {"detail": {"kind": kinds}}, None, state, None))
        self.model[name] = (enabled, kinds, self.model[name][2] if name in self.model else [])

    @step(name=names, number=st.integers(0, 2))
    def put_target(self, name: str, number: int) -> None:
        if name not in self.model:
            return
        wanted = targets_of(
            [eventbridge.Target(self.queues[number], maximum_retry_attempts=2, dead_letter=DEAD)], 1, 10
        )
        self.machine.rules.put_targets(self.now, name, wanted)
        if number not in self.model[name][2]:
            self.model[name][2].append(number)

    @step(name=names)
    def delete_rule(self, name: str) -> None:
        try:
            self.machine.rules.delete(self.now, name)
        except ValidationException:
            assert self.model[name][2]
            self.machine.rules.remove_targets(
                self.now, name, [self.queues[number].name for number in self.model[name][2]]
            )
            self.model[name] = (*self.model[name][:2], [])
        else:
            self.model.pop(name, None)

    @step(enabled=st.booleans(), name=names)
    def enable(self, enabled: bool, name: str) -> None:
        if name in self.model:
            self.machine.rules.enable(self.now, name, enabled)
            self.model[name] = (enabled, *self.model[name][1:])

    @step(kind=kinds)
    def put(self, kind: str) -> None:
        id = self.machine.put(self.now, "shop", "t", json.dumps({"kind": kind}))
        due = [
            (id, number)
            for enabled, kinds, numbers in self.model.values()
            if enabled and kind in kinds
            for number in numbers
        ]
        assert self.tried() == due

    @step(data=st.data(), error=st.sampled_from([None, None, "ServiceUnavailable", "AccessDeniedException: no"]))
    def answer(self, data: st.DataObject, error: str | None) -> None:
        if not self.tries:
            return
        token = data.draw(st.sampled_from(sorted(self.tries)))
        del self.tries[token]
        before = self.machine.outstanding()
        self.machine.delivered(self.now, token, error)
        self.settle_letters()
        if error != "ServiceUnavailable":
            assert self.machine.outstanding() == before - 1

    @step(seconds=st.sampled_from([0.5, 1.0, 5.0]))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.machine.wake(self.now)
        assert self.machine.next_deadline() > self.now
        self.tried()

    def tried(self) -> list[tuple[str, int]]:
        """Hand-overs since the last time, kept to be answered."""
        found = []
        for effect in self.machine.effects:
            assert isinstance(effect, Deliver)
            number = [queue.arn for queue in self.queues].index(effect.target)
            found.append((json.loads(effect.body)["id"], number))
            assert effect.token not in self.tries
            self.tries[effect.token] = found[-1]
        self.machine.effects.clear()
        return found

    def settle_letters(self) -> None:
        """Dead letters are taken at once."""
        letters, self.machine.effects[:] = list(self.machine.effects), []
        for letter in letters:
            assert isinstance(letter, Deliver)
            assert letter.target == DEAD.arn
            self.machine.delivered(self.now, letter.token, None)

    @invariant()
    def nothing_is_lost(self) -> None:
        """Whatever waits for an answer is outstanding; once all are answered and retried, nothing is."""
        assert self.machine.outstanding() >= len(self.tries)
        if self.machine.next_deadline() == float("inf"):
            assert self.machine.outstanding() == len(self.tries)


TestBuses = Buses.TestCase
TestBuses.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
