"""What may be declared."""

from typing import Any

import pytest

from eventbus import App, InvalidSetting
from sources import codepipeline, s3, sqs
from tests.contracts.codepipeline_table import DECLARATIONS, Declared
from tests.sources.codepipeline.helpers import BUCKET, Work, action, pipeline

WORDS = {"FunctionName": "function", "UserParameters": "user_parameters", "Color": "color"}


@pytest.mark.parametrize("row", DECLARATIONS, ids=lambda row: row.id)
def test_action(row: Declared) -> None:
    """Python itself refuses a setting that is not there, or is missing."""
    settings: dict[str, Any] = {WORDS[name]: value for name, value in row.configuration.items()}
    if "function" in settings:
        settings["function"] = Work(settings["function"])
    inputs, outputs = [f"i{n}" for n in range(row.inputs)], [f"o{n}" for n in range(row.outputs)]

    def declare() -> None:
        made = codepipeline.InvokeAction("check", input_artifacts=inputs, output_artifacts=outputs, **settings)
        pipeline([made], sources=dict.fromkeys(inputs, "key"))

    if row.error is None:
        declare()
    else:
        with pytest.raises((InvalidSetting, TypeError)):
            declare()


class Build:
    """An action of another provider."""

    def __repr__(self) -> str:
        return "Build of CodeBuild"


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: action(""), "name=''"),
        (lambda: action("a b"), "name='a b'"),
        (lambda: action("x" * 101), "name="),
        (lambda: codepipeline.InvokeAction("check", BUCKET), "a declared function"),
        (lambda: codepipeline.InvokeAction("check", "work"), "a declared function"),
        (lambda: action(user_parameters={"a": 1}), "user_parameters"),
        (lambda: action(user_parameters=""), "user_parameters"),
        (lambda: action(user_parameters="\ud800"), "user_parameters"),
        (lambda: action(user_parameters="#{SourceVariables.CommitId}"), "variables of namespaces are not offered"),
        (lambda: action(run_order=0), "run_order=0"),
        (lambda: action(run_order=1_000), "run_order=1000"),
        (lambda: action(run_order=None), "run_order=None"),
        (lambda: action(input_artifacts="Source"), "input_artifacts='Source'"),
        (lambda: action(input_artifacts=["a b"]), "input_artifacts='a b'"),
        (lambda: action(input_artifacts=["a", "a"]), "each name once"),
        (lambda: codepipeline.Stage("a/b", [action()]), "name='a/b'"),
        (lambda: codepipeline.Stage("S", []), "actions=()"),
        (lambda: codepipeline.Stage("S", action()), "a list of 1 to 50 actions"),
        (lambda: codepipeline.Stage("S", [action(f"a{n}") for n in range(51)]), "a list of 1 to 50 actions"),
        (lambda: codepipeline.Stage("S", [action(), action()]), "actions='check'"),
        (lambda: codepipeline.Stage("S", [Build()]), "Build of CodeBuild.* other categories and providers"),
        (lambda: codepipeline.Pipeline("a b", [], artifact_store=BUCKET), "name='a b'"),
        (lambda: codepipeline.Pipeline("shop", [], artifact_store=BUCKET), "a list of 1 to 50 stages"),
        (lambda: codepipeline.Pipeline("shop", [action()], artifact_store=BUCKET), "codepipeline.Stage"),
        (lambda: codepipeline.Pipeline("shop", [codepipeline.Stage("S", [action()])] * 2, artifact_store=BUCKET), "'S'"),
        (lambda: codepipeline.Pipeline("shop", [codepipeline.Stage("S", [action()])], artifact_store=sqs.Queue("q")), "a declared bucket"),
        (lambda: pipeline([action()], encryption_key=""), "encryption_key=''"),
        (lambda: pipeline([action()], sources=["Source"]), "sources="),
        (lambda: pipeline([action()], sources={"Source": ""}), "an object key"),
        (lambda: pipeline([action()], sources={"a b": "key"}), "sources='a b'"),
        (lambda: pipeline([action(input_artifacts=["Source"])]), "input_artifacts='Source'"),
        (lambda: pipeline([action("a", output_artifacts=["R"]), action("b", input_artifacts=["R"])]), "input_artifacts='R'"),
        (lambda: pipeline([action("a", output_artifacts=["R"]), action("b", output_artifacts=["R"])]), "output_artifacts='R'"),
        (lambda: pipeline([action(output_artifacts=["Source"])], sources={"Source": "key"}), "output_artifacts='Source'"),
    ],
)  # fmt: skip
def test_refused(made: Any, text: str) -> None:
    """Where it is written, naming setting and value."""
    with pytest.raises(InvalidSetting, match=text):
        made()


def test_artifacts_pass_from_one_run_order_to_the_next() -> None:
    pipeline([action("b", input_artifacts=["R"], run_order=2), action("a", output_artifacts=["R"])])


def test_function_and_bucket_are_part_of_the_app() -> None:
    """Otherwise the app does not start."""
    for known in ([], [s3.Bucket("artifacts")]):
        app = App()
        for each in known:
            app.add(each)
        app.add(pipeline([action()]))
        with pytest.raises(InvalidSetting, match="is not part of this app"):
            app.start()
