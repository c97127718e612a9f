"""When failed deliveries are tried again, beside the table."""

import json
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve

from eventbus.core.effects import Deliver
from eventbus.core.profile import Profile
from eventbus.names import Arn
from sources import sns
from sources.sns.message import Message
from sources.sns.policies import AWS_MANAGED, final, schedule_for, text_of
from sources.sns.policies import read_subscription_policy as read_policy
from sources.sns.policies import read_topic_policy as read_topic
from tests.contracts.sns_table import AWS_MANAGED as ALL_PAUSES
from tests.contracts.sns_table import FAILURES, HTTP_ANSWERS, RETRIES, Failure, Retries
from tests.sources.helpers import Machines, birth
from tests.sources.sns.helpers import FUNCTION, QUEUE, Sink, make_topic, run_until

ENDPOINTS = {"sqs": QUEUE, "lambda": FUNCTION, "http": Arn("http://example.com/"), "https": Arn("https://example.com/")}
OFFERED = [row for row in RETRIES if row.protocol in ENDPOINTS]
CODES = {
    "function deleted": "ResourceNotFoundException",
    "function's policy does not allow the topic": "AccessDeniedException: no statement",
    "invocations throttled": "TooManyRequestsException",
    "function service fails": "ServiceException",
    "queue deleted": "ResourceNotFoundException",
    "queue's policy does not allow the topic": "AccessDeniedException: no statement",
    "queue service fails": "ServiceUnavailable",
}


@pytest.mark.parametrize("row", OFFERED, ids=lambda row: row.id)
def test_schedules_are_those_of_the_table(row: Retries) -> None:
    """All pauses, the subscription's own policy and the topic's considered."""
    own = None if row.subscription_policy is None else read_policy(json.dumps(row.subscription_policy))
    topic = None if row.topic_policy is None else read_topic(json.dumps(row.topic_policy))

    schedule = schedule_for(row.protocol, own, topic)

    assert schedule.total == len(row.delays)
    assert [schedule.pause(n + 1) for n in range(len(row.delays))] == pytest.approx(row.delays, abs=1e-6)


@pytest.mark.parametrize("row", OFFERED, ids=lambda row: row.id)
def test_deliveries_follow_the_schedule(row: Retries) -> None:
    """Their gaps, of up to 30 retries; without delay they are tried again at the same instant."""
    sink = Sink(ENDPOINTS[row.protocol])
    attributes = {} if row.subscription_policy is None else {"DeliveryPolicy": json.dumps(row.subscription_policy)}
    machine = make_topic(delivery_policy=row.topic_policy)
    subscription = machine.subscribe(0.0, row.protocol, sink.arn, attributes)
    subscription.confirmed = True
    Machines(machine, sink).drain(0.0)
    sink.errors = ["Status503"] * 31
    delays = row.delays[:30]
    machine.publish(0.0, Message("x"))

    times = run_until(sum(delays) + 0.5, machine, sink)
    tries = [0.0, *times]
    gaps = [late - soon for soon, late in pairwise(tries)]
    assert gaps == pytest.approx(delays, abs=1e-6)


def test_managed_retries_end() -> None:
    """After 100,015 of them the message is dropped: nothing is outstanding any more."""
    assert (AWS_MANAGED.total, len(ALL_PAUSES)) == (100_015, 100_015)
    machine = make_topic(delivery_policy={"http": {"defaultHealthyRetryPolicy": {"numRetries": 2}}})
    sink = Sink(ENDPOINTS["http"])
    machine.subscribe(0.0, "http", sink.arn, {}).confirmed = True
    Machines(machine, sink).drain(0.0)
    sink.errors = ["ConnectionError: refused"] * 10
    machine.publish(0.0, Message("x"))

    assert run_until(10_000.0, machine, sink) == [20.0, 40.0]
    assert machine.outstanding() == 0
    assert machine.notes[-1][0] == "dropped"


