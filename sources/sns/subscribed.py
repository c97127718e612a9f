"""One subscription of a running topic."""

from collections import deque
from typing import Final

from attrs import define, field

from eventbus.core.effects import Attributes, Deliver
from eventbus.core.redelivery import Delivery, Retries
from eventbus.names import Arn

from .attributes import NO_ATTRIBUTES
from .envelope import Texts, headers
from .message import Message
from .options import URL_PROTOCOLS, Options

RAW_ATTRIBUTES: Final = 10
"""More of them are not sent to a queue without an envelope: a client error [sns:sns-message-attributes]."""


@define(eq=False)
class Subscribed:
    """`arn` is that of the subscription; `lanes` are groups that wait for an answer, each with what waits behind."""

    arn: str
    protocol: str
    endpoint: Arn
    options: Options
    retries: Retries
    lanes: dict[str, deque[Delivery]] = field(factory=dict, init=False)
    replaying: int = field(default=0, init=False)  # messages of the archive that have not arrived yet
    by_url: bool = field(init=False)
    confirmed: bool = field(init=False)
    fifo: bool = field(init=False)  # whether its endpoint is

    def __attrs_post_init__(self) -> None:
        self.by_url = self.protocol in URL_PROTOCOLS
        self.confirmed = not self.by_url
        self.fifo = not self.by_url and self.endpoint.endswith(".fifo")

    @property
    def name(self) -> str:
        """As people call its endpoint."""
        return self.endpoint if self.by_url else self.endpoint.name

    def refusal(self, texts: Texts) -> str | None:
        """Why its filter does not let the message pass."""
        pattern = self.options.filter
        if pattern is None:
            return None
        seen = texts.decoded(self.protocol) if self.options.on_body else texts.message.shown()
        return None if pattern.matches(seen) else pattern.explain(seen)

    def body(self, texts: Texts) -> str:
        """What is delivered."""
        if self.options.raw:
            return texts.message.body_for(self.protocol)
        return texts.event(self.arn) if self.protocol == "lambda" else texts.envelope(self.protocol, self.arn)

    def attributes(self, texts: Texts) -> Attributes:
        """What is delivered beside it: headers to a URL."""
        if self.by_url:
            return headers("Notification", texts.id, texts.topic, self.arn, raw=self.options.raw)
        return texts.message.attributes if self.options.raw else NO_ATTRIBUTES

    def dead_letter(self, effect: Deliver, texts: Texts) -> tuple[str, Attributes]:
        """What would have been delivered, as a message of a queue; of a function the envelope."""
        if self.protocol == "lambda":
            return texts.envelope(self.protocol, self.arn), NO_ATTRIBUTES
        return effect.body, NO_ATTRIBUTES if self.by_url else effect.attributes


@define(eq=False)
class Sending:
    """What is on its way to whom. `texts` None: a confirmation, which no queue is told of."""

    subscription: Subscribed
    message: Message
    texts: Texts | None
