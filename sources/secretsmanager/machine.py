"""One secret: its versions, and the function that rotates it.

Laws: a rotation is up to four invocations, one after the other, with one token, which is the id of the version that is
to be current afterwards. A step that fails ends it: the version keeps AWSPENDING, and the next scheduled rotation
begins all steps again with that token. What a function returns is not looked at; a rotation has succeeded if, after its
last step, its version is current."""

from datetime import UTC, datetime, timedelta
from math import inf

from attrs import define, field

from eventbus.core.effects import Cause
from eventbus.core.outcomes import HandlerFailed, Outcome, Succeeded, TimedOut
from eventbus.names import Arn
from sources._calling import CallingMachine

from .errors import INCOMPLETE, NO_FUNCTION, InvalidRequestException
from .events import STEPS, TEST, RotationEvent, Step
from .rules import RotationRules
from .versions import CURRENT, PENDING, Content, Version, Versions


@define(eq=False)
class Rotation:
    """`id` is its token. One that is `refused` leaves everything as it was `before`."""

    id: str
    cause: Cause | None
    steps: tuple[Step, ...]
    before: "Settings | None" = None
    new: bool = True  # its version was not there before
    invoked: str | None = None
    done: int = 0  # steps
    refused: bool = False  # its function may not be invoked, or is not there


@define(eq=False)
class Settings:
    """How it is rotated, since when, and when next."""

    function: Arn | None = None
    rules: RotationRules | None = None
    enabled: bool = False
    since: float = 0.0
    due: float = inf


