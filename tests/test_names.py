"""ARNs, and ids that are the same in every run of one seed."""

import copy
import re

import pytest

from eventbus.names import Arn, Ids, arn_of, async_address, function_arn, id_prefix

QUEUE, OTHER = arn_of("sqs", "orders"), arn_of("sqs", "dead")


def test_arns_are_of_one_account_in_one_region() -> None:
    """Twelve digits, the oldest region."""
    assert arn_of("sqs", "orders") == "arn:aws:sqs:us-east-1:000000000000:orders"
    assert function_arn("bill") == "arn:aws:lambda:us-east-1:000000000000:function:bill"
    assert async_address(function_arn("bill")) == "arn:aws:lambda:us-east-1:000000000000:function:bill:async"


@pytest.mark.parametrize(
    ("arn", "service", "resource", "name"),
    [
        (function_arn("bill"), "lambda", "function:bill", "bill"),
        (QUEUE, "sqs", "orders", "orders"),
        (Arn("arn:aws:s3:::uploads"), "s3", "uploads", "uploads"),
        (arn_of("events", "rule/bus/nightly"), "events", "rule/bus/nightly", "rule/bus/nightly"),
    ],
    ids=["function", "queue", "bucket", "with slashes"],
)
def test_parts_of_an_arn(arn: Arn, service: str, resource: str, name: str) -> None:
    """Whoever owns it, what follows the account, what people call it."""
    assert (arn.service, arn.resource, arn.name) == (service, resource, name)


def test_ids_are_uuids_of_version_4() -> None:
    """To everybody who parses them."""
    ids = Ids(0, QUEUE)

    for _ in range(20):
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}", ids.text(ids.draw()))


def test_ids_are_the_same_in_every_version() -> None:
    """A seed in somebody's bug report stays worth something."""
    ids = Ids(7, QUEUE)

    assert [ids.text(ids.draw()) for _ in range(2)] == [
        "a4465f99-71ba-4b37-a7b7-000000000001",
        "a4465f99-71ba-4b37-a7b7-000000000002",
    ]
    assert ids.text(0xABCDEF012345) == "a4465f99-71ba-4b37-a7b7-abcdef012345"
    assert id_prefix(7, QUEUE) == "a4465f99-71ba-4b37-a7b7"


def test_ids_depend_on_seed_and_arn() -> None:
    """And on nothing else: adding a queue changes no other ids."""
    prefixes = {id_prefix(seed, arn) for seed in (0, 1) for arn in (QUEUE, OTHER)}

    assert len(prefixes) == 4
    assert Ids(1, OTHER).text(1) == Ids(1, OTHER).text(1)


def test_chance_depends_on_seed_and_arn() -> None:
    """One stream, which goes on where it was."""
    ids = Ids(7, QUEUE)

    drawn = [ids.random.random(), ids.random.random()]

    assert drawn == [0.837326820545529, 0.41184666372244283]
    assert drawn[0] != Ids(7, OTHER).random.random()
    assert drawn[0] != Ids(8, QUEUE).random.random()


def test_chance_and_ids_do_not_disturb_each_other() -> None:
    """Whichever is asked first."""
    ids = Ids(7, QUEUE)
    ids.draw()

    assert ids.random.random() == Ids(7, QUEUE).random.random()
    assert ids.draw() == 2


def test_copy_draws_the_same() -> None:
    """Each by itself."""
    ids = Ids(7, QUEUE)
    ids.draw()
    ids.random.random()

    other = copy.deepcopy(ids)

    assert (ids.draw(), ids.random.random()) == (other.draw(), other.random.random())
