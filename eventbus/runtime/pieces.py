"""Answers of async generators: our extension, after Lambda's response streaming.

A dict, if it comes first, is the head of an HTTP response (`statusCode`, `headers`, `cookies`); texts and bytes are its
body. Who did not ask for pieces gets them as one answer.
"""

from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from typing import Any

Piece = dict[str, Any] | str | bytes


async def told(pieces: AsyncIterator[Any], tell: Callable[[Piece], None]) -> str | None:
    """Each is told when it comes. Nothing is left to answer with, but for an empty text if none came."""
    any_came = False
    async for piece in pieces:
        tell(_checked(piece, first=not any_came))
        any_came = True
    return None if any_came else ""


async def joined(pieces: AsyncIterator[Any]) -> Any:
    """The whole body, within its head if that came."""
    head: dict[str, Any] | None = None
    body: list[str | bytes] = []
    async for piece in pieces:
        if isinstance(_checked(piece, first=head is None and not body), dict):
            head = piece
        else:
            body.append(piece)
    if all(isinstance(part, str) for part in body):
        text: dict[str, Any] = {"body": "".join([part for part in body if isinstance(part, str)])}
    else:
        whole = b"".join([part.encode() if isinstance(part, str) else part for part in body])
        text = {"body": b64encode(whole).decode(), "isBase64Encoded": True}
    if head is None and "isBase64Encoded" not in text:
        return text["body"]
    return {"statusCode": 200, **(head or {}), **text}


def _checked(piece: Any, *, first: bool) -> Piece:
    if isinstance(piece, str | bytes) or (first and isinstance(piece, dict)):
        return piece
    raise TypeError(
        f"the handler yielded {type(piece).__name__}: texts and bytes are a body; a dict before them is its head"
    )
