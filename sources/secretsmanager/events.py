"""What a rotation function gets, four times with the same token."""

from typing import Final, Literal, TypedDict

Step = Literal["createSecret", "setSecret", "testSecret", "finishSecret"]

STEPS: Final[tuple[Step, ...]] = ("createSecret", "setSecret", "testSecret", "finishSecret")
TEST: Final[tuple[Step, ...]] = ("testSecret",)


class RotationEvent(TypedDict):
    Step: Step
    SecretId: str
    ClientRequestToken: str
