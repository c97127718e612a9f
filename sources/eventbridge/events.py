"""Events: as functions get them, and as a bus keeps them."""

from collections.abc import Sequence
from json import dumps
from json.encoder import encode_basestring
from typing import Any, Final, Generic, NotRequired, TypedDict, TypeVar

from attrs import define, evolve

from eventbus.checks import encodable
from eventbus.core.effects import Cause
from eventbus.names import ACCOUNT, REGION

D = TypeVar("D")

_Envelope = TypedDict(
    "_Envelope",
    {
        "version": str,
        "id": str,
        "detail-type": str,
        "source": str,
        "account": str,
        "time": str,
        "region": str,
        "resources": list[str],
        "replay-name": NotRequired[str],
    },
)


class EventBridgeEvent(_Envelope, Generic[D]):
    """What a target gets, unless it wants something else; `time` is UTC in whole seconds."""

    detail: D


REPLAY_NAME: Final = "replay-name"


@define(eq=False)
class Event:
    """One event on a bus. `value` is it decoded, shared by all who read it and never changed; `taken_at` is when the
    bus took it, in seconds since 1970. `forwarded`: it came from another bus."""

    value: dict[str, Any]
    taken_at: float
    cause: Cause | None
    detail_text: str | None = None  # as its sender wrote it
    forwarded: bool = False
    _text: str | None = None

    @property
    def id(self) -> str:
        return self.value["id"]  # type: ignore[no-any-return]  # checked when it came

    @property
    def text(self) -> str:
        """As JSON, put together once; nothing of the detail is encoded again."""
        if self._text is None:
            value = self.value
            resources = ",".join(map(encode_basestring, value["resources"]))
            self._text = (
                f'{{"version":"0","id":"{value["id"]}","detail-type":{encode_basestring(value["detail-type"])},'
                f'"source":{encode_basestring(value["source"])},"account":"{value["account"]}",'
                f'"time":"{value["time"]}","region":"{value["region"]}","resources":[{resources}],'
                f'"detail":{self.detail_text}}}'
            )
        return self._text

    def replayed(self, now: float, name: str) -> "Event":
        """The same again, marked with the name of the replay; out of no invocation."""
        value = {**self.value, REPLAY_NAME: name}
        text = f'{self.text.rstrip()[:-1]},"{REPLAY_NAME}":{encode_basestring(name)}}}'
        return evolve(self, value=value, text=text, taken_at=now, cause=None)


def event_of(
    id: str,
    source: str,
    detail_type: str,
    detail: dict[str, Any],
    detail_text: str,
    resources: Sequence[str],
    time: str,
    taken_at: float,
    cause: Cause | None,
) -> Event:
    value = {
        "version": "0",
        "id": id,
        "detail-type": detail_type,
        "source": source,
        "account": ACCOUNT,
        "time": time,
        "region": REGION,
        "resources": list(resources),
        "detail": detail,
    }
    return Event(value, taken_at, cause, detail_text)


def minified(value: Any) -> str:
    """Raises ValueError for what JSON can't hold: a number literal beyond binary64."""
    text = dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    if encodable(text):
        return text
    return dumps(value, separators=(",", ":"), allow_nan=False)  # half a letter of two is written as its escape
