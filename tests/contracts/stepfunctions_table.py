"""Step Functions as data: paths, templates, intrinsic functions, choices, retries, whole executions, refusals.

Standard workflows, query language JSONPath. Sources, in the columns `source`: "guide" is the Step Functions developer
guide, "spec" the Amazon States Language specification, "systems" and "semantics" the project's reference texts, "bc" the
service model (botocore 1.44.5, stepfunctions), "field" a public report of what AWS did, "unverified" general knowledge
of the service found in no text read, "choice" ours.

What was read: the guide's pages on errors, Choice, ResultPath, the context object, Lambda and the first four intrinsic
functions (text of 2019 to 2022), today's list of diagnostic codes, and bc. Not at hand, so known from memory and weaker
than their tag: the specification as a whole, and of the guide the newer intrinsic functions, StringMatches, the Is... and
...Path operators, MaxDelaySeconds and JitterStrategy with their limits, the list of States errors with what catches them
(but what systems 3.3 says), and the Wait, Parallel and Fail states.

Left open, so in no row: Map states, JSONata, variables (Assign), Express workflows, activities, redrives, how objects are
written by States.Format, functions inside paths such as `length()`, a SecondsPath to a fraction, jitter (FULL: each wait
is a random share of what the rows say).
"""

import hashlib
import json
from typing import Any

import attrs

_LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:"
_INVOKE = "arn:aws:states:::lambda:invoke"
_WAIT_FOR_TOKEN = "arn:aws:states:::lambda:invoke.waitForTaskToken"
RUNTIME = "States.Runtime"

# ------------------------------------------------------------------------------------------------------- paths


@attrs.frozen
class Path:
    """What `path` selects in `data`; `found` False: nothing, an error where it is used.

    A path with an operator that may select several nodes gives an array, also an empty one (as the Java library that
    AWS names in the guide does). `reference`: the path may also stand in ResultPath, which writes to one node.
    """

    id: str
    path: str
    data: Any
    result: Any
    reference: bool
    source: str = "spec"
    found: bool = True


_STORE: dict[str, Any] = {
    "a": {"b": 1, "c d": 2, "e": None, "f": False},
    "list": [{"n": 1, "t": "x"}, {"n": 2, "t": "y"}, {"n": 3}],
    "words": ["one", "two", "three"],
    "empty": [],
    "été": "summer",
}

PATHS: list[Path] = [
    Path("whole", "$", _STORE, _STORE, True),
    Path("whole of a text", "$", "text", "text", True),
    Path("whole of null", "$", None, None, True),
    Path("member", "$.a", _STORE, _STORE["a"], True),
    Path("member of a member", "$.a.b", _STORE, 1, True),
    Path("null is found", "$.a.e", _STORE, None, True),
    Path("false is found", "$.a.f", _STORE, False, True),
    Path("brackets", "$['a']['b']", _STORE, 1, True),
    Path("brackets with a blank", "$.a['c d']", _STORE, 2, True),
    Path("unicode", "$.été", _STORE, "summer", True),
    Path("index", "$.words[0]", _STORE, "one", True),
    Path("index and member", "$.list[1].n", _STORE, 2, True),
    Path("index of the whole", "$[1]", ["a", "b"], "b", True),
    Path("index from the end", "$.words[-1]", _STORE, "three", False, "unverified"),
    Path("empty array", "$.empty", _STORE, [], True),
    Path("every item", "$.words[*]", _STORE, ["one", "two", "three"], False),
    Path("member of every item", "$.list[*].n", _STORE, [1, 2, 3], False),
    Path("member of some items", "$.list[*].t", _STORE, ["x", "y"], False, "unverified"),
    Path("every item of none", "$.empty[*]", _STORE, [], False, "unverified"),
    Path("every member", "$.a.*", _STORE, [1, 2, None, False], False),
    Path("at any depth", "$..n", _STORE, [1, 2, 3], False),
    Path("slice", "$.words[0:2]", _STORE, ["one", "two"], False),
    Path("slice to the end", "$.words[1:]", _STORE, ["two", "three"], False),
    Path("slice past the end", "$.words[1:9]", _STORE, ["two", "three"], False),
    Path("two items", "$.words[0,2]", _STORE, ["one", "three"], False),
    Path("filter", "$.list[?(@.n > 1)].n", _STORE, [2, 3], False),
    Path("filter on a text", "$.list[?(@.t == 'y')]", _STORE, [{"n": 2, "t": "y"}], False),
    Path("filter on presence", "$.list[?(@.t)].n", _STORE, [1, 2], False),
    Path("filter that nothing passes", "$.list[?(@.n > 9)]", _STORE, [], False),
    Path("no such member", "$.missing", _STORE, None, True, found=False),
    Path("no such member below", "$.a.missing.x", _STORE, None, True, found=False),
    Path("member of a number", "$.a.b.x", _STORE, None, True, found=False),
    Path("member of a text", "$.x", "text", None, True, found=False),
    Path("member of an array", "$.words.one", _STORE, None, True, found=False),
    Path("no such index", "$.words[3]", _STORE, None, True, found=False),
    Path("case counts", "$.A", _STORE, None, True, found=False),
]

INVALID_PATHS: list[tuple[str, str]] = [
    ("no dollar", "a.b"),
    ("empty", ""),
    ("open bracket", "$.a["),
    ("ends with a dot", "$.a."),
]
"""Texts which are no path: a definition that uses one is refused (spec)."""

# ----------------------------------------------------------------------------------------------------- templates


@attrs.frozen
class Template:
    """What a payload template (Parameters, ResultSelector) makes of `data`, or the error it ends in."""

    id: str
    template: Any
    data: Any
    result: Any = None
    error: str | None = None
    cause: str | None = None  # a part of the cause
    source: str = "spec"


_ORDER: dict[str, Any] = {"id": 7, "lines": [{"sku": "a"}, {"sku": "b"}], "note": None, "price": 1.5}
_NOT_FOUND = "could not be found in the input"

TEMPLATES: list[Template] = [
    Template(
        "plain values",
        {"a": 1, "b": [True, None], "c": {"d": "x"}},
        _ORDER,
        {"a": 1, "b": [True, None], "c": {"d": "x"}},
    ),
    Template("path", {"order.$": "$.id"}, _ORDER, {"order": 7}),
    Template("path beside a plain value", {"order.$": "$.id", "kind": "new"}, _ORDER, {"order": 7, "kind": "new"}),
    Template("whole", {"all.$": "$"}, {"x": 1}, {"all": {"x": 1}}),
    Template("nested", {"a": {"b": {"c.$": "$.price"}}}, _ORDER, {"a": {"b": {"c": 1.5}}}),
    Template("objects in an array", {"a": [{"b.$": "$.id"}, {"c": 2}]}, _ORDER, {"a": [{"b": 7}, {"c": 2}]}),
    Template("null", {"note.$": "$.note"}, _ORDER, {"note": None}),
    Template("array", {"skus.$": "$.lines[*].sku"}, _ORDER, {"skus": ["a", "b"]}),
    Template("a text is no path without the suffix", {"order": "$.id"}, _ORDER, {"order": "$.id"}),
    Template("texts in an array are no paths", {"a": ["$.id"]}, _ORDER, {"a": ["$.id"]}),
    Template("empty", {}, _ORDER, {}),
    Template("only the last suffix goes", {"a.$.$": "$.id"}, _ORDER, {"a.$": 7}, source="choice"),
    Template("intrinsic", {"text.$": "States.Format('order {}', $.id)"}, _ORDER, {"text": "order 7"}),
    Template(
        "no such member",
        {"a.$": "$.missing"},
        {"x": 1},
        None,
        RUNTIME,
        "The JSONPath '$.missing' specified for the field 'a.$' could not be found in the input '{\"x\":1}'",
        "field (the guide has States.ParameterPathFailure)",
    ),
    Template("no such member, nested", {"a": {"b.$": "$.missing"}}, _ORDER, None, RUNTIME, _NOT_FOUND, "field"),
    Template("no such index", {"a.$": "$.lines[2]"}, _ORDER, None, RUNTIME, _NOT_FOUND, "field"),
    Template("filter that nothing passes", {"a.$": "$.lines[?(@.sku == 'z')]"}, _ORDER, {"a": []}, source="unverified"),
]

CONTEXT_TEMPLATES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("execution", {"a.$": "$$.Execution.Name", "b.$": "$$.Execution.Input.id"}, {"a": "first", "b": 7}),
    ("machine", {"a.$": "$$.StateMachine.Name"}, {"a": "orders"}),
    ("state", {"a.$": "$$.State.Name", "b.$": "$$.State.RetryCount"}, {"a": "Work", "b": 0}),
    ("start", {"a.$": "$$.Execution.StartTime"}, {"a": "2026-01-01T00:00:10.000Z"}),
    (
        "ids",
        {"a.$": "$$.Execution.Id", "b.$": "$$.StateMachine.Id"},
        {
            "a": "arn:aws:states:us-east-1:000000000000:execution:orders:first",
            "b": "arn:aws:states:us-east-1:000000000000:stateMachine:orders",
        },
    ),
    ("in an intrinsic", {"a.$": "States.Format('{}-{}', $$.State.Name, $.id)"}, {"a": "Work-7"}),
]
"""Template and result, in the Task state `Work`, first of the machine `orders`, execution `first`, started at 10 s with
`{"id": 7}`. The guide; golden `stepfunctions/context` has the whole object."""

# ---------------------------------------------------------------------------------------------------- intrinsics

FAILED = "States.IntrinsicFailure"


@attrs.frozen
class Intrinsic:
    """The value of an intrinsic function over `data`, or the error it ends in (the guide names the error)."""

    id: str
    expression: str
    result: Any = None
    data: Any = attrs.field(factory=dict)
    error: str | None = None
    source: str = "guide"


def _fails(id: str, expression: str, data: Any = None, source: str = "guide") -> Intrinsic:
    return Intrinsic(id, expression, None, data, FAILED, source)


_NINE = list(range(1, 10))

