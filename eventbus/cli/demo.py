"""`eventbus demo`: run the shop over a folder of order files, in virtual time, and tell what happened."""

from pathlib import Path
from typing import Any

from attrs import define, field

import eventbus
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


def run(folder: Path) -> Report:
    """Every file of `folder` went through the shop. Raises OSError if it can't be read."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    report = Report(len(files))
    started = real_monotonic()
    eventbus.run(lambda: _simulate(files, report), virtual=True)
    report.took = real_monotonic() - started
    return report


async def _simulate(files: list[Path], report: Report) -> None:
    async with shop.app.start() as bus:
        began = bus.now()
        for path in files:
            await bus[shop.uploads].put_object(f"in/{path.name}", path.read_bytes())
        await bus.settle()
        report.simulated = (bus.now() - began).total_seconds()
        for function in (shop.ingest, shop.bill):
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
        for message in await bus[shop.dead].peek():
            report.dead_letters.append({"body": message.body, "receives": _receives(message)})
            report.story = report.story or str(bus.trace(message.message_id))


def _receives(message: Any) -> int:
    return int(message.attributes["ApproximateReceiveCount"])
