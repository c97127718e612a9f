"""What functions get, compared whole with goldens, and read by the library that users read it with."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import CodePipelineJobEvent

from sources import codepipeline
from tests.golden import load, match
from tests.sources.codepipeline.helpers import Running, Work, action, pipeline
from tests.sources.helpers import done

PARAMETERS = '{"stage": "prod"}'
SOURCE = {"sources": {"Source": "in/source.zip"}}
KEY = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555"


def event_of(declared: dict[str, Any], **settings: Any) -> Any:
    work = Work()
    running = Running(pipeline([action(work=work, **declared)], **settings), work)
    done(running.client.start_pipeline_execution())
    return work.events[0]


@pytest.mark.parametrize(
    ("golden", "declared", "settings"),
    [
        ("job", {}, {}),
        ("job_user_parameters", {"user_parameters": PARAMETERS}, {}),
        (
            "job_artifacts",
            {"input_artifacts": ["Source", "Config"], "output_artifacts": ["Report"]},
            {"sources": {"Source": "in/source.zip", "Config": "in/config.zip"}},
        ),
        ("job_encrypted", {"input_artifacts": ["Source"]}, {**SOURCE, "encryption_key": KEY}),
    ],
)
def test_job(golden: str, declared: dict[str, Any], settings: dict[str, Any]) -> None:
    match(load(f"codepipeline/{golden}"), event_of(declared, **settings))


def test_job_after_a_continuation_token() -> None:
    work = Work()
    declared = action(work=work, user_parameters=PARAMETERS, input_artifacts=["Source"])
    running = Running(pipeline([declared], **SOURCE), work)

    async def main() -> None:
        await running.client.start_pipeline_execution()
        await running.client.put_job_success_result(work.ids[0], continuation_token="half")
        await running.feed.wait(running.machine, 30.0)
        await running.client.get_pipeline_state()  # a turn, in which what was emitted is delivered

    done(main())
    match(load("codepipeline/job_continued"), work.events[1])


def test_powertools_reads_jobs() -> None:
    event = event_of(
        {"user_parameters": PARAMETERS, "input_artifacts": ["Source"], "output_artifacts": ["Report"]},
        **SOURCE,
        encryption_key=KEY,
    )
    read = CodePipelineJobEvent(event)

    assert (read.get_id, read.account_id) == (event["CodePipeline.job"]["id"], "000000000000")
    assert json.loads(read.user_parameters or "") == {"stage": "prod"} == read.decoded_user_parameters
    assert (read.input_bucket_name, read.input_object_key) == ("artifacts", "in/source.zip")
    assert [artifact.name for artifact in read.data.output_artifacts] == ["Report"]
    assert read.data.artifact_credentials.access_key_id.startswith("ASIA")
    assert read.data.encryption_key is not None
    assert read.data.encryption_key.get_id == KEY


def test_output_artifacts_have_a_key_of_their_own_in_each_execution() -> None:
    """Which a later action finds as its input."""
    first, second = Work("first"), Work("second")
    stages = [action(work=first, output_artifacts=["Report"])], [action(work=second, input_artifacts=["Report"])]
    running = Running(pipeline(*stages), first, second)

    async def main() -> None:
        for number in range(2):
            await running.client.start_pipeline_execution()
            await running.client.put_job_success_result(first.ids[number])
            await running.client.put_job_success_result(second.ids[number])

    done(main())
    made = [job["data"]["outputArtifacts"] for job in first.jobs]
    keys = [each[0]["location"]["s3Location"]["objectKey"] for each in made]
    assert made == [job["data"]["inputArtifacts"] for job in second.jobs]
    assert [key.rpartition("/")[0] for key in keys] == ["shop/Report", "shop/Report"]
    assert len(set(keys)) == 2


def test_sample_event_is_what_a_machine_sends() -> None:
    sample = codepipeline.sample_event(user_parameters=PARAMETERS, input_artifact="Source", function="check")

    assert CodePipelineJobEvent(dict(sample)).decoded_user_parameters == {"stage": "prod"}
    assert sample["CodePipeline.job"]["data"]["actionConfiguration"]["configuration"]["FunctionName"] == "check"
