"""Lex: bots of V2 and V1 that one talks to by text, and the functions behind their code hooks.

Deviations from AWS:
- No language is understood. A text is one of an intent's utterances, compared as a whole and whatever its case, with
  slots in braces; while a slot is asked for, it is a value of that slot, as it is typed (`AMAZON.Date` YYYY-MM-DD,
  `AMAZON.Number` digits, a custom type one of its values); yes or no in English. All else is the fallback intent (V1:
  the clarification prompt, then the abort statement). Every confidence is 1.
- A bot is declared with one alias, one locale (V1: version), and one function for all its hooks. V1 knows a function
  for each intent, and asks for permission by intent; here the statement is the bot's.
- The service has no quotas (429), no faults of its own, and sees none of the function service (502).
- A message has one variant; `{Slot}` and `[session attribute]` in it are filled in.

Choices where no page settles it: an answer that leaves slots out of its map empties them; a fulfilment answered with
Delegate that leaves nothing to ask for is a 424 in V2 too; messages with Delegate take the place of the bot's; a
context counts the turns behind the one that set it, and what is left of it is shown as at least 5 s; a denied
confirmation ends the intent as Failed; a function without capacity is a 424; a V1 event over 12 KB is one too; 30 s
in V2 too. `originating_request_id` of a session state that is given back counts for nothing.

Refused by name: voice, runtime hints, List and Composite slots, other locales and built-in intents. Not offered:
conditions, code hooks between prompts, initial responses, default values, sub-slots, Kendra, sentiment, networks of
bots; V1's sessions by hand and follow-up prompts.
"""

from .bot import Bot, BotV1
from .client import BotClient, BotV1Client, GetSessionResult, PostTextResult, RecognizeTextResult
from .errors import (
    BadRequestException,
    ConflictException,
    DependencyFailedException,
    LexError,
    ResourceNotFoundException,
    ValidationException,
)
from .events import LexEvent, LexV1Event
from .intent import Intent, Slot, SlotType
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "BadRequestException",
    "Bot",
    "BotClient",
    "BotV1",
    "BotV1Client",
    "ConflictException",
    "DependencyFailedException",
    "GetSessionResult",
    "Intent",
    "LexError",
    "LexEvent",
    "LexV1Event",
    "PostTextResult",
    "RecognizeTextResult",
    "ResourceNotFoundException",
    "Slot",
    "SlotType",
    "ValidationException",
    "sample_event",
]
