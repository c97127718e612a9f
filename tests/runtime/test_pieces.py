"""Answers of async generators, taken piece by piece or joined."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from eventbus.runtime.pieces import joined, told

HEAD = {"statusCode": 201, "headers": {"a": "b"}}


async def given(*pieces: Any) -> AsyncGenerator[Any, None]:
    for piece in pieces:
        if isinstance(piece, Exception):
            raise piece
        yield piece


def tell_all(*pieces: Any) -> list[Any]:
    heard: list[Any] = []
    asyncio.run(told(given(*pieces), heard.append))
    return heard


def join_all(*pieces: Any) -> Any:
    return asyncio.run(joined(given(*pieces)))


@pytest.mark.parametrize(
    ("pieces", "heard"),
    [
        (["a", b"b", ""], ["a", b"b", ""]),
        ([HEAD, "a"], [HEAD, "a"]),
        ([HEAD], [HEAD]),
        ([{}], [{}]),
        ([], [""]),
    ],
)
def test_each_piece_is_told(pieces: list[Any], heard: list[Any]) -> None:
    """In its order; of none, that there is nothing."""
    assert tell_all(*pieces) == heard


def test_piece_is_told_when_it_comes() -> None:
    """Before the next is asked for."""
    events: list[str] = []

    async def writes() -> AsyncGenerator[Any, None]:
        for piece in "ab":
            events.append(f"writes {piece}")
            yield piece

    asyncio.run(told(writes(), lambda piece: events.append(f"hears {piece!r}")))

    assert events == ["writes a", "hears 'a'", "writes b", "hears 'b'"]


@pytest.mark.parametrize(
    ("pieces", "whole"),
    [
        ([], ""),
        (["a", "é"], "aé"),
        (["a", b"\xff"], {"statusCode": 200, "body": "Yf8=", "isBase64Encoded": True}),
        ([b""], {"statusCode": 200, "body": "", "isBase64Encoded": True}),
        ([{}], {"statusCode": 200, "body": ""}),
        ([HEAD, "a", "b"], {**HEAD, "body": "ab"}),
        ([HEAD, b"a"], {**HEAD, "body": "YQ==", "isBase64Encoded": True}),
        ([{"body": "x", "isBase64Encoded": False}, b"a"], {"statusCode": 200, "body": "YQ==", "isBase64Encoded": True}),
    ],
)
def test_pieces_are_one_answer(pieces: list[Any], whole: Any) -> None:
    """A text, or an HTTP response where there is a head, or bytes are in it."""
    assert join_all(*pieces) == whole


@pytest.mark.parametrize("wrong", [None, 7, ["a"], bytearray(b"a"), ("a", "b")])
@pytest.mark.parametrize("before", [[], ["a"], [HEAD]])
def test_other_pieces_are_refused(before: list[Any], wrong: Any) -> None:
    """Whenever they come; what came before was told."""
    heard: list[Any] = []

    with pytest.raises(TypeError, match=f"yielded {type(wrong).__name__}"):
        asyncio.run(told(given(*before, wrong), heard.append))
    with pytest.raises(TypeError, match=f"yielded {type(wrong).__name__}"):
        join_all(*before, wrong)

    assert heard == before


@pytest.mark.parametrize("before", [["a"], [HEAD], [b""], [""]])
def test_head_comes_first_or_not_at_all(before: list[Any]) -> None:
    """Of an answer that has begun the head is known."""
    with pytest.raises(TypeError, match="yielded dict"):
        tell_all(*before, HEAD)
    with pytest.raises(TypeError, match="yielded dict"):
        join_all(*before, HEAD)


def test_failure_is_the_handlers() -> None:
    """After what came before."""
    heard: list[Any] = []

    with pytest.raises(ValueError, match="boom"):
        asyncio.run(told(given("a", ValueError("boom")), heard.append))
    with pytest.raises(ValueError, match="boom"):
        join_all("a", ValueError("boom"))

    assert heard == ["a"]


def test_generator_that_is_refused_ends() -> None:
    """Its `finally` runs before the failure is known."""
    ended: list[str] = []

    async def writes() -> AsyncGenerator[Any, None]:
        try:
            yield 7
        finally:
            ended.append("cleaned up")

    for take in (lambda: told(writes(), print), lambda: joined(writes())):
        with pytest.raises(TypeError, match="yielded int"):
            asyncio.run(take())

    assert ended == ["cleaned up"] * 2
