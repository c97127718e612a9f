"""The declarations of bots."""

from collections.abc import Sequence
from hashlib import md5
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, between, given, is_function, one_of, refuse
from eventbus.errors import InvalidSetting
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .client import BotClient, BotV1Client
from .intent import FALLBACK_SIGNATURE, Intent, check_message, check_name
from .machine_v1 import BotV1Machine
from .machine_v2 import BotV2Machine
from .model import Model

LOCALES: Final = ("en_US", "en_AU", "en_GB", "en_IN", "en_ZA")
"""Yes and no are understood in English alone."""
FALLBACK: Final = Intent("FallbackIntent", parent_intent_signature=FALLBACK_SIGNATURE)
"""That every bot of V2 has [lex '25, AMAZON.FallbackIntent]."""
_idle_seconds: Final = given(between(60, 86_400, whole=True))


def _check_function(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not is_function(value):
        raise refuse(attribute.name, value, "a function of the app: what app.function() gave")


def _check_intents(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or not value or not all(isinstance(each, Intent) for each in value):
        raise refuse(attribute.name, value, "a list of lex.Intent, at least one")
    if len({each.name for each in value}) < len(value):
        raise refuse(attribute.name, [each.name for each in value], "each name once")


def _check_hooks(bot: "Bot | BotV1") -> None:
    for intent in bot.intents:
        if bot.function is None and (intent.dialog_code_hook or intent.fulfillment_code_hook):
            raise InvalidSetting(f"bot {bot.name}: intent {intent.name} has a code hook, and the bot no function")


@frozen(eq=False)
class Bot:
    """A bot of Lex V2: its alias `bot_alias_name` in one locale, with version 1 behind it. `function` is what the
    alias calls for the code hooks of all intents; `app.grant(bot, "lambda:InvokeFunction", function)` allows it."""

    name: str = field(validator=check_name)
    intents: Sequence[Intent] = field(converter=as_tuple, validator=_check_intents)
    function: Any = field(default=None, kw_only=True, validator=_check_function)
    bot_alias_name: str = field(default="live", kw_only=True, validator=check_name)
    locale_id: str = field(default="en_US", kw_only=True, validator=one_of(LOCALES))
    idle_session_ttl_in_seconds: int = field(default=300, kw_only=True, validator=_idle_seconds)

    def __attrs_post_init__(self) -> None:
        _check_hooks(self)
        fallbacks = [each.name for each in self.intents if each.is_fallback]
        if len(fallbacks) > 1:
            raise refuse("intents", fallbacks, "one fallback")
        if not fallbacks and any(each.name == FALLBACK.name for each in self.intents):
            raise refuse("intents", FALLBACK.name, f"another name, or the signature {FALLBACK_SIGNATURE}")

    @property
    def bot_id(self) -> str:
        """Ten letters and digits, made of its name."""
        return _id(self.name)

    @property
    def bot_alias_id(self) -> str:
        return _id(f"{self.name}/{self.bot_alias_name}")

    @property
    def arn(self) -> Arn:
        return arn_of("lex", f"bot-alias/{self.bot_id}/{self.bot_alias_id}")

    @property
    def targets(self) -> Sequence[Arn]:
        return () if self.function is None else (self.function.arn,)

    def machine(self, birth: Birth) -> BotV2Machine:
        fallback = next((each for each in self.intents if each.is_fallback), FALLBACK)
        model = Model(
            name=self.name,
            id=self.bot_id,
            alias=self.bot_alias_name,
            alias_id=self.bot_alias_id,
            locale=self.locale_id,
            intents={each.name: each for each in (*self.intents, fallback)},
            fallback=fallback,
            function=None if self.function is None else self.function.arn,
            idle_seconds=self.idle_session_ttl_in_seconds,
        )
        return BotV2Machine(self.arn, birth, model)

    def client(self, machine: Any, feed: Feed) -> BotClient:
        return BotClient(machine, feed)


V2_ONLY: Final = ("parent_intent_signature", "success_response", "failure_response", "timeout_response")


@frozen(eq=False)
class BotV1:
    """A bot of Lex V1, its alias `bot_alias`. Intents are declared in the words of V2: `declination_response` is V1's
    rejection statement, `closing_response` its conclusion statement. What is not understood is asked again with
    `clarification_prompt`, `max_attempts` times; then `abort_statement` ends the conversation."""

    name: str = field(validator=check_name)
    intents: Sequence[Intent] = field(converter=as_tuple, validator=_check_intents)
    function: Any = field(default=None, kw_only=True, validator=_check_function)
    bot_alias: str = field(default="live", kw_only=True, validator=check_name)
    clarification_prompt: str | None = field(default=None, kw_only=True, validator=check_message)
    max_attempts: int = field(default=5, kw_only=True, validator=given(between(1, 5, whole=True)))
    abort_statement: str | None = field(default=None, kw_only=True, validator=check_message)
    idle_session_ttl_in_seconds: int = field(default=300, kw_only=True, validator=_idle_seconds)

    def __attrs_post_init__(self) -> None:
        _check_hooks(self)
        for intent in self.intents:
            for name in V2_ONLY:
                if getattr(intent, name) is not None:
                    raise InvalidSetting(f"intent {intent.name}: {name}={getattr(intent, name)!r} is of V2 alone")

    @property
    def arn(self) -> Arn:
        return arn_of("lex", f"bot:{self.name}:{self.bot_alias}")

    @property
    def targets(self) -> Sequence[Arn]:
        return () if self.function is None else (self.function.arn,)

    def machine(self, birth: Birth) -> BotV1Machine:
        model = Model(
            name=self.name,
            id=self.name,
            alias=self.bot_alias,
            alias_id=self.bot_alias,
            locale="en-US",
            intents={each.name: each for each in self.intents},
            fallback=None,
            function=None if self.function is None else self.function.arn,
            idle_seconds=self.idle_session_ttl_in_seconds,
            clarification_prompt=self.clarification_prompt,
            abort_statement=self.abort_statement,
            max_attempts=self.max_attempts,
        )
        return BotV1Machine(self.arn, birth, model)

    def client(self, machine: Any, feed: Feed) -> BotV1Client:
        return BotV1Client(machine, feed)


def _id(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()[:10].upper()
