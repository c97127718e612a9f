"""Why a pattern is refused, in AWS's words."""


class InvalidPattern(Exception):
    """The pattern is refused; the text is the bare reason."""
