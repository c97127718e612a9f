"""What was published, as rules see it."""

from attrs import define, field

from eventbus.core.effects import Cause

from .values import Value, read


@define(eq=False)
class Message:
    """`id` is its trace id; `client_id` is None if it came over HTTP; `at` in seconds since 1970."""

    id: str
    topic: str
    payload: bytes
    client_id: str | None
    at: float
    cause: Cause | None
    levels: list[str] = field(init=False)
    content: Value = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.levels = self.topic.split("/")
        self.content = read(self.payload)

    @property
    def sender(self) -> str:
        """What `clientid()` says [iot:iot-sql-functions]."""
        return "n/a" if self.client_id is None else self.client_id
