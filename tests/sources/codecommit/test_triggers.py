"""Which pushes reach a trigger, and what a trigger may be: declared, put, tested."""

from typing import Any

import pytest

from eventbus import App, InvalidSetting
from eventbus.errors import ServiceError
from eventbus.names import Arn
from sources import codecommit, sns, sqs
from tests.contracts.codecommit_table import (
    ARN,
    COMMIT,
    PUSHES,
    REPOSITORIES,
    SAMPLE_COMMIT,
    SETTINGS,
    TESTS,
    Push,
    Repository,
    Setting,
)
from tests.contracts.codecommit_table import Tested as Trial
from tests.contracts.codecommit_table import trigger as wire_trigger
from tests.helpers import echo
from tests.sources.codecommit.helpers import MAIN, ORDERS, OTHER, Kept, Work, snake, trigger, with_trigger
from tests.sources.helpers import done


@pytest.mark.parametrize("row", PUSHES, ids=lambda row: row.id)
def test_push(row: Push) -> None:
    """One event with what the trigger wants of it, or none."""
    if row.branches == ("*",):
        pytest.skip("a trigger can't have it: git takes no * in names, as the rows of SETTINGS say")
    kept, work = with_trigger(branches=list(row.branches), events=list(row.events))
    there = {ref: OTHER for what, ref in row.push if what != "create"}
    done(kept.client.push({"refs/heads/first": OTHER, **there}))
    work.events.clear()
    done(kept.client.push({ref: None if what == "delete" else COMMIT for what, ref in row.push}))

    assert work.references == ([list(row.references)] if row.references else [])


@pytest.mark.parametrize("row", SETTINGS, ids=lambda row: row.id)
@pytest.mark.parametrize("operation", ["put_repository_triggers", "test_repository_triggers"])
def test_setting(operation: str, row: Setting) -> None:
    """A refused call leaves the triggers that were there, and reaches nobody."""
    kept, work = with_trigger()
    before = done(kept.client.get_repository_triggers())
    call = getattr(kept.client, operation)
    if row.error is not None:
        with pytest.raises(ServiceError) as refused:
            done(call(snake(row.triggers)))
        assert (refused.value.code, refused.value.status) == (row.error, 400)
        assert done(kept.client.get_repository_triggers()) == before
        assert work.events == []
        return
    done(call(snake(row.triggers)))
    found = done(kept.client.get_repository_triggers())

    if operation == "put_repository_triggers":
        assert found.configuration_id != before.configuration_id
        wanted = [(each["name"], each["destinationArn"], each.get("customData")) for each in row.triggers]
        assert [(each.name, each.destination_arn, each.custom_data) for each in found.triggers] == wanted
    else:
        assert found == before


class Declared:
    """Anything with an ARN."""

    def __init__(self, arn: str) -> None:
        self.arn = Arn(arn)


DECLARABLE = [
    row for row in SETTINGS if row.triggers and len(row.triggers) == 1 and row.triggers[0].get("destinationArn")
]


@pytest.mark.parametrize("row", DECLARABLE, ids=lambda row: row.id)
def test_declared_setting(row: Setting) -> None:
    """Refused where it is written as the call would be; only that branches may be left out."""
    given: dict[str, Any] = snake(row.triggers[0])
    if given["destination_arn"].count(":") < 5 or "branches" not in given:
        pytest.skip("what is declared has an ARN; branches have a default")
    given["destination"] = Declared(given.pop("destination_arn"))
    settings = {"name": None, "events": None, **given}
    if row.error is None:
        codecommit.Trigger(ORDERS, **settings)
        return
    with pytest.raises(InvalidSetting, match=row.error):
        codecommit.Trigger(ORDERS, **settings)


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: codecommit.Trigger(sqs.Queue("q"), Work(), name="a", events=["all"]), "a declared repository"),
        (lambda: codecommit.Trigger(ORDERS, "work", name="a", events=["all"]), "a declared function or topic"),
        (lambda: trigger(sqs.Queue("q")), "InvalidRepositoryTriggerDestinationArnException"),
        (lambda: trigger(Work(), events="all"), "InvalidRepositoryTriggerEventsException"),
        (lambda: trigger(Work(), branches="main"), "InvalidRepositoryTriggerBranchNameException"),
        (lambda: trigger(Work(), custom_data=7), "InvalidRepositoryTriggerCustomDataException"),
        (lambda: trigger(Work(), branches=[7]), "InvalidRepositoryTriggerBranchNameException"),
    ],
)
def test_refused_declaration(made: Any, text: str) -> None:
    with pytest.raises(InvalidSetting, match=text):
        made()