INTRINSICS: list[Intrinsic] = [
    # States.Format
    Intrinsic(
        "format", "States.Format('Hello, my name is {}.', $.name)", "Hello, my name is Arnav.", {"name": "Arnav"}
    ),
    Intrinsic(
        "format, template from the data",
        "States.Format($.template, $.name)",
        "Hello, my name is Arnav.",
        {"name": "Arnav", "template": "Hello, my name is {}."},
    ),
    Intrinsic("format without arguments", "States.Format('plain')", "plain"),
    Intrinsic("format twice", "States.Format('{}-{}', 'a', 'b')", "a-b"),
    Intrinsic("format numbers", "States.Format('{} {}', $.n, $.m)", "7 1.5", {"n": 7, "m": 1.5}),
    Intrinsic("format literals", "States.Format('{} {} {}', 7, true, null)", "7 true null", source="spec"),
    Intrinsic("format escaped quote", "States.Format('it\\'s {}', 1)", "it's 1"),
    Intrinsic("format escaped braces", "States.Format('\\{{}\\}', 1)", "{1}"),
    Intrinsic("format escaped backslash", "States.Format('a\\\\b')", "a\\b"),
    Intrinsic("blanks between arguments", "States.Format( '{}' ,  'x' )", "x", source="choice"),
    Intrinsic("comma in a text", "States.Format('{},{}', 'a,b', 'c')", "a,b,c"),
    Intrinsic("parenthesis in a text", "States.Format('({})', ')')", "())"),
    _fails("format with too few arguments", "States.Format('{} {}', 1)", source="spec"),
    _fails("format with too many arguments", "States.Format('{}', 1, 2)", source="spec"),
    _fails("format of a number", "States.Format($.n)", {"n": 1}, "spec"),
    # JSON
    Intrinsic("text to JSON", "States.StringToJson($.t)", {"foo": "bar"}, {"t": '{"foo": "bar"}'}),
    Intrinsic("text to number", "States.StringToJson('12')", 12),
    _fails("text is no JSON", "States.StringToJson('{a')"),
    Intrinsic(
        "JSON to text", "States.JsonToString($.v)", '{"foo":"bar","n":[1,null]}', {"v": {"foo": "bar", "n": [1, None]}}
    ),
    Intrinsic(
        "merge",
        "States.JsonMerge($.a, $.b, false)",
        {"a": {"a3": 1, "a4": 2}, "b": 2, "c": 3},
        {"a": {"a": {"a1": 1, "a2": 2}, "b": 2}, "b": {"a": {"a3": 1, "a4": 2}, "c": 3}},
    ),
    _fails("deep merge is not supported", "States.JsonMerge($.a, $.b, true)", {"a": {}, "b": {}}),
    _fails("merge of no object", "States.JsonMerge($.a, $.b, false)", {"a": [], "b": {}}, "choice"),
    # arrays
    Intrinsic("array", "States.Array($.Id)", [123456], {"Id": 123456}),
    Intrinsic("array of nothing", "States.Array()", []),
    Intrinsic(
        "array of several",
        "States.Array('a', 1, 1.5, true, null, $.x)",
        ["a", 1, 1.5, True, None, {"y": 1}],
        {"x": {"y": 1}},
    ),
    Intrinsic("negative number", "States.Array(-7)", [-7]),
    Intrinsic("partition", "States.ArrayPartition($.a, 4)", [[1, 2, 3, 4], [5, 6, 7, 8], [9]], {"a": _NINE}),
    Intrinsic("partition larger than the array", "States.ArrayPartition($.a, 20)", [_NINE], {"a": _NINE}),
    Intrinsic("partition of nothing", "States.ArrayPartition($.a, 2)", [], {"a": []}, source="choice"),
    _fails("partition of size 0", "States.ArrayPartition($.a, 0)", {"a": _NINE}),
    _fails("partition of size -1", "States.ArrayPartition($.a, -1)", {"a": _NINE}),
    _fails("partition of a text", "States.ArrayPartition('abc', 2)"),
    Intrinsic("contains", "States.ArrayContains($.a, 5)", True, {"a": _NINE}),
    Intrinsic("contains not", "States.ArrayContains($.a, 10)", False, {"a": _NINE}),
    Intrinsic(
        "contains an object",
        "States.ArrayContains($.a, $.b)",
        True,
        {"a": [{"x": 1}], "b": {"x": 1}},
        source="unverified",
    ),
    Intrinsic("contains no text for a number", "States.ArrayContains($.a, '5')", False, {"a": _NINE}, source="choice"),
    _fails("contains in no array", "States.ArrayContains('abc', 'a')"),
    Intrinsic("range", "States.ArrayRange(1, 9, 2)", [1, 3, 5, 7, 9]),
    Intrinsic(
        "range includes its end only when it is met", "States.ArrayRange(1, 8, 2)", [1, 3, 5, 7], source="choice"
    ),
    Intrinsic("range of one", "States.ArrayRange(3, 3, 1)", [3], source="choice"),
    Intrinsic("range downwards", "States.ArrayRange(9, 1, -4)", [9, 5, 1], source="unverified"),
    Intrinsic("range of 1,000", "States.ArrayRange(1, 1000, 1)", list(range(1, 1001))),
    _fails("range of 1,001", "States.ArrayRange(1, 1001, 1)"),
    _fails("range by 0", "States.ArrayRange(1, 9, 0)"),
    Intrinsic("item", "States.ArrayGetItem($.a, 5)", 6, {"a": _NINE}),
    Intrinsic("first item", "States.ArrayGetItem($.a, 0)", 1, {"a": _NINE}),
    _fails("item past the end", "States.ArrayGetItem($.a, 9)", {"a": _NINE}),
    _fails("item -1", "States.ArrayGetItem($.a, -1)", {"a": _NINE}, "choice"),
    Intrinsic("length", "States.ArrayLength($.a)", 9, {"a": _NINE}),
    Intrinsic("length of nothing", "States.ArrayLength($.a)", 0, {"a": []}),
    _fails("length of a text", "States.ArrayLength('abc')"),
    Intrinsic("unique", "States.ArrayUnique($.a)", [1, 2, 3, 4], {"a": [1, 2, 3, 3, 3, 3, 3, 3, 4]}),
    # encoding, hashes
    Intrinsic("base64", "States.Base64Encode('Data to encode')", "RGF0YSB0byBlbmNvZGU="),
    Intrinsic("base64 of UTF-8", "States.Base64Encode($.t)", "w6k=", {"t": "é"}, source="unverified"),
    Intrinsic("from base64", "States.Base64Decode('RGVjb2RlZCBkYXRh')", "Decoded data"),
    Intrinsic("base64 of 10,000 characters", "States.Base64Encode($.t)", "YWFh" * 3333 + "YQ==", {"t": "a" * 10_000}),
    _fails("base64 of 10,001 characters", "States.Base64Encode($.t)", {"t": "a" * 10_001}),
    _fails("no base64", "States.Base64Decode('%%%')", source="choice"),
    *[
        Intrinsic(
            f"hash {algorithm}",
            f"States.Hash($.t, '{algorithm}')",
            hashlib.new(algorithm.replace("-", "").lower(), b"input data").hexdigest(),
            {"t": "input data"},
        )
        for algorithm in ("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512")
    ],
    _fails("unknown hash", "States.Hash('x', 'CRC-32')"),
    _fails("hash of 10,001 characters", "States.Hash($.t, 'MD5')", {"t": "a" * 10_001}),
    # numbers, texts
    Intrinsic("add", "States.MathAdd($.value1, $.step)", 110, {"value1": 111, "step": -1}),
    Intrinsic("add rounds to whole numbers", "States.MathAdd(1.6, 1)", 3, source="unverified"),
    _fails("add a text", "States.MathAdd('1', 1)", source="choice"),
    Intrinsic("split", "States.StringSplit($.t, ',')", ["1", "2", "3", "4", "5"], {"t": "1,2,3,4,5"}),
    Intrinsic(
        "split at each of several characters",
        "States.StringSplit($.t, $.s)",
        ["This", "is", "a", "test", "string"],
        {"t": "This.is+a,test=string", "s": ".+,="},
    ),
    Intrinsic("split at nothing found", "States.StringSplit('abc', ',')", ["abc"]),
    _fails("split a number", "States.StringSplit(1, ',')", source="choice"),
    # nesting
    Intrinsic("nested", "States.ArrayGetItem(States.StringSplit('a/b/c', '/'), 1)", "b"),
    Intrinsic(
        "nested several times",
        "States.Format('{}.{}', States.ArrayGetItem(States.StringSplit(States.ArrayGetItem("
        "States.StringSplit($.arn, '/'), 2), '.'), 0), States.ArrayLength(States.StringSplit($.arn, '/')))",
        "1.3",
        {"arn": "image/recipe/1.0.0"},
    ),
    Intrinsic("no such member", "States.Format('{}', $.missing)", None, {}, RUNTIME, "choice"),
]

RANDOM: list[tuple[str, str, int, int]] = [
    ("random", "States.MathRandom(1, 999)", 1, 998),
    ("random with a seed", "States.MathRandom(1, 999, 5)", 1, 998),
]
"""Expression and the whole numbers between which its value lies. The start counts, the end does not (guide); the same
seed gives the same number. `States.UUID()` is a UUID of version 4."""

INVALID_INTRINSICS: list[tuple[str, str]] = [
    ("unknown function", "States.Nothing()"),
    ("not closed", "States.Array(1"),
    ("double quotes", 'States.Format("a")'),
    ("open backslash", "States.Format('a\\')"),
    ("no path", "States.Array(a)"),
]
"""Texts which are no intrinsic: a definition that uses one in a template is refused (choice: AWS may find some of them
only when they run)."""

# ------------------------------------------------------------------------------------------------------- choices


@attrs.frozen
class Choice:
    """Whether a rule (without its Next) is true for the input `data`, or the error it ends in."""

    id: str
    rule: dict[str, Any]
    data: Any
    matches: bool = False
    error: str | None = None
    source: str = "guide"


def _compare(operator: str, wanted: Any, value: Any, matches: bool, source: str = "guide") -> Choice:
    return Choice(
        f"{operator} {json.dumps(wanted)} of {json.dumps(value)}",
        {"Variable": "$.v", operator: wanted},
        {"v": value},
        matches,
        None,
        source,
    )


def _compare_path(operator: str, other: Any, value: Any, matches: bool) -> Choice:
    return Choice(
        f"{operator}Path {json.dumps(other)} of {json.dumps(value)}",
        {"Variable": "$.v", f"{operator}Path": "$.other"},
        {"v": value, "other": other},
        matches,
    )


_INVALID_VARIABLE = RUNTIME
"""With the cause "Invalid path '$.v': The choice state's condition path references an invalid value." (unverified)."""
_EARLY, _LATE = "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"
_TRUE: dict[str, Any] = {"Variable": "$.t", "BooleanEquals": True}
_FALSE: dict[str, Any] = {"Variable": "$.f", "BooleanEquals": True}
_FLAGS = {"t": True, "f": False}

