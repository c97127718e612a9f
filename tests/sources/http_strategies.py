"""Requests and answers of any kind, for front doors."""

from hypothesis import strategies as st

from eventbus.core.http import Request

TOKENS = st.text("abcXYZ019-_!#$%&'*+.^`|~", min_size=1, max_size=12)
VALUES = st.text(st.characters(blacklist_characters="\r\n\0", blacklist_categories=["Cc", "Cs"]), max_size=40)
NAMES = st.one_of(
    TOKENS,
    st.sampled_from(
        [
            "Host",
            "Cookie",
            "User-Agent",
            "Content-Type",
            "Content-Encoding",
            "Accept",
            "Origin",
            "Authorization",
            "X-Forwarded-For",
            "X-Amzn-Trace-Id",
            "Upgrade",
            "Connection",
            "Content-Length",
            "Access-Control-Request-Method",
            "X-Amz-Invocation-Type",
        ]
    ),
)
KINDS = st.sampled_from(
    ["application/json", "text/html; charset=utf-8", "image/png", "", "*/*", "application/x-www-form-urlencoded", "x"]
)
PARTS = st.text("abc019-._~%/?&=+[]:@!$'()*,;{}é日\x00\udc80", max_size=30)


PATHS = st.sampled_from(["/", "/prod/", "/prod/a/b", "/a/7"])


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """With anything that a socket can bring."""
    target = draw(PATHS) + draw(st.one_of(st.just(""), PARTS))
    lines = draw(st.lists(st.tuples(NAMES, st.one_of(VALUES, KINDS)), max_size=8))
    method = draw(st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "X-Y"]))
    body = draw(st.one_of(st.just(b""), st.binary(max_size=60), st.just(b'{"a": 1}')))
    return Request(method, target, lines, body, draw(st.sampled_from(["127.0.0.1", "2001:db8::1"])))


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False), st.text(max_size=12)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)
STATUSES = st.one_of(st.integers(-5, 700), st.sampled_from(["200", "abc", "", "20", None, 200.0, True]), JSON)
MAPS = st.one_of(st.dictionaries(st.one_of(NAMES, st.text(max_size=6)), st.one_of(VALUES, JSON), max_size=4), JSON)
LISTS = st.one_of(
    st.dictionaries(NAMES, st.one_of(st.lists(st.one_of(VALUES, JSON), max_size=3), JSON), max_size=3), JSON
)
BODIES = st.one_of(st.text(max_size=40), st.sampled_from(["AAH+/w==", "%%%", "\ud800"]), JSON)

ANSWERS = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "statusCode": STATUSES,
            "headers": MAPS,
            "multiValueHeaders": LISTS,
            "body": BODIES,
            "isBase64Encoded": st.one_of(st.booleans(), JSON),
            "cookies": st.one_of(st.lists(st.one_of(VALUES, JSON), max_size=3), JSON),
            "statusDescription": st.one_of(st.just("200 OK"), JSON),
            "more": JSON,
        },
    ),
    JSON,
)
"""JSON values near to what front doors take, and far from it."""
