"""What is wrong with an answer, in CloudFront's own words where they were recorded (2019 to 2024)."""

from typing import Final

RESULT: Final = "The Lambda function result failed validation: "

NOT_PARSABLE: Final = "The Lambda function returned invalid JSON: The JSON output is not parsable."
NO_OBJECT: Final = "The Lambda function returned invalid JSON: The JSON output must be an object type."
NO_ARRAY: Final = (
    "The Lambda function returned an invalid entry in the headers object: Each header entry in the headers object must "
    "be an array."
)
ENTRY: Final = (
    "The Lambda function returned an invalid entry in the headers object: the value of each header value must be of "
    "string or array of string type."
)
HEADER: Final = f"{RESULT}The function returned an invalid header."
READ_ONLY: Final = f"{RESULT}The function tried to add, delete, or change a read-only header."
DISALLOWED: Final = f"{RESULT}The function tried to add a blacklisted header."
URI: Final = f"{RESULT}The specified URI is in an invalid format."
BODY: Final = f"{RESULT}The body is not a string, is not an object, or exceeds the maximum size."
ORIGIN: Final = "The Lambda function returned an invalid origin configuration."


class Invalid(Exception):
    """`text` is for the viewer, with what it is about for the trace."""

    def __init__(self, text: str, about: str = "") -> None:
        super().__init__(f"{text.removesuffix('.')}: {about}" if about else text)
        self.text = text
