"""CodePipeline actions, as they are looked up."""

from typing import Any, ClassVar, Final

from attrs import frozen

from eventbus.names import Arn
from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .events import CodePipelineEvent
from .pipeline import InvokeAction, Pipeline, Stage


@frozen(eq=False)
class SampleBucket:
    """Stands for a declared bucket."""

    arn: ClassVar[Arn] = Arn("arn:aws:s3:::artifacts")

    def machine(self, birth: Any) -> Any:
        raise NotImplementedError

    def client(self, machine: Any, feed: Any) -> Any:
        raise NotImplementedError


def sample_event(
    *,
    pipeline: str = "shop",
    stage: str = "Test",
    action: str = "check",
    user_parameters: str = "",
    input_artifact: str = "",
    object_key: str = "source.zip",
    output_artifact: str = "",
    function: str = "work",
) -> CodePipelineEvent:
    """What `function` gets for an action. Raises `InvalidSetting`."""
    declared = InvokeAction(
        action,
        SampleFunction(function),
        user_parameters=user_parameters or None,
        input_artifacts=[input_artifact] if input_artifact else [],
        output_artifacts=[output_artifact] if output_artifact else [],
    )
    sources = {input_artifact: object_key} if input_artifact else {}
    machine = machine_of(Pipeline(pipeline, [Stage(stage, [declared])], artifact_store=SampleBucket(), sources=sources))
    machine.start(0.0, None)
    event: CodePipelineEvent = event_of(machine)
    return event


SYSTEM: Final = System(
    name="CodePipeline action",
    kind="asynchronous",
    invoked_by=(
        "`codepipeline.Pipeline(name, [Stage(name, [InvokeAction(name, function)])], artifact_store=bucket)`: "
        "executions that come to an action"
    ),
    event='`{"CodePipeline.job": {"id": ..., "data": ...}}`, with credentials that open nothing',
    answer=(
        "not looked at: the action waits for `put_job_success_result` or `put_job_failure_result`, for 20 minutes; a "
        "continuation token starts them again, for 24 hours in all"
    ),
    retries="the function's asynchronous queue; a hand-over for 24 h while it is refused for a while",
    permission="the pipeline's role",
    refused="other categories and providers of actions, source actions, variables, retries of stages, execution modes",
    deviations="executions are started by hand, from objects in the artifact store",
    example="""\
app = App("shop")
artifacts = app.add(s3.Bucket("artifacts"))
async def check(event, context):
    await eventbus.current_bus()[pipeline].put_job_success_result(event["CodePipeline.job"]["id"])
stage = codepipeline.Stage("Test", [codepipeline.InvokeAction("check", app.function(check))])
pipeline = app.add(codepipeline.Pipeline("shop", [stage], artifact_store=artifacts))
async with app.start() as bus:
    started = await bus[pipeline].start_pipeline_execution()
    await bus.settle()
    ended = await bus[pipeline].get_pipeline_execution(started.pipeline_execution_id)
    assert ended.status == "Succeeded"
""",
    sample_event=sample_event,
)
