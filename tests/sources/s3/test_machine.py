"""The machine of a bucket: notifications, sequencers, and versions beside a plain model."""

import copy
import json
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eventbus.core.effects import Cause, Deliver, Delivered
from sources import s3, sqs
from sources.s3.errors import MethodNotAllowed, NoSuchKey, NoSuchVersion
from sources.s3.families import EXPIRED, EXPIRED_BY_MARKER
from tests.sources.helpers import Machines, done
from tests.sources.s3.helpers import ALL, CONTENT, KEY, QUEUE, Sink, bucket_at, make_machine

CAUSE = Cause("request", ())


def notification(**settings: Any) -> s3.Notification:
    return s3.Notification(s3.Bucket("uploads"), QUEUE, **{"events": ALL, "test_event": False, **settings})


def test_every_notification_that_matches_is_told() -> None:
    """Others are not; what is sent carries the invocation out of which it was put."""
    machine = make_machine()
    notification(prefix="in/", id="in").connect(machine)
    notification(prefix="out/", id="out").connect(machine)

    machine.put(1.0, "in/a", b"12", "", {}, CAUSE)

    [effect] = machine.effects
    assert isinstance(effect, Deliver)
    assert (effect.target, effect.asker, effect.cause) == (QUEUE.arn, machine.arn, CAUSE)
    assert '"configurationId":"in"' in effect.body
    assert machine.notes == [
        ("put", machine.arn, "in/a", 2, CAUSE),
        ("notified", machine.arn, "in/a", QUEUE.arn, CAUSE),
    ]


def test_removals_are_noted() -> None:
    """Markers too."""
    for versioning in (False, True):
        machine = make_machine(versioning=versioning)
        machine.put(1.0, "a", b"", "", {}, None)
        machine.delete(1.0, "a", None, CAUSE)

        assert machine.notes[1:] == [("removed", machine.arn, "a", None, CAUSE)]


def test_notification_is_outstanding_until_it_is_answered() -> None:
    """Once; a second answer is passed by."""
    machine = make_machine()
    notification().connect(machine)
    machine.put(1.0, "a", b"", "", {}, None)
    [effect] = machine.effects
    assert isinstance(effect, Deliver)
    assert machine.outstanding() == 1

    machine.delivered(1.0, effect.token, None)
    machine.delivered(1.0, effect.token, "late")

    assert machine.outstanding() == 0
    assert [note[0] for note in machine.notes] == ["put", "notified"]


def test_refused_notification_is_lost() -> None:
    """Noted with its reason; S3 does not try again."""
    machine, sink = make_machine(), Sink("AccessDeniedException")
    notification().connect(machine)
    machine.put(1.0, "a", b"", "", {}, None)

    Machines(machine, sink).drain(1.0)

    assert machine.notes[-1] == ("not_taken", machine.arn, "a", f"AccessDeniedException by {sink.arn}", None)
    assert (len(sink.bodies), machine.outstanding()) == (1, 0)


def test_functions_and_quiet_notifications_get_no_test_event() -> None:
    """Queues do, unless it is switched off."""
    function = type("Declared", (), {"arn": sqs.Queue("q").arn.replace(":sqs:", ":lambda:")})()
    function.arn = type(QUEUE.arn)(function.arn)
    machine = make_machine()
    s3.Notification(s3.Bucket("uploads"), function, events=ALL).connect(machine)
    notification().connect(machine)
    assert machine.effects == []

    notification(test_event=True).connect(machine)

    assert (len(machine.effects), machine.outstanding()) == (1, 1)


def test_sequencers_grow_and_have_one_length() -> None:
    """So that they compare as texts: puts, deletes and markers of one key."""
    for versioning in (False, True):
        uploads, sink, _ = bucket_at(versioning=versioning)

        async def main(uploads: s3.BucketClient = uploads) -> None:
            for _ in range(300):
                await uploads.put_object(KEY, CONTENT)
            await uploads.delete_object(KEY)
            await uploads.put_object(KEY, CONTENT)

        done(main())
        found = [event["Records"][0]["s3"]["object"]["sequencer"] for event in sink.bodies]
        assert found == sorted(set(found))
        assert {len(each) for each in found} == {18}


