"""What a mapping on SQS makes of a function's answer, and digests of message attributes, as data.

Sources: dg:services-sqs-errorhandling for the answers; recorded 2023-02, 2023-12, 2025 where a row says so (on a
stream where it says stream).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One answer: `response` as the handler returns it, `deleted` what is then gone from the queue.

    Ids in `batch`, `response` and `deleted` are stand-ins; `with_ids` puts in the real ones.
    """

    id: str
    response: Any
    batch: tuple[str, ...]
    report: bool  # FunctionResponseTypes = [ReportBatchItemFailures]
    deleted: frozenset[str]


RAISES = "<the handler raises>"  # as a response: no answer at all
NOT_JSON = frozenset({"a"})  # a value without a JSON form

_BATCH = ("a", "b", "c")
_ALL = frozenset(_BATCH)
_NONE: frozenset[str] = frozenset()


def with_ids(response: Any, ids: Mapping[str, str]) -> Any:
    """The response with real message ids for the stand-ins."""
    if isinstance(response, dict):
        return {
            key: ids.get(value, value) if key == "itemIdentifier" and isinstance(value, str) else with_ids(value, ids)
            for key, value in response.items()
        }
    if isinstance(response, list):
        return [with_ids(item, ids) for item in response]
    return response


def _failures(*identifiers: Any) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in identifiers]}


ROWS: list[Row] = [
    Row("empty object (recorded)", {}, _BATCH, True, _ALL),
    Row("null", None, _BATCH, True, _ALL),
    Row("empty list of failures", _failures(), _BATCH, True, _ALL),
    Row("null for the failures", {"batchItemFailures": None}, _BATCH, True, _ALL),
    Row("choice: empty list as the whole", [], _BATCH, True, _ALL),
    Row("choice: empty text as the whole", "", _BATCH, True, _ALL),
    Row("first fails", _failures("a"), _BATCH, True, frozenset("bc")),
    Row("middle fails", _failures("b"), _BATCH, True, frozenset("ac")),
    Row("last fails", _failures("c"), _BATCH, True, frozenset("ab")),
    Row("two fail", _failures("b", "c"), _BATCH, True, frozenset("a")),
    Row("two fail, other order", _failures("c", "a"), _BATCH, True, frozenset("b")),
    Row("all fail", _failures("a", "b", "c"), _BATCH, True, _NONE),
    Row("named twice", _failures("a", "a"), _BATCH, True, frozenset("bc")),
    Row("only message fails", _failures("a"), ("a",), True, _NONE),
    Row("unknown id", _failures("z"), _BATCH, True, _NONE),
    Row("unknown beside known", _failures("a", "z"), _BATCH, True, _NONE),
    Row("id in other case", _failures("A"), _BATCH, True, _NONE),
    Row("id with a blank", _failures("a "), _BATCH, True, _NONE),
    Row("number for the id (recorded on a stream)", _failures(123), _BATCH, True, _NONE),
    Row("empty id (recorded on a stream)", _failures(""), _BATCH, True, _NONE),
    Row("null id (recorded on a stream)", _failures(None), _BATCH, True, _NONE),
    Row("empty id beside known", _failures("a", ""), _BATCH, True, _NONE),
    Row("null id beside known", _failures("a", None), _BATCH, True, _NONE),
    Row("wrong key (recorded)", {"batchItemFailures": [{"foo": "notvalid"}]}, _BATCH, True, _NONE),
    Row("wrong key, null", {"batchItemFailures": [{"foo": None}]}, _BATCH, True, _NONE),
    Row("wrong key with a known id", {"batchItemFailures": [{"foo": "a"}]}, _BATCH, True, _NONE),
    Row("wrong key beside known", {"batchItemFailures": [{"itemIdentifier": "a"}, {"foo": "b"}]}, _BATCH, True, _NONE),
    Row("raises (recorded)", RAISES, _BATCH, True, _NONE),
    Row("not JSON", NOT_JSON, _BATCH, True, _NONE),
    Row("off: failures", _failures("a"), _BATCH, False, _ALL),
    Row("off: all fail", _failures("a", "b", "c"), _BATCH, False, _ALL),
    Row("off: unknown id", _failures("z"), _BATCH, False, _ALL),
    Row("off: wrong key", {"batchItemFailures": [{"foo": "notvalid"}]}, _BATCH, False, _ALL),
    Row("off: any text", "done", _BATCH, False, _ALL),
    Row("off: null", None, _BATCH, False, _ALL),
    Row("off: raises", RAISES, _BATCH, False, _NONE),
    Row("off: not JSON", NOT_JSON, _BATCH, False, _NONE),
]

