"""Declarations: what an app takes, and what it refuses where it is written."""

from typing import Any

import pytest

from eventbus import App, Function, InvalidSetting, Mapping, Profile
from eventbus.declaration import NOT_OFFERED
from sources import eventbridge, s3, sqs
from tests.helpers import app_of, boom, echo, virtually


def first(event: Any, context: Any) -> str:
    return f"first of {event}"


# Functions


def test_function_is_called_like_its_handler() -> None:
    """Unit tests call it directly."""
    work = App().function(first)

    assert work("x", None) == "first of x"
    assert work.name == "first"


def test_function_as_a_decorator() -> None:
    """With settings or without."""
    app = App()

    @app.function
    def plain(event: Any, context: Any) -> int:
        return 1

    @app.function(name="other", timeout=9)
    async def renamed(event: Any, context: Any) -> int:
        return 2

    assert (plain.name, plain.timeout, plain.is_async) == ("plain", 3, False)
    assert (renamed.name, renamed.timeout, renamed.is_async) == ("other", 9, True)
    assert app.functions == (plain, renamed)


def test_object_with_an_async_call_is_async() -> None:
    """Frameworks hand over such objects."""

    class Handler:
        async def __call__(self, event: Any, context: Any) -> int:
            return 1

    work = App().function(Handler(), name="work")

    assert work.is_async


def test_handler_without_a_name_needs_one() -> None:
    """The message says so."""

    class Handler:
        def __call__(self, event: Any, context: Any) -> int:
            return 1

    with pytest.raises(InvalidSetting, match="no __name__"):
        App().function(Handler())


def test_handler_must_be_callable() -> None:
    """A module path is not."""
    handler: Any = "orders.handler"

    with pytest.raises(InvalidSetting, match=r"handler='orders.handler'"):
        App().function(handler)


@pytest.mark.parametrize(
    ("setting", "lowest", "highest"),
    [
        ("timeout", 1, 900),
        ("memory_size", 128, 10_240),
        ("reserved_concurrent_executions", 0, 900),
        ("maximum_retry_attempts", 0, 2),
        ("maximum_event_age_in_seconds", 60, 21_600),
    ],
)
def test_limits_of_settings(setting: str, lowest: int, highest: int) -> None:
    """Both ends are allowed, one beyond either is not; nor is a truth value."""
    for value in (lowest, highest):
        _, work = app_of(first, **{setting: value})

        assert getattr(work, setting) == value

    for value in (lowest - 1, highest + 1, True):
        with pytest.raises(InvalidSetting, match=setting):
            app_of(first, **{setting: value})


@pytest.mark.parametrize(
    "setting",
    ["memory_size", "reserved_concurrent_executions", "maximum_retry_attempts", "maximum_event_age_in_seconds"],
)
def test_whole_numbers_only(setting: str) -> None:
    """Not even 1.0."""
    with pytest.raises(InvalidSetting, match=f"{setting}=.*whole number"):
        app_of(first, **{setting: 130.5})


@pytest.mark.parametrize("name", ["a", "a" * 64, "Bill-it_2"])
def test_names_that_are_allowed(name: str) -> None:
    """1 to 64 letters, digits, - and _."""
    _, work = app_of(first, name=name)

    assert work.arn == f"arn:aws:lambda:us-east-1:000000000000:function:{name}"


@pytest.mark.parametrize("name", ["a" * 65, "a b", "a.b", "a:b", "<lambda>"])
def test_names_that_are_refused(name: str) -> None:
    """The message shows it."""
    with pytest.raises(InvalidSetting, match=f"name='{name}'"):
        app_of(first, name=name)


@pytest.mark.parametrize("setting", sorted(NOT_OFFERED))
def test_settings_that_are_not_offered(setting: str) -> None:
    """Refused with the reason."""
    with pytest.raises(InvalidSetting, match=f"{setting}=1 is refused.*not offered"):
        app_of(first, **{setting: 1})


