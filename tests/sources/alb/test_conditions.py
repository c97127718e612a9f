"""Which requests a rule takes: every row of the table, AWS's limits, and a second matcher."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventbus.core.http import Request
from eventbus.errors import InvalidSetting
from sources.alb import conditions
from tests.contracts.alb_table import RULES, Ruled
from tests.sources.alb.helpers import HOST, balancer, ok

CONFIGS = {
    "path-pattern": ("path_pattern", "PathPatternConfig"),
    "host-header": ("host_header", "HostHeaderConfig"),
    "http-header": ("http_header", "HttpHeaderConfig"),
    "http-request-method": ("http_request_method", "HttpRequestMethodConfig"),
    "query-string": ("query_string", "QueryStringConfig"),
    "source-ip": ("source_ip", "SourceIpConfig"),
}


def settings_of(declared: list[dict[str, Any]]) -> dict[str, Any]:
    """Conditions of CreateRule as our settings."""
    found: dict[str, Any] = {}
    for condition in declared:
        setting, config = CONFIGS[condition["Field"]]
        values = condition[config]["Values"]
        if setting == "http_header":
            found.setdefault(setting, []).append((condition[config]["HttpHeaderName"], values))
        elif setting == "query_string":
            found[setting] = [(each["Key"], each["Value"]) if "Key" in each else each["Value"] for each in values]
        else:
            found[setting] = values
    return found


@pytest.mark.parametrize("row", RULES, ids=lambda row: row.id)
def test_rule_takes_a_request_or_not(row: Ruled) -> None:
    """The target group is the default."""
    door = balancer(answer=ok, rules=[{"priority": 1, **settings_of(row.conditions)}])
    headers = row.headers if any(name == "Host" for name, _ in row.headers) else [HOST, *row.headers]

    response = door.request(row.method, row.target, headers, client=row.client)

    assert (response.body == b"1") == (row.matches and row.method != "HEAD")
    assert bool(door.events) != row.matches


def takes(request: Request, **given: Any) -> bool:
    whole = {setting: None for setting, _ in CONFIGS.values()}
    return all(holds(request) for holds in conditions.compiled(**{**whole, **given}))


@pytest.mark.parametrize(
    ("given", "target", "taken"),
    [
        ({"query_string": "red"}, "/?a=red", True),
        ({"query_string": ("a", "red")}, "/?b=red", False),
        ({"query_string": [[("a", "1")], [("b", "2")]]}, "/?a=1&b=2", True),
        ({"query_string": [[("a", "1")], [("b", "2")]]}, "/?a=1&b=1", False),
        ({"query_string": [["1"], "2"]}, "/?a=1&b=2", True),
        ({"query_string": r"a\b"}, r"/?x=a\b", True),
        ({"query_string": "[*]"}, "/?x=[1]", True),
        ({"query_string": "[a]"}, "/?x=a", False),
        ({"path_pattern": r"/a\*"}, "/a\\b", True),
        ({"path_pattern": "/[*]"}, "/[1]", True),
        ({"path_pattern": "/[*]"}, "/*", False),
        ({"path_pattern": "/[!a]"}, "/b", False),
        ({"path_pattern": ("/a", "/b")}, "/b", True),
    ],
)
def test_forms_that_values_may_have(given: dict[str, Any], target: str, taken: bool) -> None:
    """One value, several, several conditions; what a shell or an expression would understand is a character."""
    assert takes(Request("GET", target), **given) == taken


@pytest.mark.parametrize("source_ip", ["", "client", "999.1.1.1", "unix:"])
def test_client_without_an_address(source_ip: str) -> None:
    """Is in no block."""
    assert not takes(Request("GET", source_ip=source_ip), source_ip="0.0.0.0/0")


@pytest.mark.parametrize(
    ("host", "taken"),
    [
        ("example.com:443", True),
        ("example.com:", True),
        ("[2001:db8::1]", False),
        ("", False),
        ("example.com:x", False),
    ],
)
def test_port_of_a_host_does_not_count(host: str, taken: bool) -> None:
    """Only a number is a port."""
    assert takes(Request("GET", "/", [("Host", host)]), host_header="example.com") == taken


PATHS = ["/a", "/b", "/c", "/d", "/e", "/f"]


@pytest.mark.parametrize(
    "given",
    [
        {"path_pattern": PATHS[:3]},
        {"source_ip": [f"10.0.0.{n}/32" for n in range(5)]},
        {"path_pattern": PATHS[:3], "http_request_method": ["GET", "HEAD"]},
        {"http_header": [(f"x-{n}", "1") for n in range(5)]},
        {"path_pattern": "/" + "x" * 127},
        {"path_pattern": "******"},
        {"path_pattern": "******", "http_request_method": "GET", "source_ip": "10.0.0.0/8"},
        {"path_pattern": ["*?*", "??"], "host_header": "*.example.com"},
        {"query_string": r"\*\*\*\*\?\?\?"},
        {"http_header": ("x" * 40, "1")},
        {"http_request_method": "X" * 40},
        {"host_header": "a" * 124 + ".com"},
    ],
    ids=lambda given: str(given)[:60],
)
def test_limit_is_allowed(given: dict[str, Any]) -> None:
    """At each limit."""
    balancer(rules=[{"priority": 1, **given}])


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "condition"),
        ({"path_pattern": PATHS[:4]}, "path_pattern"),
        ({"path_pattern": []}, "path_pattern"),
        ({"path_pattern": ""}, "path_pattern"),
        ({"path_pattern": "/a b"}, "path_pattern"),
        ({"path_pattern": "/é"}, "path_pattern"),
        ({"path_pattern": 7}, "path_pattern"),
        ({"path_pattern": "/" + "x" * 128}, "path_pattern"),
        ({"path_pattern": "*******"}, "7 wildcards"),
        ({"path_pattern": ["*?*", "??"], "host_header": "*.*.com"}, "7 wildcards"),
        ({"path_pattern": PATHS[:3], "http_request_method": ["GET", "HEAD", "PUT"]}, "6 values"),
        ({"http_header": [(f"x-{n}", "1") for n in range(6)]}, "6 values"),
        ({"source_ip": [f"10.0.0.{n}/32" for n in range(6)]}, "source_ip"),
        ({"source_ip": "10.0.0.1"}, "source_ip"),
        ({"source_ip": "10.0.0.0/33"}, "source_ip"),
        ({"source_ip": ["*"]}, "source_ip"),
        ({"source_ip": [7]}, "source_ip"),
        ({"host_header": "example"}, "host_header"),
        ({"host_header": "example.c0m"}, "host_header"),
        ({"host_header": "example.*"}, "host_header"),
        ({"host_header": "a" * 125 + ".com"}, "host_header"),
        ({"host_header": "ex ample.com"}, "host_header"),
        ({"http_header": ("Host", "example.com")}, "http_header"),
        ({"http_header": ("x" * 41, "1")}, "http_header"),
        ({"http_header": ("x y", "1")}, "http_header"),
        ({"http_header": ("x-*", ["1", "2", "3", "4"])}, "http_header"),
        ({"http_header": "x-tag"}, "http_header"),
        ({"http_header": ["x-tag", "1"]}, "http_header"),
        ({"http_header": []}, "http_header"),
        ({"http_header": ("x-tag", "é")}, "http_header"),
        ({"http_request_method": "get"}, "http_request_method"),
        ({"http_request_method": "GET*"}, "http_request_method"),
        ({"http_request_method": "X" * 41}, "http_request_method"),
        ({"query_string": []}, "query_string"),
        ({"query_string": ("a", "b", "c")}, "query_string"),
        ({"query_string": ("a", "")}, "query_string"),
        ({"query_string": [1]}, "query_string"),
        ({"query_string": ["1", "2", "3", "4"]}, "query_string"),
        ({"query_string": "x" * 129}, "query_string"),
    ],
    ids=lambda given: str(given)[:60],
)
def test_limit_past_is_refused(given: dict[str, Any], named: str) -> None:
    """One past each limit, and what has another form; by its name."""
    with pytest.raises(InvalidSetting, match=named):
        balancer(rules=[{"priority": 1, **given}])


# ---------------------------------------------------------------- a second matcher, by plain expressions
LETTERS = st.text("aAbB*?[]\\.^-k\u212a", max_size=8)


def plain(pattern: str, text: str, *, escapes: bool = False, any_case: bool = True) -> bool:
    tokens = re.findall(r"\\[*?]|.", pattern) if escapes else list(pattern)
    parts = {"*": ".*", "?": "."}
    expression = "".join(parts.get(token) or re.escape(token[-1]) for token in tokens)
    lower = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
    if any_case:
        expression, text = expression.translate(lower), text.translate(lower)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def check_against_plain(pattern: str, text: str) -> None:
    request = Request("GET", f"/{text}?{text}={text}", [("x-tag", text)])
    fits_rule = 1 <= len(pattern) <= conditions.VALUE_LIMIT and pattern.isascii()
    if not fits_rule or len(re.findall(r"[*?]", pattern)) > conditions.WILDCARDS_LIMIT:
        return
    assert takes(request, http_header=("X-Tag", pattern)) == plain(pattern, text)
    path = request.path
    if len(pattern) < conditions.VALUE_LIMIT:
        assert takes(request, path_pattern=f"/{pattern}") == plain(f"/{pattern}", path, any_case=False)
    query = request.query
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    assert takes(request, query_string=pattern) == any(plain(pattern, value, escapes=True) for _, _, value in pairs)


@given(LETTERS, LETTERS)
def test_patterns_mean_what_plain_expressions_mean(pattern: str, text: str) -> None:
    """In headers, paths and queries."""
    check_against_plain(pattern, text)


@pytest.mark.long
@settings(max_examples=20_000, deadline=None)
@given(LETTERS, LETTERS)
def test_patterns_mean_what_plain_expressions_mean_for_long(pattern: str, text: str) -> None:
    """More of them."""
    check_against_plain(pattern, text)


def test_wildcards_cost_no_time() -> None:
    """A text of 16 KB and six stars: no expression may go back for ever."""
    request = Request("GET", "/", [("x-tag", "a" * 16_000)])

    assert not takes(request, http_header=("x-tag", "*a*a*a*a*a*b"))