CHOICES: list[Choice] = [
    # texts
    _compare("StringEquals", "red", "red", True),
    _compare("StringEquals", "red", "Red", False),
    _compare("StringEquals", "", "", True),
    _compare("StringEquals", "7", 7, False),
    _compare("StringEquals", "red", None, False),
    _compare("StringEquals", "red", ["red"], False),
    _compare("StringLessThan", "b", "a", True),
    _compare("StringLessThan", "a", "a", False),
    _compare("StringLessThan", "a", "Z", True),
    _compare("StringLessThan", "b", 1, False),
    _compare("StringLessThanEquals", "a", "a", True),
    _compare("StringLessThanEquals", "a", "b", False),
    _compare("StringGreaterThan", "a", "b", True),
    _compare("StringGreaterThan", "a", "a", False),
    _compare("StringGreaterThan", "a", "aa", True),
    _compare("StringGreaterThanEquals", "b", "b", True),
    _compare("StringGreaterThanEquals", "b", "a", False),
    # wildcards
    _compare("StringMatches", "log-*.txt", "log-2026.txt", True),
    _compare("StringMatches", "log-*.txt", "log-.txt", True),
    _compare("StringMatches", "log-*.txt", "log-a.txt.gz", False),
    _compare("StringMatches", "*.log", "zebra.log", True),
    _compare("StringMatches", "foo*.log", "foo23.log", True),
    _compare("StringMatches", "foo*.*", "foobar.zebra", True),
    _compare("StringMatches", "*", "", True),
    _compare("StringMatches", "a?c", "abc", False),
    _compare("StringMatches", "a.c", "abc", False),
    _compare("StringMatches", "a\\*c", "a*c", True),
    _compare("StringMatches", "a\\*c", "abc", False),
    _compare("StringMatches", "a\\\\b", "a\\b", True),
    _compare("StringMatches", "*", "two\nlines", True, "choice"),
    _compare("StringMatches", "*", 7, False),
    # numbers
    _compare("NumericEquals", 1, 1, True),
    _compare("NumericEquals", 1, 1.0, True),
    _compare("NumericEquals", 0.1, 0.1, True),
    _compare("NumericEquals", 1, "1", False),
    _compare("NumericEquals", 1, True, False),
    _compare("NumericEquals", 0, None, False),
    _compare("NumericLessThan", 2, 1, True),
    _compare("NumericLessThan", 1, 1, False),
    _compare("NumericLessThan", 0, -0.5, True),
    _compare("NumericLessThanEquals", 1, 1, True),
    _compare("NumericLessThanEquals", 1, 1.01, False),
    _compare("NumericGreaterThan", 1, 2, True),
    _compare("NumericGreaterThan", 1, 1, False),
    _compare("NumericGreaterThan", 1, "2", False),
    _compare("NumericGreaterThanEquals", 20, 22, True),
    _compare("NumericGreaterThanEquals", 20, 20, True),
    _compare("NumericGreaterThanEquals", 20, 19.9, False),
    # booleans
    _compare("BooleanEquals", True, True, True),
    _compare("BooleanEquals", True, False, False),
    _compare("BooleanEquals", False, False, True),
    _compare("BooleanEquals", True, "true", False),
    _compare("BooleanEquals", True, 1, False),
    _compare("BooleanEquals", False, None, False),
    # timestamps
    _compare("TimestampEquals", _EARLY, _EARLY, True),
    _compare("TimestampEquals", _EARLY, "2026-01-01T00:00:00.000Z", True, "choice"),
    _compare("TimestampEquals", _EARLY, "2026-01-01T01:00:00+01:00", True, "choice"),
    _compare("TimestampEquals", _EARLY, _LATE, False),
    _compare("TimestampEquals", _EARLY, "yesterday", False),
    _compare("TimestampEquals", _EARLY, 1767225600, False),
    _compare("TimestampLessThan", _LATE, _EARLY, True),
    _compare("TimestampLessThan", _EARLY, _EARLY, False),
    _compare("TimestampLessThanEquals", _EARLY, _EARLY, True),
    _compare("TimestampGreaterThan", _EARLY, _LATE, True),
    _compare("TimestampGreaterThan", _EARLY, "2026-01-01T00:00:00.001Z", True, "choice"),
    _compare("TimestampGreaterThan", _EARLY, _EARLY, False),
    _compare("TimestampGreaterThanEquals", _LATE, _EARLY, False),
    _compare("TimestampGreaterThanEquals", _LATE, _LATE, True),
    _compare("StringEquals", _EARLY, _EARLY, True),
    # types
    _compare("IsNull", True, None, True),
    _compare("IsNull", True, 0, False),
    _compare("IsNull", False, 0, True),
    _compare("IsNull", False, None, False),
    _compare("IsPresent", True, None, True),
    _compare("IsPresent", False, 1, False),
    _compare("IsNumeric", True, 7, True),
    _compare("IsNumeric", True, 7.5, True),
    _compare("IsNumeric", True, "7", False),
    _compare("IsNumeric", True, True, False),
    _compare("IsNumeric", False, "7", True),
    _compare("IsString", True, "", True),
    _compare("IsString", True, 7, False),
    _compare("IsString", False, 7, True),
    _compare("IsString", True, _EARLY, True),
    _compare("IsBoolean", True, False, True),
    _compare("IsBoolean", True, 0, False),
    _compare("IsBoolean", False, "true", True),
    _compare("IsTimestamp", True, _EARLY, True),
    _compare("IsTimestamp", True, "2026-01-01", False),
    _compare("IsTimestamp", True, "2026-01-01t00:00:00z", False),
    _compare("IsTimestamp", True, "2026-01-01T00:00:00", False),
    _compare("IsTimestamp", True, 1767225600, False),
    _compare("IsTimestamp", False, "red", True),
    # against another path
    _compare_path("StringEquals", "red", "red", True),
    _compare_path("StringEquals", "blue", "red", False),
    _compare_path("StringEquals", 7, "7", False),
    _compare_path("StringLessThan", "b", "a", True),
    _compare_path("StringLessThanEquals", "a", "a", True),
    _compare_path("StringGreaterThan", "a", "b", True),
    _compare_path("StringGreaterThanEquals", "b", "a", False),
    _compare_path("NumericEquals", 1, 1, True),
    _compare_path("NumericLessThan", 2, 1, True),
    _compare_path("NumericLessThanEquals", 1, 2, False),
    _compare_path("NumericGreaterThan", 1, 2, True),
    _compare_path("NumericGreaterThanEquals", 3, 2, False),
    _compare_path("BooleanEquals", False, False, True),
    _compare_path("TimestampEquals", _EARLY, _EARLY, True),
    _compare_path("TimestampLessThan", _LATE, _EARLY, True),
    _compare_path("TimestampLessThanEquals", _EARLY, _LATE, False),
    _compare_path("TimestampGreaterThan", _EARLY, _LATE, True),
    _compare_path("TimestampGreaterThanEquals", _LATE, _LATE, True),
    # nothing there
    Choice("IsPresent true of nothing", {"Variable": "$.v", "IsPresent": True}, {}, False),
    Choice("IsPresent false of nothing", {"Variable": "$.v", "IsPresent": False}, {}, True),
    Choice("IsPresent below nothing", {"Variable": "$.a.v", "IsPresent": False}, {}, True),
    Choice("variable is missing", {"Variable": "$.v", "StringEquals": "red"}, {}, False, _INVALID_VARIABLE),
    Choice("IsNull of nothing", {"Variable": "$.v", "IsNull": True}, {}, False, _INVALID_VARIABLE, "choice"),
    Choice("IsString of nothing", {"Variable": "$.v", "IsString": False}, {}, False, _INVALID_VARIABLE, "choice"),
    Choice(
        "other path is missing",
        {"Variable": "$.v", "StringEqualsPath": "$.other"},
        {"v": "red"},
        False,
        _INVALID_VARIABLE,
        "choice",
    ),
    # compositions
    Choice("And of both", {"And": [_TRUE, {"Not": _FALSE}]}, _FLAGS, True),
    Choice("And of one", {"And": [_TRUE, _FALSE]}, _FLAGS, False),
    Choice("Or of one", {"Or": [_FALSE, _TRUE]}, _FLAGS, True),
    Choice("Or of none", {"Or": [_FALSE, _FALSE]}, _FLAGS, False),
    Choice("Not of true", {"Not": _TRUE}, _FLAGS, False),
    Choice("Not of false", {"Not": _FALSE}, _FLAGS, True),
    Choice("three deep", {"Not": {"Or": [_FALSE, {"And": [_TRUE, _FALSE]}]}}, _FLAGS, True),
    Choice(
        "And stops at the first that is false",
        {"And": [{"Variable": "$.v", "IsPresent": True}, {"Variable": "$.v", "StringEquals": "red"}]},
        {},
        False,
        None,
        "unverified (the guide's advice for optional members)",
    ),
    Choice(
        "Or stops at the first that is true",
        {"Or": [{"Variable": "$.v", "IsPresent": False}, {"Variable": "$.v", "StringEquals": "red"}]},
        {},
        True,
        None,
        "unverified",
    ),
    # the variable
    Choice("whole input", {"Variable": "$", "StringEquals": "red"}, "red", True, None, "field 2020-07"),
    Choice("item", {"Variable": "$.v[1]", "NumericEquals": 2}, {"v": [1, 2]}, True),
    Choice("context object", {"Variable": "$$.State.Name", "StringEquals": "Choose"}, {}, True, None, "unverified"),
]
"""The state is called `Choose`."""

# --------------------------------------------------------------------------------------------- input and output


@attrs.frozen
class Processing:
    """One Task state (bare function ARN) with `fields`: what the function gets, and the output of the state.

    The function returns `result`. With `error` the execution fails; `event` is None then if nothing was invoked.
    """

    id: str
    fields: dict[str, Any]
    data: Any
    event: Any
    result: Any
    output: Any = None
    error: str | None = None
    source: str = "guide"


_IN = {"id": 7, "a": {"b": 1}}
_HELLO = "Hello, AWS Step Functions!"

PROCESSING: list[Processing] = [
    Processing("nothing", {}, _IN, _IN, _HELLO, _HELLO),
    Processing("null result", {}, _IN, _IN, None, None),
    Processing("InputPath", {"InputPath": "$.a"}, _IN, {"b": 1}, 5, 5),
    Processing("InputPath null", {"InputPath": None}, _IN, {}, 5, 5),
    Processing("InputPath missing", {"InputPath": "$.no"}, _IN, None, 5, None, RUNTIME, "guide, field"),
    Processing("InputPath to the context", {"InputPath": "$$.Execution.Input"}, _IN, _IN, 5, 5, None, "spec"),
    Processing(
        "Parameters", {"Parameters": {"n.$": "$.id"}}, _IN, {"n": 7}, 5, 5, None, "spec (for a bare ARN as well)"
    ),
    Processing("Parameters after InputPath", {"InputPath": "$.a", "Parameters": {"n.$": "$.b"}}, _IN, {"n": 1}, 5, 5),
    Processing("ResultSelector", {"ResultSelector": {"x.$": "$.y"}}, _IN, _IN, {"y": 2, "z": 3}, {"x": 2}),
    Processing(
        "ResultSelector missing", {"ResultSelector": {"x.$": "$.no"}}, _IN, _IN, {"y": 2}, None, RUNTIME, "field"
    ),
    Processing("ResultPath whole", {"ResultPath": "$"}, _IN, _IN, _HELLO, _HELLO),
    Processing("ResultPath null", {"ResultPath": None}, _IN, _IN, _HELLO, _IN),
    Processing("ResultPath new", {"ResultPath": "$.r"}, _IN, _IN, _HELLO, {"id": 7, "a": {"b": 1}, "r": _HELLO}),
    Processing("ResultPath over a member", {"ResultPath": "$.id"}, _IN, _IN, _HELLO, {"id": _HELLO, "a": {"b": 1}}),
    Processing("ResultPath below", {"ResultPath": "$.a.r"}, _IN, _IN, 5, {"id": 7, "a": {"b": 1, "r": 5}}),
    Processing(
        "ResultPath makes what is missing", {"ResultPath": "$.x.y"}, _IN, _IN, 5, {**_IN, "x": {"y": 5}}, None, "spec"
    ),
    Processing(
        "ResultPath into an item",
        {"ResultPath": "$.l[1]"},
        {"l": [1, 2]},
        {"l": [1, 2]},
        5,
        {"l": [1, 5]},
        None,
        "spec",
    ),
    Processing(
        "ResultPath past the end",
        {"ResultPath": "$.l[5]"},
        {"l": [1, 2]},
        {"l": [1, 2]},
        5,
        None,
        "States.ResultPathMatchFailure",
        "spec",
    ),
    Processing(
        "ResultPath in a text", {"ResultPath": "$.r"}, "text", "text", 5, None, "States.ResultPathMatchFailure", "guide"
    ),
    Processing(
        "ResultPath below a number",
        {"ResultPath": "$.id.r"},
        _IN,
        _IN,
        5,
        None,
        "States.ResultPathMatchFailure",
        "guide",
    ),
    Processing(
        "ResultPath writes into the raw input",
        {"InputPath": "$.a", "ResultPath": "$.r"},
        _IN,
        {"b": 1},
        5,
        {**_IN, "r": 5},
    ),
    Processing(
        "ResultPath with Parameters writes into the raw input",
        {"Parameters": {"n": 1}, "ResultPath": "$.r"},
        _IN,
        {"n": 1},
        5,
        {**_IN, "r": 5},
    ),
    Processing("OutputPath", {"OutputPath": "$.y"}, _IN, _IN, {"y": 2}, 2),
    Processing("OutputPath null", {"OutputPath": None}, _IN, _IN, {"y": 2}, {}),
    Processing("OutputPath after ResultPath", {"ResultPath": "$.r", "OutputPath": "$.r.y"}, _IN, _IN, {"y": 2}, 2),
    Processing("OutputPath missing", {"OutputPath": "$.no"}, _IN, _IN, {"y": 2}, None, RUNTIME),
    Processing("OutputPath of a null result", {"OutputPath": "$.y"}, _IN, _IN, None, None, RUNTIME),
    Processing(
        "all of them in turn",
        {
            "InputPath": "$.a",
            "Parameters": {"n.$": "$.b", "kind": "new"},
            "ResultSelector": {"sum.$": "$.s"},
            "ResultPath": "$.out",
            "OutputPath": "$.out",
        },
        _IN,
        {"n": 1, "kind": "new"},
        {"s": 3},
        {"sum": 3},
    ),
]

# ------------------------------------------------------------------------------------------------- task failures


@attrs.frozen
class TaskError:
    """What a Task reports when the invocation ends like that. `cause`: a part of it; `payload`: the whole cause is the
    error payload as JSON text, with these members at least."""

    id: str
    happened: str
    error: str
    cause: str | None
    source: str
    payload: dict[str, Any] | None = None


