"""The declaration of an account's recorder."""

from typing import Any, ClassVar

from attrs import frozen

from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .client import RecorderClient
from .machine import RecorderMachine


@frozen(eq=False)
class ConfigurationRecorder:
    """It records what it is told with `put_resource_config`. Every account has it."""

    always_there: ClassVar[bool] = True
    arn: ClassVar[Arn] = arn_of("config", "configuration-recorder/default")

    def machine(self, birth: Birth) -> RecorderMachine:
        return RecorderMachine(self.arn, birth)

    def client(self, machine: Any, feed: Feed) -> RecorderClient:
        return RecorderClient(machine, feed)