@define(eq=False)
class SecretMachine(CallingMachine[Rotation]):
    name: str
    description: str
    versions: Versions = field(factory=Versions, init=False)
    settings: Settings = field(factory=Settings, init=False)
    rotated_at: float | None = field(default=None, init=False)
    changed_at: float | None = field(default=None, init=False)  # when another version became current
    _running: Rotation | None = field(default=None, init=False)
    _at_once: tuple[Step, ...] = field(default=(), init=False)  # what declaring a schedule asks for
    _began: datetime = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._began = datetime.fromtimestamp(self.birth.epoch, UTC)

    # ------------------------------------------------------------ values
    def get(self, now: float, id: str | None, label: str | None) -> Version:
        return self.versions.find(id, label)

    def put(self, now: float, token: str | None, content: Content, labels: list[str] | None) -> Version:
        """A new version, current unless `labels` say otherwise."""
        current = self.versions.labelled(CURRENT)
        version = self.versions.put(now, token or self.new_id(), content, labels or [CURRENT])
        self._look_at_current(now, current)
        return version

    def move(self, now: float, label: str, to: str | None, source: str | None) -> None:
        current = self.versions.labelled(CURRENT)
        self.versions.move(label, to, source)
        self._look_at_current(now, current)

    def read(self, now: float) -> "SecretMachine":
        """As it is."""
        return self

    # ------------------------------------------------------------ rotation
    def schedule(self, now: float, function: Arn, rules: RotationRules, *, immediately: bool) -> None:
        """Declared: the first rotation, or its test, is due at once."""
        self.settings = Settings(function, rules, enabled=True, since=now, due=now)
        self._at_once = STEPS if immediately else TEST

    def rotate(
        self,
        now: float,
        token: str | None,
        function: Arn | None,
        rules: RotationRules | None,
        cause: Cause | None,
        *,
        immediately: bool,
    ) -> Rotation:
        """It has begun, unless it is under way or done already. Raises `InvalidRequestException`."""
        before = self.settings
        wanted = Settings(function or before.function, rules or before.rules, True, before.since, before.due)
        if wanted.function is None:
            raise InvalidRequestException(NO_FUNCTION)
        open_token = self._open_token()
        if open_token is not None and open_token != token:
            raise InvalidRequestException(INCOMPLETE)
        self.settings = wanted
        if wanted.rules is not before.rules or not before.enabled:
            wanted.since = now
            self._plan(now)
        rotation = Rotation(token or self.new_id(), cause, STEPS if immediately else TEST, before)
        known = self.versions.known.get(rotation.id)
        if self._running is None and (known is None or CURRENT not in known.labels):
            self._begin(now, rotation)
        return rotation

    def cancel(self, now: float) -> str | None:
        """Of a rotation under way, its token; labels are left as they are."""
        running, self._running = self._running, None
        self.waits.clear()
        self.settings = Settings(self.settings.function, self.settings.rules)
        if running is None:
            return None
        self.responded(running, "cancelled")
        return running.id

    # ------------------------------------------------------------ inputs
    def answered(self, now: float, call: Rotation, outcome: Outcome) -> None:
        if not isinstance(outcome, Succeeded):
            self._end(now, call, f"failed in {call.steps[call.done]}: {_why(outcome)}")
            return
        call.done += 1
        if call.done < len(call.steps):
            self._step(call)
        else:
            self._finish(now, call)

    def refused(self, now: float, call: Rotation, reason: str) -> None:
        call.refused = True
        if call.before is not None and call.done == 0:
            self.settings = call.before
        if call.new and call.done == 0:
            self.versions.drop_pending()
        self._end(now, call, f"failed: {reason}")

    def wake(self, now: float) -> None:
        super().wake(now)
        if self.settings.due <= now:
            steps, self._at_once = self._at_once or STEPS, ()
            self._plan(now)
            if self._running is None:
                self._begin(now, Rotation(self._open_token() or self.new_id(), None, steps))

    def next_deadline(self) -> float:
        return min(self.settings.due, super().next_deadline())

    def outstanding(self) -> int:
        """Rotations far ahead are not waited for."""
        return bool(self._at_once) + super().outstanding()

    # ------------------------------------------------------------ what it decides
    def _open_token(self) -> str | None:
        """Of the rotation that is under way, or has failed."""
        if self._running is not None:
            return self._running.id
        pending = self.versions.labelled(PENDING)
        return None if pending is None or CURRENT in pending.labels else pending.id

    def _begin(self, now: float, rotation: Rotation) -> None:
        self._running, rotation.new = rotation, rotation.id not in self.versions.known
        version, current = self.versions.pend(now, rotation.id), self.versions.labelled(CURRENT)
        if rotation.steps is TEST and rotation.new and current is not None:
            version.content = current.content
        self.requested(rotation, f"{'rotate' if rotation.steps is STEPS else 'test the rotation of'} {self.name}")
        self._step(rotation)

    def _step(self, rotation: Rotation) -> None:
        assert self.settings.function is not None
        event: RotationEvent = {
            "Step": rotation.steps[rotation.done],
            "SecretId": str(self.arn),
            "ClientRequestToken": rotation.id,
        }
        self.invoke(rotation, self.settings.function, event)

    def _finish(self, now: float, rotation: Rotation) -> None:
        if rotation.steps is TEST:
            self._end(now, rotation, "tested")
            return
        current = self.versions.labelled(CURRENT)
        if current is None or current.id != rotation.id:
            self._end(now, rotation, f"not complete: {rotation.id} is not {CURRENT}")
            return
        self.rotated_at = now
        self._end(now, rotation, "rotated")

    def _end(self, now: float, rotation: Rotation, how: str) -> None:
        self._running = None
        version = self.versions.known.get(rotation.id)
        if rotation.steps is TEST and rotation.new and version is not None and PENDING in version.labels:
            version.content = None
            self.versions.drop_pending()
        self.responded(rotation, how)

    def _look_at_current(self, now: float, before: Version | None) -> None:
        """Another version is current: that counts as a rotation [bc:secretsmanager RotationRulesType]."""
        if self.versions.labelled(CURRENT) is not before:
            self.changed_at = now
            if not self._at_once:
                self._plan(now)

    def _plan(self, now: float) -> None:
        """The next window from now on."""
        settings = self.settings
        settings.due = inf
        if settings.rules is None or not settings.enabled:
            return
        opens = settings.rules.next_after(self._instant(now), self._instant(settings.since))
        if opens is not None:
            settings.due = (opens - self._began).total_seconds()
            if self.birth.profile.jitter:
                settings.due += self.birth.ids.random.random() * settings.rules.window(opens).total_seconds()

    def _instant(self, now: float) -> datetime:
        return self._began + timedelta(seconds=now)


def _why(outcome: Outcome) -> str:
    match outcome:
        case HandlerFailed() | TimedOut():
            return f"{outcome.error_type}: {outcome.message}"
        case Succeeded():
            return ""
        case _:
            return outcome.reason
