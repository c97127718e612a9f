"""What of a request counts for the cache, and goes to the origin: the same, as with a cache policy alone.

Always forwarded are the path, the body, `Content-Type` and `Content-Length`; CloudFront's own are `Host`, `User-Agent`,
`Via` and `X-Forwarded-For` (cf:RequestAndResponseBehaviorCustomOrigin).
"""

from collections.abc import Callable, Sequence
from typing import Final, Literal
from urllib.parse import unquote_plus

from attrs import evolve, frozen

from eventbus.core.http import Request
from sources._http import fields

Names = Sequence[str] | Literal["all"]

AGENT: Final = "Amazon CloudFront"

_ALWAYS: Final = ("content-type", "content-length")


@frozen
class Forwarded:
    """Names of headers in lower case; of query strings and cookies as they are, or all."""

    headers: Sequence[str]
    query_strings: Names
    cookies: Names

    def query(self, request: Request) -> str:
        if self.query_strings == "all":
            return request.query
        kept = _chosen(self.query_strings)
        return "&".join(
            part for part in request.query.split("&") if part and kept(unquote_plus(part.partition("=")[0]))
        )

    def cookie(self, request: Request) -> str:
        kept = _chosen(self.cookies)
        return "; ".join(each for each in fields.cookies(request.headers) if kept(each.partition("=")[0]))

    def key(self, request: Request) -> tuple[object, ...]:
        """What two requests for one object have in common, beside the method."""
        sent = fields.every(fields.lowered(request.headers))
        values = tuple(tuple(sent.get(name, ())) for name in self.headers)
        return request.path, self.query(request), values, self.cookie(request)

    def to_origin(self, request: Request, domain: str, edge: str) -> Request:
        """The request that an origin of that domain gets, by way of `edge`."""
        came = [value for name, value in request.headers if name.lower() == "x-forwarded-for"]
        via = [value for name, value in request.headers if name.lower() == "via"]
        own = [
            ("X-Forwarded-For", ", ".join([*came, request.source_ip])),
            ("User-Agent", AGENT),
            ("Via", ", ".join([*via, via_of(request, edge)])),
            ("Host", domain),
        ]
        kept = [line for line in request.headers if line[0].lower() in (*self.headers, *_ALWAYS)]
        asked_for = {name.lower() for name, _ in kept}
        lines = [line for line in own if line[0].lower() not in asked_for] + kept
        if cookie := self.cookie(request):
            lines.append(("Cookie", cookie))
        query = self.query(request)
        return evolve(request, target=f"{request.path}?{query}" if query else request.path, headers=lines)


def via_of(request: Request, edge: str) -> str:
    version = request.protocol.removeprefix("HTTP/")
    return f"{version if '.' in version else f'{version}.0'} {edge} (CloudFront)"


def _chosen(names: Names) -> Callable[[str], bool]:
    return (lambda name: True) if names == "all" else (lambda name: name in names)
