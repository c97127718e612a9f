"""The tables of Cognito, CloudFormation, CodePipeline and Secrets Manager hold together; no system is needed."""

from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.contracts import cloudformation_table, codepipeline_table, cognito_table, secretsmanager_table
from tests.contracts.cloudformation_table import TIMELINES, Timeline
from tests.contracts.cognito_table import ANSWERS, FLOWS, ORDERS, TRIGGERS, Flow
from tests.golden import load

_FOLDERS = ("cognito", "cloudformation", "codepipeline", "secretsmanager")
_GOLDEN = Path(__file__).parents[1] / "golden"
_NAMES = sorted(f"{folder}/{path.stem}" for folder in _FOLDERS for path in (_GOLDEN / folder).glob("*.json"))
_TABLES: list[tuple[str, list[Any]]] = [
    (f"{module.__name__.rpartition('.')[2]}.{name}", rows)
    for module in (cognito_table, cloudformation_table, codepipeline_table, secretsmanager_table)
    for name, rows in vars(module).items()
    if name.isupper() and isinstance(rows, list) and rows and attrs.has(type(rows[0]))
]
_RESOURCE = {
    f"{verb}_{end}" for verb in ("CREATE", "UPDATE", "DELETE") for end in ("IN_PROGRESS", "COMPLETE", "FAILED")
}
_STACK = _RESOURCE | {
    *[f"{verb}_{end}" for verb in ("ROLLBACK", "UPDATE_ROLLBACK") for end in ("IN_PROGRESS", "COMPLETE", "FAILED")],
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
}
_SOURCES = {source for trigger in TRIGGERS for source in trigger.sources}


@pytest.mark.parametrize(("name", "rows"), _TABLES, ids=[name for name, _ in _TABLES])
def test_rows_are_told_apart_by_id_and_have_a_source(name: str, rows: list[Any]) -> None:
    ids = [row.id for row in rows]

    assert sorted(ids) == sorted(set(ids))
    assert all(getattr(row, "source", "bc") for row in rows)


@pytest.mark.parametrize("name", _NAMES)
def test_goldens_of_cognito_name_a_trigger_source(name: str) -> None:
    event = load(name)

    assert event.get("triggerSource", "PreSignUp_SignUp") in _SOURCES


def test_every_trigger_has_a_golden() -> None:
    asked = {load(name)["triggerSource"].partition("_")[0] for name in _NAMES if name.startswith("cognito/")}

    assert asked == {source.partition("_")[0] for source in _SOURCES}


def test_rows_of_cognito_name_trigger_sources() -> None:
    named = {row.trigger_source for row in ANSWERS} | {source for row in ORDERS for source in row.sources}
    named |= {asked[0] for flow in FLOWS for step in flow.steps for asked in step.asked}

    assert named <= _SOURCES


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.id)
def test_flows_begin_once(flow: Flow) -> None:
    assert [step.call for step in flow.steps].count("InitiateAuth") == 1
    assert flow.steps[0].call == "InitiateAuth"


@pytest.mark.parametrize("timeline", TIMELINES, ids=lambda timeline: timeline.id)
def test_timelines_hold_statuses_of_the_service_in_time_order(timeline: Timeline) -> None:
    times = [event.at for event in timeline.events]

    assert times == sorted(times)
    assert all(event.status in (_STACK if event.who == "shop" else _RESOURCE) for event in timeline.events)
    assert timeline.events[0].who == timeline.events[-1].who == "shop"
