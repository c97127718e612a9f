"""Which notification meets which event, which two can't stand together, what is refused."""

from typing import Any

import pytest

from eventbus import App
from eventbus.errors import InvalidSetting
from eventbus.names import arn_of
from sources import s3, sqs
from sources.s3.events import encoded
from sources.s3.families import OFFERED
from tests.contracts.s3_tables import MATCHES, OVERLAPS, Match, Overlap

QUEUE = sqs.Queue("q")
BUCKET = s3.Bucket("uploads")
CREATED = ["s3:ObjectCreated:*"]


@pytest.mark.parametrize("row", MATCHES, ids=lambda row: row.id)
def test_matching(row: Match) -> None:
    """By type, prefix and suffix of the encoded key."""
    notification = s3.Notification(BUCKET, QUEUE, events=row.events, prefix=row.prefix, suffix=row.suffix)

    assert notification.configuration.matches(row.event, encoded(row.key)) is row.matches


@pytest.mark.parametrize("row", OVERLAPS, ids=lambda row: row.id)
def test_overlaps(row: Overlap) -> None:
    """Two configurations that one key and one type could meet are refused."""
    app = App()
    bucket, queue = app.add(s3.Bucket("uploads")), app.add(sqs.Queue("q"))
    one, other = (
        s3.Notification(bucket, queue, events=each.events, prefix=each.prefix, suffix=each.suffix, id=name)
        for name, each in (("one", row.one), ("other", row.other))
    )
    app.add(one)

    if row.overlaps:
        with pytest.raises(InvalidSetting, match="overlap"):
            app.add(other)
    else:
        app.add(other)


class Declared:
    """Something else that has an ARN."""

    def __init__(self, service: str, name: str = "other") -> None:
        self.arn = arn_of(service, name)

    def __repr__(self) -> str:
        return self.arn  # the name of a test must be the same in every process


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"events": []}, "events"),
        ({"events": "s3:ObjectCreated:*"}, "events"),
        ({"events": None}, "events"),
        ({"events": [7]}, "events"),
        ({"events": ["s3:ObjectCreated:Nothing"]}, "events"),
        ({"events": ["ObjectCreated:*"]}, "events"),
        ({"bucket": QUEUE}, "bucket"),
        ({"bucket": "uploads"}, "bucket"),
        ({"destination": sqs.Queue("q.fifo")}, "FIFO"),
        ({"destination": s3.Bucket("other")}, "destination"),
        ({"destination": "q"}, "destination"),
        ({"destination": Declared("sns", "t.fifo")}, "FIFO"),
        ({"destination": Declared("events")}, "event_bridge_enabled=True"),
        ({"events": ["s3:ObjectAcl:*"]}, "events"),
        ({"prefix": "p" * 1_025}, "prefix"),
        ({"suffix": "s" * 1_025}, "suffix"),
        ({"prefix": None}, "prefix"),
        ({"id": ""}, "id"),
        ({"id": "\ud800"}, "id"),
        ({"test_event": None}, "test_event"),
    ],
    ids=str,
)
def test_what_is_refused(settings: dict[str, Any], word: str) -> None:
    """Where it is written."""
    arguments = {"bucket": BUCKET, "destination": QUEUE, "events": CREATED, **settings}

    with pytest.raises(InvalidSetting, match=word):
        s3.Notification(**arguments)


@pytest.mark.parametrize("event", OFFERED)
def test_every_type_of_event_is_offered(event: str) -> None:
    """To functions, standard queues and topics."""
    for destination in (QUEUE, Declared("lambda", "function:work"), Declared("sns")):
        notification = s3.Notification(BUCKET, destination, events=[event])

        assert notification.targets == (destination.arn,)


def test_longest_filters() -> None:
    """1,024 characters each."""
    assert s3.Notification(BUCKET, QUEUE, events=CREATED, prefix="p" * 1_024, suffix="s" * 1_024)


def test_ids_are_unique_in_a_bucket() -> None:
    """Also where nothing overlaps."""
    app = App()
    bucket, queue = app.add(s3.Bucket("uploads")), app.add(sqs.Queue("q"))
    app.add(s3.Notification(bucket, queue, events=CREATED, prefix="a/", id="same"))

    with pytest.raises(InvalidSetting, match="id='same'"):
        app.add(s3.Notification(bucket, queue, events=CREATED, prefix="b/", id="same"))


def test_other_buckets_do_not_matter() -> None:
    """The same notification of two buckets."""
    app = App()
    queue = app.add(sqs.Queue("q"))
    for name in ("uploads", "downloads"):
        app.add(s3.Notification(app.add(s3.Bucket(name)), queue, events=CREATED, id="same"))


def test_event_types_are_kept_as_they_were() -> None:
    """Whatever becomes of the list."""
    events = ["s3:ObjectCreated:Put"]
    notification = s3.Notification(BUCKET, QUEUE, events=events)
    events.append("s3:ObjectRemoved:*")

    assert notification.events == ("s3:ObjectCreated:Put",)


def test_parts_of_another_app_are_refused() -> None:
    """A bucket or a queue that was never added."""
    app = App()
    with pytest.raises(InvalidSetting, match="not part of this app"):
        app.add(s3.Notification(BUCKET, QUEUE, events=["s3:ObjectCreated:*"]))
    app.add(BUCKET)
    app.add(s3.Notification(BUCKET, QUEUE, events=["s3:ObjectCreated:*"]))
    with pytest.raises(InvalidSetting, match="not part of this app"):
        app.start()
