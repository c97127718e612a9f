"""The declaration of an account's jobs."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, between, given, is_function, refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, DeliveryTarget, Feed

from .client import JobsClient
from .machine import JobsMachine

CONCURRENCY: Final = 10
TASKS_PER_CALL_LIMIT: Final = 100
REDRIVES: Final = 1
"""Choices: none is documented, nor can be set on AWS."""


def _check_functions(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or not value or not all(map(is_function, value)):
        raise refuse("functions", value, "functions of the app, at least one")


def _check_buckets(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or not value or not all(map(_is_bucket, value)):
        raise refuse("buckets", value, "declared buckets, at least one: manifests are there, and reports go there")


def _is_bucket(value: Any) -> bool:
    return isinstance(value, DeliveryTarget) and value.arn.service == "s3"


@frozen(eq=False)
class Jobs:
    """The jobs of S3 Batch Operations that this app may have: they invoke `functions`, and read their manifests from
    `buckets`, where their reports go as well. `bus[jobs]` makes them.

    At most `concurrency` functions are called at once, for up to `tasks_per_call` tasks each; a task that failed for a
    while is tried again `redrives` times."""

    functions: Sequence[Any] = field(converter=as_tuple, validator=_check_functions)
    buckets: Sequence[Any] = field(converter=as_tuple, validator=_check_buckets)
    concurrency: int = field(default=CONCURRENCY, kw_only=True, validator=given(between(1, 1_000, whole=True)))
    tasks_per_call: int = field(default=1, kw_only=True, validator=given(between(1, TASKS_PER_CALL_LIMIT, whole=True)))
    redrives: int = field(default=REDRIVES, kw_only=True, validator=given(between(0, 100, whole=True)))

    @property
    def arn(self) -> Arn:
        return arn_of("s3", "jobs")

    @property
    def targets(self) -> Sequence[Arn]:
        return tuple(each.arn for each in (*self.functions, *self.buckets))

    def machine(self, birth: Birth) -> JobsMachine:
        return JobsMachine(self.arn, birth, self.concurrency, self.tasks_per_call, self.redrives)

    def client(self, machine: Any, feed: Feed) -> JobsClient:
        return JobsClient(machine, feed, frozenset(self.targets))
