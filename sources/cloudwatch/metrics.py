"""All metrics of the account: what is put goes to the alarms that look at it."""

from collections.abc import Sequence
from math import inf
from typing import Any, Final

from attrs import define, field, frozen

from eventbus.core.effects import Cause, Effect, Note, Receive, Received
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .data import Datum, Metric, MetricDatum, data_of

METRICS: Final = arn_of("cloudwatch", "metrics")


@define(eq=False)
class MetricsMachine:
    """It keeps nothing but what is put before its bus has taken a breath: alarms ask for their data at once, but not
    before."""

    arn: Arn
    birth: Birth
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    _alarms: dict[Metric, list[tuple[Arn, int]]] = field(factory=dict, init=False)  # with the token of each
    _early: list[Datum] = field(factory=list, init=False)
    _awake: bool = field(default=False, init=False)

    def receive(self, now: float, effect: Receive) -> None:
        """An alarm looks at the metric that it names as position, from now on."""
        metric: Any = effect.position
        self._alarms.setdefault(metric, []).append((effect.asker, effect.token))
        early = [datum for datum in self._early if datum.metric == metric]
        if early:
            self.effects.append(Received(effect.asker, effect.token, early))

    def put(self, now: float, data: Sequence[Datum], cause: Cause | None) -> None:
        if not self._awake:
            self._early += data
        for datum in data:
            metric = datum.metric
            self.notes.append(("metric", self.arn, f"{metric.namespace}/{metric.name}", datum.sample.sum, cause))
            for asker, token in self._alarms.get(metric, ()):
                self.effects.append(Received(asker, token, [datum]))

    def wake(self, now: float) -> None:
        self._awake = True

    def next_deadline(self) -> float:
        return inf if self._awake else 0.0

    def outstanding(self) -> int:
        return 0


@define(eq=False)
class MetricsClient:
    """`bus[metrics]`."""

    _machine: MetricsMachine
    _feed: Feed

    async def put_metric_data(self, *, namespace: str, metric_data: Sequence[MetricDatum]) -> None:
        """Up to 1,000 data, each of one metric: `{"metric_name": ..., "value": ...}`, with `dimensions`, `unit` and
        `timestamp` where wanted. Alarms on these metrics look at them at the end of the minute. Raises
        `ValidationError`: nothing of it is put."""
        machine = self._machine
        await self._feed.call(
            machine, "cloudwatch:PutMetricData", _put, machine, namespace, metric_data, self._feed.cause()
        )


@frozen(eq=False)
class Metrics:
    """Takes data of metrics. Those of AWS's own services are put by nobody but whoever calls it."""

    @property
    def arn(self) -> Arn:
        return METRICS

    def machine(self, birth: Birth) -> MetricsMachine:
        return MetricsMachine(self.arn, birth)

    def client(self, machine: Any, feed: Feed) -> MetricsClient:
        return MetricsClient(machine, feed)


def _put(now: float, machine: MetricsMachine, namespace: str, given: Any, cause: Cause | None) -> None:
    """Checked inside the turn, which knows the time."""
    machine.put(now, data_of(namespace, given, machine.birth.epoch + now), cause)
