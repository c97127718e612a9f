"""When is a bus quiet: nothing runs, nothing is due, nothing is on its way to a consumer."""

from typing import Any

from attrs import define

from eventbus.core.callers import CALLERS
from eventbus.errors import NotSettled
from eventbus.ports import Machine

from .handlers import Handlers

BUSIEST_NAMED = 3


@define(eq=False)
class Quiet:
    handlers: Handlers
    producers: list[Machine]  # topics, buckets, ...: what they have on its way is waited for

    def holds(self) -> bool:
        driver = self.handlers.driver
        if self.handlers.concurrency.running or driver.broken is not None:
            return driver.broken is not None
        if driver.scheduler.next_deadline() <= driver.now():
            return False
        return not any(owner.outstanding() for owner in self._owners())

    def _owners(self) -> list[Any]:
        """Machines whose outstanding work ends in an invocation or a delivery."""
        machines = self.handlers.driver.machines
        owners: list[Any] = [*self.handlers.queues.values(), machines[CALLERS], *self.producers]
        for source, mappings in self.handlers.readers.items():
            owners += [machines[mapping] for mapping in mappings]
            if any(machines[mapping].reading for mapping in mappings):
                owners.append(machines[source])
        return owners

    def not_settled(self, bound: str) -> NotSettled:
        busy = sorted(
            (
                (owner.outstanding(), str(getattr(owner, "address", None) or owner.arn), owner)
                for owner in self._owners()
            ),
            key=lambda entry: -entry[0],
        )
        named = [f"{name}: {count} outstanding{_why(owner)}" for count, name, owner in busy[:BUSIEST_NAMED] if count]
        running = self.handlers.concurrency.running
        return NotSettled(
            f"not settled within {bound}; {running} running; " + ("; ".join(named) or "nothing outstanding")
        )


def _why(owner: Any) -> str:
    busiest = getattr(owner, "busiest", None)
    words = busiest() if busiest is not None else ""
    return f" ({words})" if words else ""
