"""What settings of APIs, stages and routes may be."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import Attribute

from eventbus.checks import is_function, refuse
from eventbus.names import Arn

from .authorizers import Authorizer

METHODS: Final = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
SHORTEST_TIMEOUT: Final = 50
"""Milliseconds of any integration (bc:apigateway, bc:apigatewayv2)."""
DEFAULT_STAGE: Final = "$default"

_NAME: Final = re.compile(r"[A-Za-z0-9_ .-]{1,128}")
_STAGE: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
_VARIABLE: Final = re.compile(r"[A-Za-z0-9_]+")
_VALUE: Final = re.compile(r"[A-Za-z0-9\-._~:/?#&=,]+")


def check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise refuse(attribute.name, value, "1 to 128 letters, digits, blanks, and any of _ . -")


def check_stage(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _STAGE.fullmatch(value):
        raise refuse(attribute.name, value, "1 to 128 letters, digits, - and _")


def check_http_stage(api: Any, attribute: "Attribute[Any]", value: Any) -> None:
    """Of an HTTP API it may be `$default`."""
    if value != DEFAULT_STAGE:
        check_stage(api, attribute, value)


def check_variables(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    """Stage variables (bc:apigateway CreateStage)."""
    whole = isinstance(value, Mapping) and all(isinstance(each, str) for pair in value.items() for each in pair)
    if not whole or not all(_VARIABLE.fullmatch(name) and _VALUE.fullmatch(text) for name, text in value.items()):
        raise refuse(attribute.name, value, "names of letters, digits and _, values that can stand in a URL")


def check_function(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not is_function(value):
        raise refuse(attribute.name, value, "a function of the app: what app.function() gave")


def check_authorizer(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not isinstance(value, Authorizer):
        raise refuse(attribute.name, value, "an apigateway.Authorizer")


def targets_of(function: Any, authorizer: Authorizer | None) -> Sequence[Arn]:
    return (function.arn,) if authorizer is None else (function.arn, authorizer.function.arn)
