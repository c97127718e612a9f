"""What rules look at, compiled when they are declared (elb:rule-condition-types, bc:elbv2 RuleCondition).

`*` stands for any number of characters, `?` for one. Case counts in paths and methods alone. The path and the query are
compared as they were sent. Limits are AWS's: so many values in a condition, so many values and wildcards in a rule.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from fnmatch import translate
from ipaddress import ip_address, ip_network
from typing import Any, Final

from attrs import frozen

from eventbus.checks import refuse
from eventbus.core.http import Request
from eventbus.errors import InvalidSetting
from sources._http import fields
from sources._http.answers import NAME

VALUE_LIMIT: Final = 128
NAME_LIMIT: Final = 40
VALUES_LIMIT: Final = 3
SOURCES_LIMIT: Final = 5
"""Of one source-ip condition."""
RULE_LIMIT: Final = 5
"""Values of all conditions of a rule."""
WILDCARDS_LIMIT: Final = 6
"""In all conditions of a rule. Older texts say 5."""

Predicate = Callable[[Request], bool]

_VISIBLE: Final = re.compile(r"[ -~]+")
_PATH: Final = re.compile(r"[!-~]+")
_HOST: Final = re.compile(r"[A-Za-z0-9.*?_-]*\.[A-Za-z]+")
_METHOD: Final = re.compile(r"[A-Z_-]+")
_WILDCARD: Final = re.compile(r"\\[*?]|[*?]")
_ANY_CASE: Final = re.IGNORECASE | re.ASCII


@frozen(eq=False)
class Condition:
    values: int
    wildcards: int
    holds: Predicate


def compiled(
    path_pattern: Any, host_header: Any, http_header: Any, http_request_method: Any, query_string: Any, source_ip: Any
) -> tuple[Predicate, ...]:
    """All of them must hold. Raises `InvalidSetting`."""
    found: list[Condition] = []
    if path_pattern is not None:
        found.append(_path(_texts("path_pattern", path_pattern, _PATH, "visible characters")))
    if host_header is not None:
        found.append(
            _host(_texts("host_header", host_header, _HOST, "a host name with a dot, letters behind its last"))
        )
    if http_header is not None:
        found += [_header(*each) for each in _headers(http_header)]
    if http_request_method is not None:
        allowed = "capital letters, - and _"
        found.append(_method(_texts("http_request_method", http_request_method, _METHOD, allowed, NAME_LIMIT)))
    if query_string is not None:
        found += [_query(pairs) for pairs in _queries(query_string)]
    if source_ip is not None:
        found.append(_source(source_ip))
    _check_rule(found)
    return tuple(condition.holds for condition in found)


def _check_rule(conditions: Sequence[Condition]) -> None:
    if not conditions:
        raise InvalidSetting("a rule needs a condition: path_pattern, host_header, http_header, ...")
    values, wildcards = sum(each.values for each in conditions), sum(each.wildcards for each in conditions)
    if values > RULE_LIMIT:
        raise InvalidSetting(f"{values} values in the conditions of one rule; allowed: {RULE_LIMIT}")
    if wildcards > WILDCARDS_LIMIT:
        raise InvalidSetting(f"{wildcards} wildcards in the conditions of one rule; allowed: {WILDCARDS_LIMIT}")


# ---------------------------------------------------------------- what is declared
def _listed(setting: str, value: Any, limit: int = VALUES_LIMIT) -> list[Any]:
    """One value, or several of them."""
    values = list(value) if isinstance(value, list | tuple) else [value]
    if not 1 <= len(values) <= limit:
        raise refuse(setting, value, f"1 to {limit} values")
    return values


def _texts(setting: str, value: Any, form: "re.Pattern[str]", allowed: str, limit: int = VALUE_LIMIT) -> list[str]:
    values = _listed(setting, value)
    for each in values:
        _check_text(setting, each, form, allowed, limit)
    return values


def _check_text(setting: str, value: object, form: "re.Pattern[str]", allowed: str, limit: int = VALUE_LIMIT) -> None:
    if not isinstance(value, str) or not form.fullmatch(value) or len(value) > limit:
        raise refuse(setting, value, f"{allowed}, up to {limit} of them")


def _headers(value: Any) -> list[tuple[str, list[str]]]:
    """Each pair is one condition."""
    found: list[tuple[str, list[str]]] = []
    for pair in value if isinstance(value, list) else [value]:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise refuse("http_header", pair, "a pair such as ('User-Agent', ['*Chrome*']), or a list of them")
        name, values = pair
        if not isinstance(name, str) or not NAME.fullmatch(name) or len(name) > NAME_LIMIT or name.lower() == "host":
            raise refuse("http_header", name, f"a header's name of up to {NAME_LIMIT} characters; for Host host_header")
        found.append((name, _texts("http_header", values, _VISIBLE, "visible characters")))
    if not found:
        raise refuse("http_header", value, "one pair at least")
    return found


def _queries(value: Any) -> list[list[tuple[str | None, str]]]:
    """A list of lists is several conditions."""
    several = isinstance(value, list) and any(isinstance(each, list) for each in value)
    return [[_pair(each) for each in _query_values(condition)] for condition in (value if several else [value])]


def _query_values(condition: Any) -> list[Any]:
    return _listed("query_string", [condition] if isinstance(condition, tuple) else condition)


def _pair(value: Any) -> tuple[str | None, str]:
    key, text = value if isinstance(value, tuple) and len(value) == 2 else (None, value)
    for part in (text,) if key is None else (key, text):
        _check_text("query_string", part, _VISIBLE, "a value or a pair of key and value: visible characters")
    return key, text


# ---------------------------------------------------------------- what is compared
def _path(patterns: list[str]) -> Condition:
    globs = [_glob(pattern) for pattern in patterns]
    return Condition(len(patterns), _wildcards(patterns), lambda request: _fits(globs, request.path))


def _host(patterns: list[str]) -> Condition:
    globs = [_glob(pattern, _ANY_CASE) for pattern in patterns]
    return Condition(len(patterns), _wildcards(patterns), lambda request: _fits(globs, host_of(request)))


def _header(name: str, patterns: list[str]) -> Condition:
    globs, lower = [_glob(pattern, _ANY_CASE) for pattern in patterns], name.lower()

    def holds(request: Request) -> bool:
        return any(key.lower() == lower and _fits(globs, value) for key, value in request.headers)

    return Condition(len(patterns), _wildcards(patterns), holds)


def _method(methods: list[str]) -> Condition:
    return Condition(len(methods), 0, lambda request: request.method in methods)


def _query(pairs: list[tuple[str | None, str]]) -> Condition:
    texts = [text for pair in pairs for text in pair if text is not None]
    globs = [
        (_glob("*" if key is None else key, _ANY_CASE, escapes=True), _glob(value, _ANY_CASE, escapes=True))
        for key, value in pairs
    ]

    def holds(request: Request) -> bool:
        sent = fields.query_as_sent(request.query)
        return any(keys.match(name) and values.match(value) for keys, values in globs for name, value in sent)

    return Condition(len(pairs), _wildcards(texts, escapes=True), holds)


def _source(value: Any) -> Condition:
    blocks = _listed("source_ip", value, SOURCES_LIMIT)
    try:
        if not all(isinstance(block, str) and "/" in block for block in blocks):
            raise ValueError
        networks = [ip_network(block, strict=False) for block in blocks]
    except ValueError:
        raise refuse("source_ip", value, "blocks of addresses such as 203.0.113.0/24 or 2001:db8::/32") from None

    def holds(request: Request) -> bool:
        try:
            address = ip_address(request.source_ip)
        except ValueError:
            return False
        return any(address in network for network in networks)

    return Condition(len(blocks), 0, holds)


def host_of(request: Request) -> str:
    """Whom the request asked, without a port; empty if it does not say."""
    host = request.header("host")
    return host if host.endswith("]") else re.sub(r":\d*\Z", "", host)


def _glob(pattern: str, flags: int = 0, *, escapes: bool = False) -> "re.Pattern[str]":
    r"""As of a shell, but without sets; with `escapes` `\*` and `\?` stand for themselves."""
    literal = r"\\[*?]|\[" if escapes else r"\["
    return re.compile(translate(re.sub(literal, lambda found: f"[{found[0][-1]}]", pattern)), flags)


def _fits(globs: "Iterable[re.Pattern[str]]", text: str) -> bool:
    return any(glob.match(text) is not None for glob in globs)


def _wildcards(patterns: Iterable[str], *, escapes: bool = False) -> int:
    found = [mark for pattern in patterns for mark in _WILDCARD.findall(pattern)]
    return sum(1 for mark in found if len(mark) == 1 or not escapes)
