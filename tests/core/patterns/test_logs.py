"""Filter patterns of CloudWatch Logs. Source: cwl:FilterAndPatternSyntax; nothing of it is recorded."""

import json

import pytest

from eventbus.core.patterns.logs import LogsPattern
from eventbus.errors import InvalidParameterException

FAILED = "[ERROR 401] request failed: user unknown"


@pytest.mark.parametrize("pattern", ["", " "], ids=["empty", "blank"])
@pytest.mark.parametrize("message", ["", "a", FAILED, '{"a": 1}'])
def test_empty_patterns(pattern: str, message: str) -> None:
    """Match everything."""
    assert LogsPattern(pattern).matches(message)


@pytest.mark.parametrize(
    ("pattern", "message", "verdict"),
    [
        pytest.param("ERROR", "ERROR here", True, id="term"),
        pytest.param("ERROR", "WARN here", False, id="not there"),
        pytest.param("ERROR", "error here", False, id="case counts"),
        pytest.param("ERROR request", "request ERROR", True, id="all terms, in any order"),
        pytest.param("ERROR request", "ERROR here", False, id="one of two"),
        pytest.param("?ERROR ?WARN", "WARN here", True, id="any term"),
        pytest.param("?ERROR ?WARN", "ERROR here", True, id="any term, the first"),
        pytest.param("?ERROR ?WARN", "INFO here", False, id="no term"),
        pytest.param("ERROR -request", "ERROR here", True, id="excluded, not there"),
        pytest.param("ERROR -request", "ERROR request", False, id="excluded"),
        pytest.param("ERROR -request", "nothing", False, id="excluded, and the other missing"),
        pytest.param('"request failed"', FAILED, True, id="phrase"),
        pytest.param('"request failed"', "failed request", False, id="phrase in another order"),
        pytest.param('"request  failed"', FAILED, False, id="phrase with two blanks"),
        pytest.param('"request failed" "user unknown"', FAILED, True, id="two phrases"),
        pytest.param('ERROR "user unknown"', "ERROR user known", False, id="term and phrase"),
        pytest.param('-"user unknown" ERROR', FAILED, False, id="excluded phrase"),
        pytest.param('?"user unknown" ?WARN', FAILED, True, id="any, a phrase"),
        pytest.param('"[ERROR 401]"', FAILED, True, id="brackets in a phrase"),
    ],
)
def test_terms(pattern: str, message: str, verdict: bool) -> None:
    """All plain ones, any with a question mark, none with a minus."""
    assert LogsPattern(pattern).matches(message) is verdict


@pytest.mark.parametrize(
    ("pattern", "message", "verdict"),
    [
        pytest.param("%4[0-9][0-9]%", FAILED, True, id="set"),
        pytest.param("%5[0-9]+%", FAILED, False, id="no match"),
        pytest.param("%^.ERROR%", FAILED, True, id="beginning"),
        pytest.param("%unknown$%", FAILED, True, id="end"),
        pytest.param("%known$% %^request%", FAILED, False, id="two, one matches"),
        pytest.param("%known$% %ERROR%", FAILED, True, id="two"),
        pytest.param("%error%", FAILED, False, id="case counts"),
        pytest.param(r"%request\s+failed%", FAILED, True, id="blanks"),
    ],
)
def test_expressions(pattern: str, message: str, verdict: bool) -> None:
    """Between per cent signs, found anywhere."""
    assert LogsPattern(pattern).matches(message) is verdict


WEB = "127.0.0.1 - frank GET 404 1534"
APACHE = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'