_NO_TYPE = "The cause could not be determined because Lambda did not return an error type. Returned payload: "

TASK_ERRORS: list[TaskError] = [
    TaskError(
        "handler raised",
        'Python function raises ValueError("boom")',
        "ValueError",
        None,
        "systems 3.3",
        {"errorMessage": "boom", "errorType": "ValueError"},
    ),
    TaskError(
        "handler raised an error of its own",
        "error payload has errorType OutOfStock",
        "OutOfStock",
        None,
        "systems 3.3",
        {"errorMessage": "none left", "errorType": "OutOfStock"},
    ),
    TaskError(
        "timeout, newer payload",
        "function times out after 1 s",
        "Sandbox.Timedout",
        None,
        "systems 3.3 and 8",
        {"errorType": "Sandbox.Timedout"},
    ),
    TaskError(
        "timeout, older payload", "the same under the older timeout payload", "Lambda.Unknown", _NO_TYPE, "systems 3.3"
    ),
    TaskError(
        "process ends", "sys.exit(0)", "Runtime.ExitError", None, "semantics 2.1", {"errorType": "Runtime.ExitError"}
    ),
    TaskError("payload without a type", 'payload {"errorMessage": "x"}', "Lambda.Unknown", _NO_TYPE, "systems 3.3"),
    TaskError(
        "throttled",
        "429 TooManyRequestsException",
        "Lambda.TooManyRequestsException",
        "Rate Exceeded. (Service: Lambda, Status Code: 429",
        "systems 3.3; the text unverified",
    ),
    TaskError("reserved concurrency 0", "429", "Lambda.TooManyRequestsException", None, "systems 3.3"),
    TaskError("service error", "500 ServiceException", "Lambda.ServiceException", None, "systems 3.3"),
    TaskError(
        "no such function",
        "404 ResourceNotFoundException",
        "Lambda.ResourceNotFoundException",
        "Function not found: arn:aws:lambda:us-east-1:000000000000:function:",
        "unverified",
    ),
    TaskError(
        "not permitted",
        "role of the state machine lacks lambda:InvokeFunction",
        "Lambda.AWSLambdaException",
        "is not authorized to perform: lambda:InvokeFunction",
        "unverified (the language also has States.Permissions)",
    ),
]

# ------------------------------------------------------------------------------------------------ error matching


@attrs.frozen
class Match:
    """Whether a retrier or catcher with that ErrorEquals takes the error."""

    id: str
    error_equals: tuple[str, ...]
    error: str
    matches: bool
    source: str = "guide"


_TERMINAL = ("States.Runtime", "States.DataLimitExceeded")

MATCHES: list[Match] = [
    Match("same name", ("ErrorA",), "ErrorA", True),
    Match("second name", ("ErrorA", "ErrorB"), "ErrorB", True),
    Match("other name", ("ErrorA",), "ErrorB", False),
    Match("case counts", ("errora",), "ErrorA", False),
    Match("no prefix", ("Error",), "ErrorA", False),
    Match("no wildcard", ("Error*",), "ErrorA", False),
    Match("dotted name", ("Lambda.TooManyRequestsException",), "Lambda.TooManyRequestsException", True),
    *[
        Match(f"{wildcard} and {error}", (wildcard,), error, matches, source)
        for wildcard, error, matches, source in [
            ("States.ALL", "ErrorA", True, "guide"),
            ("States.ALL", "States.Timeout", True, "guide"),
            ("States.ALL", "States.HeartbeatTimeout", True, "guide"),
            ("States.ALL", "States.Permissions", True, "guide"),
            ("States.ALL", "Lambda.Unknown", True, "guide"),
            ("States.ALL", "States.ResultPathMatchFailure", True, "guide"),
            ("States.ALL", "States.IntrinsicFailure", True, "unverified"),
            ("States.TaskFailed", "ErrorA", True, "guide"),
            ("States.TaskFailed", "Lambda.Unknown", True, "guide"),
            ("States.TaskFailed", "Sandbox.Timedout", True, "guide"),
            ("States.TaskFailed", "Lambda.TooManyRequestsException", True, "guide"),
            ("States.TaskFailed", "States.TaskFailed", True, "guide"),
            ("States.TaskFailed", "States.Timeout", False, "guide"),
            ("States.TaskFailed", "States.HeartbeatTimeout", True, "systems 3.3 (all but States.Timeout)"),
            ("States.Timeout", "States.Timeout", True, "guide"),
            ("States.Timeout", "States.HeartbeatTimeout", True, "spec"),
            ("States.HeartbeatTimeout", "States.HeartbeatTimeout", True, "guide"),
            ("States.HeartbeatTimeout", "States.Timeout", False, "guide"),
            ("States.Timeout", "Sandbox.Timedout", False, "choice"),
        ]
    ],
    *[Match(f"States.ALL and {error}", ("States.ALL",), error, False, "systems 3.3") for error in _TERMINAL],
    *[
        Match(f"States.TaskFailed and {error}", ("States.TaskFailed",), error, False, "choice, as States.ALL")
        for error in _TERMINAL
    ],
    Match(
        "States.Runtime by its name", ("States.Runtime",), "States.Runtime", False, "guide (always fails the execution)"
    ),
    Match(
        "States.DataLimitExceeded by its name",
        ("States.DataLimitExceeded",),
        "States.DataLimitExceeded",
        True,
        "choice",
    ),
]

# ----------------------------------------------------------------------------------------------------- back-off


@attrs.frozen
class Backoff:
    """Seconds from each failure to the next attempt, for errors all of which the retrier takes; then it gives up."""

    id: str
    retrier: dict[str, Any]
    waits: tuple[float, ...]
    source: str = "guide"


BACKOFFS: list[Backoff] = [
    Backoff("defaults", {}, (1, 2, 4)),
    Backoff("none", {"MaxAttempts": 0}, ()),
    Backoff("one", {"MaxAttempts": 1}, (1,)),
    Backoff("the guide's first", {"IntervalSeconds": 3, "MaxAttempts": 2, "BackoffRate": 1.5}, (3, 4.5)),
    Backoff("the guide's second", {"IntervalSeconds": 3, "MaxAttempts": 3, "BackoffRate": 2}, (3, 6, 12)),
    Backoff("constant", {"IntervalSeconds": 5, "MaxAttempts": 4, "BackoffRate": 1}, (5, 5, 5, 5)),
    Backoff("longer interval", {"IntervalSeconds": 2, "MaxAttempts": 6}, (2, 4, 8, 16, 32, 64)),
    Backoff(
        "capped",
        {"IntervalSeconds": 2, "BackoffRate": 3, "MaxAttempts": 5, "MaxDelaySeconds": 10},
        (2, 6, 10, 10, 10),
    ),
    Backoff("capped at a value it meets", {"MaxDelaySeconds": 4, "MaxAttempts": 5}, (1, 2, 4, 4, 4)),
    Backoff("cap never met", {"MaxDelaySeconds": 100}, (1, 2, 4)),
    Backoff("no jitter", {"JitterStrategy": "NONE"}, (1, 2, 4)),
]
"""ErrorEquals is `["States.ALL"]` in all of them."""

# --------------------------------------------------------------------------------------------------- executions


@attrs.frozen
class Does:
    """One invocation of a function: after `takes` seconds it returns, or fails with an error payload of that type."""

    returns: Any = None
    fails: str | None = None
    takes: float = 0.0


@attrs.frozen
class Act:
    """A call of the API, `at` seconds after the start. The token, where it has one, is that of the n-th call of `Run.calls`."""

    at: float
    operation: str
    arguments: dict[str, Any]
    call: int = 0
    refused: str | None = None


@attrs.frozen
class Run:
    """An execution, started at 0 s with `data`. Functions have a timeout of 900 s.

    The n-th call of a function does what the n-th item of its list says, the last one for all further calls.
    `calls` are the invocations: second, function, event (`...` in an event: any token). `states` are the names of the
    states in the order they are entered, None: not compared. `error` and `cause` are those of the failed execution;
    None: not compared where it failed.
    """

    id: str
    definition: dict[str, Any]
    functions: dict[str, tuple[Does, ...]]
    status: str
    ended_at: float
    data: Any = attrs.field(factory=dict)
    output: Any = None
    error: str | None = None
    cause: str | None = None
    calls: tuple[tuple[float, str, Any], ...] | None = None
    states: tuple[str, ...] | None = None
    acts: tuple[Act, ...] = ()
    source: str = "guide"


def _machine(states: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states, **more}


def _task(function: str = "work", **more: Any) -> dict[str, Any]:
    end = {} if "Next" in more else {"End": True}
    return {"Type": "Task", "Resource": _LAMBDA + function, **more, **end}


def _invoke(payload: Any, function: str = "work", resource: str = _INVOKE, **more: Any) -> dict[str, Any]:
    end = {} if "Next" in more else {"End": True}
    parameters = {"FunctionName": function, "Payload": payload}
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, **more, **end}


def _retry(*names: str, **more: Any) -> dict[str, Any]:
    return {"ErrorEquals": list(names), **more}


def _catch(*names: str, to: str, **more: Any) -> dict[str, Any]:
    return {"ErrorEquals": list(names), **more, "Next": to}


_TOKEN_PAYLOAD = {"token.$": "$$.Task.Token"}
_TOKEN_EVENT: dict[str, Any] = {"token": ...}
_DONE: dict[str, Any] = {"Type": "Pass", "End": True}
_OK = Does({"done": True})
_FAILS = Does(fails="ErrorA")
_ALL_DEFAULTS = [_retry("States.ALL")]
_X_RETRY = [
    _retry("ErrorA", "ErrorB", IntervalSeconds=1, BackoffRate=2.0, MaxAttempts=2),
    _retry("ErrorC", IntervalSeconds=5),
]
_TO_Z = [_catch("States.ALL", to="Z")]


def _calls(*times: float, function: str = "work", event: Any = None) -> tuple[tuple[float, str, Any], ...]:
    return tuple((float(time), function, {} if event is None else event) for time in times)


