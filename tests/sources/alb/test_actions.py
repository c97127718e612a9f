"""Redirects and fixed responses: every row of the tables."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from eventbus.errors import InvalidSetting
from sources import alb
from tests.contracts.alb_table import (
    FIXED,
    FIXED_REFUSED,
    REDIRECTS,
    REDIRECTS_REFUSED,
    Fixed,
    Redirected,
    page,
)
from tests.sources.alb.helpers import balancer
from tests.sources.doors import lines

NAMES = {
    "StatusCode": "status_code",
    "Protocol": "protocol",
    "Host": "host",
    "Port": "port",
    "Path": "path",
    "Query": "query",
    "ContentType": "content_type",
    "MessageBody": "message_body",
}


def settings_of(config: dict[str, str]) -> dict[str, Any]:
    return {NAMES[name]: value for name, value in config.items()}


@pytest.mark.parametrize("row", REDIRECTS, ids=lambda row: row.id)
def test_redirect_goes_there(row: Redirected) -> None:
    """Location and page. A row that changes the query alone would be a loop (bc): its host is written out here."""
    address = urlsplit(row.address)
    settings = settings_of(row.config)
    if not settings.keys() & {"protocol", "host", "port", "path"}:
        settings["host"] = address.hostname
    door = balancer(alb.Redirect(**settings), protocol=address.scheme.upper(), port=address.port)
    target = address.path + (f"?{address.query}" if address.query else "")

    response = door.request(target=target, headers=[("Host", f"{address.hostname}:{address.port}")])

    assert response.status == row.status
    assert lines(response) == {"location": [row.location], "content-type": ["text/html"]}
    assert response.body == page(row.title)


@pytest.mark.parametrize("row", REDIRECTS_REFUSED, ids=lambda row: row[0])
def test_redirect_that_is_refused(row: tuple[str, dict[str, str], str]) -> None:
    """As a default and in a rule; a status must be given."""
    settings = settings_of(row[1])
    with pytest.raises((InvalidSetting, TypeError)):
        balancer(alb.Redirect(**settings))
    with pytest.raises((InvalidSetting, TypeError)):
        balancer(rules=[{"priority": 1, "path_pattern": "/a", "action": alb.Redirect(**settings)}])


@pytest.mark.parametrize(
    ("settings", "protocol", "named"),
    [
        ({"query": "#{query}&x=1"}, "HTTPS", "loop"),
        ({"protocol": "HTTPS", "port": 443}, "HTTPS", "loop"),
        ({"protocol": "HTTP"}, "HTTP", "loop"),
        ({"port": 443}, "HTTPS", "loop"),
        ({"protocol": "HTTP", "host": "example.org"}, "HTTPS", "protocol"),
        ({"host": "exa mple.org"}, "HTTP", "host"),
        ({"host": ""}, "HTTP", "host"),
        ({"host": "x" * 129}, "HTTP", "host"),
        ({"host": "#{path}"}, "HTTP", "host"),
        ({"path": "/a b"}, "HTTP", "path"),
        ({"path": ""}, "HTTP", "path"),
        ({"query": "?a=1", "path": "/"}, "HTTP", "query"),
        ({"query": "x" * 129, "path": "/"}, "HTTP", "query"),
        ({"query": "a\r\nb", "path": "/"}, "HTTP", "query"),
        ({"port": "1" * 5_000}, "HTTP", "port"),
        ({"port": True}, "HTTP", "port"),
        ({"protocol": None}, "HTTP", "protocol"),
    ],
)
def test_redirect_setting_that_is_refused(settings: dict[str, Any], protocol: str, named: str) -> None:
    """By its name."""
    with pytest.raises(InvalidSetting, match=named):
        balancer(alb.Redirect("HTTP_302", **settings), protocol=protocol)


@pytest.mark.parametrize(
    ("settings", "protocol"),
    [
        ({"protocol": "HTTPS"}, "HTTP"),
        ({"protocol": "HTTP", "port": 8080}, "HTTP"),
        ({"port": 65_535}, "HTTPS"),
        ({"port": 1}, "HTTPS"),
        ({"path": "/" + "x" * 127, "query": "y" * 128, "host": "z" * 128}, "HTTPS"),
    ],
)
def test_redirect_setting_that_is_allowed(settings: dict[str, Any], protocol: str) -> None:
    """One other component is enough; at each limit."""
    assert balancer(alb.Redirect("HTTP_302", **settings), protocol=protocol).request().status == 302


def test_redirect_without_a_host() -> None:
    """As old clients send: it is the balancer's own."""
    door = balancer(alb.Redirect("HTTP_301", path="/new"))

    assert lines(door.request(headers=[]))["location"] == [f"https://{door.listener.host}:443/new"]


@pytest.mark.parametrize("row", FIXED, ids=lambda row: row.id)
def test_fixed_response(row: Fixed) -> None:
    """Status, content type, message."""
    response = balancer(alb.FixedResponse(**settings_of(row.config))).request()

    assert (response.status, response.body) == (row.status, row.body)
    if row.content_type is not None:
        [found] = lines(response)["content-type"]
        assert found.partition(";")[0] == row.content_type


@pytest.mark.parametrize("row", FIXED_REFUSED, ids=lambda row: row[0])
def test_fixed_response_that_is_refused(row: tuple[str, dict[str, str], str]) -> None:
    """A status must be given."""
    with pytest.raises((InvalidSetting, TypeError)):
        alb.FixedResponse(**settings_of(row[1]))


@pytest.mark.parametrize("status", [200, "200", 299, 400, 599])
def test_status_may_be_a_number(status: Any) -> None:
    """AWS's are texts."""
    assert balancer(alb.FixedResponse(status)).request().status == int(status)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"status_code": 600}, "status_code"),
        ({"status_code": 199}, "status_code"),
        ({"status_code": True}, "status_code"),
        ({"status_code": 200, "message_body": None}, "message_body"),
        ({"status_code": 200, "message_body": b"no"}, "message_body"),
        ({"status_code": 200, "message_body": "\ud800"}, "message_body"),
    ],
)
def test_fixed_setting_that_is_refused(settings: dict[str, Any], named: str) -> None:
    """By its name."""
    with pytest.raises(InvalidSetting, match=named):
        alb.FixedResponse(**settings)


@pytest.mark.parametrize(("method", "status", "body"), [("GET", 204, b""), ("HEAD", 404, b""), ("GET", 404, b"no")])
def test_responses_that_have_no_body(method: str, status: int, body: bytes) -> None:
    """By their status, or by the method."""
    response = balancer(alb.FixedResponse(status, "text/plain", "no")).request(method)

    assert (response.status, response.body) == (status, body)
