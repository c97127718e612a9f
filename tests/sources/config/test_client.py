"""What one can do with the recorder, and what it refuses."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventbus.errors import InvalidParameterValueException, ServiceError, ValidationException
from sources import config
from tests.contracts.config_table import CHANGE, NO_RULE, PUTS, RESULTS, SCHEDULED, Put, Results, evaluation
from tests.sources.config.helpers import ARN, BUCKET, LONG, TEAM, UPLOADS, Kept, Work, rule, snake, with_rule
from tests.sources.fuzzed import SCALARS, near
from tests.sources.helpers import EPOCH, done

GOOD = snake(evaluation(Annotation="fine"))


def asked() -> tuple[Kept, str]:
    """And the token of one notification."""
    kept, work = with_rule()
    done(kept.client.put_resource_config(BUCKET, "uploads", UPLOADS))
    return kept, work.tokens[0]


def stored(kept: Kept) -> dict[str, str]:
    found = done(kept.client.get_compliance_details_by_config_rule("encrypted"))
    return {each.resource_id: each.compliance_type for each in found}


@pytest.mark.parametrize("row", PUTS, ids=lambda row: row.id)
def test_put_evaluations(row: Put) -> None:
    """Taken as a whole, or refused as a whole."""
    kept, good = asked()
    token: Any = {"good": good, "unknown": "nobody's", "empty": "", "missing": None}[row.token]
    given = None if row.evaluations is None else [snake(each) for each in row.evaluations]
    options = {} if row.test_mode is None else {"test_mode": row.test_mode}
    call = kept.client.put_evaluations(token, given, **options)
    if row.error is None:
        assert done(call) == []
    else:
        with pytest.raises(ServiceError) as refused:
            done(call)
        assert (refused.value.code, refused.value.status) == (row.error, 400)

    applicable = [each for each in row.evaluations or () if each.get("ComplianceType") != "NOT_APPLICABLE"]
    assert len(stored(kept)) == (len(applicable) if row.stored else 0)


@pytest.mark.parametrize("row", RESULTS, ids=lambda row: row.id)
def test_results(row: Results) -> None:
    """The newest of each resource, and what they make of the rule."""
    kept, token = asked()
    for call in row.calls:
        given = [
            {**GOOD, "compliance_resource_id": id, "compliance_type": kind, "ordering_timestamp": EPOCH + at}
            for id, kind, at in call
        ]
        done(kept.client.put_evaluations(token, given))
    [shown] = done(kept.client.describe_compliance_by_config_rule())

    assert stored(kept) == row.by_resource
    assert shown == config.ComplianceByConfigRule("encrypted", row.rule)


@pytest.mark.parametrize(
    "given",
    ["x", 7, [7], [{**GOOD, "color": "red"}], {"a": 1}, b"x"],
    ids=str,
)
def test_malformed_evaluations(given: Any) -> None:
    kept, token = asked()
    with pytest.raises(ValidationException):
        done(kept.client.put_evaluations(token, given))
    assert stored(kept) == {}


@pytest.mark.parametrize(
    "at",
    [
        "2026-01-01T00:00:10.000Z",
        "2026-01-01T01:00:10+01:00",
        datetime(2026, 1, 1, 0, 0, 10, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 0, 10),
        EPOCH + 10,
        int(EPOCH) + 10,
    ],
    ids=str,
)
def test_instants(at: Any) -> None:
    """As AWS's clients take them: numbers, dates, and texts such as the capture time of an item."""
    kept, token = asked()
    done(kept.client.put_evaluations(token, [{**GOOD, "ordering_timestamp": at}]))
    [result] = done(kept.client.get_compliance_details_by_config_rule("encrypted"))

    assert result.ordering_timestamp == datetime(2026, 1, 1, 0, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "at", ["yesterday", True, float("nan"), float("inf"), 10**400, -1, 253_402_300_800, []], ids=repr
)
def test_instants_that_are_none(at: Any) -> None:
    kept, token = asked()
    with pytest.raises(ValidationException):
        done(kept.client.put_evaluations(token, [{**GOOD, "ordering_timestamp": at}]))


