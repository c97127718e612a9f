"""A FIFO topic with failing endpoints, beside a plain model."""

import copy
from collections import defaultdict

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eventbus.core.effects import Deliver
from eventbus.names import Arn, arn_of
from sources.sns.machine import TopicMachine
from sources.sns.message import Message
from tests.sources.sns.helpers import make_topic

RAW = {"RawMessageDelivery": "true"}
DEAD = {False: "dead", True: "dead.fifo"}


class Topic(RuleBasedStateMachine):
    """What each endpoint was sent, in order, is what was published while it was subscribed: all of it once it answers,
    in order in each group, nothing twice but what failed; what was refused for good is a dead letter."""

    groups = st.sampled_from(["a", "b"])

    @initialize(fifo=st.booleans())
    def start(self, fifo: bool) -> None:
        self.fifo = fifo
        self.machine: TopicMachine = make_topic("orders.fifo" if fifo else "orders")
        self.now = 0.0
        self.count = 0
        self.subscribed = 0
        self.arns: dict[Arn, str] = {}  # endpoint -> subscription
        self.dead_arn = arn_of("sqs", DEAD[fifo])
        self.due: dict[Arn, list[str]] = defaultdict(list)  # neither arrived nor given up
        self.out: list[Deliver] = []  # nobody has answered yet
        self.arrived: dict[Arn, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.dead = 0
        self.refused = 0
        self.collect()

    @rule()
    def go_on_with_a_copy(self) -> None:
        self.machine = copy.deepcopy(self.machine)

    @rule()
    def subscribe(self) -> None:
        """An endpoint that was never subscribed before: a second subscription would not wait for the first."""
        endpoint = arn_of("sqs", f"q{self.subscribed}" + (".fifo" if self.fifo else ""))
        redrive = f'{{"deadLetterTargetArn": "{self.dead_arn}"}}'
        self.arns[endpoint] = self.machine.subscribe(self.now, "sqs", endpoint, {**RAW, "RedrivePolicy": redrive}).arn
        self.subscribed += 1

    @rule()
    def leave(self) -> None:
        """What was published before is still due."""
        if self.arns:
            endpoint = next(iter(self.arns))
            self.machine.unsubscribe(self.now, self.arns.pop(endpoint))

    @rule(group=groups, duplicate=st.booleans())
    def publish(self, group: str, duplicate: bool) -> None:
        self.count += 1
        body = f"{group}{self.count}"
        for _ in range(1 + (duplicate and self.fifo)):
            given = (group, body) if self.fifo else (None, None)
            self.machine.publish(self.now, Message(body, group=given[0], deduplication_id=given[1]))
        for endpoint in self.arns:
            self.due[endpoint].append(body)
        self.collect()

    @rule(data=st.data(), answer=st.sampled_from([None, None, "ServiceUnavailable", "AccessDeniedException"]))
    def answer(self, data: st.DataObject, answer: str | None) -> None:
        if not self.out:
            return
        effect = self.out.pop(data.draw(st.integers(0, len(self.out) - 1)))
        self.machine.delivered(self.now, effect.token, answer)
        self.machine.delivered(self.now, effect.token, None)  # a late one changes nothing
        if effect.target == self.dead_arn:
            self.dead += 1
        elif answer != "ServiceUnavailable":
            self.due[effect.target].remove(effect.body)
            self.arrived[effect.target][effect.body[0]].append(int(effect.body[1:]))
            self.refused += answer is not None
        self.collect()

    @rule(seconds=st.sampled_from([0.0, 0.5, 1.0, 20.0]))
    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while self.machine.next_deadline() <= end:
            self.now = self.machine.next_deadline()
            self.machine.wake(self.now)
            assert self.machine.next_deadline() > self.now
            self.collect()
        self.now = end

    def collect(self) -> None:
        for effect in self.machine.effects:
            assert isinstance(effect, Deliver)
            self.out.append(effect)
        self.machine.effects.clear()

    @invariant()
    def everything_due_is_outstanding(self) -> None:
        dead = sum(effect.target == self.dead_arn for effect in self.out)
        assert self.machine.outstanding() == sum(map(len, self.due.values())) + dead
        assert self.refused == self.dead + dead
        assert len(self.machine.subscriptions) == len(self.arns)

    @invariant()
    def groups_are_in_order(self) -> None:
        if not self.fifo:
            return
        for groups in self.arrived.values():
            for numbers in groups.values():
                assert numbers == sorted(numbers)
        on_the_way = [(effect.target, effect.body[0]) for effect in self.out if effect.target != self.dead_arn]
        assert len(set(on_the_way)) == len(on_the_way)

    @invariant()
    def nothing_is_sent_twice_at_once(self) -> None:
        tokens = [effect.token for effect in self.out]
        assert len(set(tokens)) == len(tokens)


TestTopic = Topic.TestCase
TestTopic.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
