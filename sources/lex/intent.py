"""Intents, their slots, and how what is typed is understood: by exact comparison, nothing is guessed."""

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, between, encodable, one_of, refuse
from eventbus.errors import InvalidSetting, suggest

from .session import Slots, Value

NAME: Final = re.compile(r"([0-9a-zA-Z][_-]?){1,100}")
FALLBACK_SIGNATURE: Final = "AMAZON.FallbackIntent"
MESSAGE_LIMIT: Final = 1_024
"""Characters [bc:lexv2-models PlainTextMessage, SampleUtterance is shorter]."""
UTTERANCE_LIMIT: Final = 500
"""[bc:lexv2-models Utterance, and the guide's quotas]"""
_HOLE: Final = re.compile(r"\{([^{}]*)\}")
_REFERENCE: Final = re.compile(r"\{([^{}]+)\}|\[([^\[\]]+)\]")

BUILT_IN: Final = {
    "AMAZON.AlphaNumeric": r"[0-9A-Za-z]+",
    "AMAZON.Date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "AMAZON.FreeFormInput": r".+",
    "AMAZON.Number": r"-?[0-9]+(?:\.[0-9]+)?",
    "AMAZON.Time": r"[0-9]{2}:[0-9]{2}",
}
"""Slot types of Lex that are offered, and what is taken as such a value."""
_READ: Final = {"AMAZON.Date": date.fromisoformat, "AMAZON.Time": time.fromisoformat}


def check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise refuse(attribute.name, value, "1 to 100 letters and digits, with single - and _ between them")


