"""What a rule may be, what it hears of, and when."""

from typing import Any

import pytest

from eventbus import App, InvalidSetting
from sources import config
from tests.contracts.config_table import (
    CHANGE,
    PERIODIC,
    RULES_LIMIT,
    SCHEDULED,
    SCOPES,
    SETTINGS,
    Periodic,
    Scoped,
    Setting,
)
from tests.helpers import echo
from tests.sources.config.helpers import RECORDER, Kept, Work, rule, scope, with_rule
from tests.sources.helpers import done

NOT_SAID = {
    "unknown event source": "a rule has the one source that there is",
    "no owner": "the owner is always the account",
    "unknown owner": "the owner is always the account",
    "no source": "its settings stand beside the name",
    "new rule with an id": "ids are generated",
    "no message type": "a list of types has no member without one",
}


@pytest.mark.parametrize("row", SETTINGS, ids=lambda row: row.id)
def test_setting(row: Setting) -> None:
    """Refused where it is written; what is missing is refused by Python itself."""
    if row.id in NOT_SAID:
        pytest.skip(NOT_SAID[row.id])
    source = row.rule["Source"]
    details = source.get("SourceDetails") or []
    settings: dict[str, Any] = {
        "message_types": [each["MessageType"] for each in details],
        **scope(row.rule.get("Scope")),
    }
    for wire, name in (
        ("ConfigRuleName", "name"),
        ("InputParameters", "input_parameters"),
        ("Description", "description"),
    ):
        if wire in row.rule:
            settings[name] = row.rule[wire]
    for each in details:
        if "MaximumExecutionFrequency" in each:
            settings["maximum_execution_frequency"] = each["MaximumExecutionFrequency"]
    if "SourceIdentifier" in source:
        settings["function"] = Work() if source["SourceIdentifier"].startswith("arn:") else source["SourceIdentifier"]
    if row.error is None:
        config.ConfigRule(**settings)
        return
    with pytest.raises((InvalidSetting, TypeError)):
        config.ConfigRule(**settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"message_types": CHANGE},
        {"message_types": ["ConfigurationSnapshotDeliveryCompleted"]},
        {"message_types": [["x"]]},
        {"compliance_resource_types": "AWS::S3::Bucket"},
        {"compliance_resource_types": [""]},
        {"compliance_resource_types": [7]},
        {"tag_key": "\ud800"},
        {"input_parameters": {"a": 1}},
        {"input_parameters": "[" * 1_000},
        {"input_parameters": '"\ud800"'},
        {"description": 7},
        {"maximum_execution_frequency": []},
    ],
    ids=str,
)
def test_refused(settings: dict[str, Any]) -> None:
    [name] = settings
    with pytest.raises(InvalidSetting, match=name):
        rule(Work(), **settings)


def test_rules_have_names_of_their_own() -> None:
    app = App()
    work = app.function(echo, name="work")
    app.add(rule(work))
    with pytest.raises(InvalidSetting, match="one that no other rule has"):
        app.add(rule(work))


def test_as_many_rules_as_an_account_has() -> None:
    others = [rule(Work(), f"r{number}") for number in range(RULES_LIMIT)]
    others[-1].check(others[:-1])
    with pytest.raises(InvalidSetting, match="1,000 rules at most"):
        rule(Work()).check(others)


def test_rule_brings_its_recorder() -> None:
    """Which may be added before, or after."""
    app = App()
    app.add(rule(app.function(echo, name="work")))

    assert app.add(config.ConfigurationRecorder()).arn == RECORDER.arn
    assert [resource.arn for resource in app.resources] == [RECORDER.arn]


@pytest.mark.parametrize("row", SCOPES, ids=lambda row: row.id)
def test_scope(row: Scoped) -> None:
    """What a rule hears of each item."""
    kept, work = with_rule(message_types=list(row.types), **scope(row.scope))
    if row.id == "discovered":
        assert row.items[0].status == "ResourceDiscovered"  # as any first item is here
    heard: list[Any] = []

    async def main() -> None:
        for item in row.items:
            before = len(work.events)
            await kept.put(item)
            heard.append(work.asked[before:])

    done(main())
    assert heard == [[] if each is None else [each] for each in row.invoked]


@pytest.mark.parametrize("row", PERIODIC, ids=lambda row: row.id)
def test_periodic(row: Periodic) -> None:
    """At once, then after each period; nothing to wait for."""
    work = Work()
    declared = rule(work, message_types=[SCHEDULED], maximum_execution_frequency=row.frequency)
    kept = Kept(declared, works=(work,))
    came: list[tuple[float, int]] = []

    async def main() -> None:
        for at in row.at:
            await kept.at(at - 0.001)
            before = len(work.events)
            await kept.at(at)
            came.append((at, len(work.events) - before))

    done(main())
    assert came == [(at, 1) for at in row.at]
    assert (len(work.events), kept.machine.outstanding()) == (3, 0)


def test_late_machine_misses_no_period() -> None:
    work = Work()
    declared = rule(work, message_types=[SCHEDULED], maximum_execution_frequency="One_Hour")
    kept = Kept(declared, works=(work,))
    kept.machine.wake(7_300.0)
    done(kept.client.describe_config_rules())

    assert [each["notificationCreationTime"][11:16] for each in work.invoking] == ["00:00", "01:00", "02:00"]
    assert kept.machine.next_deadline() == 10_800.0
