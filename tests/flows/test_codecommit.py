"""CodeCommit triggers on a running bus: attempts at their times, permissions, topics, the trace."""

import asyncio
from typing import Any

import pytest

from eventbus import App, Function, current_bus
from sources import codecommit, sns, sqs
from tests.contracts.codecommit_table import COMMIT, OUTCOMES, Outcome
from tests.helpers import boom, echo, virtually
from tests.sources.codecommit.helpers import MAIN, OTHER

Declared = tuple[App, Function[Any, Any], codecommit.Repository]


def app_of(handler: Any, **settings: Any) -> Declared:
    app = App()
    work = app.function(handler, name="work", **settings)
    orders = app.add(codecommit.Repository("orders"))
    app.add(codecommit.Trigger(orders, work, name="notify", events=["all"]))
    return app, work, orders


@pytest.mark.parametrize("row", OUTCOMES, ids=lambda row: row.id)
def test_outcome_of_a_push(row: Outcome) -> None:
    """Attempts at their times, with one event id; the push is done in any case."""
    app, work, orders = app_of(boom if row.id == "function error" else echo)
    enforced = row.id in ("no permission", "statement for another repository")
    if row.id == "statement for another repository":
        app.grant(app.add(codecommit.Repository("other")), "lambda:InvokeFunction", work)

    async def main() -> None:
        async with app.start(permissions="enforced" if enforced else "granted") as bus:
            began = bus.now()
            if row.id == "no such function":
                bus.faults.refuse_delivery(work, error="ResourceNotFoundException")
            await bus[orders].push({MAIN: COMMIT})
            await bus.settle()
            attempts = bus.invocations(work)

            assert tuple((each.start - began).total_seconds() for each in attempts) == row.attempts
            assert len({each.event["Records"][0]["eventId"] for each in attempts}) == bool(row.attempts)
            assert (await bus[orders].get_branch("main")).commit_id == COMMIT

    virtually(main)


def test_repository_with_its_permission() -> None:
    """`lambda:InvokeFunction`, as the repository."""
    app, work, orders = app_of(echo)
    app.grant(orders, "lambda:InvokeFunction", work)

    async def main() -> int:
        async with app.start(permissions="enforced") as bus:
            await bus[orders].push({MAIN: COMMIT})
            await bus.settle()
            return len(bus.invocations(work))

    assert virtually(main) == 1


def test_hand_over_that_is_refused_for_a_while_is_tried_again() -> None:
    """After 1 and 2 seconds."""
    app, work, orders = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            began = bus.now()
            for nth in (1, 2):
                bus.faults.refuse_delivery(work, nth=nth)
            await bus[orders].push({MAIN: COMMIT})
            await bus.settle()

            assert [(each.start - began).total_seconds() for each in bus.invocations(work)] == [3]

    virtually(main)


def test_test_looks_at_acceptance_alone() -> None:
    """Not at what the function does; without permission it fails."""
    app, work, orders = app_of(boom)
    given = {"name": "notify", "destination_arn": work.arn, "branches": [], "events": ["all"]}
    unknown = {**given, "name": "nowhere", "destination_arn": f"{work.arn}-gone"}

    async def main(permissions: Any) -> tuple[list[str], list[str]]:
        async with app.start(permissions=permissions) as bus:
            result = await bus[orders].test_repository_triggers([given, unknown])
            await bus.settle()
            assert len(bus.invocations(work)) == 3 * len(result.successful_executions)
            return list(result.successful_executions), [each.trigger for each in result.failed_executions]

    assert virtually(lambda: main("granted")) == (["notify"], ["nowhere"])
    assert virtually(lambda: main("enforced")) == ([], ["notify", "nowhere"])


def test_topic_gets_the_event_as_its_message() -> None:
    app = App()
    orders, topic, queue = (
        app.add(codecommit.Repository("orders")),
        app.add(sns.Topic("builds")),
        app.add(sqs.Queue("builds")),
    )
    app.add(sns.Subscription(topic, queue, raw_message_delivery=True))
    app.add(codecommit.Trigger(orders, topic, name="notify", events=["all"]))

    async def main() -> None:
        async with app.start() as bus:
            await bus[orders].push({MAIN: COMMIT})
            await bus.settle()
            [message] = await bus[queue].peek()

            assert f'"references":[{{"commit":"{COMMIT}","ref":"{MAIN}","created":true}}]' in message.body

    virtually(main)


def test_trace_tells_what_became_of_a_commit() -> None:
    """By its id: who was told, and who was not, and why."""
    app, work, orders = app_of(echo)
    app.add(codecommit.Trigger(orders, work, name="deletions", events=["deleteReference"]))
    app.revoke(orders, "lambda:InvokeFunction", work)

    async def main() -> tuple[str, str]:
        async with app.start() as bus:
            made = await bus[orders].create_commit("main")
            await bus.settle()
            return made.commit_id, str(bus.trace(made.commit_id))

    id, told = virtually(main)
    assert id in told
    assert "pushed: create refs/heads/main by developer" in told
    assert "deletions is for other events or branches" in told
    assert "hand-over to work refused: AccessDeniedException" in told


def test_function_that_pushes_is_the_cause() -> None:
    """A loop of pushes is stopped as any other."""
    app = App()
    orders = app.add(codecommit.Repository("orders"))

    @app.function
    async def again(event: Any, context: Any) -> None:
        client = current_bus()[orders]
        tip = (await client.get_branch("main")).commit_id
        await client.create_commit("main", parent_commit_id=tip)

    app.add(codecommit.Trigger(orders, again, name="again", events=["all"]))

    async def main() -> int:
        async with app.start() as bus:
            await bus[orders].create_commit("main")
            await bus.settle()
            return len(bus.invocations(again))

    assert virtually(main) == 16


def test_cancelled_test_disturbs_nobody() -> None:
    app, work, orders = app_of(echo)
    given = {"name": "notify", "destination_arn": work.arn, "branches": [], "events": ["all"]}

    async def main() -> None:
        async with app.start() as bus:
            call = asyncio.create_task(bus[orders].test_repository_triggers([given]))
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await bus[orders].push({MAIN: OTHER})
            await bus.settle()
            assert len(bus.invocations(work)) == 1

    virtually(main)


def test_two_buses_know_nothing_of_each_other() -> None:
    app, work, orders = app_of(echo)

    async def main() -> None:
        async with app.start(seed=1) as one, app.start(seed=2) as other:
            await one[orders].push({MAIN: COMMIT})
            await one.settle()
            assert (len(one.invocations(work)), len(other.invocations(work))) == (1, 0)
            assert await other[orders].list_branches() == []

    virtually(main)
