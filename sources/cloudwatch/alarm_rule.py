"""Rule expressions of composite alarms [bc:cloudwatch PutCompositeAlarm].

NOT binds strongest, then AND, then OR; words are in capitals (choice). Kept in the order in which they are worked out,
so that no nesting is too deep.
"""

import re
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from eventbus.names import Arn, arn_of

RULE_LIMIT: Final = 10_240
"""Characters."""
ALARMS_LIMIT: Final = 100
ELEMENTS_LIMIT: Final = 500
"""Alarms, TRUE and FALSE, parentheses."""
_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<state>OK|ALARM|INSUFFICIENT_DATA)\s*\(\s*(?:"(?P<quoted>[^"]+)"|(?P<name>[^\s()"]+))\s*\)
      | (?P<word>\(|\)|(?:AND|OR|NOT|TRUE|FALSE)(?![\w.-]))
    )\s*""",
    re.VERBOSE,
)
_BINDING: Final = {"OR": 1, "AND": 2, "NOT": 3}

Step = bool | str | tuple[str, Arn]
"""A truth, an operator on what was worked out last, or an alarm with the state that it is to be in."""


class InvalidRule(Exception):
    """With the reason."""


@frozen
class AlarmRule:
    steps: tuple[Step, ...]
    alarms: tuple[Arn, ...]  # each once, in order

    def holds(self, states: Mapping[Arn, str]) -> bool:
        stack: list[bool] = []
        for step in self.steps:
            match step:
                case bool():
                    stack.append(step)
                case (state, arn):
                    stack.append(states[arn] == state)
                case "NOT":
                    stack.append(not stack.pop())
                case _:
                    right, left = stack.pop(), stack.pop()
                    stack.append(left and right if step == "AND" else left or right)
        return stack.pop()


def alarm_arn(name: str) -> Arn:
    return Arn(name) if name.startswith("arn:") else arn_of("cloudwatch", f"alarm:{name}")


def parse(text: str) -> AlarmRule:
    """Raises `InvalidRule`."""
    if not isinstance(text, str) or not 0 < len(text) <= RULE_LIMIT:
        raise InvalidRule(f"a text of 1 to {RULE_LIMIT:,} characters")
    steps: list[Step] = []
    waiting: list[str] = []  # operators and open parentheses
    alarms: dict[Arn, None] = {}
    elements, operand = 0, False  # whether the last was one
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise InvalidRule(f"not understood from {text[place : place + 20]!r} on")
        place = found.end()
        word = found["word"]
        if operand is (word not in ("AND", "OR", ")")):
            raise InvalidRule(f"{found[0].strip()!r} can't stand where it does")
        elements += word not in _BINDING
        operand = _take(found, word, steps, waiting, alarms)
    if not operand:
        raise InvalidRule("something is missing at its end")
    while waiting:
        if waiting[-1] == "(":
            raise InvalidRule("a parenthesis is left open")
        steps.append(waiting.pop())
    if len(alarms) > ALARMS_LIMIT or elements > ELEMENTS_LIMIT:
        raise InvalidRule(f"up to {ALARMS_LIMIT} alarms and {ELEMENTS_LIMIT} elements")
    return AlarmRule(tuple(steps), tuple(alarms))


def _take(
    found: "re.Match[str]", word: str | None, steps: list[Step], waiting: list[str], alarms: dict[Arn, None]
) -> bool:
    """Whether an operand has ended with this word."""
    match word:
        case None:
            arn = alarm_arn(found["quoted"] or found["name"])
            alarms[arn] = None
            steps.append((found["state"], arn))
        case "TRUE" | "FALSE":
            steps.append(word == "TRUE")
        case "(" | "NOT":
            waiting.append(word)
            return False
        case ")":
            while waiting and waiting[-1] != "(":
                steps.append(waiting.pop())
            if not waiting:
                raise InvalidRule("a parenthesis is closed that was not opened")
            waiting.pop()
        case _:
            while waiting and waiting[-1] != "(" and _BINDING[waiting[-1]] >= _BINDING[word]:
                steps.append(waiting.pop())
            waiting.append(word)
            return False
    return True
