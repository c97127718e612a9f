"""Detectors of a model: every row of the table, evaluation in batches and one after the other, timers."""

import copy
import json
from math import inf
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from eventbus import InvalidSetting
from sources import iotevents as iote
from tests.contracts import iotevents_table as table
from tests.golden import load, match
from tests.sources.helpers import done
from tests.sources.iotevents.helpers import READINGS, WORK, client_at, fridge, make_machine, one_state, put, sent, until


@pytest.mark.parametrize("method", ["BATCH", "SERIAL"])
@pytest.mark.parametrize("row", table.MESSAGES, ids=lambda row: row.id)
def test_messages(row: table.Messages, method: str) -> None:
    """Which events invoke the function, when, for whom, with which variables."""
    machine, found = make_machine(fridge(evaluation_method=method)), []
    for at, content in row.messages:
        found += until(machine, at)
        found += [(at, event) for event in put(machine, at, content)]
    found += until(machine, 200)

    assert [
        table.Invoked(
            at,
            event["eventName"],
            event["payload"]["detector"]["keyValue"],
            event["payload"]["eventTriggerDetails"]["triggerType"],
            event["payload"]["state"]["variables"],
        )
        for at, event in found
    ] == list(row.invoked)
    assert {event["payload"]["state"]["stateName"] for _, event in found} <= {"warm"}


@pytest.mark.parametrize("row", table.PAYLOADS, ids=lambda row: row.id)
def test_payloads(row: table.Payload) -> None:
    given = row.payload or {}
    payload = {"type": given["type"], "content_expression": given["contentExpression"]} if given else None
    [event] = put(make_machine(fridge(payload=payload)), 10.5, {"device": "a1", "celsius": 9})

    match(load("iotevents/message") if row.event is None else row.event, event)


def test_goldens() -> None:
    """The alarm, and a minute later what its timer does."""
    machine = make_machine(fridge())
    [message] = put(machine, 10.5, {"device": "a1", "celsius": 9})
    [(at, timer)] = until(machine, 200)

    match(load("iotevents/message"), message)
    match(load("iotevents/timer"), timer)
    assert at == 70.5


def test_golden_while_a_timer_runs() -> None:
    """It is told with its end, if it was set before."""
    model = fridge(states=[*_timer_first(), *fridge().states[1:]])
    [event] = put(make_machine(model), 10.5, {"device": "a1", "celsius": 9})

    match(load("iotevents/message_with_timer"), event)
    assert event["payload"]["state"]["timers"] == {"cool": 1_767_225_670_500}


def _timer_first() -> list[iote.State]:
    start = [iote.SetVariable("count", "0"), iote.SetTimer("cool", 60)]
    warmed = iote.TransitionEvent("warmed", condition="$input.readings.celsius > 8", next_state="warm")
    return [iote.State("cold", on_enter=[iote.Event("start", start)], transition_events=[warmed])]


def test_golden_of_a_custom_payload() -> None:
    content = '\'{"device": "${$input.readings.device}", "warm": true}\''
    [event] = put(make_machine(fridge(payload={"content_expression": content})), 10.5, {"device": "a1", "celsius": 9})

    match(load("iotevents/custom_payload"), event)


@pytest.mark.parametrize("golden", ["message", "timer"])
def test_sample_events(golden: str) -> None:
    event = iote.sample_event(kind=golden)
    wanted = {**load(f"iotevents/{golden}"), "eventTime": event["eventTime"]}
    wanted["payload"]["state"]["variables"] = {}

    match(wanted, json.loads(json.dumps(event)))


@pytest.mark.parametrize("settings", [{"kind": "x"}, {"model": "a b"}], ids=str)
def test_samples_that_are_refused(settings: Any) -> None:
    with pytest.raises(InvalidSetting):
        iote.sample_event(**settings)


