"""The SQL of a rule: SELECT what FROM 'topic filter' WHERE condition [iot:iot-sql-reference], version 2016-03-23.

There is no well-kept library for it, so it is read here. Offered are `*`, VALUE, expressions and their aliases; paths,
literals of every JSON type, the operators, CASE, cast, and the functions of `functions`. All else is refused: SET,
nested SELECT, quoted names, comments, functions that ask other services or draw lots. Choices: an expression that is no
path needs an alias; `*` beside others adds nothing if the message is no object.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from eventbus.errors import InvalidSetting, suggest
from sources._tokens import END, Token, Tokens, Unreadable

from . import topics
from .expressions import Call, Case, Chain, Items, Literal, Members, Node, Not, Path, Payload
from .functions import CASTS, FUNCTIONS
from .message import Message
from .operators import COMPARISONS, PRODUCTS, SUMS, Operator, both, either
from .values import RAW, UNDEFINED, Value, number

SQL_LIMIT: Final = 65_536
"""Characters; arbitrary."""
NO_JSON: Final = "the message is no JSON"
NOT_TRUE: Final = "WHERE is not true"
NOTHING: Final = "nothing is selected"

_GRAMMAR: Final = re.compile(
    r"""(?P<text>'[^']*'|"[^"]*")|(?P<number>\d{1,300}(?:\.\d{1,300})?(?:[eE][+-]?\d{1,3})?)|(?P<name>[^\W\d]\w*)"""
    r"""|(?P<sign><>|<=|>=|-(?!-)|[+*/%=<>().,:\[\]{}])"""
)
_CONSTANTS: Final = {"TRUE": True, "FALSE": False, "NULL": None}
_WORDS: Final = frozenset(
    ("SELECT", "FROM", "WHERE", "AS", "AND", "OR", "NOT", "CASE", "WHEN", "THEN", "ELSE", "END", *_CONSTANTS)
)


class InvalidSql(InvalidSetting):
    """No SQL, or none that is offered."""


@frozen(eq=False)
class Item:
    """What is selected under a name of one or more levels; `node` is None for `*`."""

    names: Sequence[str]
    node: Node | None


@frozen(eq=False)
class Statement:
    topic_filter: topics.Filter
    items: Sequence[Item]
    value: Node | None  # of SELECT VALUE, which selects nothing else
    condition: Node | None
    reads_members: bool

    def passed_by(self, message: Message) -> str | None:
        """Why a message on its topic is not selected."""
        everything = self.value is None and [item.node for item in self.items] == [None]
        if message.content is RAW and (self.reads_members or (not everything and self._selects_all)):
            return NO_JSON
        if self.condition is not None and self.condition.of(message) is not True:
            return NOT_TRUE
        return NOTHING if self.value is not None and self.value.of(message) is UNDEFINED else None

    def result(self, message: Message) -> Value:
        """What is selected; `RAW`: the bytes of the message as they are."""
        if self.value is not None:
            return self.value.of(message)
        if len(self.items) == 1 and self.items[0].node is None:
            return message.content
        found: dict[str, Any] = {}
        for item in self.items:
            if item.node is None:
                found.update(message.content if isinstance(message.content, dict) else {})
            else:
                _put(found, item.names, item.node.of(message))
        return found

    @property
    def _selects_all(self) -> bool:
        return any(item.node is None for item in self.items)


def parsed(text: object) -> Statement:
    """Raises `InvalidSql`."""
    if not isinstance(text, str) or len(text) > SQL_LIMIT:
        raise InvalidSql(f"sql={text if not isinstance(text, str) else text[:20]!r}: a text of up to {SQL_LIMIT:,}")
    try:
        return _Reader(Tokens(text, _GRAMMAR)).statement()
    except Unreadable as reason:
        raise InvalidSql(f"sql={text!r} is refused: {reason}") from None


def _put(found: dict[str, Any], names: Sequence[str], value: Value) -> None:
    if value is UNDEFINED:
        return
    for name in names[:-1]:
        inner = found.get(name)
        inner = dict(inner) if isinstance(inner, dict) else {}  # the message's own stay as they are
        found[name], found = inner, inner
    found[names[-1]] = value