def test_unknown_setting() -> None:
    """Refused by name."""
    with pytest.raises(InvalidSetting, match="tiemout=3 is refused: there is no such setting; did you mean timeout?"):
        app_of(first, tiemout=3)


def test_run_is_thread_or_inline() -> None:
    """An async handler has no choice."""
    with pytest.raises(InvalidSetting, match="run='pool'"):
        app_of(first, run="pool")
    with pytest.raises(InvalidSetting, match=r"run='inline'.*async"):
        app_of(echo, run="inline")


@pytest.mark.parametrize("setting", ["dead_letter", "on_success", "on_failure"])
def test_targets_are_declared_things(setting: str) -> None:
    """Not names, not the function itself, and of this app."""
    app = App()
    with pytest.raises(InvalidSetting, match=f"{setting}='dead'"):
        app_of(first, **{setting: "dead"})
    why = "a queue" if setting == "dead_letter" else "own destination"
    with pytest.raises(InvalidSetting, match=f"{setting}='work'.*{why}"):
        app_of(first, **{setting: app_of(first)[1]})

    app.function(first, **{setting: sqs.Queue("elsewhere")})  # type: ignore[call-overload]  # one of three settings

    with pytest.raises(InvalidSetting, match=f"{setting} of first: .*elsewhere is not part of this app"):
        app.start()


def test_environment_is_of_texts() -> None:
    """As a process has it."""
    with pytest.raises(InvalidSetting, match="environment"):
        app_of(first, environment={"PORT": 1})


def test_environment_needs_consent() -> None:
    """A process has one environment: setting it is asked for."""
    app, _ = app_of(first, environment={"TABLE": "orders"})

    with pytest.raises(InvalidSetting, match=r"environ=False.*work.*TABLE"):
        app.start()


def test_environments_must_agree() -> None:
    """Both functions are named."""
    app = App()
    app.function(first, name="one", environment={"TABLE": "a"})
    app.function(first, name="two", environment={"TABLE": "b"})

    with pytest.raises(InvalidSetting, match="TABLE is 'a' for one and 'b' for two"):
        app.start(environ=True)


def test_two_functions_of_one_name() -> None:
    """Refused naming both places."""
    app = App()
    app.function(first)

    with pytest.raises(InvalidSetting, match=r"declared twice: .*test_app\.py:\d+ and .*test_app\.py:\d+"):
        app.function(first)


# Concurrency


@pytest.mark.parametrize("value", [0, -1, 1.5, True])
def test_account_concurrency_is_a_number(value: Any) -> None:
    """At least one."""
    with pytest.raises(InvalidSetting, match="concurrent_executions"):
        App(concurrent_executions=value)


def test_reservations_leave_a_hundred() -> None:
    """To functions without one."""
    app = App(concurrent_executions=200)
    app.function(first, name="one", reserved_concurrent_executions=60)
    app.function(first, name="two", reserved_concurrent_executions=40)

    with pytest.raises(InvalidSetting, match=r"reserved_concurrent_executions=1.*minimum value of \[100\]"):
        app.function(first, name="three", reserved_concurrent_executions=1)

    app.function(first, name="three", reserved_concurrent_executions=0)


# Mappings


def orders(**settings: Any) -> tuple[App, Any, Function[Any, Any]]:
    app, work = app_of(first)
    return app, app.add(sqs.Queue("orders", **settings)), work


def test_mapping_has_an_address() -> None:
    """Of both ends."""
    app, queue, work = orders()

    mapping = app.map(queue, work)

    assert isinstance(mapping, Mapping)
    assert mapping.arn == "arn:aws:lambda:us-east-1:000000000000:event-source-mapping:orders:work"


