"""Expressions of IoT Events [iote:iotevents-expressions].

Offered are integers, decimals, texts, booleans; ! - * / + < <= == != >= > && || and parentheses; `$input.name.path`,
`$variable.name`; `${...}` in texts between single quotes; `timeout("timer")`, `currentInput("input")`,
`triggerType("Message")` and `isUndefined(...)`. Operators of bits, places in lists and other functions are refused.
Operands have one type, two numbers or two texts; where that, or a value, is missing, there is no value, which `||`
takes for false. Choices: integers have 34 digits, texts 65,536 characters at most; a text is never a number.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from attrs import define, field, frozen

from sources._tokens import END, Tokens, Unreadable

EXPRESSION_LIMIT: Final = 512
"""Characters [iote:API Event]."""
LARGEST: Final = 10**34
TEXT_LIMIT: Final = 65_536
FUNCTIONS: Final = ("timeout", "currentInput", "triggerType", "isUndefined")
TRIGGERS: Final = ("Message", "Timer")

_GRAMMAR: Final = re.compile(
    r"""(?P<text>'[^']*'|"[^"]*")|(?P<number>\d{1,30}(?:\.\d{1,30})?)|(?P<reference>\$(?:input|variable)(?:\.[A-Za-z_]\w*)+)"""
    r"""|(?P<name>[A-Za-z_]\w*)|(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/<>!(),])""",
    re.ASCII,
)
_TEMPLATE: Final = re.compile(r"\$\{([^}]*)\}")

Value = int | float | str | bool


class NoValue(Exception):
    """An expression has none: why."""


@define(eq=False)
class View:
    """What an expression looks at: the last message of each input, and what is being looked at it for."""

    inputs: Mapping[str, Any]
    variables: Mapping[str, Value]
    trigger: str
    input_name: str | None
    timer_name: str | None


class Node(Protocol):
    def of(self, view: View) -> Value: ...


@frozen(eq=False)
class Literal:
    value: Value

    def of(self, view: View) -> Value:
        return self.value


@frozen(eq=False)
class Template:
    """Texts, and what stands between them."""

    parts: Sequence[Node]

    def of(self, view: View) -> Value:
        return _bounded("".join(shown(part.of(view)) for part in self.parts))


@frozen(eq=False)
class InputValue:
    name: str
    path: Sequence[str]

    def of(self, view: View) -> Value:
        found = view.inputs.get(self.name)
        for name in self.path:
            found = found.get(name) if isinstance(found, dict) else None
        if not isinstance(found, Value):
            raise NoValue(f"$input.{self.name}.{'.'.join(self.path)} has no value")
        return found


@frozen(eq=False)
class Variable:
    name: str

    def of(self, view: View) -> Value:
        if self.name not in view.variables:
            raise NoValue(f"$variable.{self.name} has no value")
        return view.variables[self.name]


@frozen(eq=False)
class Fact:
    """A function of what is being looked at."""

    function: str
    argument: str

    def of(self, view: View) -> Value:
        facts = {"timeout": view.timer_name, "currentInput": view.input_name, "triggerType": view.trigger}
        return facts[self.function] == self.argument


@frozen(eq=False)
class IsUndefined:
    node: Node

    def of(self, view: View) -> Value:
        try:
            self.node.of(view)
        except NoValue:
            return True
        return False


@frozen(eq=False)
class Negative:
    """`!` of a boolean, `-` of a number."""

    sign: str
    node: Node

    def of(self, view: View) -> Value:
        value = self.node.of(view)
        if self.sign == "!":
            return not _boolean(value)
        if not _is_number(value):
            raise NoValue(f"-{value!r} has no value")
        return -value  # type: ignore[operator]  # a number


@frozen(eq=False)
class Chain:
    """Operators of one rank, from left to right."""

    first: Node
    rest: Sequence[tuple[str, Node]]

    def of(self, view: View) -> Value:
        found = self.first.of(view)
        for sign, node in self.rest:
            found = _operated(sign, found, node.of(view))
        return found


@frozen(eq=False)
class All:
    nodes: Sequence[Node]

    def of(self, view: View) -> Value:
        return all(_boolean(node.of(view)) for node in self.nodes)


@frozen(eq=False)
class Some:
    """What has no value counts as false."""

    nodes: Sequence[Node]

    def of(self, view: View) -> Value:
        return any(_holds(node, view) for node in self.nodes)


@define(eq=False)
class Expression:
    """Parsed, with the names that it uses."""

    text: str
    node: Node = field(init=False)
    inputs: list[tuple[str, Sequence[str]]] = field(factory=list, init=False)  # with paths; none of `currentInput`
    variables: list[str] = field(factory=list, init=False)
    timers: list[str] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        self.node = _Reader(Tokens(self.text, _GRAMMAR), self).whole()

    def value(self, view: View) -> Value:
        """Raises `NoValue`."""
        return self.node.of(view)

    def holds(self, view: View) -> bool:
        """Whether it is true; what is no boolean, or has no value, is not [iote:restrictions-detector-model]."""
        return _holds(self.node, view)


def _holds(node: Node, view: View) -> bool:
    try:
        return node.of(view) is True
    except NoValue:
        return False


