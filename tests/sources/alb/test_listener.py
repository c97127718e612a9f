"""Listeners and their rules: which one takes a request, and what can't be declared."""

import re
from typing import Any

import pytest

from eventbus import App
from eventbus.errors import InvalidSetting
from sources import alb
from tests.contracts.alb_table import PRIORITIES, Prioritised
from tests.sources.alb.helpers import balancer, group_of, ok
from tests.sources.doors import CHECK, lines


@pytest.mark.parametrize("row", PRIORITIES, ids=lambda row: row.id)
def test_rule_that_takes_a_request(row: Prioritised) -> None:
    """The first by priority, or the default one."""
    rules = [{"priority": priority, "path_pattern": pattern} for priority, pattern in row.rules]

    response = balancer(answer=ok, rules=rules).request(target=row.target)

    assert response.body.decode() == ("ok" if row.taken is None else str(row.taken))


def test_rules_lead_to_different_groups() -> None:
    """Each with its own mode of headers."""
    many = group_of(CHECK, "many", multi_value_headers=True)
    door = balancer(answer=ok, rules=[{"priority": 1, "path_pattern": "/many", "action": many}])
    door.functions["check"] = lambda event: {"statusCode": 201, "multiValueHeaders": {"x": ["1", "2"]}}

    assert door.request(target="/many").status == 201
    assert door.request(target="/one").status == 200
    assert "multiValueHeaders" in door.events[0]
    assert "headers" in door.events[1]
    assert door.events[0]["requestContext"]["elb"]["targetGroupArn"] == many.arn


def test_names_are_the_balancer_s() -> None:
    """Listeners of one balancer have one domain name, and ARNs by their ports."""
    plain, secret = alb.Listener("Shop-1", group_of(), protocol="HTTP"), alb.Listener("Shop-1", group_of())

    assert (plain.port, secret.port) == (80, 443)
    assert plain.host == secret.host
    assert re.fullmatch(r"shop-1-\d{10}\.us-east-1\.elb\.amazonaws\.com", plain.host)
    assert plain.arn != secret.arn
    prefix = "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener"
    assert re.fullmatch(prefix + "/app/Shop-1(/[0-9a-f]{16}){2}", plain.arn)
    rule = alb.ListenerRule(plain, group_of(), priority=1, path_pattern="/")
    assert re.fullmatch(prefix + "-rule/app/Shop-1(/[0-9a-f]{16}){3}", rule.arn)


def test_priorities_are_unique() -> None:
    """In one listener."""
    app = App()
    group = app.add(group_of(None))
    first, second = app.add(alb.Listener("first", group)), app.add(alb.Listener("second", group))
    app.add(alb.ListenerRule(first, group, priority=7, path_pattern="/a"))
    app.add(alb.ListenerRule(second, group, priority=7, path_pattern="/a"))
    app.add(alb.ListenerRule(first, group, priority=8, path_pattern="/a"))

    with pytest.raises(InvalidSetting, match="priority=7"):
        app.add(alb.ListenerRule(first, group, priority=7, path_pattern="/b"))


def test_groups_must_be_part_of_the_app() -> None:
    """Of a listener and of a rule; so must the function of a group."""
    app = App()
    listener = app.add(alb.Listener("web", alb.FixedResponse(404)))
    app.add(alb.ListenerRule(listener, group_of(None), priority=1, path_pattern="/a"))
    with pytest.raises(InvalidSetting, match="targetgroup/hello"):
        app.start()

    other = App()
    other.add(alb.Listener("web", group_of(None)))
    with pytest.raises(InvalidSetting, match="targetgroup/hello"):
        other.start()

    third = App()
    third.add(group_of())
    with pytest.raises(InvalidSetting, match="function:work"):
        third.start()


def test_head_that_no_server_reads() -> None:
    """Whoever serves it answers as the balancer would."""
    assert alb.Listener("web", group_of()).asgi(None).head_too_long == 400


@pytest.mark.parametrize("port", [1, 65_535])
def test_port_at_a_limit(port: int) -> None:
    """1 to 65,535."""
    assert alb.Listener("web", group_of(), port=port).port == port


@pytest.mark.parametrize("priority", [1, 50_000])
def test_priority_at_a_limit(priority: int) -> None:
    """1 to 50,000."""
    assert balancer(rules=[{"priority": priority, "path_pattern": "/"}]).request().body == str(priority).encode()


@pytest.mark.parametrize("priority", [0, 50_001, -1, 1.5, "1", None, True])
def test_priority_that_is_refused(priority: Any) -> None:
    """One past, and what is no number."""
    with pytest.raises(InvalidSetting, match="priority"):
        balancer(rules=[{"priority": priority, "path_pattern": "/"}])


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"name": "x" * 33}, "name"),
        ({"name": "a_b"}, "name"),
        ({"default": None}, "default"),
        ({"default": "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/hello/0"}, "default"),
        ({"default": [group_of()]}, "weighted"),
        ({"default": (group_of(), group_of())}, "weighted"),
        ({"port": 0}, "port"),
        ({"port": 65_536}, "port"),
        ({"port": "443"}, "port"),
        ({"protocol": "TCP"}, "protocol"),
        ({"protocol": None}, "protocol"),
        ({"protocol": ["HTTP"]}, "protocol"),
        ({"stickiness": {"enabled": True}}, "stickiness"),
        ({"forward_config": {}}, "forward_config"),
        ({"target_groups": []}, "target_groups"),
        ({"authenticate_cognito_config": {}}, "authenticate_cognito_config"),
        ({"authenticate_oidc_config": {}}, "authenticate_oidc_config"),
        ({"jwt_validation_config": {}}, "jwt_validation_config"),
        ({"certificates": []}, "certificates"),
        ({"prot": 1}, "no such setting"),
    ],
)
def test_listener_setting_that_is_refused(settings: dict[str, Any], named: str) -> None:
    """By its name."""
    with pytest.raises(InvalidSetting, match=named):
        alb.Listener(**{"name": "web", "default": group_of(), **settings})


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"listener": group_of()}, "listener"),
        ({"action": None}, "action"),
        ({"action": [group_of()]}, "weighted"),
        ({"action": alb.Redirect("HTTP_301", protocol="HTTP", host="example.org")}, "HTTPS"),
        ({"target_group_stickiness_config": {}}, "stickiness"),
        ({"authenticate_oidc_config": {}}, "authenticate"),
        ({"conditions": []}, "conditions"),
        ({"transforms": []}, "transforms"),
        ({"path_patern": "/"}, "no such setting"),
    ],
)
def test_rule_setting_that_is_refused(settings: dict[str, Any], named: str) -> None:
    """By its name."""
    listener = alb.Listener("web", group_of())
    with pytest.raises(InvalidSetting, match=named):
        alb.ListenerRule(**{"listener": listener, "action": group_of(), "priority": 1, "path_pattern": "/", **settings})


def test_request_that_a_rule_answers_may_have_any_body() -> None:
    """The limit is that of functions."""
    door = balancer(alb.FixedResponse(200, "text/html", "<p>ok</p>"))

    response = door.request("POST", "/", (), b"x" * 1_048_577)

    assert (response.status, lines(response)["content-type"]) == (200, ["text/html; charset=utf-8"])
