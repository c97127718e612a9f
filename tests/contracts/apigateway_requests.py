"""What API Gateway makes of a request: the event that the function gets, for REST APIs and both formats of HTTP APIs.

Each request comes from 203.0.113.9 by HTTP/1.1 and https at 10.5 s (2026-01-01T00:00:10.500Z), and takes no time.
`{host}` in a header is to be filled in with the API's own domain name; the goldens have it as
`<nz:api>.execute-api.us-east-1.amazonaws.com`.

Sources, in the column `source`: "apigw" is apigateway:set-up-lambda-proxy-integrations and
apigateway:http-api-develop-integrations-lambda, text of 2026; "dg" the events printed in dg:services-apigateway, which
were recorded; "systems" systems.md section 2.2 or its ruling in section 8; "notes" apigateway:api-gateway-known-issues,
text of 2026; "field" an event or a measurement of AWS that somebody published, with its date; "unverified" found in no
text; "choice" is ours. The form itself is always that of "apigw".

What the goldens leave open, or settle:
- Order of the keys: REST as recorded (dg; the newest guide shows another order, in a sample that is one of HTTP APIs);
  the places of `authorizer` and `deploymentId` in it are unverified. HTTP APIs as in the guide.
- Order of headers: the guide says that it is not kept, its samples are sorted. The clients here send them sorted, so
  as sent and then those that were added comes to the same.
- Content-Length: REST clients here do not name it (the guide's samples are without, its table of headers lets it pass).
  HTTP APIs show `content-length: 0` for a request without a body even if the client did not send it (dg, field 2022);
  the clients here do send it, so that this is not tested.
- `deploymentId` is there in REST events (systems lists it, the samples are older), `apiKey` of the identity may be null.
- HTTP 1.0: names of headers are in lower case (systems, and the guide's word), though field events of 2021 to 2023
  have Content-Length, Content-Type, Host, User-Agent, X-Amzn-Trace-Id and X-Forwarded-... with capitals.
  `resourceId` is the route key and `path` begins with a named stage (field; the guide's sample has null, and no stage).
- Ids of HTTP APIs are no UUIDs, and both ids of a 1.0 event are the same (guide: "equivalent").
- A percent sign of a REST query is not tested (notes: it is encoded again), nor is a plus sign.
"""

from typing import Any, Literal, NamedTuple

SOURCE_IP = "203.0.113.9"
AT = 10.5
"""Seconds on the bus's clock."""

Header = tuple[str, str]


class Sent(NamedTuple):
    """A request and the event it becomes.

    `settings`: REST has `resource`, `method` (of the API, maybe ANY) and `binary_media_types`, HTTP APIs have
    `route_key` and `payload_format_version`; all have `stage` and may have `stage_variables` and `authorizer`: what the
    Lambda authorizer of that method or route answers, and whether it may answer simply. `target` is as it stands in the
    request line. `golden` is a name for `tests.golden.load`.
    """

    id: str
    api: Literal["rest", "http1", "http2"]
    settings: dict[str, Any]
    method: str
    target: str
    headers: list[Header]
    body: bytes
    golden: str
    source: str = "apigw"


ACCEPT: Header = ("Accept", "*/*")
HOST: Header = ("Host", "{host}")
AGENT: Header = ("User-Agent", "curl/8.5.0")

JSON = b'{"name": "Rex", "age": 3}'
FORM = b"name=Rex&note=a+b%26c"
PNG = b"\x89PNG\r\n\x1a\n"
QUERY = "kind=dog&kind=small%20cat&name=B%C3%A4rli%20%26%20co&empty="

_REST: list[Header] = [ACCEPT, HOST, AGENT]


def _rest(resource: str, method: str = "GET", stage: str = "prod", **more: Any) -> dict[str, Any]:
    return {"resource": resource, "method": method, "stage": stage, **more}


def _typed(content_type: str) -> list[Header]:
    return [ACCEPT, ("Content-Type", content_type), HOST, AGENT]


def allowing(**context: Any) -> dict[str, Any]:
    """An authorizer of format 1.0, or of 2.0 without simple responses, that allows everything."""
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}
    answer: dict[str, Any] = {
        "principalId": "user",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }
    if context:
        answer["context"] = context
    return {
        "type": "REQUEST",
        "identity_source": [],
        "authorizer_result_ttl_in_seconds": 0,
        "enable_simple_responses": False,
        "answer": answer,
    }


