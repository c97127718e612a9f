"""Events as functions get them: whole goldens, and the clients that read them."""

from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import ALBEvent
from aws_lambda_powertools.utilities.parser.models import AlbModel

from tests.contracts.front_door_requests import ALB, Sent, in_golden_order
from tests.golden import load, match
from tests.sources.alb.helpers import balancer, ok

SINGLE = [sent for sent in ALB if not sent.settings["multi_value_headers"]]


def event_of(sent: Sent) -> Any:
    door = balancer(answer=ok, **sent.settings)
    door.request(sent.method, sent.target, sent.headers, sent.body)
    [event] = door.events
    return event


@pytest.mark.parametrize("sent", ALB, ids=lambda sent: sent.id)
def test_event_is_the_golden(sent: Sent) -> None:
    """Whole; the order of the header and query maps is recorded nowhere."""
    golden, event = load(sent.golden), event_of(sent)

    match(golden, in_golden_order(golden, event))


@pytest.mark.parametrize("sent", SINGLE, ids=lambda sent: sent.id)
def test_event_is_what_the_parser_expects(sent: Sent) -> None:
    """The model of aws-lambda-powertools, which knows the single-value mode alone."""
    event = event_of(sent)
    model = AlbModel.model_validate(event)

    assert model.path == sent.target.partition("?")[0]
    assert model.headers == event["headers"]
    assert model.requestContext.elb.targetGroupArn == event["requestContext"]["elb"]["targetGroupArn"]


@pytest.mark.parametrize("sent", ALB, ids=lambda sent: sent.id)
def test_event_is_what_the_data_class_reads(sent: Sent) -> None:
    """Headers, query and body in both modes."""
    event = ALBEvent(event_of(sent))

    host = event.resolved_headers_field["Host"]
    assert ([host] if isinstance(host, str) else host) == [
        value for name, value in sent.headers if name.lower() == "host"
    ]
    assert event.http_method == sent.method
    assert set(event.resolved_query_string_parameters) == {
        pair.partition("=")[0] for pair in sent.target.partition("?")[2].split("&") if pair
    }
    assert (event.decoded_body or "").encode() == sent.body if not event.is_base64_encoded else True


def test_without_a_trace_to_go_on_with_other_fields_are_kept() -> None:
    """A trace begins; what an application says beside it stays."""
    door = balancer(answer=ok)

    door.request(headers=[("X-Amzn-Trace-Id", "Self=1-1-2;CalledFrom=app")])

    root, _, rest = door.events[0]["headers"]["x-amzn-trace-id"].partition(";")
    assert root.startswith("Root=1-6955b90a-")
    assert rest == "CalledFrom=app"


@pytest.mark.parametrize(("size", "begins"), [(7_168, "Self="), (7_169, "Root=1-6955b90a-")])
def test_trace_is_forgotten_with_large_headers(size: int, begins: str) -> None:
    """7 KB of them, with the ends of their lines."""
    known = ("X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678")
    door = balancer(answer=ok)

    door.request(headers=[known, ("X", "x" * (size - sum(map(len, known)) - 4 - 5))])

    assert door.events[0]["headers"]["x-amzn-trace-id"].startswith(begins)


def test_each_request_has_an_id_of_its_own() -> None:
    """So has each trace."""
    door = balancer(answer=ok)

    for _ in range(3):
        door.request()

    assert len({event["headers"]["x-amzn-trace-id"] for event in door.events}) == 3


@pytest.mark.parametrize(
    ("protocol", "port", "shown"),
    [("HTTP", None, ("80", "http")), ("HTTPS", 8443, ("8443", "https")), ("HTTP", 65_535, ("65535", "http"))],
)
def test_port_and_scheme_are_the_listener_s(protocol: str, port: int | None, shown: tuple[str, str]) -> None:
    """Whatever the client says."""
    door = balancer(answer=ok, protocol=protocol, port=port)

    door.request(headers=[("X-Forwarded-Port", "1"), ("X-Forwarded-Proto", "gopher")])

    headers = door.events[0]["headers"]
    assert (headers["x-forwarded-port"], headers["x-forwarded-proto"]) == shown
