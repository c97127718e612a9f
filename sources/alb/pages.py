"""What the balancer answers itself: a page that shows its status line. That of 502 was seen in public reports, the
others' titles and forms are unverified."""

from typing import Final

from eventbus.core.http import Response

TITLES: Final = {
    301: "301 Moved Permanently",
    302: "302 Found",
    400: "400 Bad Request",
    405: "405 Method Not Allowed",
    413: "413 Request Entity Too Large",
    463: "463",
    501: "501 Not Implemented",
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
}
PAGE: Final = (
    "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
    "<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
)
HTML: Final = "text/html"


def page(status: int) -> Response:
    title = TITLES[status]
    return Response(status, [("Content-Type", HTML)], PAGE.format(title=title).encode(), title[4:])
