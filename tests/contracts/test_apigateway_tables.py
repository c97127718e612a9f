"""The tables of API Gateway hold together: every golden is there, none is left over, ids are said once."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.apigateway_authorizers import AUTHORIZERS
from tests.contracts.apigateway_http_requests import HTTP1, HTTP2
from tests.contracts.apigateway_outcomes import LIMITS, OUTCOMES
from tests.contracts.apigateway_policies import CACHE, POLICY
from tests.contracts.apigateway_requests import REST
from tests.contracts.apigateway_routes import CORS, ROUTES
from tests.contracts.apigateway_table import ANSWERS
from tests.contracts.apigateway_websocket import MANAGEMENT, WEBSOCKET
from tests.golden import load, match

GOLDENS = sorted(f"apigateway/{path.stem}" for path in (Path(__file__).parents[1] / "golden/apigateway").glob("*.json"))
NAMED = {
    *[sent.golden for sent in [*REST, *HTTP1, *HTTP2]],
    *[row.golden for row in AUTHORIZERS if row.golden],
    *[golden for socket in WEBSOCKET for _, golden in socket.events if golden],
}


def test_all_goldens_are_named_by_a_row() -> None:
    assert sorted(NAMED) == GOLDENS


UUID = "4a8f3c62-0d1e-4b7a-9c55-1f2e3d4c5b6a"
SAMPLES = {"nz": "abc", "hex": "6955b90a", "request_id": UUID, "text": "", "any": 0}


def filled(value: Any) -> Any:
    """With a sample in place of every placeholder."""
    if isinstance(value, dict):
        return {key: filled(each) for key, each in value.items() if each != "<null_or_absent>"}
    if isinstance(value, list):
        return [filled(each) for each in value]
    if value == "<any>":
        return SAMPLES["any"]
    if isinstance(value, str):
        return re.sub("<([a-z_]+)(:[a-z_]+)?>", lambda found: str(SAMPLES[found[1]]), value)
    return value


@pytest.mark.parametrize("name", GOLDENS)
def test_golden_has_placeholders_that_are_known(name: str) -> None:
    golden = load(name)
    match(golden, filled(golden))


@pytest.mark.parametrize(
    "ids",
    [
        [row.id for row in [*REST, *HTTP1, *HTTP2]],
        [row.id for row in ANSWERS],
        [row.id for row in OUTCOMES],
        [row.id for row in LIMITS],
        [row.id for row in ROUTES],
        [row.id for row in CORS],
        [row.id for row in AUTHORIZERS],
        [row.id for row in CACHE],
        [row.id for row in POLICY],
        [row.id for row in WEBSOCKET],
        [row.id for row in MANAGEMENT],
    ],
)
def test_every_id_is_there_once(ids: list[str]) -> None:
    assert [id for id, times in Counter(ids).items() if times > 1] == []
