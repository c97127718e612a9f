"""SES receipt rules: mails that arrive are stored, told to topics, and handed to functions.

AWS has no call for a mail that arrives: `bus[rule_set].receive_raw_email` is the door, of this library's name. Each
rule set takes what it is handed, so none is the active one.

Deviations from AWS: verdicts are those that the call is told, nothing is scanned; of the headers that SES puts before
a mail only Return-Path and Received are there; a bounce is noted in the trace, no mail is sent; rules are enabled
unless said otherwise; rules are declared, none is made while the bus runs. Not offered: WorkMail and Connect actions,
keys and roles of S3 actions, IP address filters.

Choices where no page settles it: an action that is refused for good is passed by, as is a function that fails, is
throttled or says nothing in time; what follows a bounce is still done; one rule that requires TLS is enough to refuse a
mail without it; a Stop action has its topic told before it stops.
"""

from .actions import AddHeaderAction, BounceAction, LambdaAction, S3Action, SNSAction, StopAction
from .client import DescribedRuleSet, ReceiptRuleSetMetadata, ReceivedEmail, RuleSetClient
from .errors import MailRefused
from .events import CommonHeaders, SesEvent, SesHeader, SesMail, SesMessage, SesNotification, SesReceipt, SesRecord
from .mail import DmarcPolicy, Verdict
from .rule import ReceiptRule
from .rule_set import ReceiptRuleSet
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "AddHeaderAction",
    "BounceAction",
    "CommonHeaders",
    "DescribedRuleSet",
    "DmarcPolicy",
    "LambdaAction",
    "MailRefused",
    "ReceiptRule",
    "ReceiptRuleSet",
    "ReceiptRuleSetMetadata",
    "ReceivedEmail",
    "RuleSetClient",
    "S3Action",
    "SNSAction",
    "SesEvent",
    "SesHeader",
    "SesMail",
    "SesMessage",
    "SesNotification",
    "SesReceipt",
    "SesRecord",
    "StopAction",
    "Verdict",
    "sample_event",
]