def test_details_of_a_result() -> None:
    kept, work = with_rule()
    kept.feed.now = 5.0
    done(kept.client.put_resource_config(BUCKET, "uploads", UPLOADS))
    kept.feed.now = 7.0
    done(kept.client.put_evaluations(work.tokens[0], [{**GOOD, "compliance_type": "NON_COMPLIANT"}]))
    [result] = done(kept.client.get_compliance_details_by_config_rule("encrypted"))

    assert (result.config_rule_name, result.resource_type, result.resource_id) == ("encrypted", BUCKET, "uploads")
    assert (result.compliance_type, result.annotation) == ("NON_COMPLIANT", "fine")
    assert (result.config_rule_invoked_time.second, result.result_recorded_time.second) == (5, 7)
    for types, found in ((["COMPLIANT"], 0), (["NON_COMPLIANT"], 1), ([], 1)):
        call = kept.client.get_compliance_details_by_config_rule("encrypted", compliance_types=types)
        assert len(done(call)) == found
    for types, found in ((["COMPLIANT"], 0), (["NON_COMPLIANT"], 1)):
        assert len(done(kept.client.describe_compliance_by_config_rule(compliance_types=types))) == found


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda client: client.put_resource_config("", "a", "{}"), "ValidationException"),
        (lambda client: client.put_resource_config("x" * 197, "a", "{}"), "ValidationException"),
        (lambda client: client.put_resource_config("T", "", "{}"), "ValidationException"),
        (lambda client: client.put_resource_config("T", "\ud800", "{}"), "ValidationException"),
        (lambda client: client.put_resource_config("T", "x" * 769, "{}"), "ValidationException"),
        (lambda client: client.put_resource_config("T", "a", "name=1"), "ValidationException"),
        (lambda client: client.put_resource_config("T", "a", "[]"), "ValidationException"),
        (lambda client: client.put_resource_config("T", "a", '{"a": NaN}'), "ValidationException"),
        (lambda client: client.put_resource_config("T", "a", '{"a": "\\ud800"}'), "ValidationException"),
        (lambda client: client.put_resource_config("T", "a", '{"a":' * 100_000), "ValidationException"),
        (lambda client: client.put_resource_config("T", "a", {"a": 1}), "ValidationException"),
        (lambda client: client.put_resource_config("T", "a", "{}", tags={"": "x"}), "ValidationException"),
        (lambda client: client.put_resource_config("T", "a", "{}", tags={"x": 1}), "ValidationException"),
        (lambda client: client.put_resource_config("T", "a", "{}", tags=["x"]), "ValidationException"),
        (lambda client: client.put_resource_config("T", "a", "{}", arn=""), "ValidationException"),
        (lambda client: client.delete_resource_config("T", "nobody"), "ResourceNotDiscoveredException"),
        (lambda client: client.delete_resource_config("T", 7), "ValidationException"),
        (lambda client: client.get_resource_config_history("T", "nobody"), "ResourceNotDiscoveredException"),
        (lambda client: client.get_resource_config_history("T", "a", limit=101), "ValidationException"),
        (lambda client: client.get_resource_config_history("T", "a", limit=True), "ValidationException"),
        (lambda client: client.start_config_rules_evaluation([]), "ValidationException"),
        (lambda client: client.start_config_rules_evaluation("encrypted"), "ValidationException"),
        (lambda client: client.start_config_rules_evaluation(["encrypted"] * 26), "ValidationException"),
        (lambda client: client.start_config_rules_evaluation(["encrypted", "nobody"]), NO_RULE),
        (lambda client: client.describe_config_rules(["nobody"]), NO_RULE),
        (lambda client: client.get_compliance_details_by_config_rule("nobody"), NO_RULE),
        (lambda client: client.get_compliance_details_by_config_rule(""), "ValidationException"),
        (lambda client: client.get_compliance_details_by_config_rule("encrypted", compliance_types=["X"]), "InvalidParameterValueException"),
        (lambda client: client.describe_compliance_by_config_rule(["nobody"]), NO_RULE),
        (lambda client: client.describe_compliance_by_config_rule(compliance_types="COMPLIANT"), "InvalidParameterValueException"),
        (lambda client: client.put_evaluations("t", [], test_mode=1), "ValidationException"),
    ],
)  # fmt: skip
def test_refused(call: Any, code: str) -> None:
    """With AWS's code; nothing is recorded, nobody is asked."""
    kept, work = with_rule()

    with pytest.raises(ServiceError) as refused:
        done(call(kept.client))
    assert (refused.value.code, refused.value.status) == (code, 400)
    assert (work.events, kept.machine._history) == ([], {})


