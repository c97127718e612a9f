"""A plain model of a standard queue whose messages may have groups, to hold the real one against: lists, no cleverness.

Its life is that of `QueueModel`; only what a receive comes across first is different.

S = documented, U = not documented, our choice.

- A group names a tenant; a tenant with a disproportionate share of what is in flight is noisy, and the others are
  served first. No order and no lock: several of one group may be in flight. S [sqs:sqs-fair-queues]
- A message without a group is a tenant of its own. S [sqs:sqs-fair-queues-detailed]
- Tenants that count are those with a message that is visible or in flight. Noisy is a group that has more in flight
  than twice the mean of all tenants, while there is something visible. U
- Quiet tenants first, then the noisy; within both the line as it would be without groups. U
- Who is noisy is found out once for each receive, from what was in flight before it. U
- What was handed to a dead-letter queue is in flight no more. U
"""

from dataclasses import dataclass, field

from tests.contracts.queue_model import QueueModel, _Message

NOISY = 2


@dataclass(eq=False)
class _Tenant:
    group: str | None
    messages: list[_Message] = field(default_factory=list)

    def in_flight(self) -> int:
        return sum(message.state == "in flight" for message in self.messages)


class FairQueueModel(QueueModel):
    def send(
        self, now: float, body: str, *, delay: float | None = None, group: str | None = None, dedup: str | None = None
    ) -> int:
        number = super().send(now, body, delay=delay, dedup=dedup)
        for message in self._delayed + self._line:
            if message.number == number:
                message.group = group
        return number

    def noisy(self, now: float) -> list[str | None]:
        """The groups that are noisy now."""
        self._advance(now)
        return [tenant.group for tenant in self._noisy()]

    def quiet(self, now: float) -> list[_Message]:
        """All messages of quiet tenants, delayed ones too."""
        noisy = self.noisy(now)
        return [message for message in self._line + self._delayed if message.group not in noisy]

    def _tenants(self) -> list[_Tenant]:
        tenants: list[_Tenant] = []
        for message in self._line:
            for tenant in tenants:
                if message.group is not None and tenant.group == message.group:
                    tenant.messages.append(message)
                    break
            else:
                tenants.append(_Tenant(message.group, [message]))
        return tenants

    def _noisy(self) -> list[_Tenant]:
        tenants = self._tenants()
        if not any(message.state == "visible" for message in self._line):
            return []
        mean = sum(tenant.in_flight() for tenant in tenants) / len(tenants)
        groups = [tenant for tenant in tenants if tenant.group is not None]
        return [tenant for tenant in groups if tenant.in_flight() > NOISY * mean]

    def _candidates(self) -> list[_Message]:
        loud = [message for tenant in self._noisy() for message in tenant.messages]
        visible = super()._candidates()
        return [each for each in visible if each not in loud] + [each for each in visible if each in loud]
