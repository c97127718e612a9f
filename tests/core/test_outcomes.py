"""How attempts end, and the error objects that callers read."""

import json
from pathlib import Path

import pytest

from eventbus.core.outcomes import NULL, HandlerFailed, Stopped, Throttled, TimedOut
from tests.golden import load, match

ID = "5e0ab1c2-0000-4000-a000-000000000001"


@pytest.mark.parametrize(
    ("golden", "outcome"),
    [
        ("error_raised", HandlerFailed("ValueError", "boom", ID, (("/app/orders.py", 3, "handler"),))),
        (
            "error_marshal",
            HandlerFailed(
                "Runtime.MarshalError",
                "Unable to marshal response: Object of type datetime is not JSON serializable",
                ID,
                (),
            ),
        ),
        (
            "error_exit",
            HandlerFailed(
                "Runtime.ExitError", f"RequestId: {ID} Error: Runtime exited without providing a reason", ID, None
            ),
        ),
        ("error_timeout", TimedOut("Sandbox.Timedout", f"RequestId: {ID} Error: Task timed out after 1.00 seconds")),
    ],
)
def test_error_object_as_recorded(golden: str, outcome: HandlerFailed | TimedOut) -> None:
    """Each member, in its order."""
    match(load(f"lambda/{golden}"), json.loads(outcome.payload))


def test_stack_shows_place_and_source(tmp_path: Path) -> None:
    """As Python's own tracebacks do; a line that can't be read is left out."""
    file = tmp_path / "orders.py"
    file.write_text("def handler(event, context):\n    raise ValueError('boom')\n")
    stack = ((str(file), 2, "handler"), (str(file), 99, "gone"), ("<string>", 1, "<module>"))

    payload = HandlerFailed("ValueError", "boom", ID, stack).payload

    assert json.loads(payload)["stackTrace"] == [
        f"  File \"{file}\", line 2, in handler\n    raise ValueError('boom')\n",
        f'  File "{file}", line 99, in gone\n',
        '  File "<string>", line 1, in <module>\n',
    ]


@pytest.mark.parametrize("stack", [(), None], ids=["of the handler", "of the runtime"])
def test_letters_are_not_escaped(stack: tuple[()] | None) -> None:
    """The object is UTF-8."""
    assert "Zoë €".encode() in HandlerFailed("ValueError", "Zoë €", ID, stack).payload


def test_message_that_is_no_text_is_replaced() -> None:
    """Half a surrogate pair, which no encoding can say."""
    assert json.loads(HandlerFailed("ValueError", "a\udc80b", ID, ()).payload)["errorMessage"] == "a?b"


def test_most_handlers_return_null() -> None:
    """As JSON."""
    assert NULL.payload == b"null"


def test_refusals_say_why() -> None:
    """A throttle is neither for ever nor without a back-off, unless it says so."""
    throttled = Throttled("full")

    assert (throttled.reason, throttled.terminal, throttled.wait) == ("full", False, False)
    assert Stopped().reason == "RecursiveInvocationException"
