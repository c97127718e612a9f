"""What the function of an action gets: a job [cp:action-reference-Lambda]."""

from collections.abc import Sequence
from string import ascii_letters, ascii_uppercase, digits
from typing import Final, NotRequired, TypedDict

from eventbus.names import ACCOUNT, Ids

from .executions import Job

ACCESS_KEY: Final = ascii_uppercase + digits
SECRET: Final = ascii_letters + digits + "+/"


class S3Location(TypedDict):
    bucketName: str
    objectKey: str


class ArtifactLocation(TypedDict):
    type: str
    s3Location: S3Location


class JobArtifact(TypedDict):
    name: str
    revision: str | None
    location: ArtifactLocation


class ArtifactCredentials(TypedDict):
    """Letters in the form of credentials; they open nothing."""

    accessKeyId: str
    secretAccessKey: str
    sessionToken: str


class JobConfiguration(TypedDict):
    FunctionName: str
    UserParameters: NotRequired[str]


class ActionConfiguration(TypedDict):
    configuration: JobConfiguration


class EncryptionKey(TypedDict):
    id: str
    type: str


class JobData(TypedDict):
    actionConfiguration: ActionConfiguration
    inputArtifacts: list[JobArtifact]
    outputArtifacts: list[JobArtifact]
    artifactCredentials: ArtifactCredentials
    continuationToken: NotRequired[str]
    encryptionKey: NotRequired[EncryptionKey]


class CodePipelineJob(TypedDict):
    id: str
    accountId: str
    data: JobData


CodePipelineEvent = TypedDict("CodePipelineEvent", {"CodePipeline.job": CodePipelineJob})


def event(job: Job, bucket: str, encryption_key: str | None, ids: Ids) -> CodePipelineEvent:
    return {"CodePipeline.job": {"id": job.id, "accountId": ACCOUNT, "data": _data(job, bucket, encryption_key, ids)}}


def _data(job: Job, bucket: str, encryption_key: str | None, ids: Ids) -> JobData:
    plan, keys = job.run.plan, job.run.execution.artifacts
    configuration: JobConfiguration = {"FunctionName": plan.function.name}
    if plan.user_parameters is not None:
        configuration["UserParameters"] = plan.user_parameters
    data: JobData = {
        "actionConfiguration": {"configuration": configuration},
        "inputArtifacts": _artifacts(plan.input_artifacts, bucket, keys),
        "outputArtifacts": _artifacts(plan.output_artifacts, bucket, keys),
        "artifactCredentials": _credentials(ids),
    }
    if job.continuation_token is not None:
        data["continuationToken"] = job.continuation_token
    if encryption_key is not None:
        data["encryptionKey"] = {"id": encryption_key, "type": "KMS"}
    return data


def _artifacts(names: Sequence[str], bucket: str, keys: dict[str, str]) -> list[JobArtifact]:
    return [
        {
            "name": name,
            "revision": None,
            "location": {"type": "S3", "s3Location": {"bucketName": bucket, "objectKey": keys[name]}},
        }
        for name in names
    ]


def _credentials(ids: Ids) -> ArtifactCredentials:
    return {
        "accessKeyId": "ASIA" + "".join(ids.random.choices(ACCESS_KEY, k=16)),
        "secretAccessKey": "".join(ids.random.choices(SECRET, k=40)),
        "sessionToken": "".join(ids.random.choices(SECRET, k=356)),
    }