@pytest.mark.parametrize(
    ("pattern", "message", "verdict"),
    [
        pytest.param("[ip, id, user, verb, status, size]", WEB, True, id="names alone"),
        pytest.param("[ip, id, user, verb, status = 404, size]", WEB, True, id="equal"),
        pytest.param("[ip, id, user, verb, status=404, size]", WEB, True, id="without blanks"),
        pytest.param("[ip, id, user, verb, status = 200, size]", WEB, False, id="not equal"),
        pytest.param("[ip, id, user, verb, status != 200, size]", WEB, True, id="unequal"),
        pytest.param("[ip, id, user, verb, status != 404, size]", WEB, False, id="not unequal"),
        pytest.param("[ip, id, user, verb, status = 4*, size]", WEB, True, id="wildcard in a number"),
        pytest.param("[ip, id, user, verb, status = 5*, size]", WEB, False, id="another wildcard in a number"),
        pytest.param("[ip, id, user = fr*, verb, status, size]", WEB, True, id="wildcard in a string"),
        pytest.param("[ip, id, user, verb, status, size > 1000]", WEB, True, id="greater"),
        pytest.param("[ip, id, user, verb, status, size > 1534]", WEB, False, id="not greater"),
        pytest.param("[ip, id, user, verb, status, size < 1535]", WEB, True, id="less"),
        pytest.param("[ip, id, user, verb, status, size < 200]", WEB, False, id="less is no order of texts"),
        pytest.param("[..., size > 1000]", WEB, True, id="dots at the beginning"),
        pytest.param("[ip, ...]", WEB, True, id="dots at the end"),
        pytest.param("[ip = 127.*, ..., size]", WEB, True, id="dots between"),
        pytest.param("[..., status = 404, size]", WEB, True, id="counted from the end"),
        pytest.param("[..., status = 404]", WEB, False, id="counted from the end, another"),
        pytest.param("[ip, id, rest]", WEB, True, id="the last name takes the rest"),
        pytest.param("[w1=ERROR, w2]", "ERROR 09/25/2014 12:00:02 Failed to process request", True, id="a sentence"),
        pytest.param("[ip, user, name, time, request, status = 404, bytes]", APACHE, True, id="quotes and brackets"),
        pytest.param("[..., request = *.html*, status = 4*, bytes > 1000]", APACHE, True, id="within quotes"),
        pytest.param("[ip, id, user, verb, status, size, more]", WEB, False, id="too many names"),
        pytest.param("[w1=ERROR, w2]", "ERROR here", True, id="first word"),
        pytest.param("[w1=ERROR, w2]", "here ERROR", False, id="another word"),
        pytest.param("[w1=ERROR || w1=WARN, w2]", "WARN here", True, id="either"),
        pytest.param("[w1=ERROR || w1=WARN, w2]", "INFO here", False, id="neither"),
        pytest.param("[w1!=ERROR && w1!=WARN, w2]", "INFO here", True, id="both"),
        pytest.param("[w1!=ERROR && w1!=WARN, w2]", "WARN here", False, id="one of both"),
        pytest.param("[..., n > 1 && n < 5]", "a 3", True, id="range"),
        pytest.param("[..., n > 1 && n < 5]", "a 5", False, id="out of range"),
        pytest.param("[w1, n > 1]", "a b", False, id="no number"),
    ],
)
def test_words(pattern: str, message: str, verdict: bool) -> None:
    """Words divided by blanks, by their place."""
    assert LogsPattern(pattern).matches(message) is verdict


EVENT = {
    "kind": "order",
    "name": "web-1",
    "n": 5,
    "x": -0.5,
    "text": "5",
    "yes": True,
    "no": False,
    "nothing": None,
    "a": {"b": ["first", "second"], "c": {"d": 1}},
    "list": [{"id": 1}, {"id": 2}],
}