# ---------------------------------------------------------------------------------------------------------- evaluation
@pytest.mark.parametrize(("method", "names"), [("BATCH", ["first"]), ("SERIAL", ["first", "second"])])
def test_variables_within_one_group(method: Any, names: list[str]) -> None:
    """In a batch conditions are looked at before anything is performed, those of transitions too."""
    events = [
        iote.Event("first", [iote.SetVariable("n", "1"), iote.Lambda(WORK)], condition="$variable.n == 0"),
        iote.Event("second", [iote.Lambda(WORK)], condition="$variable.n == 1"),
    ]
    away = iote.TransitionEvent("away", condition="$variable.n == 1", next_state="off")
    start = iote.Event("start", [iote.SetVariable("n", "0")])
    on = iote.State("on", on_enter=[start], on_input=events, transition_events=[away])
    model = iote.DetectorModel(
        "m", inputs=[READINGS], states=[on, iote.State("off")], initial_state_name="on", evaluation_method=method
    )
    machine = make_machine(model)

    assert [event["eventName"] for event in put(machine, 0.0, {"device": "a"})] == names
    assert machine.detector(0.0, "").state.state_name == ("on" if method == "BATCH" else "off")


def test_a_transition_in_its_order() -> None:
    """Its own actions, what leaves the state, what enters the next one: all told of the state that it is in then."""

    def event(name: str, **more: Any) -> Any:
        kind = iote.TransitionEvent if "next_state" in more else iote.Event
        return kind(name, [iote.Lambda(WORK)], **more)

    states = [
        iote.State(
            "a",
            on_enter=[event("enter a")],
            on_input=[event("input a")],
            on_exit=[event("exit a")],
            transition_events=[
                event("never", condition="1", next_state="a"),
                event("on", condition="true", next_state="b"),
                event("too late", condition="true", next_state="a"),
            ],
        ),
        iote.State("b", on_enter=[event("enter b")], on_input=[event("input b")], on_exit=[event("exit b")]),
    ]
    machine = make_machine(iote.DetectorModel("m", inputs=[READINGS], states=states, initial_state_name="a"))
    names = ["enter a", "input a", "on", "exit a", "enter b"]
    found = put(machine, 0.0, {})

    assert [event["eventName"] for event in found] == names
    assert [event["payload"]["state"]["stateName"] for event in found] == ["a", "a", "a", "a", "b"]
    assert [event["eventName"] for event in put(machine, 1.0, {})] == ["input b"]
    assert machine.notes[-1] == ("evaluated", machine.arn, ("m1",), "the detector '' stays b", None)


def test_last_message_of_each_input() -> None:
    """Is what expressions look at; `currentInput` tells which one it is now."""
    other = iote.Input("other", ["x"])
    sum_up = iote.Lambda(WORK, content_expression="$input.readings.celsius + $input.other.x")
    event = iote.Event("sum", [sum_up], condition='currentInput("other") && triggerType("Message")')
    model = iote.DetectorModel(
        "m", inputs=[READINGS, other], states=[iote.State("on", on_input=[event])], initial_state_name="on"
    )
    machine = make_machine(model)

    assert put(machine, 0.0, {"x": 1}, name="other") == []
    assert "has no value" in next(note[3] for note in machine.notes if note[0] == "passed_by")
    assert put(machine, 0.0, {"celsius": 5}) == []
    assert put(machine, 0.0, {"x": 2}, name="other") == [7]


def test_actions_without_a_value_are_passed_by() -> None:
    """The others of the event are performed; the trace says why."""
    actions = [
        iote.SetVariable("n", "$input.readings.celsius + 1"),
        iote.Lambda(WORK, content_expression="'{'"),
        iote.ResetTimer("t"),
        iote.Lambda(WORK, content_expression="$input.readings.device", type="STRING"),
        iote.ClearTimer("t"),
    ]
    set_timer = iote.Event("never", [iote.SetTimer("t", 5)], condition="false")
    machine = make_machine(one_state(on_input=[iote.Event("e", actions), set_timer]))

    assert put(machine, 0.0, {"celsius": "9", "device": 5}) == ["5"]
    reasons = [note[3] for note in machine.notes if note[0] == "passed_by"]
    assert [reason.partition(":")[0].split()[1] for reason in reasons] == ["SetVariable", "Lambda", "ResetTimer"]


