"""Environment variables while a bus runs."""

import os

import pytest

from eventbus import InvalidSetting
from eventbus.runtime.environ import Environ
from tests.helpers import app_of, echo, virtually


@pytest.mark.parametrize("before", [None, "", "mine"], ids=["absent", "empty", "set"])
def test_restored_as_it_was(before: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Absent stays absent, and restoring twice changes nothing."""
    if before is None:
        monkeypatch.delenv("TABLE", raising=False)
    else:
        monkeypatch.setenv("TABLE", before)
    environ = Environ({"TABLE": "orders"})

    environ.set()
    assert os.environ["TABLE"] == "orders"

    environ.restore()
    assert os.environ.get("TABLE") == before

    monkeypatch.setenv("TABLE", "later")
    environ.restore()
    assert os.environ["TABLE"] == "later"


def test_restored_though_the_body_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """As any other end."""
    monkeypatch.delenv("TABLE", raising=False)
    app, _ = app_of(echo, environment={"TABLE": "orders"})

    async def main() -> None:
        with pytest.raises(ZeroDivisionError):
            async with app.start(environ=True):
                assert os.environ["TABLE"] == "orders"
                raise ZeroDivisionError

    virtually(main)

    assert "TABLE" not in os.environ


def test_two_buses_share_a_variable_until_the_last_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """And another value is refused: one process has one."""
    monkeypatch.delenv("TABLE", raising=False)
    first, second, other = Environ({"TABLE": "orders"}), Environ({"TABLE": "orders"}), Environ({"TABLE": "bills"})
    first.set()
    second.set()
    with pytest.raises(InvalidSetting, match="TABLE"):
        other.set()

    first.restore()
    assert os.environ["TABLE"] == "orders"

    second.restore()
    assert "TABLE" not in os.environ