_RETRIES: list[Run] = [
    Run("no retrier", _machine({"A": _task()}), {"work": (_FAILS,)}, "FAILED", 0, error="ErrorA", calls=_calls(0)),
    Run(
        "defaults, for ever failing",
        _machine({"A": _task(Retry=_ALL_DEFAULTS)}),
        {"work": (_FAILS,)},
        "FAILED",
        7,
        error="ErrorA",
        calls=_calls(0, 1, 3, 7),
        states=("A",),
    ),
    Run(
        "third attempt works",
        _machine({"A": _task(Retry=_ALL_DEFAULTS)}),
        {"work": (_FAILS, _FAILS, _OK)},
        "SUCCEEDED",
        3,
        output={"done": True},
        calls=_calls(0, 1, 3),
    ),
    Run(
        "waits begin when an attempt ends",
        _machine({"A": _task(Retry=_ALL_DEFAULTS)}),
        {"work": (Does(fails="ErrorA", takes=2),)},
        "FAILED",
        15,
        error="ErrorA",
        calls=_calls(0, 3, 7, 13),
    ),
    Run(
        "fractions of a second",
        _machine({"A": _task(Retry=[_retry("ErrorA", IntervalSeconds=3, MaxAttempts=2, BackoffRate=1.5)])}),
        {"work": (_FAILS,)},
        "FAILED",
        7.5,
        calls=_calls(0, 3, 7.5),
    ),
    Run(
        "the guide's errors A, B, C, B",
        _machine({"X": _task(Retry=_X_RETRY, Catch=_TO_Z, Next="Y"), "Y": _DONE, "Z": _DONE}),
        {"work": tuple(Does(fails=f"Error{name}") for name in "ABCB")},
        "SUCCEEDED",
        8,
        calls=_calls(0, 1, 3, 8),
        states=("X", "Z"),
        source="guide (newer text; the older one has another wait before it gives up)",
    ),
    Run(
        "a retrier counts its own errors only",
        _machine(
            {"A": _task(Retry=[_retry("ErrorA", MaxAttempts=1), _retry("ErrorB", MaxAttempts=1, IntervalSeconds=4)])}
        ),
        {"work": (Does(fails="ErrorA"), Does(fails="ErrorB"), Does(fails="ErrorA"))},
        "FAILED",
        5,
        error="ErrorA",
        calls=_calls(0, 1, 5),
    ),
    Run(
        "first retrier that matches, though used up",
        _machine({"A": _task(Retry=[_retry("ErrorA", MaxAttempts=0), _retry("States.ALL")])}),
        {"work": (_FAILS,)},
        "FAILED",
        0,
        error="ErrorA",
        calls=_calls(0),
        source="guide (States.Timeout with MaxAttempts 0, then States.ALL)",
    ),
    Run(
        "a new visit counts anew",
        _machine(
            {
                "A": _task(Retry=[_retry("ErrorA", MaxAttempts=1)], Next="Again"),
                "Again": {
                    "Type": "Choice",
                    "Choices": [{"Variable": "$.again", "BooleanEquals": True, "Next": "A"}],
                    "Default": "End",
                },
                "End": _DONE,
            }
        ),
        {"work": (_FAILS, Does({"again": True}), _FAILS, Does({"again": False}))},
        "SUCCEEDED",
        2,
        output={"again": False},
        calls=(*_calls(0, 1), *_calls(1, 2, event={"again": True})),
        states=("A", "Again", "A", "Again", "End"),
    ),
    Run(
        "retriers come before catchers",
        _machine(
            {
                "A": _task(
                    Retry=[_retry("ErrorA", MaxAttempts=1)],
                    Catch=[_catch("ErrorA", to="Rescue", ResultPath="$.error")],
                ),
                "Rescue": {**_DONE, "Parameters": {"id.$": "$.id", "was.$": "$.error.Error"}},
            }
        ),
        {"work": (_FAILS,)},
        "SUCCEEDED",
        1,
        {"id": 7},
        {"id": 7, "was": "ErrorA"},
        calls=_calls(0, 1, event={"id": 7}),
        states=("A", "Rescue"),
    ),
]

_CATCHES: list[Run] = [
    Run(
        "first catcher that matches",
        _machine(
            {
                "A": _task(Catch=[_catch("ErrorB", to="B"), _catch("ErrorA", to="C"), _catch("States.ALL", to="B")]),
                "B": _DONE,
                "C": {**_DONE, "Result": "caught"},
            }
        ),
        {"work": (_FAILS,)},
        "SUCCEEDED",
        0,
        output="caught",
        states=("A", "C"),
    ),
    Run(
        "no catcher matches",
        _machine({"A": _task(Catch=[_catch("ErrorB", to="B")]), "B": _DONE}),
        {"work": (_FAILS,)},
        "FAILED",
        0,
        error="ErrorA",
        states=("A",),
    ),
    Run(
        "ResultPath null keeps the input",
        _machine({"A": _task(Catch=[_catch("States.ALL", to="B", ResultPath=None)]), "B": _DONE}),
        {"work": (_FAILS,)},
        "SUCCEEDED",
        0,
        {"id": 7},
        {"id": 7},
    ),
    Run(
        "ResultPath of the state does not count for the error",
        _machine(
            {
                "A": _task(ResultPath="$.r", Catch=[_catch("States.ALL", to="B")]),
                "B": {**_DONE, "Parameters": {"was.$": "$.Error"}},
            }
        ),
        {"work": (_FAILS,)},
        "SUCCEEDED",
        0,
        {"id": 7},
        {"was": "ErrorA"},
    ),
    Run(
        "an error in the rescue is not caught again",
        _machine({"A": _task(Catch=[_catch("States.ALL", to="B", ResultPath=None)]), "B": _task("other")}),
        {"work": (_FAILS,), "other": (Does(fails="ErrorB"),)},
        "FAILED",
        0,
        error="ErrorB",
        states=("A", "B"),
    ),
    Run(
        "States.Runtime is never caught",
        _machine({"A": _task(InputPath="$.no", Retry=_ALL_DEFAULTS, Catch=_TO_Z), "Z": _DONE}),
        {"work": (_OK,)},
        "FAILED",
        0,
        error=RUNTIME,
        calls=(),
        states=("A",),
    ),
    Run(
        "ResultPathMatchFailure is caught",
        _machine({"A": _task(ResultPath="$.a.b", Catch=_TO_Z), "Z": {**_DONE, "Parameters": {"was.$": "$.Error"}}}),
        {"work": (_OK,)},
        "SUCCEEDED",
        0,
        {"a": 1},
        {"was": "States.ResultPathMatchFailure"},
        source="unverified",
    ),
]

_WAITS: list[tuple[str, dict[str, Any], Any, float, str]] = [
    ("Seconds", {"Seconds": 10}, {"x": 1}, 10, "guide"),
    ("Seconds 0", {"Seconds": 0}, {"x": 1}, 0, "guide"),
    ("SecondsPath", {"SecondsPath": "$.s"}, {"s": 7}, 7, "guide"),
    ("Timestamp", {"Timestamp": "2026-01-01T00:01:00Z"}, {"x": 1}, 60, "guide"),
    ("Timestamp with an offset", {"Timestamp": "2026-01-01T02:01:00+02:00"}, {"x": 1}, 60, "spec"),
    ("Timestamp of the past", {"Timestamp": "2025-12-31T23:59:59Z"}, {"x": 1}, 0, "guide"),
    ("Timestamp with a fraction", {"Timestamp": "2026-01-01T00:00:10.500Z"}, {"x": 1}, 10, "unverified (cut)"),
    ("TimestampPath", {"TimestampPath": "$.t"}, {"t": "2026-01-01T00:00:30Z"}, 30, "guide"),
]

_TIMES: list[Run] = [
    Run(
        "TimeoutSeconds",
        _machine({"A": _task(TimeoutSeconds=2)}),
        {"work": (Does(takes=10),)},
        "FAILED",
        2,
        error="States.Timeout",
        calls=_calls(0),
        source="guide; that the execution's status is FAILED, not TIMED_OUT, unverified",
    ),
    Run(
        "just in time",
        _machine({"A": _task(TimeoutSeconds=2)}),
        {"work": (Does(5, takes=1.9),)},
        "SUCCEEDED",
        1.9,
        output=5,
    ),
    Run(
        "TimeoutSeconds, retried",
        _machine({"A": _task(TimeoutSeconds=2, Retry=[_retry("States.Timeout", MaxAttempts=2)])}),
        {"work": (Does(takes=10),)},
        "FAILED",
        9,
        error="States.Timeout",
        calls=_calls(0, 3, 7),
        source="guide",
    ),
    Run(
        "TimeoutSeconds, not taken by States.TaskFailed",
        _machine({"A": _task(TimeoutSeconds=2, Catch=[_catch("States.TaskFailed", to="Z")]), "Z": _DONE}),
        {"work": (Does(takes=10),)},
        "FAILED",
        2,
        error="States.Timeout",
    ),
    Run(
        "TimeoutSeconds, caught",
        _machine({"A": _task(TimeoutSeconds=2, Catch=[_catch("States.Timeout", to="Z")]), "Z": {**_DONE, "Result": 1}}),
        {"work": (Does(takes=10),)},
        "SUCCEEDED",
        2,
        output=1,
    ),
    Run(
        "TimeoutSecondsPath",
        _machine({"A": _task(TimeoutSecondsPath="$.limit")}),
        {"work": (Does(takes=10),)},
        "FAILED",
        3,
        {"limit": 3},
        error="States.Timeout",
    ),
    Run(
        "TimeoutSecondsPath to a text",
        _machine({"A": _task(TimeoutSecondsPath="$.limit")}),
        {"work": (_OK,)},
        "FAILED",
        0,
        {"limit": "3"},
        error=RUNTIME,
        calls=(),
        source="choice",
    ),
    Run(
        "TimeoutSeconds of the machine",
        _machine({"A": _task(Retry=_ALL_DEFAULTS, Catch=_TO_Z), "Z": _DONE}, TimeoutSeconds=5),
        {"work": (Does(takes=10),)},
        "TIMED_OUT",
        5,
        error="States.Timeout",
        calls=_calls(0),
        source="guide; not caught by any state",
    ),
    Run(
        "TimeoutSeconds of the machine in a Wait",
        _machine({"A": {"Type": "Wait", "Seconds": 10, "End": True}}, TimeoutSeconds=5),
        {},
        "TIMED_OUT",
        5,
        error="States.Timeout",
    ),
    *[
        Run(
            f"Wait {name}",
            _machine({"A": {"Type": "Wait", **fields, "Next": "B"}, "B": _DONE}),
            {},
            "SUCCEEDED",
            ended_at,
            data,
            data,
            states=("A", "B"),
            source=source,
        )
        for name, fields, data, ended_at, source in _WAITS
    ],
    *[
        Run(
            f"Wait {name}",
            _machine({"A": {"Type": "Wait", **fields, "End": True}}),
            {},
            "FAILED",
            0,
            data,
            error=RUNTIME,
            source=source,
        )
        for name, fields, data, source in [
            ("SecondsPath missing", {"SecondsPath": "$.s"}, {}, "guide"),
            ("SecondsPath to a text", {"SecondsPath": "$.s"}, {"s": "7"}, "choice"),
            ("SecondsPath to a negative number", {"SecondsPath": "$.s"}, {"s": -1}, "choice"),
            ("TimestampPath to no time", {"TimestampPath": "$.t"}, {"t": "soon"}, "choice"),
            ("TimestampPath to a number", {"TimestampPath": "$.t"}, {"t": 30}, "choice"),
        ]
    ],
]

_BOTH: dict[str, Any] = {
    "Type": "Parallel",
    "Branches": [
        _machine({"B1": _task("one", Next="B2"), "B2": {**_DONE, "Result": "first"}}),
        _machine({"C1": _task("two")}),
    ],
    "End": True,
}

