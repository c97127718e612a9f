"""A recorder with its client and rules, and a function that keeps what it gets."""

import json
from typing import Any

from eventbus.core.effects import Deliver, Delivered
from eventbus.names import function_arn
from sources import config
from sources.config.machine import NOTIFICATION_LIMIT, RecorderMachine
from tests.contracts.config_table import CHANGE, OVERSIZED, Item
from tests.sources.helpers import Feed, birth

RECORDER = config.ConfigurationRecorder()
BUCKET = "AWS::S3::Bucket"
ARN = "arn:aws:s3:::uploads"
UPLOADS = '{"name": "uploads", "versions": 3}'
LONG = json.dumps({"name": "x" * NOTIFICATION_LIMIT})
TEAM = {"team": "shop"}


class Work:
    """A declared function, and where what is handed over to it goes; each is answered with `error`."""

    def __init__(self, name: str = "work", error: str | None = None) -> None:
        self.arn = function_arn(name)
        self.effects: list[Any] = []
        self.events: list[Any] = []
        self.error = error

    def deliver(self, now: float, effect: Deliver) -> None:
        self.events.append(json.loads(effect.body))
        self.effects.append(Delivered(effect.asker, effect.token, self.error))

    @property
    def invoking(self) -> list[Any]:
        return [json.loads(event["invokingEvent"]) for event in self.events]

    @property
    def asked(self) -> list[tuple[str, bool]]:
        """Message types, and whether the resource has left the scope."""
        return [
            (each["messageType"], event["eventLeftScope"])
            for each, event in zip(self.invoking, self.events, strict=True)
        ]

    @property
    def tokens(self) -> list[str]:
        return [event["resultToken"] for event in self.events]


class Kept:
    """A recorder outside a bus: `feed.now` is its time."""

    def __init__(self, *rules: config.ConfigRule, works: tuple[Work, ...] = ()) -> None:
        self.machine: RecorderMachine = RECORDER.machine(birth(RECORDER.arn))
        for rule in rules:
            rule.connect(self.machine)
        self.feed = Feed(*works)
        self.client = RECORDER.client(self.machine, self.feed)

    async def at(self, now: float) -> None:
        """What is due until then has happened."""
        while self.machine.next_deadline() <= now:
            self.feed.now = self.machine.next_deadline()
            self.machine.wake(self.feed.now)
            await self.client.describe_config_rules()  # a turn, in which what was emitted is delivered
        self.feed.now = now

    async def put(self, item: Item) -> None:
        if item.status == "ResourceDeleted":
            await self.client.delete_resource_config(item.type, item.id)
        else:
            content = LONG if item.oversized else UPLOADS
            await self.client.put_resource_config(item.type, item.id, content, tags=item.tags)


def rule(work: Any, name: str = "encrypted", **settings: Any) -> config.ConfigRule:
    return config.ConfigRule(name, work, **{"message_types": [CHANGE, OVERSIZED], **settings})


def with_rule(**settings: Any) -> tuple[Kept, Work]:
    work = Work()
    return Kept(rule(work, **settings), works=(work,)), work


def scope(given: dict[str, Any] | None) -> dict[str, Any]:
    """AWS's Scope, flat as it is here."""
    words = {
        "ComplianceResourceTypes": "compliance_resource_types",
        "ComplianceResourceId": "compliance_resource_id",
        "TagKey": "tag_key",
        "TagValue": "tag_value",
    }
    return {words[name]: value for name, value in (given or {}).items()}


def snake(evaluation: Any) -> Any:
    """An evaluation with AWS's names, as this house writes them."""
    words = {
        "ComplianceResourceType": "compliance_resource_type",
        "ComplianceResourceId": "compliance_resource_id",
        "ComplianceType": "compliance_type",
        "Annotation": "annotation",
        "OrderingTimestamp": "ordering_timestamp",
    }
    return {words[name]: value for name, value in evaluation.items()}
