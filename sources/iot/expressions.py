"""What stands in a rule's SQL: each node says its value for a message. Parsed once, never changed."""

from collections.abc import Sequence
from typing import Any, Protocol

from attrs import frozen

from .functions import Function
from .message import Message
from .operators import Operator, equal, negation
from .values import UNDEFINED, Value


class Node(Protocol):
    def of(self, message: Message) -> Value: ...


@frozen(eq=False)
class Literal:
    value: Any

    def of(self, message: Message) -> Value:
        return self.value


@frozen(eq=False)
class Payload:
    """The bytes that were sent: `*` in `encode(*, ...)`."""

    def of(self, message: Message) -> Value:
        return message.payload


@frozen(eq=False)
class Path:
    """A member of the message, or of what another node gives."""

    names: Sequence[str]
    inside: Node | None = None

    def of(self, message: Message) -> Value:
        found = message.content if self.inside is None else self.inside.of(message)
        for name in self.names:
            if not isinstance(found, dict):
                return UNDEFINED
            found = found.get(name, UNDEFINED)
        return found


@frozen(eq=False)
class Items:
    """A list; what is undefined is left out (choice)."""

    nodes: Sequence[Node]

    def of(self, message: Message) -> Value:
        found = [node.of(message) for node in self.nodes]
        return [value for value in found if value is not UNDEFINED]


@frozen(eq=False)
class Members:
    """An object; what is undefined is left out."""

    nodes: Sequence[tuple[str, Node]]

    def of(self, message: Message) -> Value:
        found = {name: node.of(message) for name, node in self.nodes}
        return {name: value for name, value in found.items() if value is not UNDEFINED}


@frozen(eq=False)
class Chain:
    """Operators of one rank, from left to right."""

    first: Node
    rest: Sequence[tuple[Operator, Node]]

    def of(self, message: Message) -> Value:
        found = self.first.of(message)
        for operator, node in self.rest:
            found = operator(found, node.of(message))
        return found


@frozen(eq=False)
class Not:
    node: Node

    def of(self, message: Message) -> Value:
        return negation(self.node.of(message))


@frozen(eq=False)
class Case:
    """The first that equals the subject; nothing for an undefined subject."""

    subject: Node
    branches: Sequence[tuple[Node, Node]]
    otherwise: Node | None

    def of(self, message: Message) -> Value:
        subject = self.subject.of(message)
        if subject is UNDEFINED:
            return UNDEFINED
        for wanted, result in self.branches:
            if equal(subject, wanted.of(message)) is True:
                return result.of(message)
        return UNDEFINED if self.otherwise is None else self.otherwise.of(message)


@frozen(eq=False)
class Call:
    """Invalid arguments, or a wrong number of them, make it undefined [iot:iot-sql-data-types]."""

    function: Function
    arguments: Sequence[Node]

    def of(self, message: Message) -> Value:
        function, values = self.function, [node.of(message) for node in self.arguments]
        if not function.fewest <= len(values) <= function.most:
            return UNDEFINED
        if not function.with_nothing and any(value is UNDEFINED or value is None for value in values):
            return UNDEFINED
        try:
            return function.apply(message, *values) if function.of_message else function.apply(*values)
        except (ArithmeticError, ValueError):
            return UNDEFINED
