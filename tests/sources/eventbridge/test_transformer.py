"""Input paths and templates."""

from datetime import datetime
from typing import Any

import pytest

from eventbus.errors import ValidationException
from sources.eventbridge.events import Event
from sources.eventbridge.transformer import NotHandedOver, parse_path, parse_template
from tests.contracts import input_transformer_table as table

TAKEN_AT = datetime.fromisoformat("2015-11-11T21:29:55Z").timestamp()


def filled(template: str, paths: dict[str, str], value: dict[str, Any]) -> str:
    parsed = {name: parse_path(path, brackets=False) for name, path in paths.items()}
    return parse_template(template, parsed).body(Event(value, TAKEN_AT, None), table.RULE_NAME, table.RULE_ARN)


@pytest.mark.parametrize("case", table.TRANSFORMATIONS, ids=lambda case: case.id)
def test_templates_are_filled(case: table.Transformation) -> None:
    """As the guide has it; what is no JSON then is not handed over."""
    if case.expected is None:
        with pytest.raises(NotHandedOver, match="no JSON"):
            filled(case.template, case.paths, case.event)
        return

    assert filled(case.template, case.paths, case.event) == case.expected


@pytest.mark.parametrize("case", table.PATHS, ids=lambda case: case.id)
def test_input_paths_find_their_part(case: table.Path) -> None:
    """The target gets it as JSON, minified."""
    assert parse_path(case.path, brackets=True).body(Event(case.event, TAKEN_AT, None), "", "") == case.expected


def test_input_path_that_finds_nothing() -> None:
    """There is nothing to hand over."""
    with pytest.raises(NotHandedOver, match="finds nothing"):
        parse_path("$.detail.nothing", brackets=True).body(Event(table.SHOP, TAKEN_AT, None), "", "")


@pytest.mark.parametrize("path", ["", "detail", "$detail", "$.", "$..a", "$.a[x]", "$.a[-1]", "$.a['b'", "$ .a"])
def test_paths_that_are_none(path: str) -> None:
    """They begin with $, and every step is a member, an index or an asterisk."""
    with pytest.raises(ValidationException):
        parse_path(path, brackets=True)


def test_variables_know_no_brackets() -> None:
    """[eb:API_InputTransformer]"""
    with pytest.raises(ValidationException):
        parse_path("$['detail']", brackets=False)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$.detail.lines[*]", '[{"sku":"x-1","count":2},{"sku":"y-2","count":1}]'),
        ("$.detail.customer.*", '["Ann",["new","vip"]]'),
        ("$.detail.customer.*[0]", '["new"]'),
        ("$.detail.customer[*][*]", '["new","vip"]'),
        ("$.detail.lines[*].nothing", "[]"),
    ],
)
def test_asterisks_make_a_list(path: str, found: str) -> None:
    """Of whatever the rest of the path finds."""
    assert parse_path(path, brackets=True).body(Event(table.SHOP, TAKEN_AT, None), "", "") == found


@pytest.mark.parametrize("template", ['"a" "b"', "1 2", '{"n": 1<n>}', "<n><n>", '{"a": "x}', "order <n>", '"a\nb"'])
def test_templates_that_are_never_json(template: str) -> None:
    """White space that is left out of templates makes none valid."""
    with pytest.raises(ValidationException):
        parse_template(template, {"n": parse_path("$.id", brackets=False)})


def test_white_space_in_strings_stays() -> None:
    """Whatever stands outside of them goes."""
    assert filled('{ "a" :\t"x  <n> \\" y" }', {"n": "$.detail.id"}, table.SHOP) == '{"a":"x  7 \\" y"}'


def test_half_letters_are_written_as_escapes() -> None:
    """UTF-8 can't hold them; inside quotes they become question marks."""
    value = {"detail": {"x": "\ud800"}}

    assert filled("<x>", {"x": "$.detail.x"}, value) == '"\\ud800"'
    assert filled('"<x>"', {"x": "$.detail.x"}, value) == '"?"'


def test_number_beyond_all_numbers() -> None:
    """JSON knows no infinity."""
    with pytest.raises(NotHandedOver):
        filled("<x>", {"x": "$.x"}, {"x": float("inf")})