# Read to the letter the documents say that these fail; no recording shows it, so no check should rest on them alone.
UNSETTLED: list[Row] = [
    Row("wrong key at the top", {"foo": "bar"}, _BATCH, True, _NONE),
    Row("answer of an HTTP handler", {"statusCode": 200, "body": "ok"}, _BATCH, True, _NONE),
    Row("text", "done", _BATCH, True, _NONE),
    Row("number", 1, _BATCH, True, _NONE),
    Row("true", True, _BATCH, True, _NONE),
    Row("list of ids", ["a"], _BATCH, True, _NONE),
    Row("failures as text", {"batchItemFailures": "a"}, _BATCH, True, _NONE),
    Row("failures as texts", {"batchItemFailures": ["a"]}, _BATCH, True, _NONE),
]


class Attribute(NamedTuple):
    name: str
    type: str
    value: str | bytes


class Digest(NamedTuple):
    """MD5OfMessageAttributes of these attributes (sqs:sqs-message-metadata)."""

    id: str
    attributes: tuple[Attribute, ...]
    md5: str


_GENERAL = Attribute("General", "String", "Kenobi")
_HELLO = Attribute("Hello", "String", "There")
_HELP = Attribute("Help.Me", "String", "Me")
_TRACE = b"traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01"

MD5_OF_ATTRIBUTES: list[Digest] = [
    Digest("one text (recorded 2022-05)", (Attribute("Foo", "String", "Bar"),), "ae7155c6026991b6d54b11589678bf9c"),
    Digest("one of three (recorded 2023-07)", (_HELLO,), "a311262e065454b75da111d535b8dacd"),
    Digest("two of three (recorded 2023-07)", (_GENERAL, _HELLO), "fca026605781cb4126a1e9044df24232"),
    Digest("a dot in a name (recorded 2023-07)", (_HELLO, _HELP), "83fee93c1bcd8b9a5a923ffacdc636c7"),
    Digest("three (recorded 2023-07)", (_GENERAL, _HELLO, _HELP), "4c360f3fdafd970e05fae2f149d997f5"),
    Digest("order does not matter", (_HELP, _HELLO, _GENERAL), "4c360f3fdafd970e05fae2f149d997f5"),
    Digest("bytes (recorded 2022-12)", (Attribute("attr1", "Binary", _TRACE),), "8cbe4db156db8a94db8b801b7addb984"),
    Digest(
        "text, number, bytes",
        (
            Attribute("kind", "String", "order"),
            Attribute("n", "Number", "3"),
            Attribute("raw", "Binary", b"\x00\x01"),
        ),
        "1bedf878c1270d68af37484cae94083b",
    ),
    Digest("number with a custom label", (Attribute("n", "Number.int", "3"),), "553484375f38b96a9ee72a43e6a7d37f"),
    Digest(
        "bytes with a custom label", (Attribute("raw", "Binary.png", b"\x89PNG"),), "60fb53f57e5cab40210f6800f85890b7"
    ),
    Digest(
        "length in bytes, not letters", (Attribute("name", "String", "Größe 日本"),), "25881880e99a9e2662c23e32ce87bd90"
    ),
    Digest(
        "capitals sort before small letters",
        (Attribute("a", "String", "1"), Attribute("B", "String", "2")),
        "f0640bd53eebb5a843723309a482d865",
    ),
]