_PARALLELS: list[Run] = [
    Run(
        "results in the order of the branches",
        _machine({"P": _BOTH}),
        {"one": (Does(1, takes=5),), "two": (Does(2, takes=2),)},
        "SUCCEEDED",
        5,
        {"id": 7},
        ["first", 2],
        calls=((0, "one", {"id": 7}), (0, "two", {"id": 7})),
    ),
    Run(
        "ResultPath and ResultSelector",
        _machine({"P": {**_BOTH, "ResultSelector": {"all.$": "$[*]"}, "ResultPath": "$.r"}}),
        {"one": (Does(1),), "two": (Does(2),)},
        "SUCCEEDED",
        0,
        {"id": 7},
        {"id": 7, "r": {"all": ["first", 2]}},
    ),
    Run(
        "Parameters reach every branch",
        _machine({"P": {**_BOTH, "Parameters": {"n.$": "$.id"}}}),
        {"one": (Does(1),), "two": (Does(2),)},
        "SUCCEEDED",
        0,
        {"id": 7},
        ["first", 2],
        calls=((0, "one", {"n": 7}), (0, "two", {"n": 7})),
    ),
    Run(
        "one branch fails: the others are stopped",
        _machine({"P": _BOTH}),
        {"one": (Does(1, takes=5),), "two": (Does(fails="ErrorB", takes=2),)},
        "FAILED",
        2,
        error="ErrorB",
        source="guide; the branch's own error name is a field report (the guide also lists States.BranchFailed)",
    ),
    Run(
        "no call follows after the stop",
        _machine(
            {
                "P": {
                    "Type": "Parallel",
                    "Branches": [
                        _machine({"B1": {"Type": "Wait", "Seconds": 5, "Next": "B2"}, "B2": _task("one")}),
                        _machine({"C1": _task("two")}),
                    ],
                    "Catch": _TO_Z,
                    "Next": "Z",
                },
                "Z": {"Type": "Wait", "Seconds": 60, "End": True},
            }
        ),
        {"one": (_OK,), "two": (Does(fails="ErrorB", takes=2),)},
        "SUCCEEDED",
        62,
        output=...,
        calls=((0, "two", {}),),
    ),
    Run(
        "retried as a whole",
        _machine({"P": {**_BOTH, "Retry": [_retry("ErrorB", MaxAttempts=1)]}}),
        {"one": (Does(1),), "two": (Does(fails="ErrorB"), Does(2))},
        "SUCCEEDED",
        1,
        output=["first", 2],
        calls=((0, "one", {}), (0, "two", {}), (1, "one", {}), (1, "two", {})),
    ),
    Run(
        "caught",
        _machine(
            {"P": {**_BOTH, "Catch": _TO_Z}, "Z": {**_DONE, "Parameters": {"was.$": "$.Error"}}},
        ),
        {"one": (Does(1),), "two": (Does(fails="ErrorB"),)},
        "SUCCEEDED",
        0,
        output={"was": "ErrorB"},
        source="field",
    ),
    Run(
        "a Fail state in a branch",
        _machine(
            {
                "P": {
                    "Type": "Parallel",
                    "Branches": [
                        _machine({"B": {"Type": "Fail", "Error": "Bad", "Cause": "no"}}),
                        _machine({"C": _DONE}),
                    ],
                    "Catch": [_catch("Bad", to="Z")],
                    "End": True,
                },
                "Z": _DONE,
            }
        ),
        {},
        "SUCCEEDED",
        0,
        output={"Error": "Bad", "Cause": "no"},
        source="field",
    ),
    Run(
        "a Succeed state ends its branch only",
        _machine(
            {
                "P": {
                    "Type": "Parallel",
                    "Branches": [
                        _machine({"B": {"Type": "Succeed"}}),
                        _machine({"C": {"Type": "Wait", "Seconds": 3, "End": True}}),
                    ],
                    "End": True,
                }
            }
        ),
        {},
        "SUCCEEDED",
        3,
        {"x": 1},
        [{"x": 1}, {"x": 1}],
    ),
]

_OTHER_STATES: list[Run] = [
    Run("Pass", _machine({"A": _DONE}), {}, "SUCCEEDED", 0, {"x": 1}, {"x": 1}),
    Run("Pass Result", _machine({"A": {**_DONE, "Result": [1, "$.x"]}}), {}, "SUCCEEDED", 0, {"x": 1}, [1, "$.x"]),
    Run(
        "Pass Result at a path",
        _machine({"A": {**_DONE, "Result": {"y": 2}, "ResultPath": "$.r"}}),
        {},
        "SUCCEEDED",
        0,
        {"x": 1},
        {"x": 1, "r": {"y": 2}},
    ),
    Run(
        "Pass Parameters at a path",
        _machine({"A": {**_DONE, "Parameters": {"y.$": "$.x"}, "ResultPath": "$.r"}}),
        {},
        "SUCCEEDED",
        0,
        {"x": 1},
        {"x": 1, "r": {"y": 1}},
    ),
    Run(
        "Pass InputPath", _machine({"A": {**_DONE, "InputPath": "$.x"}}), {}, "SUCCEEDED", 0, {"x": {"y": 1}}, {"y": 1}
    ),
    Run("Succeed", _machine({"A": {"Type": "Succeed"}}), {}, "SUCCEEDED", 0, {"x": 1}, {"x": 1}),
    Run(
        "Succeed with paths",
        _machine({"A": {"Type": "Succeed", "InputPath": "$.x", "OutputPath": "$.y"}}),
        {},
        "SUCCEEDED",
        0,
        {"x": {"y": 1}},
        1,
    ),
    Run("Fail", _machine({"A": {"Type": "Fail", "Error": "E", "Cause": "C"}}), {}, "FAILED", 0, error="E", cause="C"),
    Run("Fail without words", _machine({"A": {"Type": "Fail"}}), {}, "FAILED", 0),
    Run(
        "Fail with paths",
        _machine({"A": {"Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('because {}', $.c)"}}),
        {},
        "FAILED",
        0,
        {"e": "E", "c": "C"},
        error="E",
        cause="because C",
    ),
    Run(
        "Choice takes the first rule that is true",
        _machine(
            {
                "A": {
                    "Type": "Choice",
                    "Choices": [
                        {"Not": {"Variable": "$.type", "StringEquals": "Private"}, "Next": "Public"},
                        {"Variable": "$.value", "NumericEquals": 0, "Next": "Zero"},
                        {
                            "And": [
                                {"Variable": "$.value", "NumericGreaterThanEquals": 20},
                                {"Variable": "$.value", "NumericLessThan": 30},
                            ],
                            "Next": "Twenties",
                        },
                        {"Variable": "$.value", "NumericEquals": 22, "Next": "Zero"},
                    ],
                    "Default": "Other",
                },
                "Public": _DONE,
                "Zero": _DONE,
                "Twenties": _DONE,
                "Other": {"Type": "Fail", "Cause": "No Matches!"},
            }
        ),
        {},
        "SUCCEEDED",
        0,
        {"type": "Private", "value": 22},
        {"type": "Private", "value": 22},
        states=("A", "Twenties"),
    ),
    Run(
        "Choice default",
        _machine(
            {"A": {"Type": "Choice", "Choices": [{**_FALSE, "Next": "B"}], "Default": "C"}, "B": _DONE, "C": _DONE}
        ),
        {},
        "SUCCEEDED",
        0,
        _FLAGS,
        _FLAGS,
        states=("A", "C"),
    ),
    Run(
        "Choice without a match",
        _machine({"A": {"Type": "Choice", "Choices": [{**_FALSE, "Next": "B"}]}, "B": _DONE}),
        {},
        "FAILED",
        0,
        _FLAGS,
        error="States.NoChoiceMatched",
        source="guide",
    ),
    Run(
        "Choice paths",
        _machine(
            {
                "A": {
                    "Type": "Choice",
                    "InputPath": "$.x",
                    "OutputPath": "$.y",
                    "Choices": [{"Variable": "$.t", "BooleanEquals": True, "Next": "B"}],
                },
                "B": _DONE,
            }
        ),
        {},
        "SUCCEEDED",
        0,
        {"x": {"t": True, "y": 5}},
        5,
        source="spec",
    ),
    Run(
        "output of one is the input of the next",
        _machine({"A": _task("one", Next="B"), "B": _invoke({"from.$": "$.n"}, "two", OutputPath="$.Payload")}),
        {"one": (Does({"n": 1}),), "two": (Does({"n": 2}),)},
        "SUCCEEDED",
        0,
        {"id": 7},
        {"n": 2},
        calls=((0, "one", {"id": 7}), (0, "two", {"from": 1})),
        states=("A", "B"),
    ),
    Run(
        "FunctionName from the data, as ARN",
        _machine(
            {
                "A": {
                    "Type": "Task",
                    "Resource": _INVOKE,
                    "Parameters": {"FunctionName.$": "$.f", "Payload.$": "$.p"},
                    "ResultSelector": {"p.$": "$.Payload", "s.$": "$.StatusCode", "v.$": "$.ExecutedVersion"},
                    "End": True,
                }
            }
        ),
        {"work": (Does({"n": 1}),)},
        "SUCCEEDED",
        0,
        {"f": _LAMBDA + "work", "p": [1, None]},
        {"p": {"n": 1}, "s": 200, "v": "$LATEST"},
        calls=((0, "work", [1, None]),),
    ),
    Run(
        "asynchronous invocation",
        _machine(
            {
                "A": {
                    "Type": "Task",
                    "Resource": _INVOKE,
                    "Parameters": {"FunctionName": "work", "InvocationType": "Event", "Payload": {"n": 1}},
                    "ResultSelector": {"s.$": "$.StatusCode"},
                    "End": True,
                }
            }
        ),
        {"work": (Does(takes=5),)},
        "SUCCEEDED",
        0,
        output={"s": 202},
        calls=((0, "work", {"n": 1}),),
        source="semantics 2.1",
    ),
    Run(
        "stopped",
        _machine({"A": {"Type": "Wait", "Seconds": 60, "Next": "B"}, "B": _task()}),
        {"work": (_OK,)},
        "ABORTED",
        5,
        error="Enough",
        cause="of this",
        calls=(),
        acts=(Act(5, "StopExecution", {"error": "Enough", "cause": "of this"}),),
        source="guide",
    ),
    Run(
        "RetryCount goes up",
        _machine({"A": _invoke({"n.$": "$$.State.RetryCount"}, Retry=_ALL_DEFAULTS, OutputPath="$.Payload")}),
        {"work": (_FAILS, _FAILS, Does("ok"))},
        "SUCCEEDED",
        3,
        output="ok",
        calls=((0, "work", {"n": 0}), (1, "work", {"n": 1}), (3, "work", {"n": 2})),
        source="guide",
    ),
]

_TOKENS: list[Run] = [
    Run(
        "success by token",
        _machine({"A": _invoke(_TOKEN_PAYLOAD, resource=_WAIT_FOR_TOKEN)}),
        {"work": (Does("thrown away"),)},
        "SUCCEEDED",
        5,
        output={"ok": True},
        calls=_calls(0, event=_TOKEN_EVENT),
        acts=(Act(5, "SendTaskSuccess", {"output": '{"ok": true}'}),),
        source="systems 3.3",
    ),
    Run(
        "output need not be an object",
        _machine({"A": _invoke(_TOKEN_PAYLOAD, resource=_WAIT_FOR_TOKEN)}),
        {"work": (Does(),)},
        "SUCCEEDED",
        5,
        output="text",
        acts=(Act(5, "SendTaskSuccess", {"output": '"text"'}),),
        source="bc (JSON)",
    ),
    Run(
        "success while the function still runs",
        _machine({"A": _invoke(_TOKEN_PAYLOAD, resource=_WAIT_FOR_TOKEN)}),
        {"work": (Does(takes=10),)},
        "SUCCEEDED",
        5,
        output=1,
        acts=(Act(5, "SendTaskSuccess", {"output": "1"}),),
        source="unverified",
    ),
    Run(
        "failure by token",
        _machine({"A": _invoke(_TOKEN_PAYLOAD, resource=_WAIT_FOR_TOKEN)}),
        {"work": (Does(),)},
        "FAILED",
        5,
        error="Refused",
        cause="no stock",
        acts=(Act(5, "SendTaskFailure", {"error": "Refused", "cause": "no stock"}),),
        source="systems 3.3",
    ),
    Run(
        "failure by token, caught",
        _machine({"A": _invoke(_TOKEN_PAYLOAD, resource=_WAIT_FOR_TOKEN, Catch=_TO_Z), "Z": _DONE}),
        {"work": (Does(),)},
        "SUCCEEDED",
        5,
        output={"Error": "Refused", "Cause": "no stock"},
        acts=(Act(5, "SendTaskFailure", {"error": "Refused", "cause": "no stock"}),),
        source="systems 3.3",
    ),
    Run(
        "the function fails before it has sent the token on",
        _machine({"A": _invoke(_TOKEN_PAYLOAD, resource=_WAIT_FOR_TOKEN)}),
        {"work": (_FAILS,)},
        "FAILED",
        0,
        error="ErrorA",
        source="unverified",
    ),
    Run(
        "a retried state has a new token; the old one is dead",
        _machine(
            {
                "A": _invoke(
                    _TOKEN_PAYLOAD, resource=_WAIT_FOR_TOKEN, TimeoutSeconds=10, Retry=[_retry("States.Timeout")]
                )
            }
        ),
        {"work": (Does(),)},
        "SUCCEEDED",
        13,
        output=2,
        calls=_calls(0, 11, event=_TOKEN_EVENT),
        acts=(
            Act(12, "SendTaskSuccess", {"output": "1"}, 0, "TaskTimedOut"),
            Act(13, "SendTaskSuccess", {"output": "2"}, 1),
        ),
        source="systems 3.3",
    ),
    Run(
        "second answer",
        _machine(
            {
                "A": _invoke(_TOKEN_PAYLOAD, resource=_WAIT_FOR_TOKEN, Next="B"),
                "B": {"Type": "Wait", "Seconds": 60, "End": True},
            }
        ),
        {"work": (Does(),)},
        "SUCCEEDED",
        65,
        output=1,
        acts=(
            Act(5, "SendTaskSuccess", {"output": "1"}),
            Act(6, "SendTaskSuccess", {"output": "2"}, 0, "TaskTimedOut"),
            Act(7, "SendTaskFailure", {}, 0, "TaskTimedOut"),
            Act(8, "SendTaskHeartbeat", {}, 0, "TaskTimedOut"),
        ),
        source="bc (the task has already been closed)",
    ),
    Run(
        "no heartbeat",
        _machine({"A": _invoke(_TOKEN_PAYLOAD, resource=_WAIT_FOR_TOKEN, HeartbeatSeconds=10)}),
        {"work": (Does(),)},
        "FAILED",
        10,
        error="States.HeartbeatTimeout",
        acts=(Act(11, "SendTaskHeartbeat", {}, 0, "TaskTimedOut"),),
        source="systems 3.3",
    ),
    Run(
        "heartbeats put it off",
        _machine({"A": _invoke(_TOKEN_PAYLOAD, resource=_WAIT_FOR_TOKEN, HeartbeatSeconds=10)}),
        {"work": (Does(),)},
        "FAILED",
        28,
        error="States.HeartbeatTimeout",
        acts=(Act(9, "SendTaskHeartbeat", {}), Act(18, "SendTaskHeartbeat", {})),
        source="guide",
    ),
    Run(
        "heartbeats do not put the timeout off",
        _machine({"A": _invoke(_TOKEN_PAYLOAD, resource=_WAIT_FOR_TOKEN, HeartbeatSeconds=10, TimeoutSeconds=15)}),
        {"work": (Does(),)},
        "FAILED",
        15,
        error="States.Timeout",
        acts=(Act(9, "SendTaskHeartbeat", {}),),
        source="bc SendTaskHeartbeat",
    ),
    Run(
        "tokens die with the execution",
        _machine({"A": _invoke(_TOKEN_PAYLOAD, resource=_WAIT_FOR_TOKEN)}),
        {"work": (Does(),)},
        "ABORTED",
        5,
        acts=(Act(5, "StopExecution", {}), Act(6, "SendTaskSuccess", {"output": "1"}, 0, "TaskTimedOut")),
        source="unverified",
    ),
    Run(
        "output that is no JSON is refused; the task goes on",
        _machine({"A": _invoke(_TOKEN_PAYLOAD, resource=_WAIT_FOR_TOKEN)}),
        {"work": (Does(),)},
        "SUCCEEDED",
        6,
        output=1,
        acts=(
            Act(5, "SendTaskSuccess", {"output": "{"}, 0, "InvalidOutput"),
            Act(6, "SendTaskSuccess", {"output": "1"}),
        ),
        source="bc",
    ),
]

