"""ARNs, and ids that are the same in every run of one seed.

One app is one account in one region. An id is a counter until somebody reads it as text.
"""

from hashlib import md5
from random import Random
from typing import Final

ACCOUNT: Final = "000000000000"
REGION: Final = "us-east-1"


class Arn(str):
    """An Amazon resource name: the address of a machine."""

    __slots__ = ()

    @property
    def service(self) -> str:
        return self.split(":")[2]

    @property
    def resource(self) -> str:
        """What follows the account: `function:bill`, `orders`."""
        return self.split(":", 5)[5]

    @property
    def name(self) -> str:
        """The last word, as people call it: `bill`, `orders`."""
        return self.resource.rpartition(":")[2]


def arn_of(service: str, resource: str) -> Arn:
    return Arn(f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}")


def function_arn(name: str) -> Arn:
    return arn_of("lambda", f"function:{name}")


def async_address(function: Arn) -> Arn:
    """Where the asynchronous invocations of `function` queue up."""
    return Arn(f"{function}:async")


def id_prefix(seed: int, arn: Arn) -> str:
    """The first four groups of every id drawn for `arn` under `seed`."""
    digest = md5(f"{seed}/{arn}".encode(), usedforsecurity=False).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}"


class Ids:
    """The random stream of one machine, keyed by seed and ARN: adding a queue changes no other ids.

    `draw()` is a number; `text(number)` is that number as a UUID.
    """

    __slots__ = ("_arn", "_drawn", "_prefix", "_random", "_seed")

    def __init__(self, seed: int, arn: Arn) -> None:
        self._seed = seed
        self._arn = arn
        self._drawn = 0
        self._prefix: str | None = None
        self._random: Random | None = None

    def draw(self) -> int:
        self._drawn += 1
        return self._drawn

    def text(self, number: int) -> str:
        if self._prefix is None:
            self._prefix = id_prefix(self._seed, self._arn)
        return f"{self._prefix}-{number:012x}"

    @property
    def random(self) -> Random:
        """Made when first used: an idle machine owns no generator."""
        if self._random is None:
            self._random = Random(f"{self._seed}/{self._arn}")
        return self._random