@pytest.mark.parametrize(("status", "fate"), HTTP_ANSWERS, ids=str)
def test_answers_of_urls(status: int | None, fate: str) -> None:
    """5xx, 429 and silence are tried again, others not."""
    error = "ConnectionError: nobody" if status is None else None if 200 <= status < 300 else f"Status{status}"
    sink = Sink(ENDPOINTS["https"])
    machine = make_topic()
    machine.subscribe(0.0, "https", sink.arn, {}).confirmed = True
    Machines(machine, sink).drain(0.0)
    sink.errors = [error]
    machine.publish(0.0, Message("x"))
    Machines(machine, sink).drain(0.0)

    assert ("again" if machine.outstanding() else machine.notes[-1][0]) == {
        "delivered": "notified",
        "again": "again",
        "given up": "dropped",
    }[fate]


@pytest.mark.parametrize("row", FAILURES, ids=lambda row: row.id)
def test_faults_of_the_client_are_not_tried_again(row: Failure) -> None:
    """Those of the service are."""
    sink = Sink(ENDPOINTS[row.protocol], [CODES[row.id]])
    machine = make_topic()
    machine.subscribe(0.0, row.protocol, sink.arn, {})
    machine.publish(0.0, Message("x"))
    Machines(machine, sink).drain(0.0)

    assert (machine.outstanding() == 1) is row.again


def test_jitter_is_the_profile_s() -> None:
    """Pauses grow by up to its share; none stays none."""
    topic = sns.Topic("orders")
    born = evolve(birth(topic.arn), profile=Profile(jitter=0.5))
    machine, sink = topic.machine(born), Sink(errors=["ServiceUnavailable"] * 5)
    machine.subscribe(0.0, "sqs", sink.arn, {})
    machine.publish(0.0, Message("x"))

    tries = [0.0, *run_until(4.0, machine, sink)]
    assert tries[:4] == [0.0, 0.0, 0.0, 0.0]
    assert 1.0 < tries[4] < 1.5
    assert 1.0 < tries[5] - tries[4] < 1.5


def test_text_of_nothing_is_none() -> None:
    """A policy holds what was said, no more."""
    assert text_of(numRetries=None) is None
    assert text_of(numRetries=0, minDelayTarget=None) == '{"healthyRetryPolicy":{"numRetries":0}}'


@pytest.mark.parametrize(
    "policy",
    ['{"healthyRetryPolicy":{"colour":1}}', '{"throttlePolicy":{}}', "[]", '{"healthyRetryPolicy":{"numRetries":"3"}}'],
)
def test_unknown_policies_are_refused(policy: str) -> None:
    """By name."""
    with pytest.raises(sns.InvalidParameterException, match="Invalid parameter: DeliveryPolicy: "):
        read_policy(policy)


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"http": {"disableSubscriptionOverrides": 1, "defaultHealthyRetryPolicy": {}}},
        {"http": {"defaultThrottlePolicy": {"maxReceivesPerSecond": 1}}},
    ],
    ids=["empty", "no boolean", "throttle"],
)
def test_unknown_topic_policies_are_refused(policy: Any) -> None:
    """As well."""
    with pytest.raises(sns.InvalidParameterException, match="Invalid parameter: DeliveryPolicy: "):
        read_topic(json.dumps(policy))


def test_only_statuses_are_final() -> None:
    """Codes of other machines are none."""
    assert [final(code) for code in ("Status404: gone", "Status500", "Status429", "ServiceUnavailable")] == [
        True,
        False,
        False,
        False,
    ]


def test_effects_of_retries_are_new_deliveries() -> None:
    """With the same body, under tokens of their own."""
    sink = Sink(errors=["ServiceUnavailable"])
    machine = make_topic()
    machine.subscribe(0.0, "sqs", sink.arn, {})
    machine.publish(0.0, Message("x"))
    run_until(1.0, machine, sink)

    first, second = sink.got
    assert isinstance(second, Deliver)
    assert first.token != second.token
    assert first.body == second.body
