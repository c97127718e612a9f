"""What calls on a topic answer, with botocore's members; ids are worked out when somebody reads them."""

from attrs import define, field, frozen

from eventbus.names import ACCOUNT, Ids

from .message import Message


@define(eq=False)
class PublishResult:
    _message: Message
    _ids: Ids

    @property
    def message_id(self) -> str:
        return self._ids.text(self._message.number)

    @property
    def sequence_number(self) -> str | None:
        """FIFO topics only."""
        return self._message.sequence_number()


@define(eq=False)
class PublishBatchResultEntry(PublishResult):
    id: str


@define(eq=False)
class BatchResultErrorEntry:
    id: str
    code: str
    message: str
    sender_fault: bool = True


@define(eq=False)
class PublishBatchResult:
    successful: list[PublishBatchResultEntry] = field(factory=list)
    failed: list[BatchResultErrorEntry] = field(factory=list)


@frozen
class SubscribeResult:
    """`pending confirmation` in place of the ARN of an endpoint that has not confirmed, unless it was asked for."""

    subscription_arn: str


@frozen
class DescribedSubscription:
    """`subscription_arn` is `PendingConfirmation` while that is so."""

    subscription_arn: str
    protocol: str
    endpoint: str
    topic_arn: str
    owner: str = ACCOUNT
