"""What one can do with a repository, and what it refuses."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventbus.errors import InvalidParameterException, ServiceError
from sources import codecommit
from tests.contracts.codecommit_table import COMMIT
from tests.contracts.codecommit_table import trigger as wire_trigger
from tests.sources.codecommit.helpers import MAIN, OTHER, Kept, Work, snake, with_trigger
from tests.sources.fuzzed import SCALARS, near
from tests.sources.helpers import done


async def made(client: Any) -> None:
    """`main`, the default branch, and `red`."""
    await client.push({MAIN: COMMIT, "refs/heads/red": COMMIT})


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda client: client.create_branch("blue", OTHER), "CommitDoesNotExistException"),
        (lambda client: client.create_branch("red", COMMIT), "BranchNameExistsException"),
        (lambda client: client.create_branch("", COMMIT), "BranchNameRequiredException"),
        (lambda client: client.create_branch("a b", COMMIT), "InvalidBranchNameException"),
        (lambda client: client.create_branch("x" * 257, COMMIT), "InvalidBranchNameException"),
        (lambda client: client.create_branch("blue", ""), "CommitIdRequiredException"),
        (lambda client: client.create_branch("blue", "c1"), "InvalidCommitIdException"),
        (lambda client: client.create_branch("blue", COMMIT.upper()), "InvalidCommitIdException"),
        (lambda client: client.delete_branch("main"), "DefaultBranchCannotBeDeletedException"),
        (lambda client: client.delete_branch(None), "BranchNameRequiredException"),
        (lambda client: client.get_branch("blue"), "BranchDoesNotExistException"),
        (lambda client: client.get_branch(7), "InvalidBranchNameException"),
        (lambda client: client.update_default_branch("blue"), "BranchDoesNotExistException"),
        (lambda client: client.create_commit("main"), "ParentCommitIdRequiredException"),
        (lambda client: client.create_commit("main", parent_commit_id=OTHER), "ParentCommitIdOutdatedException"),
        (lambda client: client.create_commit("main", parent_commit_id="x"), "InvalidParentCommitIdException"),
        (lambda client: client.create_commit("blue", parent_commit_id=COMMIT), "BranchDoesNotExistException"),
        (lambda client: client.push({MAIN: None}), "DefaultBranchCannotBeDeletedException"),
        (lambda client: client.push({MAIN: OTHER, "refs/heads/blue": None}), "ReferenceDoesNotExistException"),
        (lambda client: client.push({"main": COMMIT}), "InvalidReferenceNameException"),
        (lambda client: client.push({"refs/notes/n": COMMIT}), "InvalidReferenceNameException"),
        (lambda client: client.push({"refs/heads/": COMMIT}), "InvalidReferenceNameException"),
        (lambda client: client.push({7: COMMIT}), "InvalidReferenceNameException"),
        (lambda client: client.push([MAIN]), "InvalidReferenceNameException"),
        (lambda client: client.push({MAIN: "0" * 40}), "InvalidCommitIdException"),
        (lambda client: client.push({MAIN: ""}), "CommitIdRequiredException"),
        (lambda client: client.put_repository_triggers("notify"), "InvalidParameterException"),
        (lambda client: client.put_repository_triggers(["notify"]), "InvalidParameterException"),
        (lambda client: client.put_repository_triggers([{"color": "red"}]), "InvalidParameterException"),
    ],
)
def test_refused(call: Any, code: str) -> None:
    """With AWS's code; nothing has moved, nobody is told."""
    kept, work = with_trigger()
    done(made(kept.client))
    before, told = dict(kept.machine.references), len(work.events)

    with pytest.raises(ServiceError) as refused:
        done(call(kept.client))
    assert (refused.value.code, refused.value.status) == (code, 400)
    assert (kept.machine.references, len(work.events)) == (before, told)


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, None, 7])
def test_users_that_there_can_not_be(name: Any) -> None:
    with pytest.raises(InvalidParameterException):
        Kept().client.as_user(name)


def test_branches() -> None:
    """In order, each at its commit; tags are none."""
    client = Kept().client

    async def main() -> list[Any]:
        await made(client)
        await client.push({"refs/tags/v1": COMMIT})
        await client.create_branch("blue", COMMIT)
        names = await client.list_branches()
        gone = [await client.delete_branch("blue"), await client.delete_branch("blue")]
        return [names, gone, await client.get_branch("red"), await client.list_branches()]

    names, gone, red, left = done(main())
    assert names == ["blue", "main", "red"]
    assert gone == [codecommit.Branch("blue", COMMIT), None]
    assert red == codecommit.Branch("red", COMMIT)
    assert left == ["main", "red"]


