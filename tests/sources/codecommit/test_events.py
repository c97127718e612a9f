"""What functions get, compared whole with goldens. The library that users read events with has no class for these."""

from typing import Any

import pytest

from sources import codecommit
from tests.golden import load, match
from tests.sources.codecommit.helpers import COMMIT, MAIN, OTHER, Kept, Work, trigger, with_trigger
from tests.sources.helpers import done

CUSTOM = "to the shop"
RED = "refs/heads/red"


async def before(kept: Kept) -> None:
    """`main` and `old` are there, and what is to be deleted."""
    await kept.client.push({MAIN: OTHER, "refs/heads/old": COMMIT})


def pushed(references: dict[str, str | None], first: dict[str, str | None], **settings: Any) -> Any:
    kept, work = with_trigger(**{"custom_data": CUSTOM, **settings})

    async def main() -> None:
        await kept.client.push(first)
        kept.feed.now = 10.5
        await kept.client.push(references)

    done(main())
    assert len(work.events) == 2
    return work.events[1]


@pytest.mark.parametrize(
    ("golden", "first", "references"),
    [
        ("update", {MAIN: OTHER}, {MAIN: COMMIT}),
        ("create_branch", {MAIN: OTHER}, {RED: COMMIT}),
        ("create_tag", {MAIN: OTHER}, {"refs/tags/v1": COMMIT}),
        ("delete_branch", {MAIN: OTHER, RED: COMMIT}, {RED: None}),
        (
            "push_of_three",
            {MAIN: OTHER, "refs/heads/old": COMMIT},
            {MAIN: COMMIT, RED: OTHER, "refs/heads/old": None},
        ),
    ],
)
def test_push(golden: str, first: dict[str, str | None], references: dict[str, str | None]) -> None:
    match(load(f"codecommit/{golden}"), pushed(references, first))


def test_push_without_custom_data() -> None:
    event = pushed({MAIN: COMMIT}, {MAIN: OTHER}, custom_data=None)

    match(load("codecommit/without_custom_data"), event)


def test_calls_move_references_as_pushes_do() -> None:
    """The same events."""
    kept, work = with_trigger(custom_data=CUSTOM)

    async def main() -> None:
        await kept.client.push({MAIN: COMMIT})
        kept.feed.now = 10.5
        await kept.client.create_branch("red", COMMIT)
        await kept.client.delete_branch("red")

    done(main())
    match(load("codecommit/create_branch"), work.events[1])
    match(load("codecommit/delete_branch"), work.events[2])


def test_commit_is_an_update() -> None:
    kept, work = with_trigger()

    async def main() -> str:
        first = await kept.client.create_commit("main")
        return (await kept.client.create_commit("main", parent_commit_id=first.commit_id)).commit_id

    made = done(main())
    [reference] = work.events[1]["Records"][0]["codecommit"]["references"]
    assert reference == {"commit": made, "ref": MAIN}


@pytest.mark.parametrize(("golden", "first"), [("test", {MAIN: COMMIT}), ("test_empty_repository", {})])
def test_test_of_triggers(golden: str, first: dict[str, str | None]) -> None:
    work = Work()
    kept = Kept(work)

    async def main() -> None:
        await kept.client.push(first)
        kept.feed.now = 10.5
        given = {
            "name": "notify",
            "destination_arn": work.arn,
            "branches": [],
            "events": ["all"],
            "custom_data": CUSTOM,
        }
        await kept.client.test_repository_triggers([given])

    done(main())
    match(load(f"codecommit/{golden}"), work.events[0])


def test_each_event_has_an_id_of_its_own() -> None:
    """Of one configuration of triggers."""
    first, second = Work("first"), Work("second")
    kept = Kept(first, second, triggers=(trigger(first, name="a"), trigger(second, name="b")))
    done(kept.client.push({MAIN: COMMIT}))
    records = [work.events[0]["Records"][0] for work in (first, second)]

    assert len({record["eventId"] for record in records}) == 2
    assert len({record["eventTriggerConfigId"] for record in records}) == 1


def test_sample_event_is_what_a_machine_sends() -> None:
    [record] = codecommit.sample_event(branch="red", custom_data=CUSTOM)["Records"]

    assert record["codecommit"]["references"][0]["ref"] == "refs/heads/red"
    assert (record["customData"], record["eventName"]) == (CUSTOM, "ReferenceChanges")