@pytest.mark.parametrize(
    ("names", "error"),
    [(["a", "a"], "InvalidRepositoryTriggerName"), ([f"t{n}" for n in range(11)], "MaximumRepositoryTriggersExceeded")],
    ids=["of one name", "eleven"],
)
def test_triggers_that_can_not_stand_side_by_side(names: list[str], error: str) -> None:
    app = App()
    work = app.function(echo, name="work")
    repository = app.add(codecommit.Repository("orders"))
    *fine, last = [codecommit.Trigger(repository, work, name=name, events=["all"]) for name in names]
    for each in fine:
        app.add(each)

    with pytest.raises(InvalidSetting, match=error):
        app.add(last)


@pytest.mark.parametrize("row", REPOSITORIES, ids=lambda row: row.id)
def test_repository(row: Repository) -> None:
    """A client is that of one repository, so names are checked where they are declared."""
    if row.id in ("unknown", "left out"):
        pytest.skip("a client can't name another repository, or none")
    if row.error is None:
        codecommit.Repository(row.name or "")
        return
    with pytest.raises(InvalidSetting, match="name="):
        codecommit.Repository(row.name or "")


GIVEN = {
    "the trigger is of the branch `blue` and of deletions": {"branches": ["blue"], "events": ["deleteReference"]},
}


@pytest.mark.parametrize("row", [row for row in TESTS if row.id != "function raises"], ids=lambda row: row.id)
def test_test(row: Trial) -> None:
    """Whose target took the event; the row in which it raises is one of a running bus."""
    refusals = {"no permission": "AccessDeniedException", "no such function": "ResourceNotFoundException"}
    errors = {"notify": refusals.get(row.id), "second": "AccessDeniedException" if row.failed == ("second",) else None}
    works = {name: Work(name, errors[name]) for name in (*row.succeeded, *row.failed)}
    kept = Kept(*works.values())
    given = [
        snake(wire_trigger(name=name, destinationArn=work.arn, **GIVEN.get(row.happens, {})))
        for name, work in works.items()
    ]
    result = done(kept.client.test_repository_triggers(given))

    assert result.successful_executions == list(row.succeeded)
    assert [each.trigger for each in result.failed_executions] == list(row.failed)
    assert [each.failure_message for each in result.failed_executions] == [errors[name] for name in row.failed]
    assert sum(len(works[name].events) for name in row.succeeded) == row.invoked
    assert kept.machine.outstanding() == 0
    assert done(kept.client.get_repository_triggers()).triggers == []


def test_test_has_one_try() -> None:
    """A throttle fails it."""
    work = Work(error="TooManyRequestsException")
    kept = Kept(work)
    result = done(kept.client.test_repository_triggers([snake(wire_trigger(destinationArn=work.arn))]))

    assert result.failed_executions == [codecommit.FailedExecution("notify", "TooManyRequestsException")]
    assert kept.machine.next_deadline() == float("inf")


def test_topics_are_told_as_well() -> None:
    """The event is their message."""
    topic = sns.Topic("builds")
    made = trigger(topic)

    assert (made.targets, made.made().destination_arn) == ((topic.arn,), topic.arn)


def test_sample_commit_of_an_empty_repository() -> None:
    work = Work()
    kept = Kept(work)
    done(kept.client.test_repository_triggers([snake(wire_trigger(destinationArn=work.arn))]))

    assert work.events[0]["Records"][0]["codecommit"]["references"] == [{"commit": SAMPLE_COMMIT, "ref": MAIN}]
    assert str(ARN) == work.arn
