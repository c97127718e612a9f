"""Which notification meets which event, which two can't stand together, what is refused."""

from typing import Any

import pytest

from eventbus import App
from eventbus.errors import InvalidSetting
from sources import s3, sqs
from sources.s3 import notifications
from sources.s3.events import encoded
from tests.contracts.s3_tables import KEY_ENCODING, MATCHES, OVERLAPS, Match, Overlap

QUEUE = sqs.Queue("q")
BUCKET = s3.Bucket("uploads")


@pytest.mark.parametrize(("key", "shown"), KEY_ENCODING, ids=lambda text: repr(text)[:30])
def test_keys_are_form_encoded(key: str, shown: str) -> None:
    """In events, and as filters see them."""
    assert encoded(key) == shown


@pytest.mark.parametrize("row", MATCHES, ids=lambda row: row.id)
def test_matching(row: Match) -> None:
    """By type, prefix and suffix of the encoded key."""
    found = (
        any(notifications.type_matches(pattern, row.event) for pattern in row.events)
        and encoded(row.key).startswith(row.prefix)
        and encoded(row.key).endswith(row.suffix)
    )
    assert found is row.matches
    if all(event in notifications.OFFERED for event in row.events):
        notification = s3.Notification(BUCKET, QUEUE, events=row.events, prefix=row.prefix, suffix=row.suffix)
        assert notification.matches(row.event, encoded(row.key)) is row.matches


@pytest.mark.parametrize("row", OVERLAPS, ids=lambda row: row.id)
def test_overlaps(row: Overlap) -> None:
    """Two configurations that one key and one type could meet are refused."""
    if not all(event in notifications.OFFERED for event in (*row.one.events, *row.other.events)):
        pytest.skip("event types that are refused by name")
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


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"events": []}, "events"),
        ({"events": "s3:ObjectCreated:*"}, "events"),
        ({"events": ["s3:ObjectCreated:Nothing"]}, "events"),
        ({"events": ["s3:ObjectTagging:Put"]}, "would never fire"),
        ({"events": ["s3:LifecycleTransition"]}, "would never fire"),
        ({"events": ["s3:ObjectCreated:*"], "destination": sqs.Queue("q.fifo")}, "FIFO"),
        ({"events": ["s3:ObjectCreated:*"], "destination": s3.Bucket("other")}, "destination"),
        ({"events": ["s3:ObjectCreated:*"], "destination": "q"}, "destination"),
    ],
    ids=str,
)
def test_what_is_refused(settings: dict[str, Any], word: str) -> None:
    """Where it is written."""
    arguments = {"destination": QUEUE, **settings}

    with pytest.raises(InvalidSetting, match=word):
        s3.Notification(BUCKET, **arguments)


def test_parts_of_another_app_are_refused() -> None:
    """A bucket or a queue that was never added."""
    app = App()
    with pytest.raises(InvalidSetting, match="not part of this app"):
        app.add(s3.Notification(BUCKET, QUEUE, events=["s3:ObjectCreated:*"]))
    app.add(BUCKET)
    app.add(s3.Notification(BUCKET, QUEUE, events=["s3:ObjectCreated:*"]))
    with pytest.raises(InvalidSetting, match="not part of this app"):
        app.start()
