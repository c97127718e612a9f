"""What a front door adds to the headers of a request."""

import pytest

from eventbus.core.http import Request
from sources._http.forwarding import forwarded, trace_root

TRACE = "Root=1-0000000a-000000000000000000000001"
NAMES = ["x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"]


def added(*headers: tuple[str, str], source_ip: str = "203.0.113.9") -> dict[str, str]:
    request = Request("GET", "/", headers, b"", source_ip, "https")
    return {name.lower(): value for name, value in forwarded(request, 443, TRACE)}


def test_who_sent_it_and_how() -> None:
    """At the end, in the doors' spelling."""
    request = Request("GET", "/", [("Host", "a")], b"", "203.0.113.9", "http")

    assert forwarded(request, 80, TRACE, str) == [
        ("Host", "a"),
        ("X-Amzn-Trace-Id", TRACE),
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-Port", "80"),
        ("X-Forwarded-Proto", "http"),
    ]
    assert [name for name, _ in forwarded(request, 80, TRACE)] == ["Host", *NAMES]


def test_addresses_are_put_behind_each_other() -> None:
    """All that it came by."""
    assert (
        added(("X-Forwarded-For", "198.51.100.7, 10.0.0.1"))["x-forwarded-for"] == "198.51.100.7, 10.0.0.1, 203.0.113.9"
    )
    assert added(("x-forwarded-for", ""))["x-forwarded-for"] == "203.0.113.9"


def test_port_and_scheme_of_a_request_are_not_believed() -> None:
    """Those of the door are told, in the request's spelling."""
    found = added(("X-Forwarded-Port", "8080"), ("X-FORWARDED-PROTO", "http"))

    assert (found["x-forwarded-port"], found["x-forwarded-proto"]) == ("443", "https")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("Root=1-67891233-abcdef012345678912345678", "Root=1-67891233-abcdef012345678912345678"),
        ("Self=1-a;Root=1-b;CalledFrom=app", "Self=1-a;Root=1-b;CalledFrom=app"),
        ("Sampled=1", TRACE),
        ("", TRACE),
    ],
)
def test_trace_goes_on(sent: str, told: str) -> None:
    """One that has a root."""
    assert added(("x-amzn-trace-id", sent))["x-amzn-trace-id"] == told


def test_request_is_left_as_it_was() -> None:
    """The lines are new."""
    headers = [("X-Forwarded-For", "198.51.100.7")]
    forwarded(Request("GET", "/", headers), 443, TRACE)

    assert headers == [("X-Forwarded-For", "198.51.100.7")]


def test_root_of_a_trace() -> None:
    """Seconds since 1970 in eight digits, then 24 of an id."""
    assert (
        trace_root(1_767_225_610.5, "12345678-9abc-def0-1234-56789abcdef0")
        == "Root=1-6955b90a-9abcdef0123456789abcdef0"
    )
