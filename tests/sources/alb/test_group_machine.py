"""Requests that end without an answer to look at, and what can be done to a target group."""

from typing import Any

import pytest

from eventbus.core.outcomes import HandlerFailed, Stopped, Throttled, TimedOut
from eventbus.errors import InvalidSetting
from sources import alb
from tests.contracts.alb_table import BAD_GATEWAY, OUTCOMES, Outcome
from tests.sources.alb.helpers import HOST, balancer, group_of, ok
from tests.sources.doors import CHECK, WORK, lines
from tests.sources.helpers import Feed, birth, done

ENDS: dict[str, Any] = {
    "function error": HandlerFailed("ValueError", "boom", "id", ()),
    "function error with an answer that has a status": HandlerFailed("ValueError", '{"statusCode": 200}', "id", ()),
    "timeout": TimedOut("Sandbox.Timedout", "Task timed out after 3.00 seconds"),
    "process ends": HandlerFailed("Runtime.ExitError", "Runtime exited", "id", None),
    "result is no JSON (marshal error)": HandlerFailed("Runtime.MarshalError", "Unable to marshal", "id", ()),
    "throttled": Throttled("ConcurrentInvocationLimitExceeded"),
    "reserved concurrency 0": Throttled("ReservedFunctionConcurrentInvocationLimitExceeded", terminal=True),
}
REFUSALS = {"no permission": "no grant", "no such function": "ResourceNotFoundException: Function not found"}


@pytest.mark.parametrize("row", OUTCOMES, ids=lambda row: row.id)
def test_outcome_becomes_the_response(row: Outcome) -> None:
    """Status, page, and the reason in the trace."""
    door = balancer()
    door.send()
    if row.id in REFUSALS:
        door.deny(REFUSALS[row.id])
    else:
        door.answer(ENDS[row.id])

    [response] = door.responses
    assert (response.status, response.body) == (row.status, row.body)
    assert lines(response) == {"content-type": ["text/html"]}
    assert [reason.partition(":")[0] for reason in door.reasons] == [row.reason]


def test_chain_that_was_stopped_is_answered() -> None:
    """A function that asks its own balancer for ever."""
    door = balancer()
    door.send()
    door.answer(Stopped())

    assert door.responses[0].status == 502
    assert door.reasons == ["LambdaUnhandledException: RecursiveInvocationException"]


def test_request_under_way_fails_when_its_target_is_deregistered() -> None:
    """Its function runs on, and what it answers is dropped."""
    door = balancer()
    door.send()
    door.group.deregister(door.now, WORK.arn)
    door.drain()
    door.answer(ok(None))

    [response] = door.responses
    assert (response.status, response.body) == (502, BAD_GATEWAY)
    assert door.reasons == ["deregistered"]
    assert door.group.outstanding() == 0
    assert door.request().status == 503


def test_answer_that_comes_twice_counts_once() -> None:
    """By its token."""
    door = balancer()
    door.send()
    door.answer(ok(None))
    door.answer(ok(None))

    assert len(door.responses) == 1


def test_response_that_comes_twice_counts_once() -> None:
    """From the target group to the listener."""
    door = balancer(answer=ok)
    response = door.request()
    door.machines[door.listener.arn].fetched(door.now, 1, response)
    door.drain()

    assert len(door.responses) == 1


def test_events_that_are_too_long_for_a_function() -> None:
    """Zero bytes take six letters each in JSON: a body of 1 MB may be an event of more than 6 MB."""
    door = balancer(answer=ok)
    typed = [HOST, ("Content-Type", "text/plain")]

    assert door.request("POST", "/", typed, b"\0" * 1_048_000).status == 200
    assert door.request("POST", "/", typed, b"\0" * 1_048_576).status == 413
    assert door.reasons == ["LambdaRequestTooLarge: event over 6 MB"]
    assert len(door.events) == 1


def client_of(group: alb.TargetGroup) -> alb.TargetGroupClient:
    machine = group.machine(birth(group.arn))
    return group.client(machine, Feed())


def test_registering_and_deregistering() -> None:
    """One function at a time; what is so already changes nothing."""

    async def main() -> None:
        client = client_of(group_of(None))
        assert await client.describe_target_health() == []
        await client.register_targets(WORK)
        await client.register_targets(WORK)
        with pytest.raises(alb.TooManyTargetsException, match="work") as refused:
            await client.register_targets(CHECK)
        assert refused.value.code == "TooManyTargets"
        [described] = await client.describe_target_health()
        assert described.target.id == WORK.arn
        await client.deregister_targets(CHECK)
        assert len(await client.describe_target_health()) == 1
        await client.deregister_targets(WORK)
        assert await client.describe_target_health() == []
        await client.register_targets(CHECK)

    done(main())


@pytest.mark.parametrize("function", [print, "arn:aws:lambda:us-east-1:000000000000:function:work", None, group_of()])
def test_what_is_no_function_can_t_be_registered(function: Any) -> None:
    """Named by its parameter."""
    with pytest.raises(InvalidSetting, match="function"):
        done(client_of(group_of(None)).register_targets(function))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("name", "x" * 33),
        ("name", "-x"),
        ("name", "x-"),
        ("name", ""),
        ("name", "a b"),
        ("name", 7),
        ("function", print),
        ("multi_value_headers", "yes"),
        ("health_check", True),
        ("health_check", {"path": "/"}),
    ],
)
def test_setting_that_is_refused(setting: str, value: Any) -> None:
    """By its name."""
    with pytest.raises(InvalidSetting, match=setting):
        alb.TargetGroup(**{"name": "hello", setting: value})


def test_longest_name() -> None:
    """32 characters."""
    assert alb.TargetGroup("x" * 32).arn.startswith(
        f"arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/{'x' * 32}/"
    )
