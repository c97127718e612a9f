"""A distribution without a bus: what it adds, keeps, waits for and says."""

from math import inf
from typing import Any

import pytest

from eventbus.core.effects import Cause, Fetch
from eventbus.core.http import BodyStream, Request, Response
from eventbus.core.outcomes import Throttled
from eventbus.names import Arn
from sources import cloudfront, s3
from sources.cloudfront import limits, pages
from sources.cloudfront.machine import DistributionMachine
from tests.contracts.cloudfront_table import NOT_FOUND, PAGE, POINTS
from tests.sources.cloudfront.helpers import CURL, Edge, Site, everything, lines, said

DAY = 86_400


def plain(request: Request) -> Response:
    return Response(200, [("Content-Type", "text/plain")], request.target.encode())


def x_cache(response: Response) -> str:
    [value] = lines(response)["x-cache"]
    return value


# ------------------------------------------------------------ what is added
def test_response_says_where_it_comes_from() -> None:
    """Miss, then hit; an id of its own each time, the one that functions get."""
    edge = Edge({"viewer-request": everything}, says=plain)
    first, second = edge.request(), edge.request()

    assert [x_cache(first), x_cache(second)] == ["Miss from cloudfront", "Hit from cloudfront"]
    ids = [event["Records"][0]["cf"]["config"]["requestId"] for event in edge.events]
    assert [first.header("x-amz-cf-id"), second.header("x-amz-cf-id")] == ids
    assert len(set(ids)) == 2
    assert lines(first)["via"] == [f"1.1 {edge.machine.edge} (CloudFront)"]


def test_hit_says_how_old_it_is() -> None:
    """In whole seconds."""
    edge = Edge(says=plain)
    first = edge.request()
    edge.now += 7.9

    assert first.header("age") is None
    assert lines(edge.request())["age"] == ["7"]


def test_what_the_origin_says_of_these_counts_for_nothing() -> None:
    """Nor what is between two neighbours."""
    own = [("Via", "1.1 other"), ("X-Cache", "Hit"), ("X-Amz-Cf-Id", "7"), ("Connection", "close"), ("X-Shop", "Red")]
    edge = Edge(says=lambda request: Response(200, own))
    found = lines(edge.request())

    assert {name: len(values) for name, values in found.items()} == {
        "x-shop": 1,
        "x-cache": 1,
        "via": 1,
        "x-amz-cf-id": 1,
    }


def test_headers_that_functions_may_not_see_reach_the_viewer() -> None:
    """Of the origin: `X-Amzn-RequestId` and the like."""
    answer = Response(200, [("X-Amzn-RequestId", "7"), ("X-Shop", "Red")])
    edge = Edge({"origin-response": everything, "viewer-response": everything}, says=lambda request: answer)
    found = lines(edge.request())

    assert found["x-amzn-requestid"] == ["7"]
    assert all("x-amzn-requestid" not in event["Records"][0]["cf"]["response"]["headers"] for event in edge.events)


def test_errors_say_so() -> None:
    """From the origin, from the cache, and of CloudFront itself."""
    edge = Edge(says=lambda request: said(NOT_FOUND))

    assert x_cache(edge.request()) == "Error from cloudfront"
    assert x_cache(edge.request()) == "Error from cloudfront"
    assert edge.invoked == ["origin"]
    assert x_cache(edge.request("TRACE")) == "Error from cloudfront"


def test_generated_response_says_so() -> None:
    """Once: from the cache it is a hit like any other."""
    edge = Edge({"origin-request": lambda event: {"status": "200", "body": "made"}})

    assert x_cache(edge.request()) == "LambdaGeneratedResponse from cloudfront"
    assert x_cache(edge.request()) == "Hit from cloudfront"


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        ({}, 502, "LambdaValidationError from cloudfront"),
        (Throttled("ConcurrentInvocationLimitExceeded"), 503, "LambdaLimitExceeded from cloudfront"),
    ],
)
def test_failures_say_so(answer: Any, status: int, said: str) -> None:
    """By the header that the guide names (cf:lambda-edge-testing-debugging)."""
    edge = Edge({"viewer-request": lambda event: answer})
    response = edge.request()

    assert (response.status, x_cache(response)) == (status, said)


def test_length_is_left_to_who_sends_it() -> None:
    """But for a HEAD, which has nothing to count."""
    answer = Response(200, [("Content-Length", "15")], b"from the origin")
    edge = Edge(says=lambda request: answer)

    assert "content-length" not in lines(edge.request())
    head = edge.request("HEAD")
    assert (lines(head)["content-length"], head.body) == (["15"], b"")