def test_digest_waits_for_its_reader() -> None:
    """A put that nobody is told about costs none."""
    uploads, _, machine = bucket_at(notify=False)
    put = done(uploads.put_object("k", CONTENT))
    version = machine.get(10.0, "k", None)

    assert version._etag is None
    assert put.e_tag == f'"{version._etag}"'


def test_parts_before_the_last_have_5_mib() -> None:
    """One byte less is too small; the last may have any size."""
    machine = make_machine()
    upload_id = machine.create_upload(0.0, "k", "", {}).upload_id
    last = machine.upload_part(0.0, "k", upload_id, 2, b"")

    def complete(size: int) -> Any:
        part = machine.upload_part(0.0, "k", upload_id, 1, b"x" * size)
        named = [(1, part.digest.hex()), (2, last.digest.hex())]
        return machine.complete_upload(0.0, "k", upload_id, named, None)

    with pytest.raises(s3.EntityTooSmall):
        complete(5 * 1024 * 1024 - 1)
    assert complete(5 * 1024 * 1024).size == 5 * 1024 * 1024


class Versions(RuleBasedStateMachine):
    """Beside a dict of lists of (id, content or None for a marker), oldest first."""

    keys = st.sampled_from(["a", "a/b", "b", "\u00e8"])

    @initialize(versioning=st.booleans())
    def start(self, versioning: bool) -> None:
        self.versioning = versioning
        self.machine = make_machine(versioning=versioning)
        notification().connect(self.machine)
        self.model: dict[str, list[tuple[str | None, bytes | None]]] = {}
        self.told = 0  # events that were due
        self.ids: set[str] = set()
        self.now = 0.0

    @rule()
    def go_on_with_a_copy(self) -> None:
        self.machine = copy.deepcopy(self.machine)

    @rule(key=keys, body=st.binary(max_size=3))
    def put(self, key: str, body: bytes) -> None:
        self.now += 1
        self.add(key, self.machine.put(self.now, key, body, "", {}, None).version_id, body)

    @rule(key=keys, source=keys)
    def copy_newest(self, key: str, source: str) -> None:
        newest = self.model.get(source, [(None, None)])[-1][1]
        if newest is None or key == source:
            return
        found = self.machine.get(self.now, source, None)
        self.add(key, self.machine.copy(self.now, key, found, None, None).version_id, newest)

    @rule(key=keys)
    def delete(self, key: str) -> None:
        gone = self.machine.delete(self.now, key, None, None)
        if self.versioning:
            assert gone is not None
            assert gone.is_delete_marker
            self.add(key, gone.version_id, None)
        elif self.model.pop(key, None) is None:
            assert gone is None
        else:
            self.told += 1

    @rule(key=keys, data=st.data())
    def delete_version(self, key: str, data: st.DataObject) -> None:
        versions = self.model.get(key, [])
        wanted = data.draw(st.sampled_from([*(each or "null" for each, _ in versions), "unknown"]))
        gone = self.machine.delete(self.now, key, wanted, None)
        left = [each for each in versions if (each[0] or "null") != wanted]
        assert (gone is None) is (len(left) == len(versions))
        self.told += len(versions) - len(left)
        self.model[key] = left
        if not left:
            del self.model[key]

    @rule(key=keys)
    def tag(self, key: str) -> None:
        newest = self.model.get(key, [(None, None)])[-1][1]
        try:
            self.machine.emit(self.now, "s3:ObjectTagging:Put", key, None, {}, None)
        except NoSuchKey:
            assert newest is None
        else:
            assert newest is not None
            self.told += 1

    @rule(key=keys)
    def expire(self, key: str) -> None:
        newest = self.model.get(key, [(None, None)])[-1][1]
        event = EXPIRED_BY_MARKER if self.versioning else EXPIRED
        try:
            self.machine.emit(self.now, event, key, None, {}, None)
        except NoSuchKey:
            assert newest is None
            return
        assert newest is not None
        if self.versioning:
            self.add(key, self.machine.list_versions(self.now, key)[0][0].version_id, None)
        else:
            del self.model[key]
            self.told += 1

    @rule(key=keys, body=st.binary(max_size=3))
    def upload(self, key: str, body: bytes) -> None:
        upload_id = self.machine.create_upload(self.now, key, "", {}).upload_id
        part = self.machine.upload_part(self.now, key, upload_id, 7, body)
        named = [(7, part.digest.hex())]
        self.add(key, self.machine.complete_upload(self.now, key, upload_id, named, None).version_id, body)

    def add(self, key: str, version_id: str | None, body: bytes | None) -> None:
        assert (version_id is not None) is self.versioning
        if version_id is not None:
            assert version_id not in self.ids
            self.ids.add(version_id)
        kept = self.model.get(key, []) if self.versioning else []
        self.model[key] = [*kept, (version_id, body)]
        self.told += 1

    @invariant()
    def reads_are_those_of_the_model(self) -> None:
        for key, versions in self.model.items():
            for version_id, body in versions:
                assert self.read(key, version_id or "null") == (MethodNotAllowed if body is None else body)
            newest = versions[-1][1]
            assert self.read(key, None) == (NoSuchKey if newest is None else newest)
            assert self.read(key, "unknown") is NoSuchVersion
        assert self.read("nothing", None) is NoSuchKey

    @invariant()
    def lists_are_those_of_the_model(self) -> None:
        page, newest = self.machine.list_keys(self.now, "", "", "", 1_000)
        shown = {key: versions[-1][1] for key, versions in self.model.items() if versions[-1][1] is not None}
        assert page.keys == sorted(shown)
        assert [version.body for version in newest] == [shown[key] for key in page.keys]
        listed = [(each.key, each.version_id, latest) for each, latest in self.machine.list_versions(self.now, "")]
        assert listed == [
            (key, version_id, at == 0)
            for key in sorted(self.model)
            for at, (version_id, _) in enumerate(reversed(self.model[key]))
        ]

    @invariant()
    def everything_was_told_once(self) -> None:
        assert len(self.machine.effects) == self.machine.outstanding() == self.told

    def read(self, key: str, version_id: str | None) -> Any:
        try:
            return self.machine.get(self.now, key, version_id).body
        except (NoSuchKey, NoSuchVersion, MethodNotAllowed) as error:
            return type(error)