def test_history() -> None:
    """The youngest first; where a handler finds what was too long for its event."""
    kept, _ = with_rule()

    async def main() -> list[Any]:
        await kept.client.put_resource_config(BUCKET, "uploads", UPLOADS, tags=TEAM, arn=ARN)
        kept.feed.now = 10.0
        await kept.client.put_resource_config(BUCKET, "uploads", LONG)
        kept.feed.now = 20.0
        await kept.client.delete_resource_config(BUCKET, "uploads")
        with pytest.raises(config.ResourceNotDiscoveredException):
            await kept.client.delete_resource_config(BUCKET, "uploads")
        kept.feed.now = 30.0
        await kept.client.put_resource_config(BUCKET, "uploads", UPLOADS)
        found = await kept.client.get_resource_config_history(BUCKET, "uploads")
        assert found[:2] == await kept.client.get_resource_config_history(BUCKET, "uploads", limit=2)
        return found

    items = done(main())
    assert [item.configuration_item_status for item in items] == [
        "ResourceDiscovered",
        "ResourceDeleted",
        "OK",
        "ResourceDiscovered",
    ]
    assert [item.resource_creation_time.second for item in items] == [30, 0, 0, 0]
    assert [item.configuration and json.loads(item.configuration) for item in items[1:]] == [
        None,
        json.loads(LONG),
        json.loads(UPLOADS),
    ]
    assert (items[3].tags, items[3].arn, items[3].account_id) == (TEAM, ARN, "000000000000")
    assert len({item.configuration_state_id for item in items}) == 4


def test_started_evaluation_asks_of_what_is_known() -> None:
    """Of each resource in scope that is there; once a minute."""
    kept, work = with_rule(compliance_resource_types=[BUCKET], message_types=[CHANGE, SCHEDULED])

    async def main() -> None:
        await kept.at(0.0)
        for id in ("a", "b"):
            await kept.client.put_resource_config(BUCKET, id, UPLOADS)
        await kept.client.put_resource_config("AWS::EC2::Instance", "i-1", UPLOADS)
        await kept.client.delete_resource_config(BUCKET, "a")
        work.events.clear()
        await kept.client.start_config_rules_evaluation(["encrypted"])
        with pytest.raises(config.LimitExceededException):
            kept.feed.now = 59.9
            await kept.client.start_config_rules_evaluation(["encrypted"])
        kept.feed.now = 60.0
        await kept.client.start_config_rules_evaluation(["encrypted"])

    done(main())
    assert work.asked == [(CHANGE, False), (SCHEDULED, False)] * 2
    assert work.invoking[0]["configurationItem"]["resourceId"] == "b"


def test_described_rules() -> None:
    kept, work = with_rule(
        tag_key="team", input_parameters='{"a":"b"}', description="of teams", message_types=[SCHEDULED]
    )
    [shown] = done(kept.client.describe_config_rules())
    done(kept.at(0.0))

    assert done(kept.client.describe_config_rules(["encrypted"])) == [shown]
    assert (shown.config_rule_name, shown.config_rule_id) == ("encrypted", work.events[0]["configRuleId"])
    assert shown.config_rule_arn == work.events[0]["configRuleArn"]
    assert (shown.maximum_execution_frequency, shown.tag_key, shown.tag_value) == ("TwentyFour_Hours", "team", None)
    assert (shown.input_parameters, shown.description) == ('{"a":"b"}', "of teams")
    assert (shown.source_identifier, shown.config_rule_state) == (work.arn, "ACTIVE")