def _boolean(value: Value) -> bool:
    if not isinstance(value, bool):
        raise NoValue(f"{value!r} is no boolean")
    return value


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def shown(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def _bounded(value: Any) -> Value:
    too_long = isinstance(value, str) and len(value) > TEXT_LIMIT
    too_large = _is_number(value) and not abs(value) < LARGEST  # nor is what is no number
    if too_long or too_large:
        raise NoValue("a value beyond its bounds")
    found: Value = value
    return found


def _divided(one: Any, other: Any) -> Value:
    """Of two integers an integer, rounded; half away from zero (choice)."""
    if isinstance(one, int) and isinstance(other, int):
        found = (2 * abs(one) + abs(other)) // (2 * abs(other))
        return found if (one < 0) == (other < 0) else -found
    return float(one / other)


_OF_NUMBERS: Final[Mapping[str, Callable[[Any, Any], Value]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_OF_OTHERS: Final = {"==": operator.eq, "!=": operator.ne}
_OF_TEXTS: Final = {"+": operator.add, **_OF_OTHERS}


def _operated(sign: str, one: Value, other: Value) -> Value:
    operators: Mapping[str, Callable[[Any, Any], Value]] = {}
    if _is_number(one) and _is_number(other):
        operators = _OF_NUMBERS
    elif isinstance(one, str) and isinstance(other, str):
        operators = _OF_TEXTS
    elif isinstance(one, bool) and isinstance(other, bool):
        operators = _OF_OTHERS
    if sign not in operators:
        raise NoValue(f"{one!r} {sign} {other!r} has no value")
    try:
        return _bounded(operators[sign](one, other))
    except ArithmeticError:
        raise NoValue(f"{one!r} {sign} {other!r} has no value") from None


@frozen(eq=False)
class _Reader:
    tokens: Tokens
    found: Expression

    def whole(self) -> Node:
        node = self._any()
        self.tokens.expect(END)
        return node

    def _expression(self) -> Node:
        return self.tokens.nested(self._any)

    def _any(self) -> Node:
        nodes = [self._all()]
        while self.tokens.accept("sign", "||"):
            nodes.append(self._all())
        return Some(nodes) if len(nodes) > 1 else nodes[0]

    def _all(self) -> Node:
        nodes = [self._equality()]
        while self.tokens.accept("sign", "&&"):
            nodes.append(self._equality())
        return All(nodes) if len(nodes) > 1 else nodes[0]

    def _equality(self) -> Node:
        return self._chain(("==", "!="), self._comparison)

    def _comparison(self) -> Node:
        return self._chain(("<", "<=", ">", ">="), self._sum)

    def _sum(self) -> Node:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._chain(("*", "/"), self._operand)

    def _chain(self, signs: Sequence[str], read: Callable[[], Node]) -> Node:
        first, rest = read(), []
        while sign := self.tokens.accept("sign", *signs):
            rest.append((sign.text, read()))
        return Chain(first, rest) if rest else first

    def _operand(self) -> Node:
        tokens = self.tokens
        if sign := tokens.accept("sign", "!", "-"):
            return Negative(sign.text, tokens.nested(self._operand))
        if tokens.accept("sign", "("):
            node = self._expression()
            tokens.expect("sign", ")")
            return node
        if token := tokens.accept("number"):
            return Literal(float(token.text) if "." in token.text else int(token.text))
        if token := tokens.accept("text"):
            inner = token.text[1:-1]
            return self._template(inner) if token.text[0] == "'" and "${" in inner else Literal(inner)
        if token := tokens.accept("reference"):
            return self._reference(token.text)
        if token := tokens.accept("name", "TRUE", "FALSE"):
            return Literal(token.text.upper() == "TRUE")
        return self._call()

    def _template(self, text: str) -> Node:
        parts: list[Node] = []
        end = 0
        for place in _TEMPLATE.finditer(text):
            inner = _Reader(Tokens(place[1], _GRAMMAR), self.found)
            parts += [Literal(text[end : place.start()]), inner.whole()]
            end = place.end()
        if "${" in text[end:]:
            raise Unreadable("} expected behind ${")
        return Template([*parts, Literal(text[end:])])

    def _reference(self, text: str) -> Node:
        kind, *names = text[1:].split(".")
        if kind == "variable":
            if len(names) > 1:
                raise Unreadable(f"{text}: a variable has one name")
            self.found.variables.append(names[0])
            return Variable(names[0])
        if len(names) < 2:
            raise Unreadable(f"{text}: the name of an input, and a path")
        self.found.inputs.append((names[0], names[1:]))
        return InputValue(names[0], names[1:])

    def _call(self) -> Node:
        tokens = self.tokens
        if not tokens.sees("name"):
            raise tokens.unexpected("an expression")
        function = tokens.take().text
        if function not in FUNCTIONS:
            raise Unreadable(f"{function} is not offered; offered functions: {', '.join(FUNCTIONS)}")
        tokens.expect("sign", "(")
        node = IsUndefined(self._expression()) if function == "isUndefined" else self._fact(function)
        tokens.expect("sign", ")")
        return node

    def _fact(self, function: str) -> Node:
        name = self.tokens.expect("text").text[1:-1]
        if function == "timeout":
            self.found.timers.append(name)
        elif function == "currentInput":
            self.found.inputs.append((name, ()))
        elif name not in TRIGGERS:
            raise Unreadable(f"triggerType({name!r}) is not offered; offered: {' and '.join(TRIGGERS)}")
        return Fact(function, name)
