"""What functions get, compared whole with goldens, and read by the library that users read it with."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import AWSConfigRuleEvent
from aws_lambda_powertools.utilities.data_classes.aws_config_rule_event import (
    AWSConfigConfigurationItemChanged,
    AWSConfigOversizedConfigurationItemSummary,
)

from eventbus.errors import InvalidSetting
from sources import config
from tests.contracts.config_table import CHANGE, OVERSIZED, SCHEDULED
from tests.golden import load, match
from tests.sources.config.helpers import ARN, BUCKET, LONG, TEAM, UPLOADS, Kept, Work, rule, with_rule
from tests.sources.helpers import done

PARAMETERS = '{"minimum":"2"}'
TAGGED = {"tag_key": "team", "tag_value": "shop", "input_parameters": PARAMETERS}


async def put(kept: Kept, now: float, content: str = UPLOADS, tags: Any = TEAM) -> None:
    kept.feed.now = now
    await kept.client.put_resource_config(BUCKET, "uploads", content, tags=tags, arn=ARN)


def compare(golden: str, invoking: str, work: Work, index: int = -1) -> None:
    match(load(f"config/{golden}"), work.events[index])
    match(load(f"config/{invoking}_invoking"), work.invoking[index])


def test_change() -> None:
    """Discovered at first, then as it is."""
    kept, work = with_rule(**TAGGED)

    async def main() -> None:
        await put(kept, 10.0)
        await put(kept, 10.0)

    done(main())
    compare("change", "change_discovered", work, 0)
    compare("change", "change", work, 1)


def test_oversized() -> None:
    kept, work = with_rule(**TAGGED)

    async def main() -> None:
        await put(kept, 0.0)
        await put(kept, 10.0, LONG)

    done(main())
    compare("change", "oversized", work)


@pytest.mark.parametrize(("invoking", "deleted"), [("left_scope", False), ("change_deleted", True)])
def test_left_scope(invoking: str, deleted: bool) -> None:
    kept, work = with_rule(**TAGGED)

    async def main() -> None:
        await put(kept, 10.0)
        if deleted:
            kept.feed.now = 20.0
            await kept.client.delete_resource_config(BUCKET, "uploads")
        else:
            await put(kept, 20.0, tags=None)

    done(main())
    compare("left_scope", invoking, work)


def test_without_parameters() -> None:
    kept, work = with_rule()
    done(put(kept, 10.0))

    match(load("config/without_parameters"), work.events[0])


def test_periodic() -> None:
    work = Work()
    declared = rule(
        work,
        "nightly",
        message_types=[SCHEDULED],
        maximum_execution_frequency="One_Hour",
        input_parameters=PARAMETERS,
    )
    kept = Kept(declared, works=(work,))
    done(kept.at(3_600.0))
    compare("periodic", "periodic", work, 1)


def test_notification_of_the_longest_size() -> None:
    """262,144 bytes of the invoking event; one more is oversized."""
    kept, work = with_rule()
    done(put(kept, 0.0, json.dumps({"name": ""})))
    empty = len(work.events[0]["invokingEvent"]) - len("ResourceDiscovered") + len("OK")
    for size in (262_144, 262_145):
        done(put(kept, 0.0, json.dumps({"name": "x" * (size - empty)})))

    assert [kind for kind, _ in work.asked] == [CHANGE, CHANGE, OVERSIZED]
    assert len(work.events[1]["invokingEvent"]) == 262_144


def test_powertools_reads_events() -> None:
    kept, work = with_rule(**TAGGED)
    done(put(kept, 10.0))
    done(put(kept, 20.0, LONG))
    change, long = (AWSConfigRuleEvent(event) for event in work.events)
    item = AWSConfigConfigurationItemChanged(work.invoking[0]["configurationItem"])
    summary = AWSConfigOversizedConfigurationItemSummary(work.invoking[1]["configurationItemSummary"])

    assert (change.config_rule_name, change.event_left_scope, change.accountid) == ("encrypted", False, "000000000000")
    assert change.rule_parameters == {"minimum": "2"}
    assert change.result_token == work.tokens[0]
    assert (item.resource_id, item.resource_type, item.resource_arn) == ("uploads", BUCKET, ARN)
    assert item.configuration == {"name": "uploads", "versions": 3}
    assert item.configuration_item_status == "ResourceDiscovered"
    assert long.invoking_event.message_type == OVERSIZED
    assert summary.change_type == "UPDATE"


def test_arn_unless_it_is_given() -> None:
    kept, work = with_rule()
    done(kept.client.put_resource_config("AWS::EC2::Instance", "i-1", "{}"))

    assert work.invoking[0]["configurationItem"]["ARN"] == "arn:aws:ec2:us-east-1:000000000000:instance/i-1"


@pytest.mark.parametrize(
    ("kind", "message_type"),
    [("change", CHANGE), ("left_scope", CHANGE), ("oversized", OVERSIZED), ("scheduled", SCHEDULED)],
)
def test_sample_event_is_what_a_machine_sends(kind: str, message_type: str) -> None:
    sample = config.sample_event(kind=kind)

    assert json.loads(sample["invokingEvent"])["messageType"] == message_type
    assert sample["eventLeftScope"] == (kind == "left_scope")


def test_sample_of_no_kind() -> None:
    with pytest.raises(InvalidSetting, match="kind='x' is refused"):
        config.sample_event(kind="x")
