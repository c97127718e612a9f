"""`eventbus demo`: run the shop, or the ticker, over a folder of order files in virtual time; tell what happened."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from attrs import define, field

import eventbus
from eventbus import Bus, Function
from eventbus.runtime.clock import real_monotonic

from . import shop

SAMPLE = Path(__file__).with_name("sample")


@define(eq=False)
class Report:
    """What one run of the demo showed; `simulated` and `took` in seconds."""

    files: int
    simulated: float = 0.0
    took: float = 0.0
    attempts: list[dict[str, Any]] = field(factory=list)
    dead_letters: list[dict[str, Any]] = field(factory=list)
    story: str = ""  # of the first dead letter

    def to_json(self) -> dict[str, Any]:
        return {
            "files": self.files,
            "simulated_seconds": self.simulated,
            "real_seconds": round(self.took, 3),
            "invocations": len(self.attempts),
            "attempts": self.attempts,
            "dead_letters": self.dead_letters,
        }


def run(folder: Path, act: str = "shop") -> Report:
    """Every file of `folder` went through the shop, or line by line over the stream. Raises OSError if it can't be
    read."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    report = Report(len(files))
    started = real_monotonic()
    eventbus.run(lambda: ACTS[act](files, report), virtual=True)
    report.took = real_monotonic() - started
    return report


async def _through_the_shop(files: list[Path], report: Report) -> None:
    async with shop.app.start() as bus:
        began = bus.now()
        for path in files:
            await bus[shop.uploads].put_object(f"in/{path.name}", path.read_bytes())
        await bus.settle()
        _tell(report, bus, began, (shop.ingest, shop.bill))
        for message in await bus[shop.dead].peek():
            report.dead_letters.append({"body": message.body, "receives": _receives(message)})
            report.story = report.story or str(bus.trace(message.message_id))


def _receives(message: Any) -> int:
    return int(message.attributes["ApproximateReceiveCount"])


async def _over_the_stream(files: list[Path], report: Report) -> None:
    from . import ticker  # of the second act only

    async with ticker.app.start() as bus:
        began = bus.now()
        sent: dict[str, str] = {}
        for path in files:
            for line in path.read_text().splitlines():
                put = await bus[ticker.orders].put_record(data=line.encode(), partition_key=path.stem)
                sent[put.sequence_number] = line
        await bus.settle()
        _tell(report, bus, began, (ticker.bill,))
        for message in await bus[ticker.poisoned].peek():
            record = json.loads(message.body)
            number = record["KinesisBatchInfo"]["startSequenceNumber"]
            tries = record["requestContext"]["approximateInvokeCount"]
            report.dead_letters.append({"body": sent[number], "receives": tries})
            report.story = report.story or str(bus.trace(number))


def _tell(report: Report, bus: Bus, began: datetime, functions: Sequence[Function[Any, Any]]) -> None:
    report.simulated = (bus.now() - began).total_seconds()
    for function in functions:
        for attempt in bus.invocations(function):
            report.attempts.append(
                {
                    "at": (attempt.start - began).total_seconds(),
                    "function": function.name,
                    "records": len(attempt.event["Records"]),
                    "failed_records": len((attempt.result or {}).get("batchItemFailures", ())),
                    "outcome": attempt.outcome,
                }
            )
    report.attempts.sort(key=lambda attempt: attempt["at"])


ACTS: Final = {"shop": _through_the_shop, "streams": _over_the_stream}
