"""What one can say to a bot."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define, frozen

from eventbus.errors import ValidationException
from eventbus.ports import Feed
from sources._calling import result_of

from . import checking, v1, v2
from .errors import BadRequestException
from .machine_v1 import BotV1Machine
from .machine_v2 import BotV2Machine, Recognized
from .naming import to_snake
from .reading import Order

Members = Mapping[str, Any]


@frozen
class RecognizeTextResult:
    """Nested members are dicts, in botocore's snake case. The trace knows `request_id`."""

    session_id: str
    messages: list[Any]
    session_state: dict[str, Any]
    interpretations: list[Any]
    request_attributes: dict[str, str]
    request_id: str


@frozen
class GetSessionResult:
    session_id: str
    messages: list[Any]
    session_state: dict[str, Any]
    interpretations: list[Any]


@frozen
class PostTextResult:
    intent_name: str | None
    nlu_intent_confidence: dict[str, float] | None
    slots: dict[str, str | None]
    session_attributes: dict[str, str]
    message: str | None
    message_format: str | None
    dialog_state: str
    slot_to_elicit: str | None
    response_card: dict[str, Any] | None
    session_id: str
    bot_version: str
    active_contexts: list[Any]
    request_id: str


@define(eq=False)
class BotClient:
    """`bus[bot]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's errors."""

    _machine: BotV2Machine
    _feed: Feed

    async def recognize_text(
        self,
        text: str,
        *,
        session_id: str,
        session_state: Members | None = None,
        request_attributes: Mapping[str, str] | None = None,
    ) -> RecognizeTextResult:
        """What the bot says to that. `session_state` takes the place of what is known, member by member. Raises
        `DependencyFailedException` for whatever is wrong with the function, `ConflictException` while the session
        waits for it, `ValidationException`."""
        checking.text(ValidationException, "text", text)
        given = checking.attributes(ValidationException, "request_attributes", request_attributes)
        return await self._turn("RecognizeText", session_id, text, session_state, None, given)

    async def put_session(
        self,
        *,
        session_id: str,
        session_state: Members,
        messages: Sequence[Members] | None = None,
        request_attributes: Mapping[str, str] | None = None,
    ) -> RecognizeTextResult:
        """The session is as given; with the action Delegate the bot goes on. Raises as `recognize_text` does."""
        given = checking.attributes(ValidationException, "request_attributes", request_attributes)
        return await self._turn("PutSession", session_id, None, session_state, messages, given)

    async def get_session(self, *, session_id: str) -> GetSessionResult:
        """As the last turn left it. Raises `ResourceNotFoundException`."""
        machine = self._machine
        checking.identifier(ValidationException, "session_id", session_id)
        found = await self._feed.call(machine, "lex:GetSession", _seen, machine, session_id)
        return GetSessionResult(
            session_id, to_snake(found.messages), to_snake(found.state), _interpreted(found.interpretations)
        )

    async def delete_session(self, *, session_id: str) -> None:
        """A conversation may begin anew. Raises `ResourceNotFoundException`, `ConflictException`."""
        machine = self._machine
        checking.identifier(ValidationException, "session_id", session_id)
        await self._feed.call(machine, "lex:DeleteSession", machine.delete, session_id)

    async def _turn(
        self,
        operation: str,
        session_id: str,
        text: str | None,
        state: Members | None,
        messages: Sequence[Members] | None,
        attributes: dict[str, str] | None,
    ) -> RecognizeTextResult:
        machine, feed = self._machine, self._feed
        checking.identifier(ValidationException, "session_id", session_id)
        members = {} if state is None else checking.members(ValidationException, state)
        said = [] if messages is None else checking.wire(ValidationException, "messages", messages)
        pending = await feed.call(
            machine, f"lex:{operation}", _taken, machine, session_id, text, members, said, attributes, feed.cause()
        )
        found = await result_of(feed, pending)
        return RecognizeTextResult(
            session_id,
            to_snake(found.messages),
            to_snake(found.state),
            _interpreted(found.interpretations),
            found.request_attributes,
            found.state["originatingRequestId"],
        )


def _taken(
    now: float,
    machine: BotV2Machine,
    session_id: str,
    text: str | None,
    members: Any,
    messages: Any,
    attributes: Any,
    cause: Any,
) -> Any:
    """A state that a caller gives is read at the time of the turn: contexts have an end."""
    order: Order = checking.read(ValidationException, v2.read_state, members, now, machine.model)
    order.messages = checking.read(ValidationException, v2.messages, messages, "messages")
    if text is None:
        return machine.put(now, session_id, order, attributes, cause)
    return machine.say(now, session_id, text, order, attributes, cause)


def _seen(now: float, machine: BotV2Machine, session_id: str) -> Recognized:
    session = machine.get(now, session_id)
    found = v2.interpretations(session, machine.model)
    return Recognized(session.messages, v2.state(session, now), found, {})


def _interpreted(found: Any) -> Any:
    """The runtime has an object where the event has a number [bc:lexv2-runtime ConfidenceScore]."""
    shown = to_snake(found)
    for each in shown:
        if "nlu_confidence" in each:
            each["nlu_confidence"] = {"score": each["nlu_confidence"]}
    return shown


@define(eq=False)
class BotV1Client:
    """`bus[bot]` of a bot of V1."""

    _machine: BotV1Machine
    _feed: Feed

    async def post_text(
        self,
        input_text: str,
        *,
        user_id: str,
        session_attributes: Mapping[str, str] | None = None,
        request_attributes: Mapping[str, str] | None = None,
        active_contexts: Sequence[Members] | None = None,
    ) -> PostTextResult:
        """What the bot says to that. Raises `DependencyFailedException` for whatever is wrong with the function,
        `ConflictException` while the user's session waits for it, `BadRequestException` for what can't be said and
        where the bot has nothing to say."""
        machine, feed = self._machine, self._feed
        checking.text(BadRequestException, "input_text", input_text)
        checking.identifier(BadRequestException, "user_id", user_id)
        session = checking.attributes(BadRequestException, "session_attributes", session_attributes)
        request = checking.attributes(BadRequestException, "request_attributes", request_attributes)
        contexts = None if active_contexts is None else checking.wire(BadRequestException, "contexts", active_contexts)
        asked = user_id, input_text, session, request, contexts, feed.cause()
        pending = await feed.call(machine, "lex:PostText", _posted, machine, *asked)
        found = await result_of(feed, pending)
        return PostTextResult(**to_snake(dict(found.members)))


def _posted(
    now: float,
    machine: BotV1Machine,
    user_id: str,
    text: str,
    session_attributes: Any,
    request_attributes: Any,
    contexts: Any,
    cause: Any,
) -> Any:
    order = Order(attributes=session_attributes)
    if contexts is not None:
        order.contexts = checking.read(BadRequestException, v1.read_contexts, contexts, now)
    return machine.say(now, user_id, text, order, request_attributes, cause)
