"""Where the events of a rule go, and what goes there."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Never

from attrs import frozen

from eventbus.checks import refuse_unknown
from eventbus.core.patterns.text import NotJson, parse_json
from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from sources._target_retries import ATTEMPTS, LONGEST_AGE, SHORTEST_AGE

from . import checking
from .errors import InvalidParameter
from .transformer import PREDEFINED, Path, Template, parse_path, parse_template

TARGETS_LIMIT: Final = 5
"""Of one rule [eb:eb-targets]."""
REQUEST_LIMIT: Final = 10
"""Targets of one PutTargets."""
INPUT_LIMIT: Final = 8_192
PATH_LIMIT: Final = 256
PATHS_LIMIT: Final = 100
GROUP_LIMIT: Final = 100
KEY_PATH_LIMIT: Final = 256

SERVICES: Final = ("lambda", "sqs", "sns", "events", "logs", "kinesis")
NOT_OFFERED: Final = {
    "arn": "a declared resource stands for it; targets of other accounts and regions are not offered",
    "role_arn": "roles are not offered: what the bus may do is app.grant(bus, ...)",
    "input_transformer": "write input_paths_map=... and input_template=...",
    "retry_policy": "write maximum_retry_attempts=... and maximum_event_age_in_seconds=...",
    "dead_letter_config": "write dead_letter=queue",
    "sqs_parameters": "write message_group_id=...",
    "kinesis_parameters": "write partition_key_path=...",
    "ecs_parameters": "ECS is not offered",
    "batch_parameters": "Batch is not offered",
    "run_command_parameters": "Run Command is not offered",
    "http_parameters": "API destinations and API Gateway are not offered",
    "redshift_data_parameters": "Redshift is not offered",
    "sage_maker_pipeline_parameters": "SageMaker is not offered",
    "app_sync_parameters": "AppSync is not offered",
}

_VARIABLE: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")


@frozen(eq=False, init=False)
class Target:
    """`resource`, which may be a function, a queue, a standard topic, another event bus, a log group or a stream, gets
    the event; or `input`, JSON text; or what `input_path` leads to; or `input_template` filled with what the paths of
    `input_paths_map` lead to (see `transformer`).

    `id` is its name by default. Whatever can't be handed over is tried again, so many times and so many seconds, then
    goes to the standard queue `dead_letter`, or is dropped. A FIFO queue gets it in the group `message_group_id`, and
    needs content-based deduplication; the partition key of a stream is what `partition_key_path` finds, by default the
    event's id. Raises AWS's ValidationException, which is an `InvalidSetting` as well.
    """

    resource: Any
    id: str
    input: str | None
    input_path: str | None
    input_paths_map: Mapping[str, str] | None
    input_template: str | None
    maximum_retry_attempts: int
    maximum_event_age_in_seconds: int
    dead_letter: Any
    message_group_id: str | None
    partition_key_path: str | None
    content: Path | Template | None  # None: `input` if given, or else the event

    def __init__(
        self,
        resource: Any,
        *,
        id: str | None = None,
        input: str | None = None,
        input_path: str | None = None,
        input_paths_map: Mapping[str, str] | None = None,
        input_template: str | None = None,
        maximum_retry_attempts: int = ATTEMPTS,
        maximum_event_age_in_seconds: int = LONGEST_AGE,
        dead_letter: Any = None,
        message_group_id: str | None = None,
        partition_key_path: str | None = None,
        **unsupported: Never,
    ) -> None:
        refuse_unknown(unsupported, NOT_OFFERED)
        arn = _checked_arn(resource)
        id = re.sub(r"[^.\-_A-Za-z0-9]", "-", arn.name)[: checking.TARGET_ID_LIMIT] if id is None else id
        checking.check_name(id, "id", checking.TARGET_ID_LIMIT)
        content = _content(id, input, input_path, input_paths_map, input_template)
        if arn.service == "events" and (content is not None or input is not None):
            raise InvalidParameter(f"Target {id} is an event bus, which gets the event as it is")
        _check_retries(maximum_retry_attempts, maximum_event_age_in_seconds)
        _check_dead_letter(dead_letter)
        _check_group(id, arn, message_group_id)
        _check_key_path(id, arn, partition_key_path)
        paths = None if input_paths_map is None else dict(input_paths_map)
        inputs = (input, input_path, paths, input_template)
        policy = (maximum_retry_attempts, maximum_event_age_in_seconds, dead_letter)
        self.__attrs_init__(resource, id, *inputs, *policy, message_group_id, partition_key_path, content)

    @property
    def arn(self) -> Arn:
        return self.resource.arn  # type: ignore[no-any-return]  # checked when it was made

    @property
    def reaches(self) -> Sequence[Arn]:
        """Whatever is delivered to for it."""
        return (self.arn,) if self.dead_letter is None else (self.arn, self.dead_letter.arn)


def targets_of(given: Any, low: int, high: int) -> tuple[Target, ...]:
    """Resources and `Target`s, so many of them, each with an id of its own. Raises ValidationException."""
    found = [
        each if isinstance(each, Target) else Target(each) for each in checking.listed(given, "targets", low, high)
    ]
    ids = [target.id for target in found]
    for id in ids:
        if ids.count(id) > 1:
            raise InvalidParameter(f"Duplicate target id {id}: give each target an id of its own")
    return tuple(found)


def _checked_arn(resource: Any) -> Arn:
    if isinstance(resource, str):
        reason = "Provided Arn is not in correct format." if not resource.startswith("arn:") else NOT_OFFERED["arn"]
        raise InvalidParameter(f"Parameter {resource} is not valid. Reason: {reason}")
    arn = getattr(resource, "arn", None)
    if not isinstance(arn, Arn) or arn.service not in SERVICES or "#" in arn:
        allowed = "a declared function, queue, topic, event bus or log group"
        raise InvalidSetting(f"resource={arn or resource!r} is refused; allowed: {allowed}")
    if arn.service == "events" and not arn.resource.startswith("event-bus/"):
        raise InvalidSetting(f"resource={arn} is refused; allowed of this service: an event bus")
    if arn.service == "sns" and arn.endswith(".fifo"):
        raise InvalidSetting(f"resource={arn} is refused; allowed: a standard topic")
    return arn


def _content(
    id: str, input: object, path: object, paths: Mapping[str, str] | None, template: object
) -> Path | Template | None:
    checking.check_text(input, "input", INPUT_LIMIT)
    checking.check_text(path, "inputPath", PATH_LIMIT)
    checking.check_text(template, "inputTransformer.inputTemplate", INPUT_LIMIT, shortest=1)
    if paths is not None and template is None:
        raise InvalidParameter(f"InputTemplate must be provided with InputPathsMap for target {id}.")
    if sum(each is not None for each in (input, path, template)) > 1:
        raise InvalidParameter(f"Only one of Input, InputPath, or InputTransformer must be provided for target {id}.")
    if isinstance(input, str):
        _check_json(id, input)
    if isinstance(path, str):
        return parse_path(path, brackets=True)
    if isinstance(template, str):
        return parse_template(template, _paths(paths))
    return None


def _check_json(id: str, input: str) -> None:
    try:
        parse_json(input)
        input.encode()
    except (NotJson, UnicodeEncodeError) as reason:
        raise InvalidParameter(f"JSON syntax error in input for target {id}: {reason}") from None


def _paths(given: Any) -> dict[str, Path]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InvalidParameter(f"inputPathsMap={given!r}: a dict of names and JSON paths")
    checking.count(list(given), "inputTransformer.inputPathsMap", 0, PATHS_LIMIT)
    for name, path in given.items():
        if name in PREDEFINED:
            raise InvalidParameter(f"inputPathsMap has the name {name!r}, which is reserved")
        if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
            raise InvalidParameter(f"inputPathsMap has the name {name!r}: letters, digits, - and _")
        checking.check_text(path, f"inputPathsMap.{name}", PATH_LIMIT, shortest=1, missing=False)
    return {name: parse_path(path, brackets=False) for name, path in given.items()}


def _check_retries(attempts: object, age: object) -> None:
    checking.whole(attempts, "retryPolicy.maximumRetryAttempts", 0, ATTEMPTS)
    checking.whole(age, "retryPolicy.maximumEventAgeInSeconds", SHORTEST_AGE, LONGEST_AGE)


def _check_dead_letter(queue: Any) -> None:
    """[eb:eb-rule-dlq]"""
    if queue is None:
        return
    arn = getattr(queue, "arn", None)
    if not isinstance(arn, Arn) or arn.service != "sqs" or arn.endswith(".fifo"):
        raise InvalidParameter(f"DeadLetterConfig {arn or queue!r} is not valid. Reason: it must be a standard queue.")


def _check_group(id: str, arn: Arn, group: object) -> None:
    checking.check_text(group, "sqsParameters.messageGroupId", GROUP_LIMIT)
    if arn.service == "sqs" and arn.endswith(".fifo") and not group:
        raise InvalidParameter(f"Parameter(s) SqsParameters must be specified for target: {id}.")
    if group is not None and arn.service != "sqs":
        raise InvalidParameter(f"message_group_id={group!r} of target {id}: queues only")


def _check_key_path(id: str, arn: Arn, path: object) -> None:
    checking.check_text(path, "kinesisParameters.partitionKeyPath", KEY_PATH_LIMIT)
    if path is not None and arn.service != "kinesis":
        raise InvalidParameter(f"partition_key_path={path!r} of target {id}: streams only")
    if isinstance(path, str):
        parse_path(path, brackets=True)
