"""The declaration of a queue."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import between, one_of, refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .client import QueueClient
from .events import SqsEvent
from .machine import QueueMachine
from .settings import (
    DEDUPLICATION_SCOPES,
    DEFAULT_RECEIVES,
    NO_REDRIVE,
    SOURCES_LIMIT,
    THROUGHPUT_LIMITS,
    Settings,
)

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,75}\.fifo|[A-Za-z0-9_-]{1,80}")


@frozen(eq=False)
class Redrive:
    """After `max_receive_count` receives a message moves to `dead_letter_queue`."""

    dead_letter_queue: "Queue"
    max_receive_count: int = field(default=DEFAULT_RECEIVES, validator=between(1, 1_000, whole=True))

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.dead_letter_queue, Queue):
            raise refuse("dead_letter_queue", self.dead_letter_queue, "an sqs.Queue")


@frozen(eq=False)
class RedriveAllow:
    """Which queues may use this one as their dead-letter queue: all, none, or up to ten named ones."""

    permission: Literal["allowAll", "denyAll", "byQueue"] = field(validator=one_of(("allowAll", "denyAll", "byQueue")))
    source_queue_names: Sequence[str] = ()

    def __attrs_post_init__(self) -> None:
        count = len(self.source_queue_names)
        if (self.permission == "byQueue") != bool(count) or count > SOURCES_LIMIT:
            raise refuse("source_queue_names", self.source_queue_names, "1 to 10 names with byQueue, none otherwise")

    def allows(self, name: str) -> bool:
        return self.permission == "allowAll" or name in self.source_queue_names

    def policy(self) -> str:
        found: dict[str, Any] = {"redrivePermission": self.permission}
        if self.source_queue_names:
            found["sourceQueueArns"] = [arn_of("sqs", name) for name in self.source_queue_names]
        return json.dumps(found, separators=(",", ":"))


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise refuse("name", value, "1 to 80 letters, digits, - and _, the ending .fifo included")


@frozen(eq=False)
class Queue:
    """A queue; FIFO if its name ends in `.fifo`. Times in seconds, sizes in bytes, the limits are AWS's (bc:sqs)."""

    name: str = field(validator=_check_name)
    visibility_timeout: float = field(default=30, kw_only=True, validator=between(0, 43_200))
    delay_seconds: float = field(default=0, kw_only=True, validator=between(0, 900))
    message_retention_period: float = field(default=345_600, kw_only=True, validator=between(60, 1_209_600))
    receive_message_wait_time_seconds: float = field(default=0, kw_only=True, validator=between(0, 20))
    maximum_message_size: int = field(default=1_048_576, kw_only=True, validator=between(1_024, 1_048_576, whole=True))
    content_based_deduplication: bool = field(default=False, kw_only=True, validator=one_of((False, True)))
    deduplication_scope: str = field(default="queue", kw_only=True, validator=one_of(DEDUPLICATION_SCOPES))
    fifo_throughput_limit: str = field(default="perQueue", kw_only=True, validator=one_of(THROUGHPUT_LIMITS))
    redrive: Redrive | None = field(default=None, kw_only=True)
    redrive_allow: RedriveAllow | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not self.fifo:
            for setting, default in (
                ("content_based_deduplication", False),
                ("deduplication_scope", "queue"),
                ("fifo_throughput_limit", "perQueue"),
            ):
                if getattr(self, setting) != default:
                    raise refuse(setting, getattr(self, setting), "FIFO queues only: end the name in .fifo")
        if self.fifo_throughput_limit == "perMessageGroupId" and self.deduplication_scope != "messageGroup":
            raise refuse("fifo_throughput_limit", self.fifo_throughput_limit, "with deduplication_scope='messageGroup'")
        if self.redrive_allow is not None and not isinstance(self.redrive_allow, RedriveAllow):
            raise refuse("redrive_allow", self.redrive_allow, "an sqs.RedriveAllow")
        if self.redrive is not None:
            self._check_redrive(self.redrive)

    @property
    def arn(self) -> Arn:
        return arn_of("sqs", self.name)

    @property
    def fifo(self) -> bool:
        return self.name.endswith(".fifo")

    @property
    def delivery_action(self) -> str:
        return QueueMachine.delivery_action

    @property
    def targets(self) -> Sequence[Arn]:
        return () if self.redrive is None else (self.redrive.dead_letter_queue.arn,)

    @property
    def polling_actions(self) -> Sequence[str]:
        return ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")  # dg:services-sqs-configure

    @property
    def filter_keys(self) -> Sequence[str]:
        return ("body",)

    @property
    def lease(self) -> float:
        return self.visibility_timeout

    def machine(self, birth: Birth) -> QueueMachine:
        redrive, allow = self.redrive, self.redrive_allow
        settings = Settings(
            visibility_timeout=self.visibility_timeout,
            delay_seconds=self.delay_seconds,
            message_retention_period=self.message_retention_period,
            receive_message_wait_time_seconds=self.receive_message_wait_time_seconds,
            maximum_message_size=self.maximum_message_size,
            fifo=self.fifo,
            content_based_deduplication=self.content_based_deduplication,
            deduplication_scope=self.deduplication_scope,
            fifo_throughput_limit=self.fifo_throughput_limit,
            dead_letter_queue=None if redrive is None else redrive.dead_letter_queue.arn,
            max_receive_count=NO_REDRIVE if redrive is None else redrive.max_receive_count,
            redrive_allow_policy=None if allow is None else allow.policy(),
        )
        return QueueMachine(self.arn, settings, birth)

    def client(self, machine: Any, feed: Feed) -> QueueClient:
        return QueueClient(machine, feed)

    def event_type(self) -> SqsEvent:  # pragma: no cover - a witness for type checkers
        raise NotImplementedError

    def _check_redrive(self, redrive: Redrive) -> None:
        if not isinstance(redrive, Redrive):
            raise refuse("redrive", redrive, "an sqs.Redrive")
        dead_letter_queue = redrive.dead_letter_queue
        if dead_letter_queue.fifo != self.fifo:
            raise refuse("redrive", dead_letter_queue.name, "a queue of the same type, standard or FIFO")
        allow = dead_letter_queue.redrive_allow
        if allow is not None and not allow.allows(self.name):
            raise refuse("redrive", dead_letter_queue.name, "a queue whose redrive_allow admits this one")
