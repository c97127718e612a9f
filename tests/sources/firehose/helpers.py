"""A delivery stream without a bus: its machine, what it sends, and answers to that."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from math import inf
from typing import Any

from eventbus.core.effects import Deliver, Invoke
from eventbus.core.outcomes import Succeeded
from eventbus.names import function_arn
from sources import firehose, kinesis, s3
from sources.firehose.machine import DeliveryStreamMachine
from tests.sources.helpers import EPOCH, Feed, birth

BUCKET = s3.Bucket("lake")
SOURCE = kinesis.Stream("orders")
TEXTS = (b"one", b"two", b"three")
DYNAMIC = {"dynamic_partitioning": True, "error_output_prefix": "bad/!{firehose:error-output-type}/"}


class Work:
    """A declared function."""

    arn = function_arn("work")


def declared(**settings: Any) -> firehose.DeliveryStream:
    return firehose.DeliveryStream("orders", BUCKET, **{"processor": Work(), **settings})


def make_machine(**settings: Any) -> DeliveryStreamMachine:
    stream = declared(**settings)
    return stream.machine(birth(stream.arn))


def client_of(**settings: Any) -> tuple[firehose.DeliveryStreamClient, DeliveryStreamMachine]:
    stream = declared(**settings)
    machine = stream.machine(birth(stream.arn))
    return stream.client(machine, Feed()), machine


def taken(machine: Any, kind: type) -> list[Any]:
    """Effects of this type since the last time; all are forgotten."""
    found = [effect for effect in machine.effects if isinstance(effect, kind)]
    machine.effects.clear()
    return found


def calls(machine: Any) -> list[Invoke]:
    return taken(machine, Invoke)


def event_of(invoke: Invoke) -> Any:
    assert invoke.payload is not None
    return json.loads(invoke.payload)


def ids_of(invoke: Invoke) -> list[str]:
    return [record["recordId"] for record in event_of(invoke)["records"]]


def wake_until(machine: Any, end: float) -> None:
    """At each of its deadlines up to then, and then."""
    while machine.next_deadline() <= end:
        machine.wake(machine.next_deadline())
    machine.wake(end)


def filled(answer: Any, ids: list[str]) -> Any:
    """`{1}`, `{2}` ... become the ids of the records."""
    text = json.dumps(answer)
    for number, id in enumerate(ids, 1):
        text = text.replace(f"{{{number}}}", id)
    return json.loads(text)


def said(value: Any) -> Succeeded:
    return Succeeded(json.dumps(value).encode())


def ok(invoke: Invoke, **more: Any) -> Succeeded:
    """All as they were."""
    records = event_of(invoke)["records"]
    return said({"records": [{"recordId": r["recordId"], "result": "Ok", "data": r["data"], **more} for r in records]})


def first_call(machine: DeliveryStreamMachine, data: Iterable[bytes] = TEXTS, at: float = 0.0) -> Invoke:
    """What is put at that time goes to the function together."""
    machine.put(at, list(data), None)
    wake_until(machine, at + 60)
    [invoke] = calls(machine)
    return invoke


class Objects:
    """What a machine delivers until nothing is left to come: by key, each taken at once."""

    def __init__(self, machine: Any, now: float = 0.0) -> None:
        self.contents: dict[str, bytes] = {}
        while True:
            for effect in taken(machine, Deliver):
                assert effect.target == BUCKET.arn
                self.contents[str(effect.attributes["key"][1])] = content_of(effect)
                machine.delivered(now, effect.token, None)
            if machine.next_deadline() == inf:
                return
            now = machine.next_deadline()
            machine.wake(now)

    def good(self) -> bytes:
        """Of the destination, by default prefixes."""
        return b"".join(content for key, content in self.contents.items() if key.startswith("2026/"))

    def failed(self) -> list[Any]:
        """Objects of failed records, parsed."""
        lines = b"".join(content for key, content in self.contents.items() if not key.startswith("2026/"))
        return [json.loads(line) for line in lines.splitlines()]


def content_of(effect: Deliver) -> bytes:
    content = effect.attributes["content"][1]
    assert isinstance(content, bytes)
    return content


def seconds_until(*when: int) -> float:
    """On the machines' clock."""
    return datetime(*when, tzinfo=UTC).timestamp() - EPOCH  # type: ignore[arg-type,misc]  # year, month, ...
