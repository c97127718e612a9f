"""CloudWatch alarms: on metrics, on other alarms, with functions and topics as actions.

`Metrics` stands for all metrics of the account: tests and handlers put data there, alarms look at them.

Deviations from AWS: no service puts metrics of its own; data are there at once, and looked at when their minute is
over; a state set by hand stays until then; alarms are declared, none is made while the bus runs; notifications to
topics have no subject. Not offered: metric math, anomaly detection, extended statistics, alarms on queries, tags, other
actions.

Choices where no page settles it: see `evaluation`, `alarm_rule` and `composite_machine`.
"""

from .alarm import Alarm
from .client import AlarmClient, DescribedAlarm
from .composite_alarm import CompositeAlarm
from .data import Dimension, MetricDatum, StatisticSet
from .errors import InvalidFormat, ValidationError
from .events import AlarmData, AlarmEvent, AlarmState
from .metrics import Metrics, MetricsClient
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "Alarm",
    "AlarmClient",
    "AlarmData",
    "AlarmEvent",
    "AlarmState",
    "CompositeAlarm",
    "DescribedAlarm",
    "Dimension",
    "InvalidFormat",
    "MetricDatum",
    "Metrics",
    "MetricsClient",
    "StatisticSet",
    "ValidationError",
    "sample_event",
]
