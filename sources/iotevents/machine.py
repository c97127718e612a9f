"""The detectors of one model.

Laws: a message meets the detector of its key, which is made by its first one and enters the initial state then. The
events of the state are looked at, then its transitions: the first that holds is performed, the state is left and the
next one entered; what that enters is met by the next message. A timer ends once; it is background: nobody waits for it.
An action that has no value is passed by, and the trace tells.
"""

import json
from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from math import inf
from typing import Any, Final, assert_never

from attrs import define, field, frozen

from eventbus.core.effects import Cause
from sources._hand_over import HandingMachine

from .errors import ResourceNotFoundException
from .events import DetectorEvent, TriggerDetails
from .expressions import NoValue, Value, View, shown
from .model import Action, ClearTimer, Event, Lambda, ResetTimer, SetTimer, SetVariable, State, TransitionEvent

VERSION: Final = "1"


@frozen(eq=False, kw_only=True)
class Settings:
    name: str
    inputs: frozenset[str]
    states: Mapping[str, State]
    initial: str
    key: Sequence[str] | None
    batch: bool


@define(eq=False)
class Message:
    id: str
    input_name: str
    content: dict[str, Any]


@define(eq=False)
class Detector:
    key: str
    state: State
    created_at: float
    updated_at: float
    inputs: dict[str, Any] = field(factory=dict)  # what the last message of each held
    variables: dict[str, Value] = field(factory=dict)
    timers: dict[str, float] = field(factory=dict)  # that run: when they end
    durations: dict[str, int] = field(factory=dict)  # those that have ended too, in seconds
    queued: dict[str, float] = field(factory=dict)  # when the machine looks at a timer next


@define(eq=False)
class Meeting:
    """A detector, and the message or the end of a timer that it meets."""

    detector: Detector
    message: Message | None
    timer: str | None
    cause: Cause | None

    def view(self) -> View:
        detector, message = self.detector, self.message
        trigger = "Timer" if message is None else "Message"
        name = None if message is None else message.input_name
        return View(detector.inputs, detector.variables, trigger, name, self.timer)

    def details(self) -> TriggerDetails:
        if self.message is None:
            return {"triggerType": "Timer", "timerName": self.timer or ""}
        return {"triggerType": "Message", "inputName": self.message.input_name, "messageId": self.message.id}

    @property
    def about(self) -> tuple[str, ...]:
        return () if self.message is None else (self.message.id,)


