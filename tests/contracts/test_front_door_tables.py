"""The tables of the front doors agree with themselves and with their goldens; no door is needed."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import alb_table, cloudfront_table, front_door_requests, functionurl_table
from tests.contracts.front_door_requests import ALB, FUNCTION_URL, Sent, in_golden_order
from tests.golden import load

_GOLDEN = Path(__file__).parents[1] / "golden"
_TABLES: list[tuple[str, list[Any]]] = [
    (f"{module.__name__.rpartition('.')[2]}.{name}", rows)
    for module in (front_door_requests, alb_table, functionurl_table, cloudfront_table)
    for name, rows in vars(module).items()
    if name.isupper() and isinstance(rows, list) and rows and hasattr(rows[0], "_fields")
]


@pytest.mark.parametrize(("name", "rows"), _TABLES, ids=[name for name, _ in _TABLES])
def test_rows_are_told_apart_by_id_and_have_a_source(name: str, rows: list[Any]) -> None:
    ids = [row.id for row in rows if "id" in row._fields]
    assert len(set(ids)) == len(ids)
    assert all(row.source for row in rows if "source" in row._fields)


@pytest.mark.parametrize("sent", ALB + FUNCTION_URL, ids=lambda sent: f"{sent.door}-{sent.id}")
def test_golden_holds_what_was_sent(sent: Sent) -> None:
    event = load(sent.golden)
    name = "headers" if "headers" in event else "multiValueHeaders"
    headers = event[name]
    turned = {**event, name: dict(reversed(headers.items()))}
    assert json.dumps(in_golden_order(event, turned)) == json.dumps(event)
    assert {name.lower() for name, _ in sent.headers} <= set(headers)
    body = event.get("body", "")
    assert (base64.b64decode(body) if event["isBase64Encoded"] else body.encode()) == sent.body
    path, _, query = sent.target.partition("?")
    assert (event.get("path") or event["rawPath"]) == path
    assert event.get("rawQueryString", query) == query


def test_no_golden_is_left_over() -> None:
    named = {sent.golden for sent in ALB + FUNCTION_URL} | {viewed.golden for viewed in cloudfront_table.REQUESTS}
    found = {
        f"{door}/{file.stem}" for door in ("alb", "functionurl", "cloudfront") for file in (_GOLDEN / door).iterdir()
    }
    assert found - named == {"alb/health_check", "alb/health_check_multi"}
    assert named <= found


@pytest.mark.parametrize("viewed", cloudfront_table.REQUESTS, ids=lambda viewed: viewed.id)
def test_golden_of_cloudfront_holds_what_was_sent(viewed: cloudfront_table.Viewed) -> None:
    event = load(viewed.golden)["Records"][0]["cf"]
    assert event["config"]["eventType"] == viewed.settings.point
    assert event["request"]["uri"] == viewed.target.partition("?")[0]
    data = event["request"].get("body", {}).get("data")
    assert (data == "<b64:data>") == (viewed.exposed is not None)
    if data and viewed.exposed is None:
        assert base64.b64decode(data) == viewed.body


@pytest.mark.parametrize(
    "row", [row for row in cloudfront_table.VALIDATION if row.whole is cloudfront_table.EDITED], ids=lambda row: row.id
)
def test_edits_can_be_made(row: cloudfront_table.Validated) -> None:
    name = f"{row.point.replace('-', '_')}_body" if row.point.endswith("request") else "origin_response"
    event = load(f"cloudfront/{name}")["Records"][0]["cf"]
    value = event.get("response", event["request"])
    for key, text in [("X-Shop", "Red"), *row.also_sent, *row.also_answered]:
        value["headers"][key.lower()] = [{"key": key, "value": text}]
    changed = cloudfront_table.edited(value, row.edits)
    assert row.edits or changed == value
    json.dumps(changed)


def test_rows_at_a_limit_are_at_it() -> None:
    answers = {row.id: row for row in alb_table.ANSWERS}
    for past, name in enumerate(("at", "past")):
        raw = answers[f"JSON text {name} the limit"].raw
        assert raw is not None
        assert len(raw) == alb_table.ANSWER_LIMIT + past
        headers = answers[f"headers {name} the limit"].answer["headers"]
        assert alb_table.header_bytes(headers.items()) == alb_table.RESPONSE_HEADERS_LIMIT + past
    refused = {row.id: row for row in alb_table.REQUESTS_REFUSED}
    for past, name in enumerate(("at", "past")):
        row = refused[f"headers {name} the limit"]
        assert alb_table.header_bytes(row.headers) == alb_table.HEADERS_LIMIT + past
        assert max(len(f"{key}: {value}") for key, value in row.headers) < alb_table.LINE_LIMIT
    for size in (row.size for row in functionurl_table.SIZED_ANSWERS):
        assert len(json.dumps(functionurl_table.sized_answer(size))) == size
    validated = {row.id: row for row in cloudfront_table.VALIDATION}
    for point in cloudfront_table.REQUEST_POINTS:
        for past, name in enumerate(("at", "past")):
            answer = validated[f"{point}: response {name} the limit"].whole
            assert cloudfront_table.generated_size(answer) == cloudfront_table.GENERATED_LIMIT[point] + past
