"""Several probes as one."""

from typing import Protocol

from eventbus.core.effects import Note


class Probe(Protocol):
    """Is told what happened, in order. The notes are its own only during the call."""

    def noted(self, now: float, notes: list[Note]) -> None: ...


class Probes:
    """Tells each of them, in this order."""

    def __init__(self, *probes: Probe) -> None:
        self._told = [probe.noted for probe in probes]

    def noted(self, now: float, notes: list[Note]) -> None:
        for noted in self._told:
            noted(now, notes)
