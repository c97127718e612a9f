"""What is looked at before a call becomes a turn."""

from collections.abc import Mapping, Sequence
from json import dumps, loads
from typing import Final, cast

from eventbus.checks import encodable, texts
from eventbus.errors import suggest

from .app_client import FLOWS, AppClient, UserPoolClient
from .challenges import CUSTOM, NOT_OFFERED
from .errors import InvalidParameterException
from .events import InboundAttributes, Texts
from .machine import PoolMachine
from .signing_in import NEW_PASSWORD
from .users import ADDRESSES, PASSWORD_LIMIT, Medium

NAME_LIMIT: Final = 128
CODE_LIMIT: Final = 2_048
NOT_OFFERED_FLOWS: Final = ("USER_SRP_AUTH", "USER_AUTH", "ADMIN_NO_SRP_AUTH")
ADMIN_FLOWS: Final = ("ADMIN_USER_PASSWORD_AUTH",)
PREFIX: Final = "userAttributes."


def name(parameter: str, value: object) -> None:
    """A user name, or another one of its form (bc:cognito-idp UsernameType)."""
    _text(parameter, value, NAME_LIMIT)
    assert isinstance(value, str), "checked above"
    if any(each.isspace() or not each.isprintable() for each in value):
        raise _refused(parameter, value, "letters, marks, digits and signs")


def password(parameter: str, value: object) -> None:
    """[bc:cognito-idp PasswordType]"""
    if not isinstance(value, str) or not encodable(value) or len(value) > PASSWORD_LIMIT:
        raise InvalidParameterException(f"{parameter}: a text of up to {PASSWORD_LIMIT} characters")
    if any(each.isspace() for each in value):
        raise InvalidParameterException(f"{parameter}: a text without blanks")


def code(parameter: str, value: object) -> None:
    _text(parameter, value, CODE_LIMIT)


def text_map(parameter: str, value: object) -> dict[str, str]:
    """A mapping of texts; None is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidParameterException(f"{parameter}: a mapping of texts, not {type(value).__name__}")
    for key, each in value.items():
        for text in (key, each):
            if not isinstance(text, str) or not encodable(text):
                raise InvalidParameterException(f"{parameter}[{key!r}]: a text")
    return dict(value)


def metadata(parameter: str, value: object) -> Texts | None:
    return None if value is None else text_map(parameter, value)


def mediums(value: Sequence[str] | None) -> tuple[Medium, ...]:
    found = () if value is None else tuple(value)
    if isinstance(value, str) or any(each not in ADDRESSES for each in found):
        raise _refused("desiredDeliveryMediums", value, "a list of SMS and EMAIL")
    return tuple(each for each in ADDRESSES if each in found)


def one_of(parameter: str, value: object, allowed: Sequence[object]) -> None:
    if value not in allowed:
        raise _refused(parameter, value, " or ".join(str(each) for each in allowed if each is not None))


def app_client(machine: PoolMachine, given: UserPoolClient | str | None) -> AppClient:
    """Raises `ResourceNotFoundException`."""
    id = given.client_id if isinstance(given, UserPoolClient) else given
    texts(InvalidParameterException, client_id=id)
    return machine.app_client(id)


def auth_flow(flow: object, client: AppClient, *, administrator: bool) -> None:
    known = FLOWS if administrator else [each for each in FLOWS if each not in ADMIN_FLOWS]
    if flow in NOT_OFFERED_FLOWS:
        raise _refused("authFlow", flow, f"{', '.join(known)}; the others are not offered here")
    if not isinstance(flow, str) or flow not in known:
        raise _refused("authFlow", flow, f"{', '.join(known)}")
    if FLOWS[flow] not in client.allowed:
        raise InvalidParameterException(f"{flow} flow not enabled for this client")


def challenge(value: object) -> None:
    if value in NOT_OFFERED:
        raise _refused("challengeName", value, f"{CUSTOM}, {NEW_PASSWORD}; the others are not offered here")
    one_of("challengeName", value, (CUSTOM, NEW_PASSWORD))


def parameters(given: Mapping[str, str], needed: Sequence[str], optional: Sequence[str] = ()) -> None:
    """Those that are `needed` are there, and no others than `optional` ones."""
    for parameter in needed:
        if not given.get(parameter):
            raise InvalidParameterException(f"Missing required parameter {parameter}")
    known = (*needed, *optional)
    for parameter in given:
        if parameter not in known:
            raise InvalidParameterException(f"{parameter} is not offered here; {suggest(parameter, known)}")


def session(value: object) -> None:
    if not value:
        raise InvalidParameterException("Missing required parameter Session")
    texts(InvalidParameterException, session=value)


def prefixed(responses: Mapping[str, str]) -> dict[str, str]:
    """Attributes among the answers to a challenge."""
    return {key.removeprefix(PREFIX): value for key, value in responses.items() if key.startswith(PREFIX)}


def precedence(value: object) -> None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise _refused("precedence", value, "a whole number of 0 or more")


def said_by_provider(**parts: object) -> InboundAttributes:
    """What an identity provider tells: JSON objects, those that are there."""
    found = {parameter: part for parameter, part in parts.items() if part is not None}
    if not found or not all(isinstance(part, Mapping) for part in found.values()):
        raise InvalidParameterException(f"what the provider says: mappings, at least one of {', '.join(parts)}")
    try:
        text = dumps(found, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as reason:
        raise InvalidParameterException(f"what the provider says must be JSON: {reason}") from None
    return cast("InboundAttributes", loads(text))  # of the parameters above


def _text(parameter: str, value: object, limit: int) -> None:
    if not isinstance(value, str) or not encodable(value) or not 1 <= len(value) <= limit:
        raise _refused(parameter, value, f"a text of 1 to {limit:,} characters")


def _refused(parameter: str, value: object, allowed: str) -> InvalidParameterException:
    return InvalidParameterException(
        f"1 validation error detected: Value {value!r:.200} at '{parameter}' is refused; allowed: {allowed}"
    )
