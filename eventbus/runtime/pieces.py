"""Answers of async generators: our extension, after Lambda's response streaming.

A dict, if it comes first, is the head of an HTTP response (`statusCode`, `headers`, `cookies`); texts and bytes are its
body. Who did not ask for pieces gets them as one answer.
"""

from base64 import b64encode
from collections.abc import AsyncGenerator, Callable
from typing import Any

Piece = dict[str, Any] | str | bytes


async def told(pieces: AsyncGenerator[Any, None], tell: Callable[[Piece], None]) -> None:
    """Each is told when it comes; if none did, an empty one. Nothing is left to answer with."""
    any_came = False

    def take(piece: Any) -> None:
        nonlocal any_came
        tell(_checked(piece, first=not any_came))
        any_came = True

    await _each(pieces, take)
    if not any_came:
        tell("")


async def joined(pieces: AsyncGenerator[Any, None]) -> Any:
    """The whole body, within its head if that came."""
    heads: list[dict[str, Any]] = []
    body: list[str | bytes] = []

    def take(piece: Any) -> None:
        checked = _checked(piece, first=not heads and not body)
        if isinstance(checked, dict):
            heads.append(checked)
        else:
            body.append(checked)

    await _each(pieces, take)
    if all(isinstance(part, str) for part in body):
        text: dict[str, Any] = {"body": "".join([part for part in body if isinstance(part, str)])}
    else:
        whole = b"".join([part.encode() if isinstance(part, str) else part for part in body])
        text = {"body": b64encode(whole).decode(), "isBase64Encoded": True}
    if not heads and "isBase64Encoded" not in text:
        return text["body"]
    return {"statusCode": 200, **(heads[0] if heads else {}), **text}


async def _each(pieces: AsyncGenerator[Any, None], take: Callable[[Any], None]) -> None:
    async for piece in pieces:
        try:
            take(piece)
        except TypeError:  # refused: the handler cleans up while its attempt still runs
            await pieces.aclose()
            raise


def _checked(piece: Any, *, first: bool) -> Piece:
    if isinstance(piece, str | bytes) or (first and isinstance(piece, dict)):
        return piece
    raise TypeError(
        f"the handler yielded {type(piece).__name__}: texts and bytes are a body; a dict before them is its head"
    )
