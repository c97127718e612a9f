"""State machines on a running bus, in virtual time: whole executions through their client, and what becomes of them."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

import eventbus
from eventbus import App, Bus, NotInBus, NotSettled, current_bus
from eventbus.errors import InvalidSetting, ServiceError
from sources import sqs, stepfunctions
from tests.contracts import stepfunctions_table as table
from tests.helpers import virtually
from tests.sources.stepfunctions.helpers import DONE, INVOKE, WITH_TOKEN, definition, task, with_token

OPERATIONS = {
    "SendTaskSuccess": "send_task_success",
    "SendTaskFailure": "send_task_failure",
    "SendTaskHeartbeat": "send_task_heartbeat",
}


OUTPUT_NOT_COMPARED = {"the guide's errors A, B, C, B": "caught, so its output is the error, which the row leaves out"}


class Machine:
    """`orders`, with a function `work` that answers what it is told, or fails with it."""

    def __init__(self, given: Any, *answers: Any, **settings: Any) -> None:
        self.answers, self.events = list(answers), list[Any]()
        self.app = App()
        self.work = self.app.function(self._work, name="work", **settings)
        self.declared = self.app.add(stepfunctions.StateMachine("orders", given))

    async def _work(self, event: Any, context: Any) -> Any:
        self.events.append(event)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def starts(bus: Bus, function: Any, began: Any) -> list[float]:
    return [(attempt.start - began).total_seconds() for attempt in bus.invocations(function)]


async def ended(bus: Bus, machine: Any, name: str = "first") -> stepfunctions.DescribedExecution:
    arn = f"arn:aws:states:us-east-1:000000000000:execution:orders:{name}"
    found: stepfunctions.DescribedExecution = await bus[machine].describe_execution(arn)
    return found


# ------------------------------------------------------------------------------------------------------ the table
class Played:
    """The functions of a row, and the calls that were made of them."""

    def __init__(self, run: table.Run) -> None:
        self.app, self.calls = App(), list[tuple[float, str, Any]]()
        self.began = 0.0
        wanted = [*run.functions]
        for name in wanted:
            self.app.function(self._handler(name, run.functions[name]), name=name, timeout=900)
        self.machine = self.app.add(stepfunctions.StateMachine("orders", run.definition))

    def _handler(self, name: str, plan: Sequence[table.Does]) -> Any:
        made: list[int] = []

        async def handler(event: Any, context: Any) -> Any:
            does = plan[min(len(made), len(plan) - 1)]
            made.append(1)
            self.calls.append((current_bus().statistics().now, name, event))
            await asyncio.sleep(does.takes)
            if does.fails is not None:
                raise type(does.fails, (Exception,), {})("as planned")
            return does.returns

        return handler

    async def act(self, bus: Bus, acts: Sequence[table.Act], arn: str) -> None:
        client: Any = bus[self.machine]
        for act in acts:
            await asyncio.sleep(act.at - bus.statistics().now)
            refused = None
            try:
                if act.operation == "StopExecution":
                    await client.stop_execution(arn, **act.arguments)
                else:
                    token = self.calls[act.call][2]["token"]
                    await getattr(client, OPERATIONS[act.operation])(token, **act.arguments)
            except ServiceError as error:
                refused = error.code
            assert (act.at, refused) == (act.at, act.refused)


@pytest.mark.parametrize("run", table.RUNS, ids=lambda run: run.id)
def test_whole_executions(run: table.Run) -> None:
    """Their calls, ends and states, to the millisecond."""
    played = Played(run)

    async def main() -> None:
        async with played.app.start() as bus:
            client = bus[played.machine]
            started = await client.start_execution(input=json.dumps(run.data), name="first")
            await asyncio.gather(played.act(bus, run.acts, started.execution_arn))
            await bus.settle()
            if (await client.describe_execution(started.execution_arn)).status == "RUNNING":
                await bus.advance(100)
            found = await client.describe_execution(started.execution_arn)
            assert found.stop_date is not None
            assert (found.status, (found.stop_date - found.start_date).total_seconds()) == (run.status, run.ended_at)
            for wanted, got in ((run.error, found.error), (run.cause, found.cause)):
                assert wanted is None or wanted == got
            if run.status == "SUCCEEDED" and run.output is not ... and run.id not in OUTPUT_NOT_COMPARED:
                assert json.loads(found.output or "") == run.output
            if run.calls is not None:
                assert played.calls == [(at, name, _as_called(event, call)) for (at, name, event), call in _both(run)]
            events = (await client.get_execution_history(started.execution_arn)).events
            entered = tuple(event.name for event in events if event.type.endswith("StateEntered"))
            assert run.states is None or entered == run.states

    def _both(run: table.Run) -> Any:
        assert run.calls is not None
        return zip(run.calls, [event for _, _, event in played.calls], strict=True)

    virtually(main)


def _as_called(wanted: Any, got: Any) -> Any:
    """Tokens, which the table can't know, as they are."""
    return {**wanted, "token": got["token"]} if isinstance(wanted, dict) and "token" in wanted else wanted