# ------------------------------------------------------------ the cache
@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Response(200), DAY),
        (Response(200, [("Cache-Control", "max-age=60")]), 60),
        (Response(404), 10),
        (Response(503), 10),
        (Response(403, [("Cache-Control", "max-age=60")]), 60),
    ],
    ids=["default", "max-age", "not found", "unavailable", "forbidden"],
)
def test_object_is_kept_for_its_time(answer: Response, seconds: float) -> None:
    """To the second."""
    edge = Edge(says=lambda request: answer)
    edge.request()

    edge.now = 10.5 + seconds - 0.001
    edge.request()
    assert edge.invoked == ["origin"]
    edge.now = 10.5 + seconds
    edge.request()
    assert edge.invoked == ["origin", "origin"]


@pytest.mark.parametrize("ttl", [0, 5])
def test_default_ttl(ttl: int) -> None:
    """0 keeps nothing of which the origin says nothing."""
    edge = Edge(settings={"default_ttl": ttl}, says=plain)
    edge.request()
    edge.now += 4
    edge.request()

    assert len(edge.asked) == (1 if ttl else 2)


def test_key_is_what_is_forwarded() -> None:
    """Query, headers and cookies that were named."""
    settings = {"headers": ["X-Shop"], "query_strings": ["size"], "cookies": ["a"]}
    edge = Edge(settings=settings, says=plain)
    host = ("Host", edge.declared.host)
    requests: list[tuple[str, list[tuple[str, str]]]] = [
        ("/a", [host]),
        ("/a?size=1", [host]),
        ("/a?size=1&x=2", [host, ("Cookie", "b=2")]),
        ("/a", [host, ("X-Shop", "Red")]),
        ("/a", [host, ("Cookie", "a=1")]),
        ("/a?x=3", [host, CURL]),
    ]
    hits = [x_cache(edge.request("GET", target, headers)).partition(" ")[0] for target, headers in requests]

    assert hits == ["Miss", "Miss", "Hit", "Miss", "Miss", "Hit"]


def test_head_is_answered_from_a_get_and_kept_by_itself() -> None:
    """Never the other way round."""
    edge = Edge(says=plain)

    assert x_cache(edge.request("HEAD")) == "Miss from cloudfront"
    assert x_cache(edge.request("HEAD")) == "Hit from cloudfront"
    assert x_cache(edge.request("GET")) == "Miss from cloudfront"
    assert edge.responses[-1].body == b"/a"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_not_kept(method: str) -> None:
    """Nor are they answered from the cache."""
    edge = Edge(says=plain)
    edge.request()

    assert x_cache(edge.request(method)) == "Miss from cloudfront"
    assert x_cache(edge.request(method)) == "Miss from cloudfront"


def test_expired_object_stands_in_for_an_error_of_the_origin() -> None:
    """For ten seconds, then the origin is asked again (cf:HTTPStatusCodes); a 4xx is the truth."""
    answers = [Response(200, [("Cache-Control", "max-age=60")], b"fine"), Response(503), Response(503), Response(404)]
    edge = Edge(says=lambda request: answers.pop(0))
    edge.request()

    edge.now += 60
    first = edge.request()
    edge.now += 9.9
    second = edge.request()
    assert (first.status, first.body, x_cache(first), len(answers)) == (200, b"fine", "Hit from cloudfront", 2)
    assert (second.status, len(answers)) == (200, 2)

    edge.now += 0.1
    assert (edge.request().status, len(answers)) == (200, 1)
    edge.now += 10
    assert edge.request().status == 404


def test_nothing_stands_in_for_an_error_that_a_function_made() -> None:
    """The origin was fine."""
    statuses = ["200", "500"]
    edge = Edge(
        {"origin-response": lambda event: {**everything(event), "status": statuses.pop(0)}},
        says=lambda request: Response(200, [("Cache-Control", "max-age=60")]),
    )
    edge.request()
    edge.now += 60

    assert edge.request().status == 500


def test_what_fails_at_a_point_is_not_kept() -> None:
    """The next request asks again."""
    edge = Edge({"origin-request": lambda event: {}}, says=plain)

    assert [edge.request().status, edge.request().status] == [502, 502]
    assert edge.invoked == ["origin-request", "origin-request"]


def test_what_viewer_response_changes_is_not_kept() -> None:
    """It sees what the origin said, each time."""

    def adds(event: Any) -> Any:
        response = everything(event)
        assert "x-seen" not in response["headers"]
        return {**response, "headers": {**response["headers"], "x-seen": [{"value": "1"}]}}

    edge = Edge({"viewer-response": adds}, says=plain)

    assert [lines(edge.request())["x-seen"], lines(edge.request())["x-seen"]] == [["1"], ["1"]]


