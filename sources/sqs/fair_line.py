"""In which order a standard queue gives out its visible messages once one of them has had a group: a fair queue.

A group names a tenant, a message without one is a tenant of its own (sqs:sqs-fair-queues-detailed). A group that has
more in flight than twice the mean of the tenants here, those with a message that is visible or in flight, is noisy:
what others have goes first. Within both it is the line that it would be without groups; nobody waits for his own group.
Who is noisy is found out once for each receive, from what was in flight before it.
Deviation: AWS calls its thresholds approximate, and names 10 % of what is in flight with at least 30 messages, or 10 %
of the time of processing; of several noisy groups it serves first who has the fewest in flight.
A receive looks at what it gives out and at the noisy groups that stand before it, whatever the depth.
"""

from heapq import heappop, heappush
from math import inf
from typing import Final

from attrs import define, field

from .lines import Group, Leaves, StandardLine
from .message import DELAYED, VISIBLE, Message

NOISY: Final = 2
"""Times the mean: who has more in flight is noisy."""


@define(eq=False)
class Tenant(Group):
    """The messages of one group."""

    count: int = field(default=0, init=False)  # visible or in flight
    out: int = field(default=0, init=False)  # of these, in flight or on their way to another queue
    starts: list[int] = field(factory=list, init=False)  # its places in the heap of all tenants, the first one last


@define(eq=False)
class FairLine:
    """Made of the line of a queue without groups, and of what it has: from then on on equal terms with the groups."""

    _alone: StandardLine  # messages without a group; gives out the places of all
    _alone_count: int  # of these, visible or in flight
    _out: int  # with a group or without, in flight or on their way to another queue
    _tenants: dict[str, Tenant] = field(factory=dict, init=False)
    _starts: list[tuple[int, Tenant]] = field(factory=list, init=False)  # a heap, by place of the first visible message

    def appeared(self, message: Message) -> None:
        tenant = self._tenant(message)
        if tenant is None:
            self._alone_count += 1
            self._alone.appeared(message)
            return
        tenant.count += 1
        message.place = self._alone.next_place()
        tenant.appeared(message)
        self._offer(tenant)

    def returned(self, message: Message, *, to_back: bool) -> None:
        tenant = self._tenant(message)
        self._out -= 1
        if tenant is None:
            self._alone.returned(message, to_back=to_back)
            return
        tenant.out -= 1
        if to_back:
            message.place = self._alone.next_place()
        tenant.returned(message)
        self._offer(tenant)

    def hidden(self, message: Message) -> None:
        """It has been in flight since it was taken or withdrawn."""

    def withdrawn(self, message: Message) -> None:
        self._alone.withdrawn(message)
        self._goes_out(message)

    def freed(self, message: Message, was: int) -> None:
        if was == DELAYED:
            return
        tenant, out = self._tenant(message), was != VISIBLE
        self._out -= out
        if tenant is None:
            self._alone_count -= 1
            return
        tenant.out -= out
        tenant.count -= 1
        if not tenant.count:
            del self._tenants[tenant.name]

    def ready(self) -> bool:
        return self._front() is not None or self._alone.ready()

    def take(self, limit: int, leaves: Leaves | None = None) -> list[Message]:
        taken: list[Message] = []
        left: list[Message] = []
        for most in (self._most(), inf):
            passed: list[Tenant] = []
            while len(taken) < limit and (message := self._next(most, passed)) is not None:
                (left if leaves is not None and leaves(message) else taken).append(message)
            for tenant in passed:
                self._offer(tenant)
        for message in taken + left:
            self._goes_out(message)
        return taken

    def noisy(self) -> set[str]:
        """The groups that are; none while there is nothing to give out."""
        if not self.ready():
            return set()
        most = self._most()
        return {name for name, tenant in self._tenants.items() if tenant.out > most}

    def _tenant(self, message: Message) -> Tenant | None:
        name = None if message.more is None else message.more.group
        if name is None:
            return None
        tenant = self._tenants.get(name)
        if tenant is None:
            tenant = self._tenants[name] = Tenant(name)
        return tenant

    def _most(self) -> float:
        """What a quiet tenant may have in flight."""
        tenants = len(self._tenants) + self._alone_count
        return NOISY * self._out / tenants if tenants else inf

    def _next(self, most: float, passed: list[Tenant]) -> Message | None:
        """The first message of those who have no more than that in flight; who has is passed, and out of the heap."""
        alone = self._alone.first()
        while (tenant := self._front()) is not None:
            first = tenant.first()
            if first is None or (alone is not None and alone.place < first.place):
                break
            self._pop()
            if tenant.out <= most:
                tenant.take_first(first)
                self._offer(tenant)
                return first
            passed.append(tenant)
        return None if alone is None else self._alone.take_first()

    def _front(self) -> Tenant | None:
        """Whose message is the first of all. An entry counts if it says so; every tenant has one at its first message
        or before, but for those that a receive has just passed."""
        starts = self._starts
        while starts:
            place, tenant = starts[0]
            first = tenant.first()
            if first is not None and first.place == place:
                return tenant
            self._pop()
            self._offer(tenant)
        return None

    def _pop(self) -> None:
        _, tenant = heappop(self._starts)
        tenant.starts.pop()

    def _offer(self, tenant: Tenant) -> None:
        first = tenant.first()
        if first is not None and not (tenant.starts and tenant.starts[-1] <= first.place):
            tenant.starts.append(first.place)
            heappush(self._starts, (first.place, tenant))

    def _goes_out(self, message: Message) -> None:
        """It was visible."""
        tenant = self._tenant(message)
        self._out += 1
        if tenant is not None:
            tenant.out += 1