@pytest.mark.parametrize(
    ("pattern", "verdict"),
    [
        pytest.param('{ $.kind = "order" }', True, id="string"),
        pytest.param('{ $.kind = "orders" }', False, id="another string"),
        pytest.param('{ $.kind = "Order" }', False, id="case counts"),
        pytest.param('{$.kind="order"}', True, id="without blanks"),
        pytest.param("{ $.kind = order }", True, id="without quotes"),
        pytest.param('{ $.kind != "x" }', True, id="unequal"),
        pytest.param('{ $.kind != "order" }', False, id="not unequal"),
        pytest.param('{ $.name = "web-*" }', True, id="wildcard"),
        pytest.param('{ $.name = "*-1" }', True, id="wildcard at the beginning"),
        pytest.param('{ $.name = "app-*" }', False, id="another wildcard"),
        pytest.param('{ $.name != "web-*" }', False, id="unequal to a wildcard"),
        pytest.param("{ $.n = 5 }", True, id="number"),
        pytest.param("{ $.n = 5.0 }", True, id="number by value"),
        pytest.param("{ $.n = 6 }", False, id="another number"),
        pytest.param("{ $.n != 6 }", True, id="unequal number"),
        pytest.param("{ $.n != 5 }", False, id="not unequal number"),
        pytest.param("{ $.n > 4 }", True, id="greater"),
        pytest.param("{ $.n > 5 }", False, id="not greater"),
        pytest.param("{ $.n >= 5 }", True, id="at least"),
        pytest.param("{ $.n < 5 }", False, id="not less"),
        pytest.param("{ $.n < 10 }", True, id="less is no order of texts"),
        pytest.param("{ $.n <= 5 }", True, id="at most"),
        pytest.param("{ $.x = -0.5 }", True, id="negative"),
        pytest.param("{ $.x < 0 }", True, id="negative is less"),
        pytest.param("{ $.x > -1e0 }", True, id="exponent"),
        pytest.param("{ $.kind > 1 }", False, id="a string is no number"),
        pytest.param("{ $.yes IS TRUE }", True, id="is true"),
        pytest.param("{ $.no IS TRUE }", False, id="false is not true"),
        pytest.param("{ $.n IS TRUE }", False, id="a number is not true"),
        pytest.param("{ $.no IS FALSE }", True, id="is false"),
        pytest.param("{ $.nothing IS FALSE }", False, id="null is not false"),
        pytest.param("{ $.nothing IS NULL }", True, id="is null"),
        pytest.param("{ $.missing IS NULL }", False, id="missing is not null"),
        pytest.param("{ $.missing NOT EXISTS }", True, id="not exists"),
        pytest.param("{ $.nothing NOT EXISTS }", False, id="null exists"),
        pytest.param("{ $.a.c.e NOT EXISTS }", True, id="not exists below"),
        pytest.param("{ $.kind.e NOT EXISTS }", True, id="not exists below a string"),
        pytest.param("{ $.missing = 5 }", False, id="missing"),
        pytest.param("{ $.missing > 5 }", False, id="missing, greater"),
        pytest.param("{ $.a.c.d = 1 }", True, id="path"),
        pytest.param('{ $.a.b[0] = "first" }', True, id="element"),
        pytest.param('{ $.a.b[1] = "s*" }', True, id="second element"),
        pytest.param('{ $.a.b[0] = "second" }', False, id="another element"),
        pytest.param('{ $.a.b[2] = "*" }', False, id="no such element"),
        pytest.param("{ $.list[1].id = 2 }", True, id="below an element"),
        pytest.param("{ $.list[2].id NOT EXISTS }", True, id="not exists below an element"),
        pytest.param("{ ($.n = 5) && ($.kind = order) }", True, id="both"),
        pytest.param("{ ($.n = 5) && ($.kind = x) }", False, id="one of both"),
        pytest.param("{ ($.n = 6) || ($.kind = order) }", True, id="either"),
        pytest.param("{ ($.n = 6) || ($.kind = x) }", False, id="neither"),
        pytest.param("{ $.n > 1 && $.n < 9 }", True, id="range"),
        pytest.param('{ $.a.b[0] = "f*" && ($.n > 9 || $.nothing IS NULL) }', True, id="parentheses"),
        pytest.param('{ $.a.b[0] = "x*" && ($.n > 1 || $.nothing IS NULL) }', False, id="parentheses, and false"),
        pytest.param("{ ($.n = 6 && $.n = 5) || $.n = 5 }", True, id="parentheses first"),
        pytest.param("{ $.n = 6 && ($.n = 5 || $.n = 5) }", False, id="parentheses last"),
        pytest.param("{ (($.n = 5)) }", True, id="parentheses in parentheses"),
    ],
)
def test_fields(pattern: str, verdict: bool) -> None:
    """Of a message that is a JSON object."""
    assert LogsPattern(pattern).matches(json.dumps(EVENT)) is verdict


@pytest.mark.parametrize(
    "message", ["", "plain text", "kind = order", '{"kind": "order"', "[1]", '"order"', "5", "null"]
)
def test_fields_of_what_is_no_object(message: str) -> None:
    """No JSON object, no match."""
    assert not LogsPattern("{ $.kind = order }").matches(message)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param('"request', id="open phrase"),
        pytest.param("%ERROR", id="open expression"),
        pytest.param("%(ERROR)%", id="group"),
        pytest.param("%(?:ERROR)%", id="group that is not kept"),
        pytest.param("%[%", id="no expression"),
        pytest.param("%a% %b% %c%", id="three expressions"),
        pytest.param("[ip, user", id="open brackets"),
        pytest.param("[ip, user = ]", id="word without a value"),
        pytest.param("[..., a, ...]", id="dots twice"),
        pytest.param("{ $.a = 1", id="open braces"),
        pytest.param("{ }", id="no condition"),
        pytest.param("{ a = 1 }", id="no selector"),
        pytest.param("{ $.a }", id="no comparison"),
        pytest.param("{ $.a = }", id="no value"),
        pytest.param("{ $.a == 1 }", id="no operator"),
        pytest.param("{ $.a IS 1 }", id="is a number"),
        pytest.param("{ $.a NOT }", id="not what"),
        pytest.param("{ ($.a = 1 }", id="open parenthesis"),
        pytest.param("{ $.a = 1) }", id="closed parenthesis"),
        pytest.param("{ $.a = 1 && }", id="nothing behind and"),
        pytest.param("{ || $.a = 1 }", id="nothing before or"),
        pytest.param("{ $.a = 1 $.b = 2 }", id="nothing between"),
        pytest.param("{ $.a[x] = 1 }", id="no index"),
        pytest.param("{ $.a = 1 } x", id="more than the braces"),
    ],
)
def test_no_filter_pattern(pattern: str) -> None:
    """Refused, without a reason."""
    with pytest.raises(InvalidParameterException) as caught:
        LogsPattern(pattern)

    assert str(caught.value).startswith("Invalid filter pattern")


def test_two_expressions_are_allowed() -> None:
    """Not a third [bc:logs]."""
    assert LogsPattern("%a% %b%").matches("b a")
