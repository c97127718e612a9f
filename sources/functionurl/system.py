"""Function URLs, as they are looked up."""

from typing import Final

from eventbus.ports import System
from sources._http.payload_2 import HttpEvent
from sources._sample import SampleFunction, asked

from .url import Url


def sample_event(
    *, method: str = "GET", target: str = "/orders/7?full=1", body: str = "", function: str = "work"
) -> HttpEvent:
    """A request."""
    event: HttpEvent = asked(Url(SampleFunction(function)), method, target, {"Accept": "text/html"}, body)
    return event


SYSTEM: Final = System(
    name="Function URL",
    kind="synchronous",
    invoked_by="`functionurl.Url(function)`: HTTP requests",
    event="payload format 2.0",
    answer=("`statusCode` and the rest of a response, or any JSON, which is a body; pieces with `RESPONSE_STREAM`"),
    retries="nobody: 502",
    permission="nobody asks with `auth_type` NONE; the statement for `*` is `app.grant(url, ...)`",
    refused="`AWS_IAM`",
    deviations="async generators stream",
    example="""\
app = App("shop")
page = app.function(lambda event, context: {"path": event["rawPath"]}, name="page")
url = app.add(functionurl.Url(page))
async with app.start() as bus:
    response = await bus[url].request("GET", "/orders/7")
    assert response.json() == {"path": "/orders/7"}
""",
    sample_event=sample_event,
)