REST: list[Sent] = [
    # No query, no body, no variables: null, each of them.
    Sent("rest, as little as can be", "rest", _rest("/pets"), "GET", "/prod/pets", _REST, b"", "apigateway/rest_get"),
    Sent("rest, root", "rest", _rest("/"), "GET", "/prod/", _REST, b"", "apigateway/rest_root", "dg"),
    Sent(
        "rest, query",  # the last value, and all of them; decoded
        "rest",
        _rest("/pets"),
        "GET",
        f"/prod/pets?{QUERY}",
        _REST,
        b"",
        "apigateway/rest_query",
        "apigw, notes; the empty value: unverified",
    ),
    Sent(
        "rest, header twice",  # a comma in a value does not part it
        "rest",
        _rest("/pets"),
        "GET",
        "/prod/pets",
        [ACCEPT, HOST, ("tag", "one"), ("tag", "two,three"), AGENT],
        b"",
        "apigateway/rest_headers",
    ),
    Sent(
        "rest, path parameters",  # not decoded
        "rest",
        _rest("/pets/{id}/photos/{photo}"),
        "GET",
        "/prod/pets/red%20cat/photos/7",
        _REST,
        b"",
        "apigateway/rest_path",
        "systems; the notes say that parameters are decoded",
    ),
    Sent(
        "rest, greedy",
        "rest",
        _rest("/files/{proxy+}", "ANY"),
        "GET",
        "/prod/files/a/b/c.txt",
        _REST,
        b"",
        "apigateway/rest_greedy",
    ),
    Sent(
        "rest, stage variables",
        "rest",
        _rest("/pets", stage="test", stage_variables={"table": "pets", "level": "2"}),
        "GET",
        "/test/pets",
        _REST,
        b"",
        "apigateway/rest_variables",
    ),
    Sent(
        "rest, cookies",
        "rest",
        _rest("/pets"),
        "GET",
        "/prod/pets",
        [ACCEPT, ("Cookie", "session=abc; theme=dark"), HOST, AGENT],
        b"",
        "apigateway/rest_cookies",
        "dg",
    ),
    Sent(
        "rest, forwarded before",  # what becomes of a trace id that was sent is not tested
        "rest",
        _rest("/pets"),
        "GET",
        "/prod/pets",
        [
            *_REST,
            ("X-Amzn-Trace-Id", "Root=1-5e66d96f-7491f0900000000079d18acf"),
            ("X-Forwarded-For", "198.51.100.7"),
        ],
        b"",
        "apigateway/rest_forwarded",
        "apigw '23, where the sample has come by two",
    ),
    Sent(
        "rest, JSON",
        "rest",
        _rest("/pets", "POST"),
        "POST",
        "/prod/pets",
        _typed("application/json"),
        JSON,
        "apigateway/rest_post_json",
    ),
    Sent(
        "rest, form",
        "rest",
        _rest("/pets", "POST", binary_media_types=["image/png"]),
        "POST",
        "/prod/pets",
        _typed("application/x-www-form-urlencoded"),
        FORM,
        "apigateway/rest_post_form",
        "systems",
    ),
    *[
        Sent(
            f"rest, binary, {media_type}",
            "rest",
            _rest("/photos", "POST", binary_media_types=["application/pdf", media_type]),
            "POST",
            "/prod/photos",
            _typed("image/png"),
            PNG,
            "apigateway/rest_binary",
            source,
        )
        for media_type, source in [
            ("image/png", "apigw"),
            ("image/*", "field 2026-06"),
            ("*/*", "apigw, field 2026-06"),
        ]
    ],
    Sent(
        "rest, binary that the API takes for text",  # what is no UTF-8 becomes U+FFFD
        "rest",
        _rest("/photos", "POST", binary_media_types=["application/pdf"]),
        "POST",
        "/prod/photos",
        _typed("image/png"),
        PNG,
        "apigateway/rest_binary_as_text",
        "systems; U+FFFD: choice",
    ),
    Sent(
        "rest, ANY",
        "rest",
        _rest("/pets/{id}", "ANY"),
        "PATCH",
        "/prod/pets/7",
        _typed("application/json"),
        JSON,
        "apigateway/rest_any",
    ),
    Sent(
        "rest, authorizer",  # the context as texts
        "rest",
        _rest("/pets", authorizer=allowing(name="Ann", level=3, share=0.5, admin=True)),
        "GET",
        "/prod/pets",
        [ACCEPT, ("Authorization", "allow"), HOST, AGENT],
        b"",
        "apigateway/rest_authorizer",
        "systems; place of the key: unverified",
    ),
]
