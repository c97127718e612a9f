"""What SES answers to whoever hands it a mail."""

from eventbus.errors import EventBusError


class MailRefused(EventBusError):
    """The mail was not taken, and no action ran: SMTP's answer, its reply code in `smtp_reply_code`."""

    def __init__(self, smtp_reply_code: int, text: str) -> None:
        super().__init__(f"{smtp_reply_code} {text}")
        self.smtp_reply_code = smtp_reply_code