@frozen(eq=False)
class _Reader:
    tokens: Tokens
    paths: list[Path] = field(factory=list, init=False)

    def statement(self) -> Statement:
        tokens = self.tokens
        tokens.expect("name", "SELECT")
        value, items = None, []
        if self._value_follows():
            tokens.take()
            value = self.expression()
        else:
            items = self._items()
        tokens.expect("name", "FROM")
        topic = tokens.expect("text").text[1:-1]
        why = topics.why_no_filter(topic)
        if why is not None:
            raise Unreadable(f"FROM {topic!r}: {why}")
        condition = self.expression() if tokens.accept("name", "WHERE") else None
        tokens.expect(END)
        return Statement(topics.parsed(topic), items, value, condition, bool(self.paths))

    def _value_follows(self) -> bool:
        """VALUE and an expression, rather than a member of that name."""
        if not self.tokens.sees("name", "VALUE"):
            return False
        behind = self.tokens.behind
        if behind.kind == "name":
            return behind.text.upper() not in ("FROM", "WHERE", "AS", "AND", "OR")
        return behind.kind in ("text", "number") or behind.text in ("[", "{", "(")

    def _items(self) -> list[Item]:
        found = [self._item()]
        while self.tokens.accept("sign", ","):
            found.append(self._item())
        return found

    def _item(self) -> Item:
        if self.tokens.accept("sign", "*"):
            return Item((), None)
        start = self.tokens.here
        node = self.expression()
        if self.tokens.accept("name", "AS"):
            return Item(self._names(), node)
        if isinstance(node, Path) and node.inside is None:
            return Item(node.names[-1:], node)
        raise Unreadable(f"what begins at character {start.at} needs a name: AS name")

    def _names(self) -> list[str]:
        """With dots between them."""
        found = [self._name()]
        while self.tokens.accept("sign", "."):
            found.append(self._name())
        return found

    def _name(self) -> str:
        if self.tokens.here.text.upper() in _WORDS:
            raise self.tokens.unexpected("a name")
        return self.tokens.expect("name").text

    def expression(self) -> Node:
        return self.tokens.nested(self._any_of)

    def _any_of(self) -> Node:
        return self._chain("name", {"OR": either}, self._all_of)

    def _all_of(self) -> Node:
        return self._chain("name", {"AND": both}, self._negation)

    def _negation(self) -> Node:
        if self.tokens.accept("name", "NOT"):
            return Not(self.tokens.nested(self._negation))
        return self._chain("sign", COMPARISONS, self._sum)

    def _sum(self) -> Node:
        return self._chain("sign", SUMS, self._product)

    def _product(self) -> Node:
        return self._chain("sign", PRODUCTS, self._operand)

    def _chain(self, kind: str, operators: Mapping[str, Operator], read: Callable[[], Node]) -> Node:
        first, rest = read(), []
        while found := self.tokens.accept(kind, *operators):
            rest.append((operators[found.text.upper()], read()))
        return Chain(first, rest) if rest else first

    def _operand(self) -> Node:
        tokens = self.tokens
        if token := tokens.accept("text"):
            return Literal(token.text[1:-1])
        if token := tokens.accept("number"):
            return Literal(_number(token, 1))
        if tokens.accept("sign", "-"):  # of a literal
            return Literal(_number(tokens.expect("number"), -1))
        if tokens.accept("sign", "("):
            node = self.expression()
            tokens.expect("sign", ")")
            return node
        if tokens.accept("sign", "["):
            return Items(self._listed("]", self.expression))
        if tokens.accept("sign", "{"):
            return Members(self._listed("}", self._member))
        if tokens.accept("name", "CASE"):
            return self._case()
        if token := tokens.accept("name", *_CONSTANTS):
            return Literal(_CONSTANTS[token.text.upper()])
        if tokens.here.kind == "name" and tokens.behind.text == "(":
            return self._call()
        if not tokens.sees("name"):
            raise tokens.unexpected("an expression")
        path = Path(self._names())
        self.paths.append(path)
        return path

    def _listed(self, closing: str, read: Callable[[], Any]) -> list[Any]:
        found: list[Any] = []
        while not self.tokens.accept("sign", closing):
            if found:
                self.tokens.expect("sign", ",")
            found.append(read())
        return found

    def _member(self) -> tuple[str, Node]:
        name = self.tokens.expect("text").text[1:-1]
        self.tokens.expect("sign", ":")
        return name, self.expression()

    def _case(self) -> Node:
        tokens, otherwise = self.tokens, None
        branches: list[tuple[Node, Node]] = []
        subject = self.expression()
        while not branches or tokens.sees("name", "WHEN"):
            tokens.expect("name", "WHEN")
            wanted = self.expression()
            tokens.expect("name", "THEN")
            branches.append((wanted, self.expression()))
        if tokens.accept("name", "ELSE"):
            otherwise = self.expression()
        tokens.expect("name", "END")
        return Case(subject, branches, otherwise)

    def _call(self) -> Node:
        tokens = self.tokens
        name = self._name()
        tokens.take()
        function, arguments = FUNCTIONS.get(name.lower()), []
        if name.lower() == "cast":
            arguments = [self.expression()]
            tokens.expect("name", "AS")
            function = CASTS[tokens.expect("name", *CASTS).text.upper()]
            tokens.expect("sign", ")")
        elif function is None:
            raise Unreadable(f"{name}() is not offered; {suggest(name.lower(), FUNCTIONS)}")
        else:
            if name.lower() == "encode" and tokens.accept("sign", "*"):
                arguments.append(Payload())
                tokens.expect("sign", ",")
            arguments += self._listed(")", self.expression)
        call = Call(function, arguments)
        return Path(self._names(), call) if tokens.accept("sign", ".") else call


def _number(token: Token, sign: int) -> Value:
    text = token.text
    found = number(sign * (int(text) if text.isdigit() else float(text)))
    if found is UNDEFINED:
        raise Unreadable(f"the number at character {token.at} has too many digits")
    return found