@define(eq=False)
class DetectorModelMachine(HandingMachine):
    settings: Settings
    _detectors: dict[str, Detector] = field(factory=dict, init=False)
    _due: list[tuple[float, int, str, str]] = field(factory=list, init=False)  # when to look at which timer
    _order: int = field(default=0, init=False)

    def put(self, now: float, messages: Sequence[Message], cause: Cause | None) -> None:
        for message in messages:
            self.notes.append(("published", self.arn, message.id, f"to {message.input_name}", cause))
            key = self._key(message.content)
            if key is None:
                self.notes.append(("dropped", self.arn, message.id, "it has no value of the key", cause))
            else:
                self._meet(now, key, message, cause)

    def detector(self, now: float, key: str) -> Detector:
        found = self._detectors.get(key)
        if found is None:
            raise ResourceNotFoundException(f"There is no detector of {self.settings.name} with the key {key!r}")
        return found

    def detectors(self, now: float, state: str | None) -> list[Detector]:
        """By key."""
        found = [each for each in self._detectors.values() if state in (None, each.state.state_name)]
        return sorted(found, key=lambda each: each.key)

    def milliseconds(self, now: float) -> int:
        return round((self.birth.epoch + now) * 1_000)

    def wake(self, now: float) -> None:
        super().wake(now)
        while self._due and self._due[0][0] <= now:
            at, _, key, name = heappop(self._due)
            detector = self._detectors[key]
            if detector.queued.get(name) != at:  # one that was looked at earlier
                continue
            del detector.queued[name]
            ends_at = detector.timers.get(name, inf)
            if ends_at <= now:
                del detector.timers[name]
                self._evaluate(now, Meeting(detector, None, name, None))
            elif ends_at < inf:  # it was set anew
                self._look(ends_at, detector, name)

    def next_deadline(self) -> float:
        return min(self._due[0][0] if self._due else inf, super().next_deadline())

    # ------------------------------------------------------------ a detector meets something
    def _key(self, content: Any) -> str | None:
        if self.settings.key is None:
            return ""
        for name in self.settings.key:
            content = content.get(name) if isinstance(content, dict) else None
        if content is None or isinstance(content, dict | list):
            return None
        return content if isinstance(content, str) else json.dumps(content)

    def _meet(self, now: float, key: str, message: Message, cause: Cause | None) -> None:
        detector = self._detectors.get(key)
        is_new = detector is None
        if detector is None:
            detector = self._detectors[key] = Detector(key, self.settings.states[self.settings.initial], now, now)
        detector.inputs[message.input_name] = message.content
        meeting = Meeting(detector, message, None, cause)
        if is_new:
            self._perform_all(now, meeting, detector.state.on_enter)
        self._evaluate(now, meeting)

    def _evaluate(self, now: float, meeting: Meeting) -> None:
        detector, batch = meeting.detector, self.settings.batch
        detector.updated_at, state = now, detector.state
        transition = _transition(meeting) if batch else None
        self._perform_all(now, meeting, state.on_input)
        if not batch:
            transition = _transition(meeting)
        if transition is not None:
            self._perform(now, meeting, transition)
            self._perform_all(now, meeting, state.on_exit)
            detector.state = self.settings.states[transition.next_state]
            self._perform_all(now, meeting, detector.state.on_enter)
        way = f"from {state.state_name} to " if transition is not None else "stays "
        told = f"the detector {detector.key!r} {way}{detector.state.state_name}"
        self.notes.append(("evaluated", self.arn, meeting.about, told, meeting.cause))

    def _perform_all(self, now: float, meeting: Meeting, events: Sequence[Event]) -> None:
        if self.settings.batch:
            view = meeting.view()
            events = [event for event in events if event.parsed is None or event.parsed.holds(view)]
            for event in events:
                self._perform(now, meeting, event)
            return
        for event in events:
            if event.parsed is None or event.parsed.holds(meeting.view()):
                self._perform(now, meeting, event)

    def _perform(self, now: float, meeting: Meeting, event: Event) -> None:
        for action in event.actions:
            try:
                self._act(now, meeting, event, action)
            except NoValue as reason:
                why = f"action {type(action).__name__} of {event.event_name}: {reason}"
                self.notes.append(("passed_by", self.arn, meeting.about, why, meeting.cause))

    def _act(self, now: float, meeting: Meeting, event: Event, action: Action) -> None:
        detector = meeting.detector
        match action:
            case SetVariable():
                detector.variables[action.variable_name] = action.parsed.value(meeting.view())
            case SetTimer():
                self._start(now, detector, action.timer_name, action.seconds)
            case ResetTimer():
                if action.timer_name not in detector.durations:
                    raise NoValue(f"the timer {action.timer_name} was not set")
                self._start(now, detector, action.timer_name, detector.durations[action.timer_name])
            case ClearTimer():
                detector.timers.pop(action.timer_name, None)
                detector.durations.pop(action.timer_name, None)
            case Lambda():
                self._invoke(now, meeting, event, action)
            case _:
                assert_never(action)

    def _start(self, now: float, detector: Detector, name: str, seconds: int) -> None:
        detector.durations[name] = seconds
        detector.timers[name] = ends_at = now + seconds
        if ends_at < detector.queued.get(name, inf):
            self._look(ends_at, detector, name)

    def _look(self, at: float, detector: Detector, name: str) -> None:
        self._order += 1
        detector.queued[name] = at
        heappush(self._due, (at, self._order, detector.key, name))

    def _invoke(self, now: float, meeting: Meeting, event: Event, action: Lambda) -> None:
        id = self.new_id()
        if action.content is None:
            body = json.dumps(self._default_event(now, meeting, event, id), separators=(",", ":"))
        else:
            body = _content(action, action.content.value(meeting.view()))
        self.hand_over(now, action.arn, body, (*meeting.about, id), meeting.cause)

    def _default_event(self, now: float, meeting: Meeting, event: Event, id: str) -> DetectorEvent:
        detector = meeting.detector
        timers = {name: self.milliseconds(ends_at) for name, ends_at in detector.timers.items()}
        return {
            "eventName": event.event_name,
            "eventTime": self.milliseconds(now),
            "payload": {
                "actionExecutionId": id,
                "detector": {
                    "detectorModelName": self.settings.name,
                    "detectorModelVersion": VERSION,
                    "keyValue": detector.key,
                },
                "eventTriggerDetails": meeting.details(),
                "state": {
                    "stateName": detector.state.state_name,
                    "variables": dict(detector.variables),
                    "timers": timers,
                },
            },
        }


def _transition(meeting: Meeting) -> TransitionEvent | None:
    """The first that holds."""
    view = meeting.view()
    events = meeting.detector.state.transition_events
    return next((event for event in events if event.parsed is not None and event.parsed.holds(view)), None)


def _content(action: Lambda, value: Value) -> str:
    """JSON. Raises `NoValue`."""
    if action.type == "STRING":
        return json.dumps(shown(value))
    try:
        return json.dumps(json.loads(value if isinstance(value, str) else json.dumps(value)), allow_nan=False)
    except (ValueError, RecursionError):
        raise NoValue("its content is no JSON") from None