# ----------------------------------------------------------------------------------------------- permissions, retries
def test_retries_and_their_trace() -> None:
    """At 0, 1 and 3 s; told under the ARN and the name, with the attempts."""
    machine = Machine(
        definition(Work=task(Retry=[{"ErrorEquals": ["States.ALL"]}])),
        *(ValueError("boom"), ValueError("boom"), {"billed": 7}),
    )

    async def main() -> None:
        async with machine.app.start() as bus:
            began = bus.now()
            started = await bus[machine.declared].start_execution(input='{"id": 7}', name="first")
            await bus.settle()

            assert starts(bus, machine.work, began) == [0, 1, 3]
            for id in ("first", started.execution_arn):
                trace = str(bus.trace(id))
                assert f"request {id} in orders" in trace
                assert "+0 s      entered: Task Work" in trace
                assert "attempt of work" in trace
                assert "failed after 0 s: ValueError: boom" in trace
                assert "+1 s      waits 2 s for its next attempt" in trace
                assert '+3 s      answered SUCCEEDED: {"billed":7}' in trace

    virtually(main)


def test_execution_that_a_function_starts() -> None:
    """Is told of once in its trace; what the execution invokes belongs to the same chain."""
    machine = Machine(definition(Work=task()), 1)

    async def start(event: Any, context: Any) -> None:
        await current_bus()[machine.declared].start_execution(input='{"id": 7}', name="first")

    starter = machine.app.function(start, name="starter")

    async def main() -> None:
        async with machine.app.start() as bus:
            answer = await bus.invoke(starter, {})
            await bus.settle()
            trace = str(bus.trace(answer.request_id))

            assert trace.count("sent StartExecution") == 1
            arn = (await ended(bus, machine.declared)).execution_arn
            assert f'sent StartExecution {{"id": 7}} to orders, request {arn}' in trace
            assert "invoked work, request" in trace

    virtually(main)


@pytest.mark.parametrize("asynchronous", [False, True], ids=["RequestResponse", "Event"])
@pytest.mark.parametrize("granted", [False, True])
def test_permission_is_asked_for(granted: bool, asynchronous: bool) -> None:
    """Of the state machine's role; a refusal is an error that can be caught, and it is said what is missing."""
    parameters = {"FunctionName": "work", "InvocationType": "Event" if asynchronous else "RequestResponse"}
    catch = [{"ErrorEquals": ["Lambda.AWSLambdaException"], "Next": "Rescue"}]
    machine = Machine(definition(Work=task(Resource=INVOKE, Parameters=parameters, Catch=catch), Rescue=DONE), 1)
    if granted:
        machine.app.grant(machine.declared, "lambda:InvokeFunction", machine.work)

    async def main() -> None:
        async with machine.app.start(permissions="enforced") as bus:
            await bus[machine.declared].start_execution(name="first")
            await bus.settle()
            output = json.loads((await ended(bus, machine.declared)).output or "")

            assert machine.events == ([{}] if granted else [])
            assert ("Cause" in output) is not granted
            if not granted:
                assert 'app.grant(orders, "lambda:InvokeFunction", work) would allow it' in output["Cause"]
                assert "caught: Lambda.AWSLambdaException by Work" in str(bus.trace("first"))

    virtually(main)


def test_functions_that_are_no_part_of_the_app() -> None:
    """Are refused when it starts; one that only the data name is an error of the task."""
    app = App()
    app.add(stepfunctions.StateMachine("orders", definition(A=task())))
    with pytest.raises(InvalidSetting, match="function:work is not part of this app"):
        app.start()
    parameters = {"FunctionName.$": "$.f"}
    machine = Machine(definition(A=task(Resource=INVOKE, Parameters=parameters)), 1)

    async def main() -> None:
        async with machine.app.start() as bus:
            await bus[machine.declared].start_execution(input='{"f": "other"}', name="first")
            found = await ended(bus, machine.declared)

            assert found.error == "Lambda.ResourceNotFoundException"
            assert (found.cause or "").startswith(
                "Function not found: arn:aws:lambda:us-east-1:000000000000:function:other"
            )

    virtually(main)


