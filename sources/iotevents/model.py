"""What a detector model is made of: inputs, states, events, actions [iote:API CreateDetectorModel]."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, between, encodable, given, is_function, one_of, refuse
from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from sources._tokens import Unreadable

from .expressions import EXPRESSION_LIMIT, Expression

SECONDS_LIMIT: Final = 31_622_400
CONTENT_LIMIT: Final = 4_096
"""Characters of a payload; arbitrary."""
PAYLOAD_TYPES: Final = ("JSON", "STRING")
NAME_LIMIT: Final = 128

_WORD: Final = re.compile(r"[a-zA-Z]\w{0,127}", re.ASCII)
_PATH: Final = re.compile(r"[a-zA-Z_]\w*(\.[a-zA-Z_]\w*)*", re.ASCII)


def check_word(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise refuse(attribute.name, value, "1 to 128 letters, digits and _, a letter first")


def check_path(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is None and attribute.name == "key":
        return
    if not isinstance(value, str) or len(value) > NAME_LIMIT or not _PATH.fullmatch(value):
        raise refuse(attribute.name, value, "1 to 128 characters: names with dots between them")


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not 0 < len(value) <= NAME_LIMIT or not encodable(value):
        raise refuse(attribute.name, value, "a text of 1 to 128 characters")


def list_of(*kinds: type, fewest: int = 0) -> Callable[[Any, "Attribute[Any]", Any], None]:
    names = " or ".join(f"iotevents.{kind.__name__}" for kind in kinds)

    def check(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
        right = isinstance(value, tuple) and all(isinstance(each, kinds) for each in value)
        if not right or len(value) < fewest:
            raise refuse(attribute.name, value, f"a list of {names}{', one at least' if fewest else ''}")

    return check


def expression(setting: str, text: object, limit: int = EXPRESSION_LIMIT) -> Expression:
    """Raises `InvalidSetting`."""
    if not isinstance(text, str) or not 0 < len(text) <= limit or not encodable(text):
        raise refuse(setting, text, f"an expression: a text of 1 to {limit:,} characters")
    try:
        return Expression(text)
    except Unreadable as reason:
        raise InvalidSetting(f"{setting}={text!r} is refused: {reason}") from None


# ---------------------------------------------------------------- actions


@frozen(eq=False)
class SetVariable:
    """`value` is an expression."""

    variable_name: str = field(validator=check_word)
    value: str
    parsed: Expression = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "parsed", expression("value", self.value))


@frozen(eq=False)
class SetTimer:
    """It runs from now on, for so many seconds, whether or not it ran before."""

    timer_name: str = field(validator=_check_name)
    seconds: int = field(validator=given(between(1, SECONDS_LIMIT, whole=True)))


@frozen(eq=False)
class ClearTimer:
    """It is gone, if it is there."""

    timer_name: str = field(validator=_check_name)


@frozen(eq=False)
class ResetTimer:
    """It runs from now on as long as it was set last."""

    timer_name: str = field(validator=_check_name)


def _function_arn(function: Any) -> Arn:
    if not is_function(function):
        raise refuse("function", getattr(function, "arn", function), "a declared function")
    arn: Arn = function.arn
    return arn


@frozen(eq=False)
class Lambda:
    """`function`, a declared one, is invoked asynchronously with the default payload, or with what
    `content_expression` says: JSON, or a text (`type="STRING"`), which is sent as a JSON text."""

    arn: Arn = field(alias="function", converter=_function_arn)
    content_expression: str | None = field(default=None, kw_only=True)
    type: Literal["JSON", "STRING"] = field(default="JSON", kw_only=True, validator=one_of(PAYLOAD_TYPES))
    content: Expression | None = field(init=False, repr=False, default=None)

    def __attrs_post_init__(self) -> None:
        if self.content_expression is not None:
            content = expression("content_expression", self.content_expression, CONTENT_LIMIT)
            object.__setattr__(self, "content", content)
        elif self.type != "JSON":
            raise refuse("type", self.type, "'STRING' with a content_expression")


Action = SetVariable | SetTimer | ClearTimer | ResetTimer | Lambda
_ACTIONS: Final = (SetVariable, SetTimer, ClearTimer, ResetTimer, Lambda)


# ---------------------------------------------------------------- events and states


@frozen(eq=False)
class Event:
    """Its actions are performed, in their order, if `condition` is true; without one always. Other actions than these
    are not offered."""

    event_name: str = field(validator=_check_name)
    actions: Sequence[Action] = field(default=(), converter=as_tuple, validator=list_of(*_ACTIONS))
    condition: str | None = field(default=None, kw_only=True)
    parsed: Expression | None = field(init=False, repr=False, default=None)

    def __attrs_post_init__(self) -> None:
        if self.condition is not None:
            object.__setattr__(self, "parsed", expression("condition", self.condition))


@frozen(eq=False)
class TransitionEvent(Event):
    """If its condition is true, its actions are performed, and `next_state` is entered."""

    next_state: str = field(kw_only=True, validator=_check_name)

    def __attrs_post_init__(self) -> None:
        if self.condition is None:
            raise refuse("condition", None, "an expression: a transition needs one")
        super().__attrs_post_init__()


@frozen(eq=False)
class State:
    """Events when it is entered, when a message or the end of a timer meets it, and when it is left; the first of its
    transitions whose condition is true leads on."""

    state_name: str = field(validator=_check_name)
    on_enter: Sequence[Event] = field(default=(), kw_only=True, converter=as_tuple, validator=list_of(Event))
    on_input: Sequence[Event] = field(default=(), kw_only=True, converter=as_tuple, validator=list_of(Event))
    on_exit: Sequence[Event] = field(default=(), kw_only=True, converter=as_tuple, validator=list_of(Event))
    transition_events: Sequence[TransitionEvent] = field(
        default=(), kw_only=True, converter=as_tuple, validator=list_of(TransitionEvent)
    )

    def __attrs_post_init__(self) -> None:
        for name in ("on_enter", "on_input", "on_exit"):
            if any(isinstance(event, TransitionEvent) for event in getattr(self, name)):
                raise refuse(name, "a TransitionEvent", "iotevents.Event; transitions belong to transition_events")

    @property
    def events(self) -> Sequence[Event]:
        return (*self.on_enter, *self.on_input, *self.on_exit, *self.transition_events)

    @property
    def actions(self) -> Iterator[Action]:
        return (action for event in self.events for action in event.actions)

    @property
    def expressions(self) -> Iterator[Expression]:
        for event in self.events:
            if event.parsed is not None:
                yield event.parsed
        for action in self.actions:
            if isinstance(action, SetVariable):
                yield action.parsed
            elif isinstance(action, Lambda) and action.content is not None:
                yield action.content


@frozen(eq=False)
class Input:
    """What messages of that name hold, as far as expressions may look: `attributes` are paths, names with dots between
    them."""

    input_name: str = field(validator=check_word)
    attributes: Sequence[str] = field(converter=as_tuple)

    @attributes.validator
    def _check_attributes(self, attribute: "Attribute[Any]", value: Any) -> None:
        if not isinstance(value, tuple) or not value:
            raise refuse("attributes", value, "a list of one or more paths")
        for each in value:
            check_path(self, attribute, each)

    def offers(self, path: Sequence[str]) -> bool:
        """Whether this is one of its attributes, or stands in one."""
        text = ".".join(path)
        return any(text == each or text.startswith(f"{each}.") for each in self.attributes)