STATE_LIMIT = 262_144
"""Bytes of a state's input or output, as compact JSON text in UTF-8 (systems 3.3; what is counted is our choice)."""
_LARGEST = "x" * (STATE_LIMIT - 2)

_SIZES: list[Run] = [
    Run("output at the limit", _machine({"A": _task()}), {"work": (Does(_LARGEST),)}, "SUCCEEDED", 0, output=_LARGEST),
    Run(
        "output past the limit",
        _machine({"A": _task(Retry=_ALL_DEFAULTS, Catch=_TO_Z), "Z": _DONE}),
        {"work": (Does(_LARGEST + "x"),)},
        "FAILED",
        0,
        error="States.DataLimitExceeded",
        calls=_calls(0),
        source="systems 3.3",
    ),
    Run(
        "output of a Pass past the limit",
        _machine({"A": {**_DONE, "Parameters": {"a.$": "$", "b.$": "$"}}}),
        {},
        "FAILED",
        0,
        "x" * 140_000,
        error="States.DataLimitExceeded",
        source="guide",
    ),
]

RUNS: list[Run] = [*_RETRIES, *_CATCHES, *_TIMES, *_PARALLELS, *_OTHER_STATES, *_TOKENS, *_SIZES]
"""An `output` of `...` is not compared."""

# -------------------------------------------------------------------------------------------------- definitions


@attrs.frozen
class Definition:
    """A definition that CreateStateMachine takes, or refuses with InvalidDefinition (status 400).

    The message is `Invalid State Machine Definition: '<code>: ...'` (the guide's codes; the rest is not compared, nor is
    a code of None). `raw` instead of `value` is text that is no JSON object.
    """

    id: str
    value: dict[str, Any] | None = None
    refused: bool = True
    code: str | None = "SCHEMA_VALIDATION_FAILED"
    raw: str | None = None
    source: str = "spec"


def _good(id: str, value: dict[str, Any], source: str = "spec") -> Definition:
    return Definition(id, value, False, None, None, source)


def _bad_task(id: str, source: str = "spec", /, **fields: Any) -> Definition:
    return Definition(id, _machine({"A": _task(**fields), "B": _DONE}), source=source)


def _one(state: Any) -> dict[str, Any]:
    return {"StartAt": "A", "States": {"A": state}}


_RULE = {"Variable": "$.v", "StringEquals": "x", "Next": "B"}


def _choice(*rules: Any, **more: Any) -> dict[str, Any]:
    return {"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": list(rules), **more}, "B": _DONE}}


