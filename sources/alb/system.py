"""Load balancers, as they are looked up."""

from typing import Final

from eventbus.ports import System
from sources._sample import SampleFunction, event_of, handed_on, machine_of

from .events import AlbEvent
from .listener import Listener
from .target_group import TargetGroup


def sample_event(
    *, method: str = "GET", target: str = "/orders/7?full=1", body: str = "", multi_value_headers: bool = False
) -> AlbEvent:
    """A request that a listener passed on."""
    group = TargetGroup("pages", SampleFunction("work"), multi_value_headers=multi_value_headers)
    listener = Listener("web", group)
    machine, passed_on = machine_of(group), handed_on(listener, method, target, {"Accept": "text/html"}, body)
    machine.fetch(0.0, passed_on)
    event: AlbEvent = event_of(machine)
    return event


SYSTEM: Final = System(
    name="Application Load Balancer",
    kind="synchronous",
    invoked_by=(
        "`alb.TargetGroup(name, function)` behind an `alb.Listener(name, default)` and its "
        "`alb.ListenerRule`s: HTTP requests, health checks"
    ),
    event="the request; with multi-value headers `multiValue...` in their place",
    answer="`statusCode` and what else the response has; 502 for any other",
    retries="nobody: 502",
    permission="elasticloadbalancing.amazonaws.com, SourceArn = the target group",
    refused="weighted groups, stickiness, authentication, transforms, regular expressions, TLS",
    deviations="one node, in one place",
    example="""\
app = App("shop")
page = app.function(lambda event, context: {"statusCode": 200, "body": event["path"]}, name="page")
web = app.add(alb.Listener("web", app.add(alb.TargetGroup("pages", page))))
async with app.start() as bus:
    response = await bus[web].request("GET", "/orders/7")
    assert (response.status, response.text) == (200, "/orders/7")
""",
    sample_event=sample_event,
)