# -------------------------------------------------------------------------------------------------------------- timers
def watchdog(*actions: Any) -> Any:
    """Messages of 1 degree perform `actions`; the end of the timer `t` invokes the function."""
    on = iote.Event("any", actions, condition='triggerType("Message") && $input.readings.celsius == 1')
    end = iote.Event("end", [iote.Lambda(WORK)], condition='timeout("t")')
    start = [iote.SetTimer("t", 60)]
    return make_machine(one_state(variables=start, on_input=[on, end]))


@pytest.mark.parametrize(
    ("actions", "ends"),
    [
        ((), [60.0]),
        ((iote.SetTimer("t", 30),), [50.0]),
        ((iote.SetTimer("t", 90),), [110.0]),
        ((iote.SetTimer("t", 30), iote.SetTimer("t", 90)), [110.0]),
        ((iote.ResetTimer("t"),), [80.0]),
        ((iote.ClearTimer("t"),), []),
        ((iote.ClearTimer("t"), iote.SetTimer("t", 45)), [65.0]),
    ],
    ids=str,
)
def test_a_timer_ends_once(actions: Any, ends: list[float]) -> None:
    """Set at 0 s; the message at 20 s sets it anew, resets it, clears it."""
    machine = watchdog(*actions)
    put(machine, 0.0, {"celsius": 0})
    put(machine, 20.0, {"celsius": 1})

    assert [at for at, _ in until(machine, 1_000)] == ends
    assert machine.next_deadline() == inf


def test_timers_are_background() -> None:
    """Nobody waits for them, and one that starts anew at each message is one entry."""
    machine = watchdog(iote.SetTimer("t", 60))
    for second in range(1_000):
        put(machine, float(second), {"celsius": 1})

    assert machine.outstanding() == 0
    assert len(machine._due) == 1
    assert [at for at, _ in until(machine, 2_000)] == [1_059.0]


def test_two_timers_that_end_together() -> None:
    """Each is looked at by itself; one that is set again at its own end ends again."""
    again = iote.Event("again", [iote.Lambda(WORK), iote.SetTimer("a", 60)], condition='timeout("a")')
    other = iote.Event("other", [iote.Lambda(WORK)], condition='timeout("b")')
    start = [iote.SetTimer("b", 60), iote.SetTimer("a", 60)]
    machine = make_machine(one_state(variables=start, on_input=[again, other]))
    put(machine, 0.0, {})

    assert [(at, event["eventName"]) for at, event in until(machine, 180)] == [
        (60.0, "other"),
        (60.0, "again"),
        (120.0, "again"),
        (180.0, "again"),
    ]


# -------------------------------------------------------------------------------------------------------------- client
@pytest.mark.parametrize("row", table.PUTS, ids=lambda row: row.id)
def test_puts(row: table.Put) -> None:
    client, machine, _ = client_at(0.0, fridge())
    entries = [{"message_id": id, "input_name": name, "payload": text} for id, name, text in row.entries]

    if row.error is None:
        result = done(client.batch_put_message(entries))
        assert {each.message_id: each.error_code for each in result.batch_put_message_error_entries} == row.failed
        assert len([note for note in machine.notes if note[0] == "published"]) == len(entries) - len(row.failed)
    else:
        with pytest.raises(iote.InvalidRequestException):
            done(client.batch_put_message(entries))