@pytest.mark.parametrize(
    "settings",
    [
        {"batch_size": 0},
        {"batch_size": 10_001, "maximum_batching_window_in_seconds": 1},
        {"batch_size": 2.0},
        {"maximum_batching_window_in_seconds": -1},
        {"maximum_batching_window_in_seconds": 301},
        {"maximum_concurrency": 1},
        {"maximum_concurrency": 1_001},
        {"function_response_types": ["ReportBatch"]},
        {"enabled": "yes"},
        {"filter_criteria": {}},
        {"starting_position": "LATEST"},
    ],
    ids=str,
)
def test_mapping_settings_that_are_refused(settings: dict[str, Any]) -> None:
    """By name."""
    app, queue, work = orders()

    with pytest.raises(InvalidSetting, match=next(iter(settings))):
        app.map(queue, work, **settings)


def test_large_batches_need_a_window() -> None:
    """More than 10."""
    app, queue, work = orders()

    with pytest.raises(InvalidSetting, match="maximum_batching_window_in_seconds=0"):
        app.map(queue, work, batch_size=11)


def test_fifo_batches_are_small_and_without_a_window() -> None:
    """Up to 10."""
    app, work = app_of(first)
    queue = app.add(sqs.Queue("orders.fifo"))

    refused: list[dict[str, Any]] = [{"batch_size": 11}, {"maximum_batching_window_in_seconds": 1}]
    for settings in refused:
        with pytest.raises(InvalidSetting, match=f"{next(iter(settings))}=.*FIFO"):
            app.map(queue, work, **settings)


def test_function_may_not_outlast_the_visibility() -> None:
    """As long is allowed."""
    app, queue, _ = orders(visibility_timeout=10)
    app.map(queue, app.function(first, name="as-long", timeout=10))

    with pytest.raises(InvalidSetting, match=r"timeout=11.*up to 10.*visibility_timeout of orders"):
        app.map(queue, app.function(first, name="longer", timeout=11))


def test_one_mapping_for_a_pair() -> None:
    """A second is refused."""
    app, queue, work = orders()
    app.map(queue, work)

    with pytest.raises(InvalidSetting, match="orders is already mapped to work"):
        app.map(queue, work)


def test_both_ends_are_of_this_app() -> None:
    """Else they are named."""
    app, queue, work = orders()
    stranger = App().function(first, name="stranger")

    with pytest.raises(InvalidSetting, match=r"source: .*elsewhere is not part"):
        app.map(sqs.Queue("elsewhere"), work)
    with pytest.raises(InvalidSetting, match=r"function: .*stranger is not part"):
        app.map(queue, stranger)


# Resources, wires, grants


def test_two_resources_of_one_name() -> None:
    """Refused naming both places."""
    app, _, _ = orders()

    with pytest.raises(InvalidSetting, match=r"declared twice: .*test_app\.py"):
        app.add(sqs.Queue("orders"))


def test_resources_in_the_order_of_declaration() -> None:
    """Wires are none."""
    app, queue, work = orders()
    bucket = app.add(s3.Bucket("uploads"))
    app.add(s3.Notification(bucket, work, events=["s3:ObjectCreated:*"]))

    assert app.resources == (queue, bucket)


def test_source_of_a_wire_is_of_this_app() -> None:
    """Added before it."""
    app, _, work = orders()

    with pytest.raises(InvalidSetting, match=r"source: .*uploads is not part"):
        app.add(s3.Notification(s3.Bucket("uploads"), work, events=["s3:ObjectCreated:*"]))


def test_target_of_a_wire_is_of_this_app() -> None:
    """At the start at the latest."""
    app, _, _ = orders()
    bucket = app.add(s3.Bucket("uploads"))
    app.add(s3.Notification(bucket, sqs.Queue("elsewhere"), events=["s3:ObjectCreated:*"]))

    with pytest.raises(InvalidSetting, match="elsewhere is not part"):
        app.start()