def test_insufficient_data_can_not_be_put() -> None:
    kept, token = asked()
    with pytest.raises(InvalidParameterValueException):
        done(kept.client.put_evaluations(token, [{**GOOD, "compliance_type": "INSUFFICIENT_DATA"}]))


def test_refused_hand_over() -> None:
    """Is tried again for a while, or dropped at once if it is for good; the item is recorded."""
    for error, left in (("ServiceUnavailable", 1), ("AccessDeniedException", 0), ("ResourceNotFoundException", 0)):
        work = Work(error=error)
        kept = Kept(rule(work), works=(work,))
        done(kept.client.put_resource_config(BUCKET, "uploads", UPLOADS))

        assert (len(work.events), kept.machine.outstanding()) == (1, left)
        assert len(done(kept.client.get_resource_config_history(BUCKET, "uploads"))) == 1


IDS = st.sampled_from(["a", "b"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), IDS, st.booleans()),
        st.tuples(st.just("delete"), IDS),
        st.tuples(st.just("evaluate"), st.integers(0, 20), IDS, st.sampled_from(["COMPLIANT", "NON_COMPLIANT"])),
        st.tuples(st.just("wait"), st.sampled_from([1.0, 3_600.0, 86_400.0])),
        st.tuples(st.just("copy")),
    ),
    max_size=20,
)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_any_course(steps: list[tuple[Any, ...]]) -> None:
    """A rule of a tag hears of every change inside its scope, and once of each that leaves it."""
    kept, work = with_rule(tag_key="team", message_types=[CHANGE, SCHEDULED])
    tagged: dict[str, bool] = {}
    expected: list[tuple[str, bool]] = []

    async def main() -> None:
        for step in steps:
            match step:
                case ("put", id, team):
                    await kept.client.put_resource_config(BUCKET, id, UPLOADS, tags=TEAM if team else {})
                    if team or tagged.get(id):
                        expected.append((id, not team))
                    tagged[id] = team
                case ("delete", id):
                    try:
                        await kept.client.delete_resource_config(BUCKET, id)
                    except config.ResourceNotDiscoveredException:
                        continue
                    if tagged[id]:
                        expected.append((id, True))
                    tagged[id] = False
                case ("evaluate", index, id, kind) if index < len(work.tokens):
                    given = {**GOOD, "compliance_resource_id": id, "compliance_type": kind}
                    await kept.client.put_evaluations(work.tokens[index], [given])
                case ("wait", seconds):
                    await kept.at(kept.feed.now + seconds)
                case ("copy",):
                    kept.client._machine = kept.machine = copy.deepcopy(kept.machine)
            assert kept.machine.next_deadline() > kept.feed.now or not kept.feed.now

    done(main())
    changes = [
        (each, event) for each, event in zip(work.invoking, work.events, strict=True) if each["messageType"] == CHANGE
    ]
    heard = [(each["configurationItem"]["resourceId"], event["eventLeftScope"]) for each, event in changes]
    assert heard == expected
    assert len(set(work.tokens)) == len(work.tokens)


EVALUATIONS = near([GOOD]) | st.lists(near(GOOD), max_size=2) | SCALARS
TOKENS = st.none() | SCALARS


def any_evaluations(given: Any, token: Any) -> None:
    """Taken, or refused with an error of the service and nothing stored; never anything else."""
    kept, work = with_rule()

    async def main() -> None:
        await kept.client.put_resource_config(BUCKET, "uploads", UPLOADS)
        try:
            await kept.client.put_evaluations(work.tokens[0] if token is None else token, given)
        except ServiceError:
            assert await kept.client.get_compliance_details_by_config_rule("encrypted") == []
        await kept.client.describe_compliance_by_config_rule()
        await kept.client.get_compliance_details_by_config_rule("encrypted")

    done(main())


@settings(max_examples=50, deadline=None)
@given(EVALUATIONS, TOKENS)
def test_any_evaluations(given: Any, token: Any) -> None:
    any_evaluations(given, token)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(EVALUATIONS, TOKENS)
def test_any_evaluations_at_length(given: Any, token: Any) -> None:
    any_evaluations(given, token)