def test_first_branch_is_the_default() -> None:
    """Until another is made it."""
    kept = Kept()

    async def main() -> None:
        await made(kept.client)
        await kept.client.update_default_branch("red")
        await kept.client.delete_branch("main")

    done(main())
    assert kept.machine.references == {"refs/heads/red": COMMIT}


def test_commits_follow_each_other() -> None:
    """The first makes the branch; ids are those of the seed."""

    async def main(client: codecommit.RepositoryClient) -> list[str]:
        first = (await client.create_commit("main")).commit_id
        second = (await client.create_commit("main", parent_commit_id=first)).commit_id
        await client.create_branch("red", first)  # known still
        return [first, second, (await client.get_branch("main")).commit_id]

    first, second, now = done(main(Kept().client))
    assert (second == now, len({first, second})) == (True, 2)
    assert done(main(Kept().client)) == [first, second, now]


def test_push_that_moves_nothing_tells_nobody() -> None:
    kept, work = with_trigger()
    done(kept.client.push({MAIN: COMMIT}))
    done(kept.client.push({MAIN: COMMIT}))
    done(kept.client.push({}))

    assert work.references == [[MAIN]]


def test_who_pushes() -> None:
    """`developer`, unless it is said."""
    kept, work = with_trigger()
    done(codecommit.RepositoryClient(kept.machine, kept.feed).push({MAIN: COMMIT}))
    done(kept.client.push({MAIN: OTHER}))

    names = [event["Records"][0]["userIdentityARN"] for event in work.events]
    assert names == ["arn:aws:iam::000000000000:user/developer", "arn:aws:iam::000000000000:user/anna"]


def test_triggers_put_replace_those_that_were_declared() -> None:
    kept, work = with_trigger()
    id = done(kept.client.put_repository_triggers([]))
    done(kept.client.push({MAIN: COMMIT}))

    assert (work.events, done(kept.client.get_repository_triggers())) == ([], codecommit.RepositoryTriggers(id, []))


def test_refused_hand_over_is_tried_again() -> None:
    """For a while, or dropped at once if it is for good; the push is done."""
    for error, left in (("ServiceUnavailable", 1), ("AccessDeniedException", 0), ("ResourceNotFoundException", 0)):
        kept, work = with_trigger(Work(error=error))
        done(kept.client.push({MAIN: COMMIT}))

        assert (len(work.events), kept.machine.outstanding()) == (1, left)
        assert kept.machine.references == {MAIN: COMMIT}


NAMES = st.sampled_from(["main", "red", "blue/1", "x y", ""])
COMMITS = st.sampled_from([COMMIT, OTHER, "c1"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("push"), st.dictionaries(NAMES.map(lambda name: f"refs/heads/{name}"), st.none() | COMMITS)),
        st.tuples(st.just("create_branch"), NAMES, COMMITS),
        st.tuples(st.just("delete_branch"), NAMES),
        st.tuples(st.just("create_commit"), NAMES),
        st.tuples(st.just("copy")),
    ),
    max_size=15,
)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_events_tell_all_that_moved(steps: list[tuple[Any, ...]]) -> None:
    """Whoever follows them knows where every reference stands."""
    kept, work = with_trigger()

    async def main() -> None:
        for step in steps:
            if step[0] == "copy":
                kept.client._machine = kept.machine = copy.deepcopy(kept.machine)
                continue
            try:
                await getattr(kept.client, step[0])(*step[1:])
            except ServiceError:
                pass

    done(main())
    followed: dict[str, str] = {}
    for event in work.events:
        for each in event["Records"][0]["codecommit"]["references"]:
            assert (each["ref"] not in followed) == each.get("created", False)
            if each.get("deleted"):
                assert followed.pop(each["ref"]) == each["commit"]
            else:
                followed[each["ref"]] = each["commit"]
    assert followed == kept.machine.references


def any_triggers(given: Any) -> None:
    """Taken, or refused with an error of the service; never anything else."""
    kept, _ = with_trigger()
    before = list(kept.machine.triggers)

    async def main() -> None:
        try:
            await kept.client.put_repository_triggers(given)
        except ServiceError:
            assert kept.machine.triggers == before
        await kept.client.push({MAIN: COMMIT})

    done(main())


GOOD = snake(wire_trigger(customData="x", branches=["main"]))
TRIGGERS = near([GOOD]) | st.lists(near(GOOD), max_size=2) | SCALARS


@settings(max_examples=50, deadline=None)
@given(TRIGGERS)
def test_any_triggers(given: Any) -> None:
    any_triggers(given)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(TRIGGERS)
def test_any_triggers_at_length(given: Any) -> None:
    any_triggers(given)
