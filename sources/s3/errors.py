"""Errors of S3, with its codes, texts and statuses [s3:ErrorResponses]. What was asked for stands in a note below."""

from collections.abc import Mapping
from typing import ClassVar

from eventbus.errors import ServiceError


class S3Error(ServiceError):
    """Base of what S3 answers: its text, unless a call has one of its own."""

    text: ClassVar[str] = ""

    def __init__(self, text: str = "", *, about: str = "") -> None:
        super().__init__(text or self.text)
        if about:
            self.add_note(about)


class NoSuchKey(S3Error):
    status = 404
    text = "The specified key does not exist."

    def __init__(self, key: str) -> None:
        super().__init__(about=f"key {key!r}")
        self.key = key


class NoSuchVersion(S3Error):
    status = 404
    text = "The specified version does not exist."


class NoSuchUpload(S3Error):
    status = 404
    text = (
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
        "completed."
    )


class MethodNotAllowed(S3Error):
    """What was asked for is a delete marker."""

    status = 405
    text = "The specified method is not allowed against this resource."


class InvalidArgument(S3Error):
    """`arguments` are AWS's members beside code and message, such as ArgumentName and ArgumentValue."""

    text = "Invalid Argument"

    def __init__(self, text: str = "", *, about: str = "", arguments: Mapping[str, str] | None = None) -> None:
        self.arguments: dict[str, str] = dict(arguments or {})
        super().__init__(text, about=about or ", ".join(f"{name}: {value}" for name, value in self.arguments.items()))


class InvalidRequest(S3Error):
    """A copy onto itself that would change nothing; an event that this bucket can't have."""


class KeyTooLongError(S3Error):
    text = "Your key is too long"


class EntityTooSmall(S3Error):
    text = "Your proposed upload is smaller than the minimum allowed size"


class EntityTooLarge(S3Error):
    text = "Your proposed upload exceeds the maximum allowed size"


class InvalidPart(S3Error):
    text = (
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified "
        "entity tag may not match the part's entity tag."
    )


class InvalidPartOrder(S3Error):
    text = "The list of parts was not in ascending order. Parts must be ordered by part number."


class MalformedXML(S3Error):
    """A list of parts or keys that is empty, too long, or lacks what each entry must have."""

    text = "The XML you provided was not well-formed or did not validate against our published schema"
