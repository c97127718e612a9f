"""The declaration of a pipeline."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, between, encodable, given, is_function, refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed, Resource

from .client import PipelineClient
from .executions import Plan, PlannedStage
from .machine import PipelineMachine

ARTIFACTS_LIMIT: Final = 5
"""Each way, of an action [cp:action-reference-Lambda]."""
PARAMETERS_LIMIT: Final = 1_000
"""Characters [bc:codepipeline]."""
STAGES_LIMIT: Final = 50
ACTIONS_LIMIT: Final = 50
"""Of a stage [cp:limits]."""
ORDER_LIMIT: Final = 999
KEY_LIMIT: Final = 1_024
KMS_LIMIT: Final = 400
_NAME: Final = re.compile(r"[A-Za-z0-9.@_-]{1,100}")
_ARTIFACT: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
_VARIABLE: Final = re.compile(r"#\{[^}]*\}")
INVOKE_ONLY: Final = "codepipeline.InvokeAction: actions of other categories and providers are not offered"


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise refuse("name", value, "1 to 100 letters, digits and . @ _ -")


def _check_artifact(setting: str, name: Any) -> None:
    if not isinstance(name, str) or not _ARTIFACT.fullmatch(name):
        raise refuse(setting, name, "names of 1 to 100 letters, digits and _ -")


def _check_artifacts(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or len(value) > ARTIFACTS_LIMIT:
        raise refuse(attribute.name, value, f"a list of up to {ARTIFACTS_LIMIT} names of artifacts")
    for name in value:
        _check_artifact(attribute.name, name)
    if len(set(value)) < len(value):
        raise refuse(attribute.name, value, "each name once")


def _check_parameters(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, str) or not 1 <= len(value) <= PARAMETERS_LIMIT or not encodable(value):
        raise refuse("user_parameters", value, f"a text of 1 to {PARAMETERS_LIMIT:,} characters")
    if _VARIABLE.search(value):
        raise refuse("user_parameters", value, "a text without #{...}: variables of namespaces are not offered")


def _check_function(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not is_function(value):
        raise refuse("function", value, "a declared function")


@frozen(eq=False)
class InvokeAction:
    """`function` is invoked asynchronously with a job, and reports its result with `put_job_success_result` or
    `put_job_failure_result`. Actions of one `run_order` run side by side, before those of the next.

    `user_parameters` is a text for the function. Raises `InvalidSetting` for what AWS refuses."""

    name: str = field(validator=_check_name)
    function: Any = field(validator=_check_function)
    user_parameters: str | None = field(default=None, kw_only=True, validator=_check_parameters)
    input_artifacts: Sequence[str] = field(default=(), kw_only=True, converter=as_tuple, validator=_check_artifacts)
    output_artifacts: Sequence[str] = field(default=(), kw_only=True, converter=as_tuple, validator=_check_artifacts)
    run_order: int = field(default=1, kw_only=True, validator=given(between(1, ORDER_LIMIT, whole=True)))


@frozen(eq=False)
class Stage:
    """One execution at a time is in it. Raises `InvalidSetting` for what AWS refuses."""

    name: str = field(validator=_check_name)
    actions: Sequence[InvokeAction] = field(converter=as_tuple)

    @actions.validator
    def _check_actions(self, attribute: "Attribute[Any]", value: Any) -> None:
        if not isinstance(value, tuple) or not 1 <= len(value) <= ACTIONS_LIMIT:
            raise refuse("actions", value, f"a list of 1 to {ACTIONS_LIMIT} actions")
        for action in value:
            if not isinstance(action, InvokeAction):
                raise refuse("actions", action, INVOKE_ONLY)
        _check_distinct("actions", [action.name for action in value])


def _check_distinct(setting: str, names: Sequence[str]) -> None:
    doubled = [name for name in names if names.count(name) > 1]
    if doubled:
        raise refuse(setting, doubled[0], "each name once")


@frozen(eq=False)
class Pipeline:
    """Executions pass its stages in order; they begin when they are started.

    `artifact_store` is a declared bucket. `sources` are the artifacts that an execution begins with, by name, and the
    object key at which each stands there: tests put them. Output artifacts get a key of their own in each execution.
    `encryption_key`, an id of a key, is told to functions. Raises `InvalidSetting` for what AWS refuses."""

    name: str = field(validator=_check_name)
    stages: Sequence[Stage] = field(converter=as_tuple)
    artifact_store: Resource[Any] = field(kw_only=True)
    sources: Mapping[str, str] = field(factory=dict, kw_only=True)
    encryption_key: str | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        store = getattr(self.artifact_store, "arn", None)
        if not isinstance(store, Arn) or store.service != "s3":
            raise refuse("artifact_store", store or self.artifact_store, "a declared bucket")
        key = self.encryption_key
        if key is not None and (not isinstance(key, str) or not 1 <= len(key) <= KMS_LIMIT or not encodable(key)):
            raise refuse("encryption_key", key, f"a text of 1 to {KMS_LIMIT} characters")
        self._check_sources()
        self._check_flow()

    @stages.validator
    def _check_stages(self, attribute: "Attribute[Any]", value: Any) -> None:
        if not isinstance(value, tuple) or not 1 <= len(value) <= STAGES_LIMIT:
            raise refuse("stages", value, f"a list of 1 to {STAGES_LIMIT} stages")
        for stage in value:
            if not isinstance(stage, Stage):
                raise refuse("stages", stage, "codepipeline.Stage")
        _check_distinct("stages", [stage.name for stage in value])

    @property
    def arn(self) -> Arn:
        return arn_of("codepipeline", self.name)

    @property
    def targets(self) -> Sequence[Arn]:
        return (*(action.function.arn for stage in self.stages for action in stage.actions), self.artifact_store.arn)

    def machine(self, birth: Birth) -> PipelineMachine:
        stages = tuple(PlannedStage(stage.name, _groups(stage)) for stage in self.stages)
        bucket = self.artifact_store.arn.name
        return PipelineMachine(self.arn, birth, self.name, stages, bucket, dict(self.sources), self.encryption_key)

    def client(self, machine: Any, feed: Feed) -> PipelineClient:
        return PipelineClient(machine, feed)

    def _check_sources(self) -> None:
        if not isinstance(self.sources, Mapping):
            raise refuse("sources", self.sources, "names of artifacts, each with its object key")
        for name, key in self.sources.items():
            _check_artifact("sources", name)
            if not isinstance(key, str) or not encodable(key) or not 1 <= len(key.encode()) <= KEY_LIMIT:
                raise refuse("sources", {name: key}, f"an object key of 1 to {KEY_LIMIT:,} bytes")

    def _check_flow(self) -> None:
        """Each artifact is made once, before it is used [cp:reference-pipeline-structure]."""
        known = set(self.sources)
        for stage in self.stages:
            for group in _groups(stage):
                for action in group:
                    missing = [name for name in action.input_artifacts if name not in known]
                    if missing:
                        there = ", ".join(sorted(known)) or "none"
                        raise refuse(
                            "input_artifacts", missing[0], f"sources, and what earlier actions put out: {there}"
                        )
                for action in group:
                    doubled = known.intersection(action.output_artifacts)
                    if doubled:
                        raise refuse("output_artifacts", min(doubled), "names that no other artifact has")
                    known.update(action.output_artifacts)


def _groups(stage: Stage) -> tuple[tuple[Plan, ...], ...]:
    """Its actions by run order."""
    plans = [
        Plan(
            stage.name,
            action.name,
            action.function.arn,
            action.user_parameters,
            tuple(action.input_artifacts),
            tuple(action.output_artifacts),
            action.run_order,
        )
        for action in sorted(stage.actions, key=lambda each: each.run_order)
    ]
    return tuple(tuple(group) for _, group in groupby(plans, key=lambda plan: plan.run_order))
