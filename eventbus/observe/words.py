"""How steps read: one phrase for each word of the trace; a word without one is shown as it is, with its detail."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from eventbus.names import Arn

from .journeys import BATCHED, REQUEST_WORDS, Step

MESSAGE_SHOWN: Final = 200
"""Characters of an error message in one line."""
NAMED: Final = 10
"""Records of a batch that are named."""

_OF_EVENTS: Final = frozenset({"events", "scheduler"})
"""Services whose ids name events."""
_OBJECT_WORDS: Final = frozenset({"put", "removed", "notified"})


def phrase(step: Step) -> str:
    known = _PHRASES.get(step.what)
    if known is not None:
        return known(step)
    return step.what.replace("_", " ") + _because(step)


def kind(step: Step, accepted: bool) -> str:
    """What an id names, by a step about it; of a function it is an event if it was `accepted`."""
    if step.where.resource.startswith("function:"):
        return "event" if accepted else "request"
    if step.what in BATCHED:
        return "batch request"
    if step.what in REQUEST_WORDS:
        return "request"
    if step.where.service in _OF_EVENTS:
        return "event"
    if step.where.service == "kinesis":
        return "record"
    if step.where.service == "dynamodb":
        return "change"
    return "object" if step.what in _OBJECT_WORDS else "message"


def title(id: str, about: Sequence[Step], accepted: bool) -> str:
    """What the id names, and whose it is; of a record that was only seen in batches this is not known."""
    if not about:
        return f"record {id}"
    first = about[0]
    return f"{kind(first, accepted)} {id} {'of' if first.where.service == 'lambda' else 'in'} {first.where.name}"


def branch(step: Step, id: str) -> str:
    """What an invocation did; `id` is told below it."""
    match step.what:
        case "sent":
            return f"sent message {id} to {step.where.name}"
        case "accepted":
            return f"sent event {id} to {step.where.name}"
        case "published":
            return f"published {kind(step, accepted=False)} {id} to {step.where.name}"
        case "attempt":
            return f"invoked {step.where.name}, request {id}"
        case "requested":
            return f"sent {_one_line(str(step.detail))} to {step.where.name}, request {id}"
        case "routed":
            return f"request {id} of {step.where.name} handed {_one_line(str(step.detail))}"
        case "put":
            return f"put object {id} into {step.where.name}"
        case "removed":
            return f"removed object {id} from {step.where.name}"
        case _:
            return f"{step.what.replace('_', ' ')} {id} in {step.where.name}{_because(step)}"


def ended(detail: Any, span: float | None = None) -> str:
    """`failed after 0.5 s: ValueError: bad order`; `detail` is an outcome as plain values."""
    after = "" if span is None else f" after {seconds(span)}"
    match detail:
        case ("Succeeded",):
            return f"succeeded{after}"
        case ("HandlerFailed", error_type, message):
            return f"failed{after}: {error_type}: {_one_line(message)}"
        case ("TimedOut", _, message):
            return f"timed out{after}: {_one_line(message)}"
        case _:
            return f"ended{after}: {shown(detail)}"


def failed(detail: Any) -> bool:
    return isinstance(detail, tuple) and detail[:1] in (("HandlerFailed",), ("TimedOut",))


def seconds(span: float) -> str:
    """`1,800 s`, `0.25 s`."""
    return f"{span:,.6f}".rstrip("0").rstrip(".") + " s"


def ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def names(ids: Sequence[Any]) -> str:
    """The first of them, and how many more there are."""
    more = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
    return ", ".join(str(id) for id in ids[:NAMED]) + more


def shown(detail: Any) -> str:
    """ARNs by their names."""
    if isinstance(detail, tuple):
        return names([shown(item) for item in detail])
    if isinstance(detail, float):
        return f"{detail:,g}"
    return " ".join(_named(word) for word in str(detail).split(" "))


def refusal(step: Step) -> str:
    """Why a delivery failed: of `dead letter: <reason>`, or of `<reason> by <arn>`."""
    detail = str(step.detail)
    return shown(detail.rpartition(" by ")[0]) if step.what == "not_taken" else detail.partition(": ")[2]


def _named(word: str) -> str:
    if not word.startswith("arn:") or word.count(":") < 5:
        return word
    end = ":" if word.endswith(":") else ""
    return Arn(word.removesuffix(":").removesuffix(":async")).name + end


def _because(step: Step) -> str:
    return "" if step.detail is None or step.detail == "" else f": {shown(step.detail)}"


def _by(step: Step) -> str:
    """Out of which invocation; the last hop of its chain is the function that ran."""
    cause = step.cause
    if cause is None:
        return ""
    function = f"{cause.hops[-1][0].name}, " if cause.hops else ""
    return f" by {function}request {cause.request_id}"


def _one_line(message: str) -> str:
    text = " ".join(message.split())
    return text if len(text) <= MESSAGE_SHOWN else f"{text[:MESSAGE_SHOWN]}..."


def _arrived(step: Step) -> str:
    """Detail: what else there is to say, or by whom, which the cause may say better."""
    who = isinstance(step.detail, str) and step.detail.startswith("by ")
    if not who:
        return step.what + _by(step) + _because(step)
    return step.what + (_by(step) or f" {shown(step.detail)}")


def _received(step: Step) -> str:
    """Detail: who received."""
    return "received" if step.detail is None else f"received by {shown(step.detail)}"


def _moved(step: Step) -> str:
    """Detail: `to orders-dead after 3 receives`, or an ARN."""
    return f"moved to {step.detail.name}" if isinstance(step.detail, Arn) else f"moved {shown(step.detail)}"


def _returned(step: Step) -> str:
    return "visible again" if step.detail in (None, "visible again") else f"visible again: {shown(step.detail)}"


def _retry_wait(step: Step) -> str:
    wait = step.detail
    return f"waits {seconds(wait)} for its next attempt" if isinstance(wait, int | float) else f"waits: {shown(wait)}"


def _handed_over(step: Step) -> str:
    """Detail: `dead letter <arn>` or `destination <arn>`."""
    what, _, target = str(step.detail).rpartition(" ")
    return f"handed over to {shown(target)} ({what})"


_PHRASES: Final[dict[str, Callable[[Step], str]]] = {
    "accepted": _arrived,
    "sent": _arrived,
    "published": _arrived,
    "logged": _arrived,
    "put": _arrived,
    "removed": _arrived,
    "received": _received,
    "returned": _returned,
    "moved": _moved,
    "purged": lambda step: f"purged, with all of {step.where.name}",
    "deduplicated": lambda step: "not sent again: a duplicate" + _because(step),
    "unheard": lambda step: "no rule matches it: nobody hears it",
    "filtered": lambda step: "filtered out" + _because(step),
    "retry_wait": _retry_wait,
    "not_taken": lambda step: f"not taken by {shown(str(step.detail).rpartition(' by ')[2])}: {refusal(step)}",
    "given_up": lambda step: f"given up: {shown(step.detail)}",
    "handed_over": _handed_over,
    "notified": lambda step: f"notified {shown(step.detail)}",
    "let_go": lambda step: f"let go by {step.where.name}" + _because(step),
    "partial_ignored": lambda step: (
        "answered with batchItemFailures, which counts for nothing: this mapping has no function_response_types"
    ),
    "requested": lambda step: _one_line(str(step.detail)) + _by(step),
    "routed": lambda step: f"handed {_one_line(str(step.detail))}",
    "responded": lambda step: f"answered {shown(step.detail)}",
    "throttled": lambda step: f"throttled at {step.where.name}" + _because(step),
}