def check_message(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not is_message(value):
        raise refuse(attribute.name, value, f"a text of 1 to {MESSAGE_LIMIT:,} characters")


def is_message(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MESSAGE_LIMIT and encodable(value)


def said(text: str | None, slots: Slots, attributes: dict[str, str]) -> list[Any]:
    """A declared message with `{Slot}` and `[session attribute]` filled in, as far as they are known."""

    def known(found: re.Match[str]) -> str:
        slot, attribute = found[1], found[2]
        if slot is None:
            return attributes.get(attribute, found[0])
        value = slots.get(slot)
        return found[0] if value is None else value.interpreted

    if text is None:
        return []
    return [{"contentType": "PlainText", "content": _REFERENCE.sub(known, text)[:MESSAGE_LIMIT]}]


def _check_values(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or not value or not all(is_message(each) and each.strip() for each in value):
        raise refuse(attribute.name, value, "a list of texts, at least one")
    if len({each.strip().casefold() for each in value}) < len(value):
        raise refuse(attribute.name, value, "each value once, whatever its case")


@frozen(eq=False)
class SlotType:
    """A custom slot type: one of these values, in whatever case, is understood as it is written here."""

    name: str = field(validator=check_name)
    values: Sequence[str] = field(converter=as_tuple, validator=_check_values)


def _check_type(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, SlotType) and (not isinstance(value, str) or value not in BUILT_IN):
        hint = suggest(value, BUILT_IN) if isinstance(value, str) else ""
        raise refuse(attribute.name, value, f"a lex.SlotType, or one of {', '.join(BUILT_IN)}; {hint}".rstrip("; "))


def _check_flag(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, bool):
        raise refuse(attribute.name, value, "True or False")


@frozen(eq=False)
class Slot:
    """A value that an intent needs. A required one is asked for with `prompt`, and `max_retries` times again while the
    reply is not understood."""

    name: str = field(validator=check_name)
    slot_type: SlotType | str = field(default="AMAZON.FreeFormInput", validator=_check_type)
    required: bool = field(default=True, kw_only=True, validator=_check_flag)
    prompt: str | None = field(default=None, kw_only=True, validator=check_message)
    max_retries: int = field(default=4, kw_only=True, validator=between(0, 5, whole=True))

    def __attrs_post_init__(self) -> None:
        if self.required and self.prompt is None:
            raise InvalidSetting(f"slot {self.name}: a required slot needs a prompt")

    @property
    def pattern(self) -> str:
        """A regular expression of what may be a value."""
        if isinstance(self.slot_type, str):
            return BUILT_IN[self.slot_type]
        return "|".join(re.escape(each.strip()) for each in self.slot_type.values)

    def value(self, text: str) -> Value | None:
        """What was typed, understood; None if it is none."""
        text = text.strip()
        if not re.fullmatch(self.pattern, text, re.IGNORECASE | re.DOTALL):
            return None
        if isinstance(self.slot_type, SlotType):
            known = next(each for each in self.slot_type.values if _same(each.strip(), text))
            return Value(text, known, (known,))
        try:
            _READ.get(self.slot_type, str)(text)
        except ValueError:
            return None
        return Value.of(text)


def _same(one: str, other: str) -> bool:
    return re.fullmatch(re.escape(one), other, re.IGNORECASE) is not None


def _check_slots(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or not all(isinstance(each, Slot) for each in value):
        raise refuse(attribute.name, value, "a list of lex.Slot")
    if len({each.name for each in value}) < len(value):
        raise refuse(attribute.name, [each.name for each in value], "each name once")


def _check_texts(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or not all(
        isinstance(each, str) and each.strip() and len(each) <= UTTERANCE_LIMIT and encodable(each) for each in value
    ):
        raise refuse(attribute.name, value, f"a list of texts of 1 to {UTTERANCE_LIMIT} characters")


@frozen(eq=False)
class Intent:
    """What users may want. `utterances` are compared as a whole, whatever their case; `{Slot}` in one stands for a
    value of that slot. With `input_contexts` it is understood only while all of them are active.

    With `dialog_code_hook` the bot's function sees every turn of it, with `fulfillment_code_hook` it fulfils it.
    `success_response`, `failure_response` and `timeout_response` are said after that where the function gave no
    message (V2: with the latter two its failure is no error of the call); `closing_response` after an intent that is
    fulfilled."""

    name: str = field(validator=check_name)
    slots: Sequence[Slot] = field(default=(), kw_only=True, converter=as_tuple, validator=_check_slots)
    utterances: Sequence[str] = field(default=(), kw_only=True, converter=as_tuple, validator=_check_texts)
    parent_intent_signature: str | None = field(
        default=None, kw_only=True, validator=one_of((None, FALLBACK_SIGNATURE))
    )
    input_contexts: Sequence[str] = field(default=(), kw_only=True, converter=as_tuple, validator=_check_texts)
    dialog_code_hook: bool = field(default=False, kw_only=True, validator=_check_flag)
    fulfillment_code_hook: bool = field(default=False, kw_only=True, validator=_check_flag)
    confirmation_prompt: str | None = field(default=None, kw_only=True, validator=check_message)
    declination_response: str | None = field(default=None, kw_only=True, validator=check_message)
    max_retries: int = field(default=4, kw_only=True, validator=between(0, 5, whole=True))
    success_response: str | None = field(default=None, kw_only=True, validator=check_message)
    failure_response: str | None = field(default=None, kw_only=True, validator=check_message)
    timeout_response: str | None = field(default=None, kw_only=True, validator=check_message)
    closing_response: str | None = field(default=None, kw_only=True, validator=check_message)
    _patterns: tuple[re.Pattern[str], ...] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.is_fallback and (self.utterances or self.slots or self.confirmation_prompt or self.input_contexts):
            raise InvalidSetting(f"intent {self.name}: a fallback has no utterances, slots, contexts or confirmation")
        if not self.fulfillment_code_hook:
            for name in ("success_response", "failure_response", "timeout_response"):
                if getattr(self, name) is not None:
                    raise InvalidSetting(f"intent {self.name}: {name} is said after a fulfillment_code_hook only")
        object.__setattr__(self, "_patterns", tuple(map(self._compiled, self.utterances)))

    @property
    def is_fallback(self) -> bool:
        return self.parent_intent_signature is not None

    def slot(self, name: str | None) -> Slot | None:
        return next((each for each in self.slots if each.name == name), None)

    def empty(self) -> Slots:
        return {each.name: None for each in self.slots}

    def understood(self, text: str) -> Slots | None:
        """The values in it, if it is one of the utterances."""
        text = " ".join(text.split())
        for pattern in self._patterns:
            found = pattern.fullmatch(text)
            if found is not None:
                values = {self.slots[int(key[1:])]: value for key, value in found.groupdict().items()}
                slots = {slot.name: slot.value(value) for slot, value in values.items()}
                if None not in slots.values():
                    return slots
        return None

    def _compiled(self, utterance: str) -> re.Pattern[str]:
        """Each slot is a group, named by its place."""
        parts = _HOLE.split(" ".join(utterance.split()))
        names = parts[1::2]
        for name in names:
            if self.slot(name) is None:
                raise refuse("utterances", utterance, f"slots of {self.name} in braces: no slot is named {name!r}")
        if len(set(names)) < len(names) or any(brace in words for words in parts[::2] for brace in "{}"):
            raise refuse("utterances", utterance, "each slot once, in one pair of braces")
        places = {slot.name: f"(?P<s{index}>{slot.pattern})" for index, slot in enumerate(self.slots)}
        found = [places[each] if index % 2 else re.escape(each) for index, each in enumerate(parts)]
        return re.compile("".join(found), re.IGNORECASE | re.DOTALL)
