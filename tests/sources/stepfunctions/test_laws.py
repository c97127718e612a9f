"""What always holds: whatever functions answer and clients do, executions end as documented, and nothing is left over."""

import copy
import json
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eventbus.core.effects import Invoke
from eventbus.core.outcomes import Outcome, Succeeded, Throttled
from eventbus.errors import InvalidSetting
from sources.stepfunctions.data import parsed
from sources.stepfunctions.definition import read
from sources.stepfunctions.errors import TaskTimedOut
from sources.stepfunctions.lanes import Execution
from sources.stepfunctions.machine import StateMachineMachine
from tests.sources.fuzzed import VALUES, near, outcomes
from tests.sources.stepfunctions.helpers import (
    DONE,
    INVOKE,
    answer,
    begin,
    definition,
    event_of,
    failure,
    make,
    task,
    value,
    with_token,
)

GOOD: Any = {"kind": "new", "at": "2026-01-01T00:00:09Z", "seconds": 3, "items": [{"n": 1}, {"n": 2}], "a": {"b": "c"}}
CHOICES: list[dict[str, Any]] = [
    {"And": [{"Variable": "$.items[0].n", "IsNumeric": True}, {"Variable": "$.kind", "StringMatches": "n*"}]},
    {"Variable": "$.at", "TimestampLessThan": "2026-01-01T00:00:10Z"},
    {"Not": {"Variable": "$.kind", "IsPresent": True}},
    {"Variable": "$.seconds", "NumericGreaterThanPath": "$.items[0].n"},
]
FUZZED = make(
    definition(
        Ask=task(
            ResultSelector={
                "kind.$": "$.kind",
                "at.$": "$.at",
                "seconds.$": "$.seconds",
                "items.$": "$.items",
                "ns.$": "$.items[?(@.n > 1)].n",
                "said.$": "States.Format('{} {}', $.a.b, States.ArrayLength($.items))",
            },
            Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Rescue"}],
            Retry=[{"ErrorEquals": ["ValueError"], "MaxAttempts": 1}],
            Next="Choose",
        ),
        Choose={"Type": "Choice", "Choices": [{**each, "Next": "Pause"} for each in CHOICES], "Default": "Until"},
        Pause={"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Until"},
        Until={"Type": "Wait", "TimestampPath": "$.at", "Next": "Both"},
        Both={
            "Type": "Parallel",
            "Branches": [definition(B1={**DONE, "OutputPath": "$.items"}), definition(B2=DONE)],
            "ResultPath": "$.both",
            "End": True,
        },
        Rescue={"Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "$.error.Cause"},
    )
)
RAW = FUZZED.definition


def check_answer(outcome: Outcome) -> None:
    """It ends; errors and outputs are as the API has them."""
    machine = StateMachineMachine(FUZZED.arn, FUZZED.birth, RAW)
    execution = begin(machine, {"id": 7})
    answer(machine, outcome)
    while machine.next_deadline() < inf:
        now = machine.next_deadline()
        machine.wake(now)
        assert machine.next_deadline() > now
        for effect in [each for each in machine.effects if isinstance(each, Invoke)]:
            machine.effects.clear()
            machine.finished(now, effect.token, outcome)

    assert (machine.outstanding(), len(machine.waits)) == (0, 0)
    if execution.status == "SUCCEEDED":
        assert execution.output is not None
        assert set(parsed(execution.output)) == {"kind", "at", "seconds", "items", "ns", "said", "both"}
    else:
        assert execution.status == "FAILED"
        assert len(execution.error or "") <= 256
        assert len(execution.why or "") <= 32_768
    json.dumps([happened.details for happened in execution.history]).encode()


@given(outcomes(GOOD))
@settings(max_examples=100, deadline=None)
def test_whatever_a_function_answers(outcome: Outcome) -> None:
    check_answer(outcome)


@pytest.mark.long
@given(outcomes(GOOD))
@settings(max_examples=10_000, deadline=None)
def test_whatever_a_function_answers_many(outcome: Outcome) -> None:
    check_answer(outcome)


DEFINITION: Any = definition(
    A=task(
        Resource=INVOKE,
        Parameters={"FunctionName": "work", "Payload": {"a.$": "States.Array($.b, 'x')"}},
        Retry=[{"ErrorEquals": ["E"], "IntervalSeconds": 2, "MaxAttempts": 2, "BackoffRate": 1.5}],
        Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "C"}],
        TimeoutSeconds=9,
        ResultPath="$.r",
        Next="B",
    ),
    B={
        "Type": "Choice",
        "Choices": [{"Not": {"Variable": "$.v", "NumericEqualsPath": "$.w"}, "Next": "C"}],
        "Default": "D",
    },
    C={"Type": "Wait", "Timestamp": "2026-01-01T00:00:00Z", "Next": "D"},
    D={"Type": "Parallel", "Branches": [definition(E={"Type": "Fail", "Error": "x"})], "End": True},
)


