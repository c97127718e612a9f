"""Declared log groups and subscription filters, and the flow from a logged message to a function."""

from typing import Any

import pytest

from eventbus import App
from eventbus.errors import InvalidSetting
from eventbus.names import Arn, arn_of
from sources import logs, sqs
from tests.helpers import echo, virtually
from tests.sources.logs.helpers import AT_10, decoded, entry

GROUP = logs.LogGroup("/shop/orders")
FUNCTION = App().function(echo, name="work")


def wire(**settings: Any) -> logs.SubscriptionFilter:
    given = {"log_group": GROUP, "destination": FUNCTION, "filter_name": "errors", **settings}
    return logs.SubscriptionFilter(**given)


def test_arn_of_a_group() -> None:
    """Without the :* behind it."""
    assert GROUP.arn == Arn("arn:aws:logs:us-east-1:000000000000:log-group:/shop/orders")
    assert GROUP.delivery_action == "logs:PutLogEvents"


@pytest.mark.parametrize("name", ["a", "n" * 512, "/aws/lambda/f_1-2.3#4"], ids=["short", "long", "all"])
def test_names_that_are_allowed(name: str) -> None:
    """At the limits."""
    assert logs.LogGroup(name).name == name


@pytest.mark.parametrize("name", ["", "n" * 513, "a b", "a:b", "é", "aws/x", None], ids=lambda each: repr(each)[:9])
def test_names_that_are_refused(name: Any) -> None:
    """[bc:logs CreateLogGroup]"""
    with pytest.raises(InvalidSetting, match="name"):
        logs.LogGroup(name)


@pytest.mark.parametrize("days", [0, 2, 3_654, "7"])
def test_retentions_that_are_refused(days: Any) -> None:
    """Only what the console offers too."""
    with pytest.raises(InvalidSetting, match="retention_in_days"):
        logs.LogGroup("g", retention_in_days=days)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"log_group": sqs.Queue("q")}, "log_group"),
        ({"log_group": "g"}, "log_group"),
        ({"destination": sqs.Queue("q")}, "a declared function; streams"),
        ({"destination": "work"}, "destination"),
        ({"filter_name": ""}, "filter_name"),
        ({"filter_name": "a:b"}, "filter_name"),
        ({"filter_name": "a*"}, "filter_name"),
        ({"filter_name": "\ud800"}, "filter_name"),
        ({"filter_name": "n" * 513}, "filter_name"),
        ({"filter_pattern": "p" * 1_025}, "filter_pattern"),
        ({"filter_pattern": None}, "filter_pattern"),
        ({"filter_pattern": "{ $.a = "}, "filter_pattern"),
    ],
    ids=lambda each: str(each)[:40],
)
def test_what_is_refused(settings: dict[str, Any], word: str) -> None:
    """Where it is written."""
    with pytest.raises(InvalidSetting, match=word):
        wire(**settings)


def test_longest_settings() -> None:
    """512 and 1,024 characters."""
    assert wire(filter_name="n" * 512, filter_pattern="p" * 1_024)


def app_with(*names: str) -> App:
    app = App()
    app.add(GROUP)
    for name in names:
        app.add(wire(filter_name=name))
    return app


def test_names_are_unique_in_a_group() -> None:
    """Another group may have the same."""
    app = app_with("errors")
    app.add(wire(log_group=app.add(logs.LogGroup("other"))))

    with pytest.raises(InvalidSetting, match="filter_name='errors'"):
        app.add(wire())


def test_a_group_has_two_filters_at_most() -> None:
    """A third is refused, naming those that are there."""
    app = app_with("a", "b")

    with pytest.raises(InvalidSetting, match=r"Resource limit exceeded.*a, b"):
        app.add(wire(filter_name="c"))


def test_parts_of_another_app_are_refused() -> None:
    """A group or a function that was never added."""
    with pytest.raises(InvalidSetting, match="not part of this app"):
        App().add(wire())
    with pytest.raises(InvalidSetting, match="not part of this app"):
        app_with("errors").start()


def shop() -> tuple[App, logs.LogGroup, Any]:
    app = App()
    group, work = app.add(logs.LogGroup("/shop/orders")), app.function(echo, name="work")
    app.add(logs.SubscriptionFilter(group, work, filter_name="errors", filter_pattern="ERROR"))
    return app, group, work


def test_function_gets_what_matches() -> None:
    """Asynchronously; a hand-over that fails is tried again, and waited for."""
    app, group, work = shop()

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.refuse_delivery(work, nth=1)
            await bus[group].create_log_stream("one")
            await bus[group].put_log_events("one", [entry("fine"), entry("ERROR 7")])
            await bus.settle()

            [attempt] = bus.invocations(work)
            data = decoded(attempt.event)
            assert [each["message"] for each in data["logEvents"]] == ["ERROR 7"]
            assert bus.now().timestamp() * 1_000 == AT_10 - 9_000
            told = str(bus.trace(data["logEvents"][0]["id"]))
            assert "logged" in told
            assert "notified work" in told

    virtually(main)


def test_permission_is_that_of_the_group() -> None:
    """Without it what is logged goes nowhere, and says so."""
    app, group, work = shop()
    app.revoke(group, "lambda:InvokeFunction", work)

    async def main() -> None:
        async with app.start() as bus:
            await bus[group].create_log_stream("one")
            await bus[group].put_log_events("one", [entry("ERROR 7")])
            await bus.settle()
            found = await bus[group].filter_log_events()

            assert bus.invocations(work) == []
            assert "refused: AccessDeniedException" in str(bus.trace(found.events[0].event_id))

    virtually(main)


def test_calls_need_no_await_in_plain_handlers() -> None:
    """And a function may log into a group."""
    app, group, _ = shop()

    def plain(event: Any, context: Any) -> None:
        from eventbus import current_bus

        bus = current_bus()
        bus.sync[group].create_log_stream("plain")
        bus.sync[group].put_log_events("plain", [entry("from a handler")])

    plain_function = app.function(plain)

    async def main() -> None:
        async with app.start() as bus:
            (await bus.invoke(plain_function)).result()

            assert [each.message for each in (await bus[group].filter_log_events()).events] == ["from a handler"]

    virtually(main)


def test_destination_of_another_kind_is_no_wire() -> None:
    """The ARN alone is not enough."""
    with pytest.raises(InvalidSetting, match="destination"):
        wire(destination=arn_of("lambda", "function:work"))
