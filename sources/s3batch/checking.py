"""What calls on jobs refuse before they reach them [bc:s3control]."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from eventbus.checks import encodable
from eventbus.names import Arn

from .errors import BadRequestException
from .events import V1, V2
from .job import REPORT_FORMAT, REPORT_SCOPES, UPDATES, JobSettings, Report, Status
from .manifest import BUCKET, FIELDS, FORMAT, IGNORE, KEY, Manifest

OPERATION: Final = "LambdaInvoke"
ARGUMENTS_LIMIT: Final = 10
ARGUMENT_KEY_LIMIT: Final = 64
ARGUMENT_VALUE_LIMIT: Final = 1_024
DESCRIPTION_LIMIT: Final = 256
TOKEN_LIMIT: Final = 64
PREFIX_LIMIT: Final = 512
KEY_LIMIT: Final = 1_024
PRIORITY_LIMIT: Final = 2_147_483_647
LIST_LIMIT: Final = 1_000


def operation(name: object) -> None:
    if name != OPERATION:
        raise BadRequestException(f"operation={name!r} is not offered; only {OPERATION} is")


def settings(
    declared: Collection[Arn],
    function: Any,
    manifest: Any,
    report: Any,
    given_priority: Any,
    version: Any,
    arguments: Any,
    description: Any,
    confirmation: Any,
) -> JobSettings:
    """Raises `BadRequestException`. `declared` is what jobs may use."""
    _declared("function", function, declared)
    if version not in (V1, V2):
        raise BadRequestException(f"invocation_schema_version={version!r}: {V1} or {V2}")
    _check_arguments(version, arguments)
    text("description", description, DESCRIPTION_LIMIT)
    if not isinstance(confirmation, bool):
        raise BadRequestException(f"confirmation_required={confirmation!r}: True or False")
    return JobSettings(
        function.arn,
        _manifest(manifest, declared),
        _report(report, declared),
        priority(given_priority),
        version,
        None if arguments is None else dict(arguments),
        description,
        confirmation,
    )


def priority(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= PRIORITY_LIMIT:
        raise BadRequestException(f"priority={value!r}: a whole number from 0 to {PRIORITY_LIMIT:,}")
    return value


def text(name: str, value: Any, limit: int, *, required: bool = False) -> None:
    if value is None and not required:
        return
    if not isinstance(value, str) or not 1 <= len(value) <= limit or not encodable(value):
        raise BadRequestException(f"{name}={value!r}: a text of 1 to {limit:,} characters")


def requested_status(value: Any) -> str:
    if not isinstance(value, str) or value not in UPDATES:
        raise BadRequestException(f"requested_job_status={value!r}: {' or '.join(UPDATES)}")
    return value


def statuses(value: Any) -> Collection[str]:
    known = [str(each) for each in Status]
    if value is None:
        return known
    if isinstance(value, str) or not isinstance(value, Sequence) or any(each not in known for each in value):
        raise BadRequestException(f"job_statuses={value!r}: a list of {', '.join(known)}")
    return value


def page_size(value: Any) -> int:
    if value is None:
        return LIST_LIMIT
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LIST_LIMIT:
        raise BadRequestException(f"max_results={value!r}: a whole number from 1 to {LIST_LIMIT:,}")
    return value


def _declared(name: str, value: Any, declared: Collection[Arn]) -> None:
    arn = getattr(value, "arn", None)
    wanted = "lambda" if name == "function" else "s3"
    if not isinstance(arn, Arn) or arn.service != wanted or arn not in declared:
        raise BadRequestException(f"{name}={arn or value!r}: one that s3batch.Jobs was declared with")


def _manifest(manifest: Any, declared: Collection[Arn]) -> Manifest:
    if not isinstance(manifest, Manifest):
        raise BadRequestException(f"manifest={manifest!r}: an s3batch.Manifest; generated ones are not offered")
    if manifest.format != FORMAT:
        raise BadRequestException(f"manifest.format={manifest.format!r}: {FORMAT}; inventory reports are not offered")
    _declared("manifest.bucket", manifest.bucket, declared)
    text("manifest.key", manifest.key, KEY_LIMIT, required=True)
    text("manifest.e_tag", manifest.e_tag, KEY_LIMIT, required=True)
    fields: Any = manifest.fields
    if isinstance(fields, str) or not isinstance(fields, Sequence) or any(each not in FIELDS for each in fields):
        raise BadRequestException(f"manifest.fields={fields!r}: a list of {', '.join(FIELDS)}")
    doubled = any(fields.count(each) > 1 for each in FIELDS if each != IGNORE)
    if doubled or BUCKET not in fields or KEY not in fields:
        raise BadRequestException(f"manifest.fields={fields!r}: Bucket and Key, each once, VersionId once at most")
    return Manifest(manifest.bucket.arn, manifest.key, manifest.e_tag, tuple(fields))


def _report(report: Any, declared: Collection[Arn]) -> Report:
    if not isinstance(report, Report):
        raise BadRequestException(f"report={report!r}: an s3batch.Report; Report(enabled=False) for none")
    if not isinstance(report.enabled, bool):
        raise BadRequestException(f"report.enabled={report.enabled!r}: True or False")
    if not report.enabled:
        return Report(enabled=False)
    _declared("report.bucket", report.bucket, declared)
    text("report.prefix", report.prefix, PREFIX_LIMIT)
    if report.report_scope not in REPORT_SCOPES:
        raise BadRequestException(f"report.report_scope={report.report_scope!r}: {' or '.join(REPORT_SCOPES)}")
    if report.format != REPORT_FORMAT:
        raise BadRequestException(f"report.format={report.format!r}: {REPORT_FORMAT}")
    return Report(report.bucket.arn, report.prefix, report.report_scope)


def _check_arguments(version: str, arguments: Any) -> None:
    if arguments is None:
        return
    if version == V1:
        raise BadRequestException(f"user_arguments={arguments!r}: with invocation_schema_version={V2!r} only")
    if not isinstance(arguments, Mapping) or not 1 <= len(arguments) <= ARGUMENTS_LIMIT:
        raise BadRequestException(f"user_arguments={arguments!r}: 1 to {ARGUMENTS_LIMIT} keys with their values")
    for key, value in arguments.items():
        text("user_arguments key", key, ARGUMENT_KEY_LIMIT, required=True)
        text(f"user_arguments[{key!r}]", value, ARGUMENT_VALUE_LIMIT, required=True)