def check_definition(given: Any) -> None:
    try:
        read(given)
    except InvalidSetting:
        return


@given(near(DEFINITION) | VALUES | st.text(max_size=20))
@settings(max_examples=50, deadline=None)
def test_whatever_is_declared(given: Any) -> None:
    """Is taken, or refused by name."""
    check_definition(given)


@pytest.mark.long
@given(near(DEFINITION) | VALUES | st.text(max_size=20))
@settings(max_examples=10_000, deadline=None)
def test_whatever_is_declared_many(given: Any) -> None:
    check_definition(given)


BUSY = definition(
    First=task(TimeoutSeconds=7, Retry=[{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}], Next="Both"),
    Both={
        "Type": "Parallel",
        "Branches": [
            definition(
                Hold=with_token(HeartbeatSeconds=5, TimeoutSeconds=20, Next="Nap"),
                Nap={"Type": "Wait", "Seconds": 3, "End": True},
            ),
            definition(Second=task()),
        ],
        "Retry": [{"ErrorEquals": ["States.HeartbeatTimeout"], "MaxAttempts": 1, "JitterStrategy": "FULL"}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Last"}],
        "Next": "Last",
    },
    Last={"Type": "Succeed"},
)


ANSWERS = [value({"n": 1}), value({"n": 1}), value(None), failure(), Throttled("x"), Succeeded(b"{")]


class Executions(RuleBasedStateMachine):
    """Several at once: answered, woken, stopped, their tokens used; and copied in between."""

    def __init__(self) -> None:
        super().__init__()
        self.machine = make({**BUSY, "TimeoutSeconds": 60})
        self.now = 0.0
        self.out: list[Invoke] = []
        self.tokens: list[str] = []

    def look(self) -> None:
        for effect in self.machine.effects:
            if isinstance(effect, Invoke):
                self.out.append(effect)
                event = event_of(effect)
                if isinstance(event, dict) and "token" in event:
                    self.tokens.append(event["token"])
        self.machine.effects.clear()

    @rule(name=st.sampled_from("abc"))
    def start(self, name: str) -> None:
        if name not in self.machine.executions:
            begin(self.machine, {"n": 1}, name, self.now)
            self.look()

    @precondition(lambda self: self.out)
    @rule(data=st.data(), outcome=st.sampled_from(ANSWERS))
    def answer(self, data: st.DataObject, outcome: Outcome) -> None:
        effect = self.out.pop(data.draw(st.integers(0, len(self.out) - 1)))
        self.machine.finished(self.now, effect.token, outcome)
        self.look()

    @precondition(lambda self: self.out)
    @rule(data=st.data())
    def deny(self, data: st.DataObject) -> None:
        effect = self.out.pop(data.draw(st.integers(0, len(self.out) - 1)))
        self.machine.denied(self.now, effect.token, "not granted")
        self.look()

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), use=st.sampled_from(["succeed", "beat"]))
    def use_token(self, data: st.DataObject, use: str) -> None:
        token = data.draw(st.sampled_from(self.tokens))
        step = getattr(self.machine, use)
        try:
            step(self.now, token, *([1] if use == "succeed" else []))
        except TaskTimedOut:
            pass
        self.look()

    @rule(seconds=st.sampled_from([0.5, 2.0, 30.0]))
    def advance(self, seconds: float) -> None:
        until = self.now + seconds
        while self.machine.next_deadline() <= until:
            self.now = max(self.now, self.machine.next_deadline())
            self.machine.wake(self.now)
            assert self.machine.next_deadline() > self.now
            self.look()
        self.now = until

    @rule(name=st.sampled_from("abc"))
    def stop(self, name: str) -> None:
        known = self.machine.executions.get(name)
        if known is not None:
            self.machine.stop(self.now, known.arn, "Enough", "")

    @rule()
    def copy(self) -> None:
        self.machine = copy.deepcopy(self.machine)

    @invariant()
    def counts_add_up(self) -> None:
        machine = self.machine
        running = [each for each in machine.executions.values() if each.status == "RUNNING"]
        assert sorted(machine.roots) == sorted(each.name for each in running)
        assert machine.outstanding() >= 0
        if not running:
            assert (machine.outstanding(), len(machine.waits)) == (0, 0)
        for execution in machine.executions.values():
            check_history(execution)


def check_history(execution: Execution) -> None:
    """Numbered from 1, each behind the one it follows; its end is its last."""
    history = execution.history
    assert [happened.id for happened in history] == list(range(1, len(history) + 1))
    assert all(happened.previous < happened.id for happened in history)
    ended = [happened.type for happened in history if happened.type.startswith("Execution")][1:]
    assert len(ended) == (execution.status != "RUNNING")


class ManyExecutions(Executions):
    pass


Executions.TestCase.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)
TestExecutions = Executions.TestCase
ManyExecutions.TestCase.settings = settings(max_examples=1_000, stateful_step_count=40, deadline=None)
TestManyExecutions = pytest.mark.long(ManyExecutions.TestCase)