# ------------------------------------------------------------ the origin
def test_origin_has_thirty_seconds() -> None:
    """Then it is 504, kept like any error, no origin point sees it, and what comes later counts for nothing."""
    edge = Edge({"origin-response": everything}, says=lambda request: None)
    edge.send()
    assert edge.machine.next_deadline() == 40.5

    edge.advance(40.5)
    [response] = edge.responses
    assert (response.status, x_cache(response), edge.invoked) == (504, "Error from cloudfront", ["origin"])
    assert ("fetched", "nothing in time from url:example.org") in [
        (what, detail) for what, _, _, detail, _ in edge.notes
    ]

    edge.machine.fetched(41.0, edge.asked[0].token, Response(200))
    edge.drain()
    assert len(edge.responses) == 1
    assert edge.request().status == 504
    assert len(edge.asked) == 1
    assert (edge.machine.outstanding(), edge.machine.next_deadline()) == (0, inf)


def test_function_may_give_it_another_time() -> None:
    """By `readTimeout`."""

    def hurries(event: Any) -> Any:
        request = everything(event)
        request["origin"]["custom"]["readTimeout"] = 4
        return request

    edge = Edge({"origin-request": hurries}, says=lambda request: None)
    edge.send()

    assert edge.machine.next_deadline() == 14.5


def test_origin_that_nobody_named() -> None:
    """502, as for a domain that does not exist."""

    def elsewhere(event: Any) -> Any:
        request = everything(event)
        request["origin"]["custom"]["domainName"] = "elsewhere.example.org"
        return request

    edge = Edge({"origin-request": elsewhere})
    response = edge.request()

    assert (response.status, edge.asked) == (502, [])
    assert edge.why() == ["502: no origin of this distribution is named elsewhere.example.org"]


def test_answer_that_is_no_end() -> None:
    """A status below 200 is none that a viewer could be sent."""
    edge = Edge(says=lambda request: Response(101))

    assert edge.request().status == 502


def test_who_asks_an_origin_is_the_edge() -> None:
    """The viewer's address is in a header, and the id of its request."""
    edge = Edge(settings={"origin_path": "/prod"}, says=plain)
    response = edge.request()
    [fetch] = edge.asked

    assert (fetch.target, fetch.request.target, fetch.request.source_ip) == (Site().arn, "/prod/a", "127.0.0.1")
    assert fetch.request.header("x-forwarded-for") == "203.0.113.9"
    assert fetch.request.header("x-amz-cf-id") == response.header("x-amz-cf-id")


def test_answer_in_pieces_is_passed_on() -> None:
    """As it comes; it is not kept, and a HEAD has none of it."""
    stream = BodyStream(Arn("stream"))
    edge = Edge({"origin-response": everything}, says=lambda request: Response(200, stream=stream))

    assert edge.request().stream is stream
    assert edge.request().stream is stream
    assert len(edge.asked) == 2
    assert edge.request("HEAD").stream is None


def test_body_in_place_of_one_in_pieces() -> None:
    """The function's is whole, and kept."""
    stream = BodyStream(Arn("stream"))
    edge = Edge(
        {"origin-response": lambda event: {**everything(event), "body": "whole"}},
        says=lambda request: Response(200, stream=stream),
    )
    response = edge.request()

    assert (response.stream, response.body, x_cache(edge.request())) == (None, b"whole", "Hit from cloudfront")


# ------------------------------------------------------------ behaviors
def test_first_behavior_that_fits_counts() -> None:
    """By the path as it was sent, whatever a function makes of it; each has a cache of its own."""
    settings = {
        "cache_behaviors": [
            cloudfront.CacheBehavior("api/*", Site("api.example.org")),
            cloudfront.CacheBehavior("*.png", s3.Bucket("uploads")),
        ]
    }
    edge = Edge({"viewer-request": lambda event: {**everything(event), "uri": "/api/x"}}, settings=settings, says=plain)
    for target in ("/api/a", "/a.png", "/api/a.png", "/a"):
        edge.request("GET", target)

    assert [(fetch.target.name, fetch.request.target) for fetch in edge.asked] == [
        ("api.example.org", "/api/a"),
        ("uploads", "/a.png"),
        ("api.example.org", "/api/a.png"),
        ("example.org", "/api/x"),
    ]