def test_throttled_function() -> None:
    """Is tried again by the state's retriers alone."""
    retry = [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 5, "MaxAttempts": 2}]
    machine = Machine(definition(A=task(Retry=retry)), 1, reserved_concurrent_executions=0)

    async def main() -> None:
        async with machine.app.start() as bus:
            await bus[machine.declared].start_execution(name="first")
            await bus.settle()
            found = await ended(bus, machine.declared)

            assert (found.error, found.stop_date) == ("Lambda.TooManyRequestsException", bus.now())
            assert bus.statistics().now == 15

    virtually(main)


@pytest.mark.parametrize(
    ("answer", "error"),
    [({"a": 1}, None), ({"b": 1}, "States.Runtime"), ("text", "States.Runtime"), (object(), "Runtime.MarshalError")],
    ids=["as wanted", "without the member", "no object", "no JSON"],
)
def test_malformed_answers(answer: Any, error: str | None) -> None:
    """Fail at the state that can't read them, with where and why."""
    machine = Machine(definition(A=task(ResultSelector={"a.$": "$.a"})), answer)

    async def main() -> None:
        async with machine.app.start() as bus:
            await bus[machine.declared].start_execution(name="first")
            await bus.settle()
            found = await ended(bus, machine.declared)

            assert (found.status, found.error) == ("FAILED" if error else "SUCCEEDED", error)
            if error == "States.Runtime":
                assert "specified for the field 'a.$' could not be found in the input" in (found.cause or "")

    virtually(main)


@pytest.mark.parametrize("timeout", [3, 900])
def test_function_that_never_returns(timeout: int) -> None:
    """Its own timeout is an error of the task, unless the task's is shorter."""
    app = App()

    async def sleeps(event: Any, context: Any) -> None:
        await asyncio.sleep(10_000)

    work = app.function(sleeps, name="work", timeout=timeout)
    declared = app.add(stepfunctions.StateMachine("orders", definition(A=task(Resource=work, TimeoutSeconds=60))))

    async def main() -> None:
        async with app.start() as bus:
            await bus[declared].start_execution(name="first")
            await bus.settle()
            found = await ended(bus, declared)
            assert found.stop_date is not None

            assert found.error == ("Sandbox.Timedout" if timeout == 3 else "States.Timeout")
            assert (found.stop_date - found.start_date).total_seconds() == min(timeout, 60)
            assert bus.statistics().now == timeout  # the function runs on, and is waited for

    virtually(main)


# ----------------------------------------------------------------------------------------------------------- tokens
def test_token_is_used_by_another_function() -> None:
    """It travels with a message; the execution goes on when somebody answers it."""
    app = App()
    queue = app.add(sqs.Queue("approvals"))

    async def ask(event: Any, context: Any) -> None:
        await current_bus()[queue].send_message(json.dumps(event), delay_seconds=30)

    async def approve(event: sqs.SqsEvent, context: Any) -> None:
        asked = json.loads(event["Records"][0]["body"])
        await current_bus()[declared].send_task_success(asked["token"], json.dumps({"approved": asked["order"]}))

    work = app.function(ask, name="ask")
    app.map(queue, app.function(approve, name="approve"))
    parameters = {"FunctionName": work, "Payload": {"order.$": "$.id", "token.$": "$$.Task.Token"}}
    declared = app.add(
        stepfunctions.StateMachine("orders", definition(A=task(Resource=WITH_TOKEN, Parameters=parameters)))
    )

    async def main() -> None:
        async with app.start() as bus:
            await bus[declared].start_execution(input='{"id": 7}', name="first")
            await bus.settle()
            found = await ended(bus, declared)

            assert (found.output, bus.statistics().now) == ('{"approved":7}', 30)

    virtually(main)


def test_settle_does_not_wait_for_a_token() -> None:
    """Nor for its timeout, which comes with the time."""
    machine = Machine(definition(A=with_token(TimeoutSeconds=600)), None)

    async def main() -> None:
        async with machine.app.start() as bus:
            await bus[machine.declared].start_execution(name="first")
            await bus.settle()
            assert ((await ended(bus, machine.declared)).status, bus.statistics().now) == ("RUNNING", 0)
            await bus.advance(599)
            assert (await ended(bus, machine.declared)).status == "RUNNING"
            await bus.advance(1)

            assert (await ended(bus, machine.declared)).error == "States.Timeout"

    virtually(main)