@pytest.mark.parametrize("action", ["SendMessage", "sqs:", ":SendMessage", ""])
def test_actions_name_a_service(action: str) -> None:
    """And an operation, for grants and for revocations."""
    app, queue, work = orders()

    for say in (app.grant, app.revoke):
        with pytest.raises(InvalidSetting, match=r"action=.*sqs:SendMessage"):
            say(work, action, queue)


@pytest.mark.parametrize("setting", [{"permissions": "none"}, {"trace": "file"}], ids=str)
def test_choices_of_a_start(setting: dict[str, Any]) -> None:
    """Refused by name."""
    with pytest.raises(InvalidSetting, match=next(iter(setting))):
        App().start(**setting)


def test_one_app_runs_many_times() -> None:
    """Each run begins anew."""
    app, work = app_of(boom)

    async def main() -> int:
        async with app.start() as bus:
            await bus.invoke(work)
            return bus.statistics().invocations

    assert virtually(main) == virtually(main) == 1


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"timeout": None}, "timeout=None"),
        ({"memory_size": None}, "memory_size=None"),
        ({"maximum_retry_attempts": None}, "maximum_retry_attempts=None"),
        ({"maximum_event_age_in_seconds": None}, "maximum_event_age_in_seconds=None"),
        ({"name": "bücher"}, "name='bücher'"),
        ({"dead_letter": s3.Bucket("uploads")}, "dead_letter='uploads'.*a queue"),
        ({"on_success": s3.Bucket("uploads")}, "on_success='uploads'"),
    ],
    ids=str,
)
def test_more_that_is_refused(settings: dict[str, Any], word: str) -> None:
    """Nothing in the place of a value, letters AWS does not take, targets that take no messages."""
    with pytest.raises(InvalidSetting, match=word):
        app_of(first, **settings)


@pytest.mark.parametrize("waits", [(1.0,), (1.0, 2.0, 3.0), (None, 1.0), 5], ids=str)
def test_retry_waits_are_a_pair(waits: Any) -> None:
    """One before each retry."""
    with pytest.raises(InvalidSetting, match="retry_waits"):
        Profile(retry_waits=waits)


def test_unknown_setting_says_what_it_may_have_been() -> None:
    """Of functions and of mappings."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    work = app.function(echo, name="work")
    wrong: dict[str, Any] = {"batchsize": 5}

    with pytest.raises(InvalidSetting, match="batchsize=5 is refused.*did you mean batch_size"):
        app.map(queue, work, **wrong)


def test_two_handlers_of_one_name() -> None:
    """The error says how to tell them apart."""
    app = App()
    app.function(echo, name="handler")

    with pytest.raises(InvalidSetting, match=r"declared twice.*another name="):
        app.function(echo, name="handler")


@pytest.mark.parametrize("what", ["orders", None, echo], ids=["text", "nothing", "handler"])
def test_what_is_no_declaration(what: Any) -> None:
    """Refused where it is written, by what it is."""
    with pytest.raises(InvalidSetting, match="^declared="):
        App().add(what)


def test_dead_letter_queue_of_a_redrive_must_be_there() -> None:
    """Else nothing would ever take the message."""
    app = App()
    app.add(sqs.Queue("orders", redrive=sqs.Redrive(sqs.Queue("nowhere"), max_receive_count=1)))

    with pytest.raises(InvalidSetting, match="nowhere is not part of this app"):
        app.start()


def test_what_is_always_there_may_be_added_again() -> None:
    """The default event bus comes with the first rule; adding it later names the same one."""
    app = App()
    work = app.function(echo, name="work")
    app.add(eventbridge.Rule("all", event_pattern={"source": ["shop"]}, targets=[work]))

    bus = app.add(eventbridge.EventBus())

    assert app.resources == (bus,)


@pytest.mark.parametrize("name", ["", None, 5, "aws.shop"])
def test_name_of_an_app(name: Any) -> None:
    """Is a text that may be the source of an event."""
    with pytest.raises(InvalidSetting, match="^name="):
        App(name)
