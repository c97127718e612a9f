"""Messages with codes: worded by a function if there is one, then listed, or handed to a custom sender."""

from typing import TYPE_CHECKING, Any, Final

from attrs import define

from . import answers, events
from .answers import Answer
from .results import CodeDeliveryDetails, Message, masked
from .users import ADDRESSES, CODE_AGE, Code, Medium, User

if TYPE_CHECKING:
    from .flow import Flow
    from .machine import PoolMachine

INVITATION: Final = "AdminCreateUser"
MAIL_LIMIT: Final = 20_000
SMS_LIMIT: Final = 140
SUBJECT_LIMIT: Final = 140
"""Characters (bc:cognito-idp VerificationMessageTemplateType)."""
CODE_TEXT: Final = f"Your verification code is {events.CODE}."
CODE_SUBJECT: Final = "Your verification code"
INVITATION_TEXT: Final = f"Your username is {events.USERNAME} and temporary password is {events.CODE}."
INVITATION_SUBJECT: Final = "Your temporary password"
_SENDERS: Final[dict[Medium, tuple[str, str]]] = {
    "EMAIL": ("CustomEmailSender", "customEmailSenderRequestV1"),
    "SMS": ("CustomSMSSender", "customSMSSenderRequestV1"),
}


@define(eq=False)
class Letter:
    """A message to be sent. `reason` is what the sources of its triggers end with."""

    user: User
    reason: str
    medium: Medium
    code: str

    @property
    def address(self) -> str:
        return self.user.attributes[ADDRESSES[self.medium]]

    @property
    def details(self) -> CodeDeliveryDetails:
        return CodeDeliveryDetails(masked(self.address), self.medium, ADDRESSES[self.medium])


def with_code(
    pool: "PoolMachine", now: float, user: User, reason: str, purpose: str, medium: Medium, age: float = CODE_AGE
) -> Letter:
    """A letter with a new code, which replaces the last one."""
    code = str(pool.birth.ids.random.randrange(100_000, 1_000_000))
    user.codes[purpose] = Code(code, ADDRESSES[medium], now + age)
    return Letter(user, reason, medium, code)


def pretended(username: str) -> CodeDeliveryDetails:
    """Where a code would go whose user nobody shall know to be missing (cog:cognito-user-pool-managing-errors)."""
    return CodeDeliveryDetails(masked(f"{username}@{username}"), "EMAIL", "email")


def ask(pool: "PoolMachine", now: float, flow: "Flow[Any]", letter: Letter) -> None:
    """Have the function of custom messages word it."""
    username = events.USERNAME if letter.reason == INVITATION else None
    members = {"codeParameter": events.CODE, "linkParameter": events.LINK, "usernameParameter": username}
    request = events.request(letter.user.shown(), members, flow.metadata)
    pool.ask(now, flow, f"CustomMessage_{letter.reason}", request)


def send(pool: "PoolMachine", now: float, flow: "Flow[Any]", letter: Letter, answer: Answer) -> None:
    """It is sent, worded as the function said."""
    invitation = letter.reason == INVITATION
    mail = _worded(answer, "emailMessage", MAIL_LIMIT, invitation)
    sms = _worded(answer, "smsMessage", SMS_LIMIT, invitation)
    subject = answers.text(answer, "emailSubject")
    if subject is not None and len(subject) > SUBJECT_LIMIT:
        raise answers.wrong("emailSubject", subject, f"a text of up to {SUBJECT_LIMIT} characters")
    trigger, type = _SENDERS[letter.medium]
    if trigger in pool.functions:
        request = events.sender_request(type, letter.code, flow.metadata, letter.user.shown())
        pool.hand_to_sender(now, flow, f"{trigger}_{letter.reason}", request)
        return
    default = INVITATION_SUBJECT if invitation else CODE_SUBJECT
    text = (mail if letter.medium == "EMAIL" else sms) or (INVITATION_TEXT if invitation else CODE_TEXT)
    pool.messages.append(
        Message(
            username=letter.user.username,
            reason=letter.reason,
            delivery_medium=letter.medium,
            destination=letter.address,
            subject=subject or default if letter.medium == "EMAIL" else None,
            text=text.replace(events.CODE, letter.code).replace(events.USERNAME, letter.user.username),
            code=letter.code,
            sent_at=pool.instant(now),
        )
    )


def _worded(answer: Answer, name: str, limit: int, invitation: bool) -> str | None:
    """A text must hold the placeholder of the code, and an invitation that of the user name too (cog)."""
    text = answers.text(answer, name)
    if text is None:
        return None
    needed = (events.CODE, events.USERNAME) if invitation else (events.CODE,)
    if len(text) > limit or not all(placeholder in text for placeholder in needed):
        raise answers.wrong(name, text, f"a text of up to {limit:,} characters with {' and '.join(needed)}")
    return text