def test_waits_past_the_bound_of_settle() -> None:
    """It says which execution waits for what."""
    machine = Machine(definition(A={"Type": "Wait", "Seconds": 200_000, "End": True}), None)

    async def main() -> None:
        async with machine.app.start() as bus:
            await bus[machine.declared].start_execution(name="first")
            with pytest.raises(NotSettled, match="execution first in state 'A'.* waits for the end of a Wait state"):
                await bus.settle()
            await bus[machine.declared].stop_execution((await ended(bus, machine.declared)).execution_arn)

    virtually(main)


# --------------------------------------------------------------------------------------------------------- edges
def test_two_buses_at_once() -> None:
    """Share nothing but the declaration; tokens of one are unknown to the other."""
    machine = Machine(definition(A=with_token()), None)

    async def main() -> None:
        async with machine.app.start(seed=1) as one, machine.app.start(seed=2) as two:
            await one[machine.declared].start_execution(name="first")
            await one.settle()
            token = machine.events[0]["token"]

            with pytest.raises(stepfunctions.InvalidToken):
                await two[machine.declared].send_task_success(token, "1")
            assert (await two[machine.declared].list_executions()).executions == []
            await one[machine.declared].send_task_success(token, "1")
            assert (await ended(one, machine.declared)).output == "1"

    virtually(main)


def test_cancelled_client_call() -> None:
    """The execution is either under way or was never asked for."""
    machine = Machine(definition(A={"Type": "Wait", "Seconds": 5, "End": True}), None)

    async def main() -> None:
        async with machine.app.start() as bus:
            calls = [asyncio.ensure_future(bus[machine.declared].start_execution()) for _ in range(200)]
            await asyncio.sleep(0)
            for call in calls:
                call.cancel()
            done = sum(
                not isinstance(each, asyncio.CancelledError)
                for each in await asyncio.gather(*calls, return_exceptions=True)
            )
            await bus.settle()
            found = (await bus[machine.declared].list_executions(max_results=1_000)).executions

            assert done <= len(found) <= 200
            assert {each.status for each in found} <= {"SUCCEEDED"}

    virtually(main)


def test_closed_bus() -> None:
    """What was under way is gone, and nobody can ask any more."""
    machine = Machine(definition(A={"Type": "Wait", "Seconds": 5, "End": True}), None)

    async def main() -> None:
        async with machine.app.start() as bus:
            client = bus[machine.declared]
            await client.start_execution()
        with pytest.raises(NotInBus):
            await client.start_execution()

    virtually(main)


@pytest.mark.parametrize("count", [100, pytest.param(10_000, marks=pytest.mark.long)])
def test_many_executions(count: int) -> None:
    """Each retries once, sleeps, and ends at its time; nothing is left behind."""
    machine = Machine(
        definition(
            A=task(Resource="arn:aws:lambda:us-east-1:000000000000:function:work", ResultPath=None, Next="B"),
            B={"Type": "Wait", "SecondsPath": "$.s", "End": True},
        ),
        None,
    )

    async def main() -> None:
        async with machine.app.start() as bus:
            client = bus[machine.declared]
            for number in range(count):
                await client.start_execution(input=json.dumps({"s": number % 60}), name=str(number))
                if number % 500 == 499:
                    await bus.settle()
            await bus.settle()
            found = await client.list_executions(status_filter="SUCCEEDED", max_results=1_000)

            assert len(found.executions) == min(count, 1_000)
            assert len(machine.events) == count

    virtually(main)


def test_same_seed_same_trace() -> None:
    """Ids, tokens, jitter and times."""
    retry = [{"ErrorEquals": ["States.ALL"], "JitterStrategy": "FULL", "MaxAttempts": 5}]

    def run() -> tuple[str, list[Any]]:
        machine = Machine(definition(A=with_token(Retry=retry, TimeoutSeconds=2)), None)

        async def main() -> str:
            async with machine.app.start(seed=3, trace="hash") as bus:
                await bus[machine.declared].start_execution()
                await bus.advance(100)
                return bus.trace_hash()

        return virtually(main), machine.events

    first = run()

    assert len(first[1]) == 6
    assert run() == first


def test_on_a_real_clock() -> None:
    """The same code, without a Wait: seconds are whole."""
    machine = Machine(definition(A=task(Next="B"), B={"Type": "Wait", "SecondsPath": "$", "End": True}), 0)

    async def main() -> None:
        async with machine.app.start() as bus:
            await bus[machine.declared].start_execution(name="first")
            await bus.settle(within=10)

            assert (await ended(bus, machine.declared)).output == "0"

    eventbus.run(main)
