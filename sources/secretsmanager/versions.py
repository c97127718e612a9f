"""The versions of one secret, and the staging labels that tell which is which.

Laws: a label is on one version at a time; a version that has a value never gets another one. Whenever AWSCURRENT moves,
AWSPREVIOUS moves to where it was. A refused call changes nothing.
"""

from collections.abc import Sequence
from typing import Final

from attrs import define, field

from .errors import (
    InvalidParameterException,
    InvalidRequestException,
    LimitExceededException,
    ResourceExistsException,
    ResourceNotFoundException,
)

CURRENT: Final = "AWSCURRENT"
PENDING: Final = "AWSPENDING"
PREVIOUS: Final = "AWSPREVIOUS"
LABELS_LIMIT: Final = 20
"""Of one version [bc:secretsmanager]."""
VERSIONS_KEPT: Final = 100
"""Older ones without a label are forgotten once they are a day old [bc:secretsmanager PutSecretValue]."""
DAY: Final = 86_400

Content = str | bytes


@define(eq=False)
class Version:
    """`content` None: it was made by a rotation, and has no value yet."""

    id: str
    created_at: float
    content: Content | None = None
    labels: list[str] = field(factory=list)


@define(eq=False)
class Versions:
    known: dict[str, Version] = field(factory=dict, init=False)  # in the order in which they were made

    def labelled(self, label: str) -> Version | None:
        return next((version for version in self.known.values() if label in version.labels), None)

    def find(self, id: str | None, label: str | None) -> Version:
        """One with a value: that of the id, or of the label. Raises `ResourceNotFoundException`,
        `InvalidRequestException`."""
        version = self.labelled(label or CURRENT) if id is None else self.known.get(id)
        if version is not None and label is not None and label not in version.labels:
            raise InvalidRequestException(
                "You provided a VersionStage that is not associated to the provided VersionId."
            )
        if version is None or version.content is None:
            what, which = ("staging label", label or CURRENT) if id is None else ("VersionId", id)
            raise ResourceNotFoundException.of(what, which)
        return version

    def put(self, now: float, id: str, content: Content, labels: Sequence[str]) -> Version:
        """Raises `ResourceExistsException` if it has another value already; the same changes nothing."""
        version = self.known.get(id)
        if version is not None and version.content is not None:
            if version.content != content:
                raise ResourceExistsException
            return version
        first = all(each.content is None for each in self.known.values())
        wanted = [*([CURRENT] if first and CURRENT not in labels else []), *labels]
        version = self.add(now, id)
        version.content = content
        for label in wanted:
            self._attach(label, version)
        self._forget(now)
        return version

    def add(self, now: float, id: str) -> Version:
        """It is there, without a value if it was not."""
        return self.known.setdefault(id, Version(id, now))

    def move(self, label: str, to: str | None, source: str | None) -> None:
        """As UpdateSecretVersionStage. Raises `InvalidParameterException`, `ResourceNotFoundException`,
        `LimitExceededException`."""
        holder = self.labelled(label)
        if to is None and source is None:
            raise InvalidParameterException("You must provide MoveToVersionId, RemoveFromVersionId or both.")
        if to is not None and to not in self.known:
            raise ResourceNotFoundException.of("VersionId", to)
        if holder is not None and holder.id != to and source is None:
            raise InvalidParameterException(
                f"The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently attached to "
                f"version {holder.id}, so you must explicitly reference that version in RemoveFromVersionId."
            )
        if source is not None and (holder is None or holder.id != source):
            raise InvalidParameterException(f"Staging label {label} is not attached to version {source}.")
        if to is None:
            self._take_off(label, holder)
        elif label not in self.known[to].labels:
            if len(self.known[to].labels) >= LABELS_LIMIT:
                raise LimitExceededException(f"A version has {LABELS_LIMIT} staging labels at most.")
            self._attach(label, self.known[to])

    def pend(self, now: float, id: str) -> Version:
        """It has AWSPENDING."""
        version = self.add(now, id)
        self._attach(PENDING, version)
        return version

    def drop_pending(self) -> None:
        """AWSPENDING is nowhere; a version without label and value is nothing."""
        holder = self.labelled(PENDING)
        if holder is not None:
            holder.labels.remove(PENDING)
            if holder.content is None and not holder.labels:
                del self.known[holder.id]

    def _take_off(self, label: str, holder: Version | None) -> None:
        if label == CURRENT:
            raise InvalidParameterException(
                f"You can only move staging label {label} to a different secret version. It can't be completely "
                "removed."
            )
        if holder is not None:
            holder.labels.remove(label)

    def _attach(self, label: str, version: Version) -> None:
        holder = self.labelled(label)
        if holder is version:
            return
        if holder is not None:
            holder.labels.remove(label)
        version.labels.append(label)
        if label == CURRENT and holder is not None:
            self._attach(PREVIOUS, holder)

    def _forget(self, now: float) -> None:
        surplus = len(self.known) - VERSIONS_KEPT
        if surplus > 0:
            old = [each for each in self.known.values() if not each.labels and each.created_at <= now - DAY]
            for version in old[:surplus]:
                del self.known[version.id]
