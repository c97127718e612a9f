"""Users that another directory knows, taken over when they sign in or have forgotten their password."""

from typing import TYPE_CHECKING, Any, Final

from . import answers
from .answers import Answer
from .errors import InvalidParameterException
from .events import Texts
from .signing_up import invitations
from .users import Medium, User, check_attributes

if TYPE_CHECKING:
    from .flow import Flow
    from .machine import PoolMachine

MEDIUMS: Final[tuple[Medium, ...]] = ("SMS", "EMAIL")


def ask(
    pool: "PoolMachine",
    now: float,
    flow: "Flow[Any]",
    occasion: str,
    password: str | None,
    validation_data: Texts | None,
) -> None:
    request: dict[str, Any] = {} if password is None else {"password": password}
    request["validationData"] = validation_data
    if flow.metadata is not None:
        request["clientMetadata"] = flow.metadata
    pool.ask(now, flow, f"UserMigration_{occasion}", request)


def migrated(pool: "PoolMachine", now: float, flow: "Flow[Any]", password: str | None, answer: Answer) -> User | None:
    """The new user; None where the function says nothing. Whoever came with a password is welcomed, unless the function
    would rather not (that the welcome is an invitation is our choice)."""
    if all(value is None for value in answer.values()):
        return None
    if answer.get("userAttributes") is None:
        raise answers.wrong("userAttributes", None, "an object of texts")
    attributes = answers.texts(answer, "userAttributes")
    status = answers.one_of(answer, "finalUserStatus", ("CONFIRMED", "RESET_REQUIRED"))
    action = answers.one_of(answer, "messageAction", ("SUPPRESS", "RESEND"))
    mediums = answers.names(answer, "desiredDeliveryMediums")
    if not set(mediums) <= set(MEDIUMS):
        raise answers.wrong("desiredDeliveryMediums", mediums, "a list of SMS and EMAIL")
    answers.flag(answer, "forceAliasCreation")  # there are no aliases here
    if answers.flag(answer, "enableSMSMFA"):
        raise InvalidParameterException("enableSMSMFA: a second factor is not offered here")
    check_attributes(attributes, administrator=True)
    if flow.username in pool.users:  # another call was quicker
        return pool.users[flow.username]
    user = pool.add(
        now, flow.username, "RESET_REQUIRED" if status == "RESET_REQUIRED" else "CONFIRMED", attributes, password
    )
    if action != "SUPPRESS" and password is not None:
        flow.letters += invitations(user, password, tuple(each for each in MEDIUMS if each in mediums))
    return user