DEFINITIONS: list[Definition] = [
    # taken
    _good("smallest", _machine({"A": _DONE})),
    _good("comments", {"Comment": "c", "Version": "1.0", **_machine({"A": {**_DONE, "Comment": "c"}})}),
    _good("query language named", {"QueryLanguage": "JSONPath", **_machine({"A": _DONE})}, "guide"),
    _good("Fail alone", _machine({"A": {"Type": "Fail"}})),
    _good(
        "loop with an end",
        _machine(
            {
                "A": {"Type": "Pass", "Next": "B"},
                "B": _choice({**_RULE, "Next": "A"}, Default="C")["States"]["A"],
                "C": _DONE,
            }
        ),
    ),
    _good("name of 80 characters", {"StartAt": "a" * 80, "States": {"a" * 80: _DONE}}),
    _good("name with blanks and dots", {"StartAt": "A b. (c)", "States": {"A b. (c)": _DONE}}, "unverified"),
    _good("timeout path", _machine({"A": _task(TimeoutSecondsPath="$.t", HeartbeatSecondsPath="$.h")})),
    _good(
        "retrier with everything",
        _machine(
            {
                "A": _task(
                    Retry=[
                        _retry(
                            "E",
                            IntervalSeconds=1,
                            MaxAttempts=0,
                            BackoffRate=1.0,
                            MaxDelaySeconds=2,
                            JitterStrategy="FULL",
                        )
                    ]
                )
            }
        ),
    ),
    _good(
        "largest retrier",
        _machine({"A": _task(Retry=[_retry("E", IntervalSeconds=99_999_999, MaxAttempts=99_999_999)])}),
        "guide",
    ),
    _good("States.ALL alone and last", _machine({"A": _task(Retry=[_retry("E"), _retry("States.ALL")])})),
    _good("And of one rule", _choice({"And": [{"Variable": "$.v", "IsNull": True}], "Next": "B"})),
    _good("unqualified and qualified functions", _machine({"A": _task("work:1", Next="B"), "B": _task("work:live")})),
    # the whole
    Definition("no JSON", None, True, "INVALID_JSON_DESCRIPTION", "{"),
    Definition("array", None, True, None, "[]"),
    Definition("no StartAt", {"States": {"A": _DONE}}),
    Definition("no States", {"StartAt": "A"}),
    Definition("empty States", {"StartAt": "A", "States": {}}, code=None),
    Definition("StartAt is unknown", {"StartAt": "X", "States": {"A": _DONE}}, code="MISSING_TRANSITION_TARGET"),
    Definition("StartAt in another case", {"StartAt": "a", "States": {"A": _DONE}}, code="MISSING_TRANSITION_TARGET"),
    Definition("unknown field", {**_machine({"A": _DONE}), "Start": "A"}),
    Definition("TimeoutSeconds 0", _machine({"A": _DONE}, TimeoutSeconds=0)),
    Definition("TimeoutSeconds 1.5", _machine({"A": _DONE}, TimeoutSeconds=1.5)),
    Definition("another version", {"Version": "2.0", **_machine({"A": _DONE})}, source="unverified"),
    Definition("name of 81 characters", {"StartAt": "a" * 81, "States": {"a" * 81: _DONE}}, code=None),
    # any state
    Definition("state is no object", _one("x")),
    Definition("no Type", _one({"End": True})),
    Definition("unknown Type", _one({"Type": "Work", "End": True})),
    Definition("Type in another case", _one({"Type": "pass", "End": True})),
    Definition("neither Next nor End", _one({"Type": "Pass"})),
    Definition(
        "Next and End", {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B", "End": True}, "B": _DONE}}
    ),
    Definition("End false and no Next", _one({"Type": "Pass", "End": False})),
    Definition("Next is unknown", _one({"Type": "Pass", "Next": "X"}), code="MISSING_TRANSITION_TARGET"),
    Definition("unknown field of a state", _one({**_DONE, "Retries": 3})),
    Definition(
        "no end",
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}},
        code="MISSING_END_STATE",
        source="guide",
    ),
    Definition(
        "state that nothing leads to",
        {"StartAt": "A", "States": {"A": _DONE, "B": _DONE}},
        code="MISSING_TRANSITION_TARGET",
        source="unverified",
    ),
    Definition("InputPath is no path", _one({**_DONE, "InputPath": "x"})),
    Definition("OutputPath is no path", _one({**_DONE, "OutputPath": "x"})),
    Definition("ResultPath selects several", _one({**_DONE, "ResultPath": "$.a[*]"})),
    Definition("ResultPath into the context", _one({**_DONE, "ResultPath": "$$.a"}), source="choice"),
    Definition("template key without a path", _one({**_DONE, "Parameters": {"a.$": "x"}})),
    Definition("template key with a number", _one({**_DONE, "Parameters": {"a.$": 1}})),
    *[Definition(f"path: {id}", _one({**_DONE, "Parameters": {"a.$": path}})) for id, path in INVALID_PATHS],
    *[
        Definition(f"intrinsic: {id}", _one({**_DONE, "Parameters": {"a.$": text}}), source="choice")
        for id, text in INVALID_INTRINSICS
    ],
    Definition("ResultPath of Wait", _one({"Type": "Wait", "Seconds": 1, "ResultPath": "$.a", "End": True})),
    Definition("Retry of Pass", _one({**_DONE, "Retry": _ALL_DEFAULTS})),
    # Task
    Definition("Task without Resource", _one({"Type": "Task", "End": True})),
    Definition("Resource is no ARN", _one({"Type": "Task", "Resource": "work", "End": True}), source="guide"),
    Definition(
        "token for a bare ARN",
        _one({"Type": "Task", "Resource": _LAMBDA + "work.waitForTaskToken", "End": True}),
        code=None,
        source="systems 3.3",
    ),
    Definition(
        "lambda:invoke without FunctionName",
        _one({"Type": "Task", "Resource": _INVOKE, "Parameters": {"Payload": {}}, "End": True}),
        source="guide",
    ),
    Definition(
        "lambda:invoke with an unknown parameter",
        _one({"Type": "Task", "Resource": _INVOKE, "Parameters": {"FunctionName": "work", "Body": {}}, "End": True}),
        source="guide",
    ),
    Definition(
        "token that goes nowhere",
        _one(
            {
                "Type": "Task",
                "Resource": _WAIT_FOR_TOKEN,
                "Parameters": {"FunctionName": "work", "Payload": {}},
                "End": True,
            }
        ),
        source="systems 3.3 (must be placed); unverified",
    ),
    _bad_task("Task TimeoutSeconds 0", TimeoutSeconds=0),
    _bad_task("Task TimeoutSeconds as text", TimeoutSeconds="5"),
    _bad_task("Task TimeoutSeconds 100,000,000", "guide", TimeoutSeconds=100_000_000),
    _bad_task("Task TimeoutSeconds and its path", TimeoutSeconds=5, TimeoutSecondsPath="$.t"),
    _bad_task("heartbeat 0", HeartbeatSeconds=0),
    _bad_task("heartbeat not below the timeout", HeartbeatSeconds=5, TimeoutSeconds=5),
    # Retry and Catch
    _bad_task("Retry is no array", Retry=_retry("E")),
    _bad_task("retrier without ErrorEquals", Retry=[{"MaxAttempts": 1}]),
    _bad_task("retrier without names", Retry=[_retry()]),
    _bad_task("States.ALL beside another", Retry=[_retry("States.ALL", "E")]),
    _bad_task("States.ALL not last", Retry=[_retry("States.ALL"), _retry("E")]),
    _bad_task("IntervalSeconds 0", Retry=[_retry("E", IntervalSeconds=0)]),
    _bad_task("IntervalSeconds 1.5", Retry=[_retry("E", IntervalSeconds=1.5)]),
    _bad_task("MaxAttempts -1", Retry=[_retry("E", MaxAttempts=-1)]),
    _bad_task("MaxAttempts 100,000,000", "guide", Retry=[_retry("E", MaxAttempts=100_000_000)]),
    _bad_task("BackoffRate 0.9", Retry=[_retry("E", BackoffRate=0.9)]),
    _bad_task("MaxDelaySeconds 0", Retry=[_retry("E", MaxDelaySeconds=0)]),
    _bad_task("MaxDelaySeconds 31,622,400", "guide", Retry=[_retry("E", MaxDelaySeconds=31_622_400)]),
    _bad_task("MaxDelaySeconds not above the interval", Retry=[_retry("E", IntervalSeconds=5, MaxDelaySeconds=5)]),
    _bad_task("unknown jitter", Retry=[_retry("E", JitterStrategy="HALF")]),
    _bad_task("unknown field of a retrier", Retry=[_retry("E", Next="B")]),
    _bad_task("catcher without Next", Catch=[{"ErrorEquals": ["E"]}]),
    _bad_task("catcher States.ALL not last", Catch=[_catch("States.ALL", to="B"), _catch("E", to="B")]),
    _bad_task("catcher ResultPath selects several", Catch=[_catch("E", to="B", ResultPath="$.a[*]")]),
    Definition(
        "catcher to nowhere", _machine({"A": _task(Catch=[_catch("E", to="X")])}), code="MISSING_TRANSITION_TARGET"
    ),
    # Choice
    Definition(
        "Choice without Choices", {"StartAt": "A", "States": {"A": {"Type": "Choice", "Default": "B"}, "B": _DONE}}
    ),
    Definition("Choice without rules", _choice(Default="B")),
    Definition("Choice with End", _choice(_RULE, End=True)),
    Definition("Choice with Next", _choice(_RULE, Next="B")),
    Definition("rule without Next", _choice({"Variable": "$.v", "StringEquals": "x"}, Default="B")),
    Definition("rule without Variable", _choice({"StringEquals": "x", "Next": "B"})),
    Definition("rule without an operator", _choice({"Variable": "$.v", "Next": "B"})),
    Definition("rule with two operators", _choice({**_RULE, "NumericEquals": 1})),
    Definition("unknown operator", _choice({"Variable": "$.v", "StringContains": "x", "Next": "B"})),
    Definition("operator with a wrong type", _choice({"Variable": "$.v", "NumericEquals": "1", "Next": "B"})),
    Definition("text operator with a number", _choice({"Variable": "$.v", "StringEquals": 1, "Next": "B"})),
    Definition("IsNull with a text", _choice({"Variable": "$.v", "IsNull": "true", "Next": "B"})),
    Definition("timestamp that is none", _choice({"Variable": "$.v", "TimestampEquals": "soon", "Next": "B"})),
    Definition(
        "StringMatchesPath is no operator", _choice({"Variable": "$.v", "StringMatchesPath": "$.p", "Next": "B"})
    ),
    Definition("path operator without a path", _choice({"Variable": "$.v", "StringEqualsPath": "x", "Next": "B"})),
    Definition("And without rules", _choice({"And": [], "Next": "B"})),
    Definition("Not of an array", _choice({"Not": [{"Variable": "$.v", "IsNull": True}], "Next": "B"})),
    Definition("Next inside And", _choice({"And": [_RULE], "Next": "B"})),
    Definition("rule to nowhere", _choice({**_RULE, "Next": "X"}, Default="B"), code="MISSING_TRANSITION_TARGET"),
    Definition("Default to nowhere", _choice(_RULE, Default="X"), code="MISSING_TRANSITION_TARGET"),
    # Wait
    Definition("Wait without a time", _one({"Type": "Wait", "End": True})),
    Definition("Wait with two times", _one({"Type": "Wait", "Seconds": 1, "SecondsPath": "$.s", "End": True})),
    Definition("Wait -1", _one({"Type": "Wait", "Seconds": -1, "End": True})),
    Definition("Wait 1.5", _one({"Type": "Wait", "Seconds": 1.5, "End": True})),
    Definition("Wait 100,000,000", _one({"Type": "Wait", "Seconds": 100_000_000, "End": True}), source="guide"),
    Definition("Wait until no time", _one({"Type": "Wait", "Timestamp": "soon", "End": True})),
    Definition("Wait until a date", _one({"Type": "Wait", "Timestamp": "2026-01-01", "End": True})),
    # Parallel, Succeed, Fail
    Definition("Parallel without Branches", _one({"Type": "Parallel", "End": True})),
    Definition("Parallel of no branches", _one({"Type": "Parallel", "Branches": [], "End": True}), source="unverified"),
    Definition(
        "branch without StartAt", _one({"Type": "Parallel", "Branches": [{"States": {"B": _DONE}}], "End": True})
    ),
    Definition(
        "branch that leads out",
        {
            "StartAt": "A",
            "States": {
                "A": {"Type": "Parallel", "Branches": [_machine({"B": {"Type": "Pass", "Next": "C"}})], "Next": "C"},
                "C": _DONE,
            },
        },
        code="MISSING_TRANSITION_TARGET",
    ),
    Definition(
        "one name twice",
        _one({"Type": "Parallel", "Branches": [_machine({"A": _DONE})], "End": True}),
        code="DUPLICATE_STATE_NAME",
    ),
    Definition("Succeed with End", _one({"Type": "Succeed", "End": True})),
    Definition("Succeed with Next", {"StartAt": "A", "States": {"A": {"Type": "Succeed", "Next": "B"}, "B": _DONE}}),
    Definition("Fail with End", _one({"Type": "Fail", "End": True})),
    Definition("Fail with InputPath", _one({"Type": "Fail", "InputPath": "$.a"})),
    Definition("Fail with Cause and CausePath", _one({"Type": "Fail", "Cause": "c", "CausePath": "$.c"})),
    Definition("Fail with Error and ErrorPath", _one({"Type": "Fail", "Error": "e", "ErrorPath": "$.e"})),
]

# --------------------------------------------------------------------------------------------------------- calls


@attrs.frozen
class Call:
    """A call of the API and the error code it is refused with (status 400), None: taken.

    Known: state machine `orders` (a Pass state) of type STANDARD. `{token}` is the token of a task that is waiting.
    """

    id: str
    operation: str
    arguments: dict[str, Any]
    refused: str | None
    source: str = "bc"


_MACHINE_ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:orders"
_ROLE = "arn:aws:iam::000000000000:role/machine"
_SMALL = json.dumps(_machine({"A": _DONE}))


def _create(id: str, name: str, refused: str | None, source: str = "bc") -> Call:
    return Call(id, "CreateStateMachine", {"name": name, "definition": _SMALL, "roleArn": _ROLE}, refused, source)


CALLS: list[Call] = [
    _create("name of one character", "x", None),
    _create("name of 80", "x" * 80, None),
    _create("name of 81", "x" * 81, "InvalidName", "bc; the code is our choice"),
    _create("empty name", "", "InvalidName", "bc; the code is our choice"),
    *[
        _create(f"name with {character!r}", f"a{character}b", "InvalidName")
        for character in ' <>{}[]?*"#%\\^|~`$&,;:/\n'
    ],
    _create("name with what is allowed", "Orders-1_b.c", None, "unverified (the dot)"),
    Call(
        "the same again is idempotent",
        "CreateStateMachine",
        {"name": "orders", "definition": "{orders}", "roleArn": _ROLE},
        None,
    ),
    _create("the same name with another definition", "orders", "StateMachineAlreadyExists"),
    Call("start", "StartExecution", {"stateMachineArn": _MACHINE_ARN, "input": "{}"}, None),
    Call("start without input", "StartExecution", {"stateMachineArn": _MACHINE_ARN}, None),
    Call("input may be any JSON", "StartExecution", {"stateMachineArn": _MACHINE_ARN, "input": "[1]"}, None, "choice"),
    Call(
        "input is no JSON", "StartExecution", {"stateMachineArn": _MACHINE_ARN, "input": "{"}, "InvalidExecutionInput"
    ),
    Call(
        "empty input",
        "StartExecution",
        {"stateMachineArn": _MACHINE_ARN, "input": ""},
        "InvalidExecutionInput",
        "choice",
    ),
    Call(
        "input at the limit",
        "StartExecution",
        {"stateMachineArn": _MACHINE_ARN, "input": json.dumps(_LARGEST)},
        None,
    ),
    Call(
        "input past the limit",
        "StartExecution",
        {"stateMachineArn": _MACHINE_ARN, "input": json.dumps(_LARGEST + "x")},
        "ValidationException",
        "bc; the code unverified",
    ),
    Call("no such machine", "StartExecution", {"stateMachineArn": _MACHINE_ARN + "2"}, "StateMachineDoesNotExist"),
    Call("no ARN", "StartExecution", {"stateMachineArn": "orders"}, "InvalidArn"),
    Call("bad execution name", "StartExecution", {"stateMachineArn": _MACHINE_ARN, "name": "a b"}, "InvalidName"),
    Call("long execution name", "StartExecution", {"stateMachineArn": _MACHINE_ARN, "name": "x" * 81}, "InvalidName"),
    Call("unknown token", "SendTaskSuccess", {"taskToken": "nonsense", "output": "{}"}, "InvalidToken"),
    Call("unknown token, failure", "SendTaskFailure", {"taskToken": "nonsense"}, "InvalidToken"),
    Call("unknown token, heartbeat", "SendTaskHeartbeat", {"taskToken": "nonsense"}, "InvalidToken"),
    Call("output is no JSON", "SendTaskSuccess", {"taskToken": "{token}", "output": "{"}, "InvalidOutput"),
    Call("error of 256", "SendTaskFailure", {"taskToken": "{token}", "error": "x" * 256}, None),
    Call("error of 257", "SendTaskFailure", {"taskToken": "{token}", "error": "x" * 257}, "ValidationException"),
    Call("cause of 32,768", "SendTaskFailure", {"taskToken": "{token}", "cause": "x" * 32_768}, None),
    Call("cause of 32,769", "SendTaskFailure", {"taskToken": "{token}", "cause": "x" * 32_769}, "ValidationException"),
    Call("token of 2,049", "SendTaskHeartbeat", {"taskToken": "x" * 2_049}, "ValidationException"),
    Call(
        "no such execution",
        "StopExecution",
        {"executionArn": "arn:aws:states:us-east-1:000000000000:execution:orders:none"},
        "ExecutionDoesNotExist",
    ),
]
"""`{orders}` as a definition is the one that `orders` has. An execution name that has run with another input is refused
with ExecutionAlreadyExists; with the same input while it runs the call is idempotent (bc StartExecution)."""