@pytest.mark.parametrize(
    "payload",
    ["[1]", "5", "NaN", '{"a": 1e400}', '{"a": NaN}', b"\xff", 7, None, '{"a": "\ud800"}', b"[" * 1_000],
    ids=lambda each: repr(each)[:20],
)
def test_payloads_that_are_refused(payload: Any) -> None:
    """By an entry of the answer."""
    client, machine, _ = client_at(0.0, fridge())
    entry = {"message_id": "m", "input_name": "readings", "payload": payload}
    [error] = done(client.batch_put_message([entry])).batch_put_message_error_entries

    assert error.error_code == "InvalidRequestException"
    assert machine.notes == []


@pytest.mark.parametrize(
    "messages",
    [
        "x",
        {},
        None,
        [1],
        [{"message_id": "m", "input_name": "readings"}],
        [{"message_id": 1, "input_name": "r", "payload": ""}],
        [{"message_id": "m", "input_name": "r", "payload": "", "timestamp": 1}],
    ],
    ids=str,
)
def test_calls_that_are_refused(messages: Any) -> None:
    client, *_ = client_at(0.0, fridge())

    with pytest.raises(iote.InvalidRequestException):
        done(client.batch_put_message(messages))


def test_describing_detectors() -> None:
    """As they are now, and all of a state, by key."""
    client, _, feed = client_at(10.0, fridge())

    async def main() -> Any:
        for key, celsius in (("b", 9), ("a", 5)):
            payload = json.dumps({"device": key, "celsius": celsius}).encode()
            await client.batch_put_message([{"message_id": key, "input_name": "readings", "payload": payload}])
        feed.now = 20.0
        await client.batch_put_message([{"message_id": "c", "input_name": "readings", "payload": '{"device": "b"}'}])
        listed = [each.key_value for each in await client.list_detectors()]
        warm = [each.key_value for each in await client.list_detectors(state_name="warm")]
        return await client.describe_detector("b"), listed, warm

    found, listed, warm = done(main())
    assert (listed, warm) == (["a", "b"], ["b"])
    assert (found.detector_model_name, found.detector_model_version, found.state_name) == ("fridge", "1", "warm")
    assert found.variables == {"count": 1}
    assert {name: at.second for name, at in found.timers.items()} == {"cool": 10}
    assert (found.creation_time.second, found.last_update_time.second) == (10, 20)
    with pytest.raises(iote.ResourceNotFoundException):
        done(client.describe_detector("c"))
    with pytest.raises(iote.InvalidRequestException):
        done(client.describe_detector(7))  # type: ignore[arg-type]  # refused at run time too


class Detectors(RuleBasedStateMachine):
    """The fridge beside a plain model of it: state, count and timer of each device."""

    def __init__(self) -> None:
        super().__init__()
        self.machine: Any = make_machine(fridge())
        self.now = 0.0
        self.warm: dict[str, float | None] = {}
        self.count: dict[str, int] = {}
        self.expected: list[str] = []
        self.found: list[str] = []

    def collect(self) -> None:
        self.found += [event["eventName"] for event in sent(self.machine)]

    @rule(device=st.sampled_from(["a", "b"]), celsius=st.integers(7, 10))
    def report(self, device: str, celsius: int) -> None:
        if celsius > 8 and device not in self.warm:
            self.warm[device] = self.now + 60
            self.expected.append("alarm")
        elif celsius <= 8:
            self.warm.pop(device, None)
        self.found += [
            event["eventName"] for event in put(self.machine, self.now, {"device": device, "celsius": celsius})
        ]

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds: int) -> None:
        self.now += seconds
        self.found += [event["eventName"] for _, event in until(self.machine, self.now)]
        for device, ends_at in self.warm.items():
            if ends_at is not None and ends_at <= self.now:
                self.warm[device] = None
                self.expected.append("still")

    @rule()
    def go_on_with_a_copy(self) -> None:
        self.machine = copy.deepcopy(self.machine)

    @invariant()
    def agrees(self) -> None:
        assert self.found == self.expected
        assert {each.key for each in self.machine.detectors(self.now, "warm")} == set(self.warm)


TestDetectors = Detectors.TestCase
TestDetectors.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
