"""How executions pass stages, without a bus: in any order, told the time."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventbus.core.effects import Deliver
from eventbus.errors import ServiceError
from sources.codepipeline.executions import Reported
from sources.codepipeline.machine import PipelineMachine
from tests.sources.codepipeline.helpers import BOOM, Running, Work, action, pipeline
from tests.sources.helpers import birth, done


class Course:
    """Three functions: `a` and `b` side by side, then `c`; then `d` in a stage of its own."""

    def __init__(self) -> None:
        self.works = {name: Work(name) for name in "abcd"}
        a, b, c, d = (action(name, work, run_order=1 + (name == "c")) for name, work in self.works.items())
        self.running = Running(pipeline([a, b, c], [d]), *self.works.values())

    def start(self) -> str:
        return done(self.running.client.start_pipeline_execution()).pipeline_execution_id

    def ok(self, name: str) -> None:
        """The last job of that function succeeded."""
        done(self.running.client.put_job_success_result(self.works[name].ids[-1]))

    def fails(self, name: str) -> None:
        done(self.running.client.put_job_failure_result(self.works[name].ids[-1], BOOM))

    def status(self, execution: str) -> str:
        return done(self.running.client.get_pipeline_execution(execution)).status

    @property
    def counts(self) -> list[int]:
        return [len(work.events) for work in self.works.values()]


def test_actions_of_one_run_order_run_side_by_side() -> None:
    course = Course()
    execution = course.start()
    seen = [course.counts]
    for name in "abcd":
        course.ok(name)
        seen.append(course.counts)

    assert seen == [[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1], [1, 1, 1, 1]]
    assert course.status(execution) == "Succeeded"


def test_failed_action_ends_the_execution_once_the_others_are_done() -> None:
    course = Course()
    execution = course.start()
    course.fails("a")
    assert course.status(execution) == "InProgress"
    course.ok("b")

    assert course.status(execution) == "Failed"
    assert course.counts == [1, 1, 0, 0]


def test_stage_holds_one_execution_at_a_time() -> None:
    """The next one waits for it, and enters when it has gone on."""
    course = Course()
    first, second = course.start(), course.start()
    [stage, _] = done(course.running.client.get_pipeline_state()).stage_states
    assert stage.inbound_execution is not None
    assert stage.inbound_execution.pipeline_execution_id == second
    assert course.counts == [1, 1, 0, 0]
    for name in "abc":
        course.ok(name)

    assert course.counts == [2, 2, 1, 1]
    assert (course.status(first), course.status(second)) == ("InProgress", "InProgress")


def test_younger_execution_supersedes_the_one_that_waits() -> None:
    course = Course()
    first, second, third = course.start(), course.start(), course.start()

    assert [course.status(each) for each in (first, second, third)] == ["InProgress", "Superseded", "InProgress"]


def test_failed_execution_leaves_its_stage() -> None:
    course = Course()
    first, second = course.start(), course.start()
    course.fails("a")
    course.ok("b")

    assert [course.status(each) for each in (first, second)] == ["Failed", "InProgress"]
    assert course.counts == [2, 2, 0, 0]


def test_stopping_one_that_waits() -> None:
    """It is stopped at once, and never enters."""
    course = Course()
    _, second = course.start(), course.start()
    done(course.running.client.stop_pipeline_execution(second))
    course.fails("a")
    course.ok("b")

    assert course.status(second) == "Stopped"
    assert course.counts == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("AccessDeniedException: no", "PermissionError"),
        ("ResourceNotFoundException: no", "ConfigurationError"),
        ("ValidationException: no", "ConfigurationError"),
    ],
)
def test_hand_over_that_is_refused_for_good_fails_the_action(error: str, code: str) -> None:
    work = Work(error=error)
    running = Running(pipeline([action(work=work)]), work)
    execution = done(running.client.start_pipeline_execution()).pipeline_execution_id
    [detail] = done(running.client.list_action_executions())

    assert detail.error_details is not None
    assert (detail.error_details.code, detail.error_details.message) == (code, error)
    assert done(running.client.get_pipeline_execution(execution)).status == "Failed"
    assert running.machine.outstanding() == 0


def test_refused_hand_over_of_an_abandoned_action_changes_nothing() -> None:
    """It had ended before."""
    declared = pipeline([action()])
    machine = declared.machine(birth(declared.arn))
    execution = machine.start(0.0, None)
    [sent] = machine.effects
    assert isinstance(sent, Deliver)
    machine.stop(0.0, execution, None, abandon=True)
    machine.delivered(0.0, sent.token, "AccessDeniedException")

    assert machine.runs[0].status == "Abandoned"
    assert machine.execution(0.0, execution).status == "Stopped"


def test_trace_holds_no_event() -> None:
    """Its credentials are nobody's business."""
    work = Work()
    running = Running(pipeline([action(work=work)]), work)
    done(running.client.start_pipeline_execution())
    secrets = work.jobs[0]["data"]["artifactCredentials"].values()

    assert running.machine.notes
    assert not [secret for secret in secrets for note in running.machine.notes if secret in repr(note)]