# ------------------------------------------------------------ what is let in
@pytest.mark.parametrize(
    ("method", "target", "body", "status"),
    [
        ("TRACE", "/", b"", 403),
        ("PROPFIND", "/", b"", 403),
        ("GET", "/", b"x", 403),
        ("HEAD", "/", b"x", 403),
        ("GET", "/" + "a" * 8_191, b"", 200),
        ("GET", "/" + "a" * 8_192, b"", 413),
        ("POST", "/", b"x" * 100, 200),
    ],
    ids=["trace", "other", "get with body", "head with body", "longest url", "url too long", "post"],
)
def test_what_is_let_in(method: str, target: str, body: bytes, status: int) -> None:
    """Seven methods, no GET with a body, a URL of up to 8,192 bytes."""
    edge = Edge(says=plain)

    assert edge.request(method, target, body=body).status == status
    assert len(edge.asked) == (status == 200)


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 413)])
def test_longest_head(more: int, status: int) -> None:
    """Path, query and headers together: 20,480 bytes."""
    value = "x" * (limits.HEAD_LIMIT - len("/") - len("X-Long: ") + more)

    assert Edge(says=plain).request("GET", "/", [("X-Long", value)]).status == status


def test_longest_body(monkeypatch: pytest.MonkeyPatch) -> None:
    """20 GB; fewer here."""
    monkeypatch.setattr(DistributionMachine, "body_limit", 10)
    edge = Edge(says=plain)

    assert edge.request("POST", body=b"x" * 10).status == 200
    assert edge.request("POST", body=b"x" * 11).status == 413


def test_event_that_is_too_long_for_a_function() -> None:
    """Headers of an origin know no limit, events do."""
    edge = Edge({"origin-response": everything}, says=lambda request: Response(200, [("X-Long", "x" * 6_291_456)]))

    assert edge.request().status == 502
    assert edge.invoked == ["origin"]


def test_page_is_the_recorded_one() -> None:
    """Whole, with the id of the request."""
    edge = Edge({"viewer-request": lambda event: None})
    edge.send()
    edge.machine.denied(edge.now, edge.invokes[0].token, "no")
    edge.drain()
    [response] = edge.responses

    id = response.header("x-amz-cf-id")
    assert response.text == PAGE.format(status=503, message=pages.FAILED, request=id)


# ------------------------------------------------------------ the trace
def test_trace_tells_each_point_and_the_origin() -> None:
    """In order, with the reason at the end."""
    edge = Edge(dict.fromkeys(POINTS, everything), says=plain)
    response = edge.request()
    id = response.header("x-amz-cf-id")

    assert [(what, about if isinstance(about, str) else about[0]) for what, _, about, _, _ in edge.notes] == [
        ("requested", id),
        *[("routed", id)] * 3,
        ("fetched", id),
        *[("routed", id)] * 2,
        ("responded", id),
    ]
    details = [detail for what, _, _, detail, _ in edge.notes if what == "routed"]
    assert [detail.split(" ")[1].rstrip(":") for detail in details] == [
        "viewer-request",
        "origin-request",
        "url:example.org",
        "origin-response",
        "viewer-response",
    ]
    assert details[2] == "to url:example.org: GET /a"
    assert [detail for what, _, _, detail, _ in edge.notes if what == "fetched"] == ["200 from url:example.org"]
    edge.now += 7
    edge.request()
    assert edge.why() == ["200: Miss", "200: Hit, 7 s old"]


def test_trace_tells_what_was_wrong() -> None:
    """Point, sentence and header."""

    def adds(event: Any) -> Any:
        return {"status": "200", "headers": {"via": [{"value": "me"}]}}

    edge = Edge({"viewer-request": adds})
    edge.request()

    assert edge.why() == [
        "502: viewer-request: The Lambda function result failed validation: The function tried to add, delete, or change a read-only header: Via"
    ]


def test_chain_of_requests_goes_on() -> None:
    """Whoever asks: functions and origins are asked in its name."""
    edge = Edge({"viewer-request": everything}, says=plain)
    cause = Cause("r1", ())
    edge.machine.fetch(0.0, Fetch(edge.declared.arn, Arn("test"), 1, Request("GET"), cause))
    edge.drain()

    assert [invoke.cause for invoke in edge.invokes] == [cause]
    assert [fetch.cause for fetch in edge.asked] == [cause]


def test_answers_may_come_late_twice_or_never() -> None:
    """Each is taken once."""
    edge = Edge(dict.fromkeys(POINTS, lambda event: None), says=lambda request: None)
    edge.send()
    for _ in POINTS[:2]:
        invoke, event = edge.invokes[-1], edge.events[-1]
        edge.answer(invoke, everything(event))
        edge.answer(invoke, everything(event))
    [fetch] = edge.asked
    for _ in range(2):
        edge.machine.fetched(11.0, fetch.token, Response(200))
        edge.drain()
    for _ in POINTS[2:]:
        invoke, event = edge.invokes[-1], edge.events[-1]
        edge.answer(invoke, everything(event))
        edge.answer(invoke, {})

    assert edge.invoked == ["viewer-request", "origin-request", "origin", "origin-response", "viewer-response"]
    assert [response.status for response in edge.responses] == [200]
    assert edge.machine.outstanding() == 0
