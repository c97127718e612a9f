"""Distributions, as they are looked up."""

from typing import Any, Final

from attrs import frozen

from eventbus.checks import refuse
from eventbus.names import Arn
from eventbus.ports import System
from sources._sample import SampleFunction, asked

from .distribution import Distribution

KINDS: Final = ("viewer_request", "origin_request")


@frozen(eq=False)
class Origin:
    """Stands for a declared bucket."""

    name: str = "pages"
    arn: Arn = Arn("arn:aws:s3:::pages")


def sample_event(*, kind: str = "viewer_request", target: str = "/index.html") -> Any:
    """A request at one of the two points before the origin: `viewer_request` or `origin_request`."""
    if kind not in KINDS:
        raise refuse("kind", kind, " or ".join(KINDS))
    points: dict[str, Any] = {kind: SampleFunction("work")}
    return asked(Distribution("site", Origin(), **points), "GET", target, {"User-Agent": "curl/8.5.0"}, "")


SYSTEM: Final = System(
    name="CloudFront, Lambda@Edge",
    kind="synchronous",
    invoked_by=(
        "`cloudfront.Distribution(name, origin, viewer_request=..., origin_request=..., origin_response=..., "
        "viewer_response=...)` before a front door, a bucket or an ASGI application: HTTP requests, through a"
        " cache"
    ),
    event="`Records`, one with `cf`: the request, on the way back the response too",
    answer="the request, or a response; 502 for any other",
    retries="nobody: 503; 502 for a bad answer",
    permission="the function's role, trusted by edgelambda.amazonaws.com",
    refused=(
        "numbered versions, CloudFront Functions, compression, signed URLs, geo restriction, aliases, error "
        "pages, origin groups, TTLs beyond the default one"
    ),
    deviations="the function itself, one cache",
    example="""\
app = App("shop")
pages = app.add(s3.Bucket("pages"))
check = app.function(lambda event, context: event["Records"][0]["cf"]["request"], name="check")
site = app.add(cloudfront.Distribution("site", pages, viewer_request=check))
async with app.start() as bus:
    await bus[pages].put_object("index.html", b"hello")
    assert (await bus[site].request("GET", "/index.html")).text == "hello"
""",
    sample_event=sample_event,
)