def test_seed_decides_ids_keys_and_credentials() -> None:
    """The same in every run."""
    found = []
    for _ in range(2):
        work = Work()
        running = Running(pipeline([action(work=work, output_artifacts=["Report"])]), work)
        done(running.client.start_pipeline_execution())
        found.append(work.events)

    assert found[0] == found[1]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("start")),
        st.tuples(st.just("wake"), st.sampled_from([0.0, 29.0, 30.0, 1_200.0, 86_400.0])),
        st.tuples(st.sampled_from(["ok", "fail", "more"]), st.integers(0, 30)),
        st.tuples(st.sampled_from(["stop", "abandon"]), st.integers(0, 5)),
        st.tuples(st.just("delivered"), st.sampled_from([None, "AccessDeniedException: x", "Throttling"])),
        st.tuples(st.just("copy")),
    ),
    max_size=40,
)


def any_course(steps: list[tuple[Any, ...]]) -> None:
    """Whatever is done: an execution ends once, a stage holds one, deadlines are later than now, and what waits for
    nothing is over."""
    a, b, c = action("a", Work("a")), action("b", Work("b")), action("c", Work("c"), run_order=2)
    declared = pipeline([a, b, c], [action("d", Work("d"))])
    machine: PipelineMachine = declared.machine(birth(declared.arn))
    now, executions = 0.0, list[str]()
    ended: dict[str, str] = {}
    for step in steps:
        match step:
            case ("start",):
                executions.append(machine.start(now, None))
            case ("wake", after):
                now += after
                machine.wake(now)
            case ("copy",):
                machine = copy.deepcopy(machine)
            case ("delivered", error):
                effects, machine.effects = machine.effects, []
                for effect in effects:
                    assert isinstance(effect, Deliver)
                    machine.delivered(now, effect.token, error)
            case (("stop" | "abandon") as how, index) if index < len(executions):
                refusable(machine.stop, now, executions[index], None, abandon=how == "abandon")
            case (("ok" | "fail" | "more") as how, index):
                ids = list(machine._jobs)
                if index < len(ids):
                    result_of(machine, how, now, ids[index])
        if machine.next_deadline() <= now:
            machine.wake(now)
        assert machine.next_deadline() > now
        for id in executions:
            status = machine.execution(now, id).status
            assert ended.setdefault(id, status) == status if status not in ("InProgress", "Stopping") else True
        check(machine)
    for _ in range(200):
        if machine.next_deadline() == float("inf"):
            break
        now = machine.next_deadline()
        machine.wake(now)
        machine.effects.clear()
    assert all(machine.execution(now, id).status not in ("InProgress", "Stopping") for id in executions)


def refusable(step: Any, *args: Any, **named: Any) -> None:
    try:
        step(*args, **named)
    except ServiceError:
        return


def result_of(machine: PipelineMachine, how: str, now: float, id: str) -> None:
    match how:
        case "ok":
            refusable(machine.succeed, now, id, {"a": "b"}, Reported())
        case "fail":
            refusable(machine.fail, now, id, "JobFailed", "boom", Reported())
        case _:
            refusable(machine.carry_on, now, id, "token", Reported())


def check(machine: PipelineMachine) -> None:
    for stage in machine.stages:
        if stage.running is not None:
            assert stage.running.status in ("InProgress", "Stopping")
            assert any(run.status == "InProgress" for run in stage.running.runs)
        if stage.waiting is not None:
            assert stage.running is not None
            assert stage.waiting.status == "InProgress"
    assert len(machine.waits) == sum(run.status == "InProgress" for run in machine.runs)


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_any_course(steps: list[tuple[Any, ...]]) -> None:
    any_course(steps)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(STEPS)
def test_any_course_at_length(steps: list[tuple[Any, ...]]) -> None:
    any_course(steps)