TestVersions = Versions.TestCase
TestVersions.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_test_message_of_a_declaration_is_of_the_start_of_the_bus() -> None:
    """Before anything else is."""
    machine = make_machine()
    s3.Notification(s3.Bucket("uploads"), QUEUE, events=ALL).connect(machine)

    [message] = [effect for effect in machine.effects if isinstance(effect, Deliver)]
    assert json.loads(message.body)["Time"] == "2026-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("attributes", "body", "content_type"),
    [
        ({}, b'{"a":1}', "application/json"),
        ({"content": ("Binary", b"\xff\x00"), "content_type": ("String", "text/csv")}, b"\xff\x00", "text/csv"),
        ({"content": ("Binary", b"")}, b"", "application/json"),
        ({"content": ("String", "no bytes")}, b'{"a":1}', "application/json"),
    ],
    ids=["text", "bytes with a type", "no bytes at all", "not binary"],
)
def test_deliveries_become_objects(attributes: Any, body: bytes, content_type: str) -> None:
    """Under the key they bring; what is no text comes beside the body."""
    machine = make_machine()

    delivery = Deliver(machine.arn, QUEUE.arn, 7, '{"a":1}', {"key": ("String", "a"), **attributes}, CAUSE)
    machine.deliver(1.0, delivery)

    version = machine.get(1.0, "a", None)
    assert (version.body, version.content_type) == (body, content_type)
    [answer] = machine.effects
    assert isinstance(answer, Delivered)
    assert (answer.token, answer.error) == (7, None)
