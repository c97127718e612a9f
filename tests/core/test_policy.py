"""Who may do what to whom."""

import pytest

from eventbus.core.policy import Policy, Statement, way_out
from eventbus.names import Arn, arn_of, function_arn

BILL, OTHER = function_arn("bill"), function_arn("other")
ORDERS, DEAD = arn_of("sqs", "orders"), arn_of("sqs", "dead")
SEND = "sqs:SendMessage"


def test_granted_allows_what_is_not_revoked() -> None:
    """As the console sets it up."""
    policy = Policy(False, (), ())

    assert policy.allows(BILL, SEND, ORDERS)


def test_enforced_allows_nothing_by_itself() -> None:
    """Every statement has to be made."""
    policy = Policy(True, (), ())

    assert not policy.allows(BILL, SEND, ORDERS)


@pytest.mark.parametrize(
    ("principal", "action", "resource", "allowed"),
    [
        (BILL, SEND, ORDERS, True),
        (OTHER, SEND, ORDERS, False),
        (BILL, "sqs:ReceiveMessage", ORDERS, False),
        (BILL, SEND, DEAD, False),
    ],
    ids=["granted", "another function", "another action", "another queue"],
)
def test_grant_covers_itself_alone(principal: Arn, action: str, resource: Arn, allowed: bool) -> None:
    """Principal, action and resource."""
    policy = Policy(True, (Statement(BILL, SEND, ORDERS),), ())

    assert policy.allows(principal, action, resource) is allowed


@pytest.mark.parametrize(
    ("pattern", "allowed"), [("sqs:*", True), ("sqs:Send*", True), ("sqs:Receive*", False), ("lambda:*", False)]
)
def test_action_may_end_in_a_star(pattern: str, allowed: bool) -> None:
    """As in policies."""
    policy = Policy(True, (Statement(BILL, pattern, ORDERS),), ())

    assert policy.allows(BILL, SEND, ORDERS) is allowed


@pytest.mark.parametrize("enforced", [False, True])
def test_revoked_wins(enforced: bool) -> None:
    """Whatever grants it."""
    policy = Policy(enforced, (Statement(BILL, SEND, ORDERS),), (Statement(BILL, "sqs:*", ORDERS),))

    assert not policy.allows(BILL, SEND, ORDERS)
    assert not policy.allows(BILL, SEND, ORDERS)  # remembered


def test_revoking_one_leaves_the_others() -> None:
    """Statement by statement."""
    policy = Policy(False, (), (Statement(BILL, SEND, ORDERS),))

    assert policy.allows(BILL, SEND, DEAD)
    assert policy.allows(OTHER, SEND, ORDERS)
    assert policy.allows(BILL, "sqs:ReceiveMessage", ORDERS)


def test_any_of_several_grants_is_enough() -> None:
    """In whatever order they stand."""
    policy = Policy(True, (Statement(OTHER, SEND, ORDERS), Statement(BILL, "sqs:*", ORDERS)), ())

    assert policy.allows(BILL, SEND, ORDERS)
    assert policy.allows(BILL, SEND, ORDERS)  # remembered


def test_actions_are_told_apart_by_case() -> None:
    """On every system alike."""
    assert not Statement(BILL, "sqs:send*", ORDERS).covers(BILL, SEND, ORDERS)


def test_way_out_is_a_line_of_code() -> None:
    """What to write."""
    assert way_out(BILL, SEND, ORDERS) == (
        'bill may not sqs:SendMessage on orders; app.grant(bill, "sqs:SendMessage", orders) would allow it'
    )
