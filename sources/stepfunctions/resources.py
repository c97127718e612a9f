"""What a Task calls: a function by its ARN, or by the integration `lambda:invoke`."""

import re
from collections.abc import Mapping
from typing import Any, Final

from eventbus.names import ACCOUNT, REGION, Arn, function_arn

from .errors import Failed
from .fields import Fields
from .intrinsics import Call, Expression
from .paths import Path
from .states import Task
from .templates import SUFFIX, Template

INVOKE: Final = "arn:aws:states:::lambda:invoke"
WITH_TOKEN: Final = ".waitForTaskToken"
REQUEST_RESPONSE: Final = "RequestResponse"
EVENT: Final = "Event"
LATEST: Final = "$LATEST"
_OWN: Final = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
_FUNCTION: Final = re.compile(rf"(?:{_OWN}|{ACCOUNT}:function:|)([\w-]{{1,64}})(?::(.+))?", re.ASCII)
_PARAMETERS: Final = ("FunctionName", "Payload", "InvocationType", "Qualifier")
_TOKEN: Final = ("$$", "$$.Task", "$$.Task.Token")


def function_of(name: Any) -> Arn | None:
    """Of a name, a partial or a whole ARN; None: no function has it."""
    found = _FUNCTION.fullmatch(name) if isinstance(name, str) else None
    return None if found is None or found[2] not in (None, LATEST) else function_arn(found[1])


def target_of(fields: Fields, parameters: Template | None) -> dict[str, Any]:
    """What a Resource says of its Task. Raises `InvalidSetting`."""
    resource = fields.text("Resource")
    if resource in (INVOKE, INVOKE + WITH_TOKEN):
        with_token = resource != INVOKE
        return {"integrated": True, "with_token": with_token, "function": _named(fields, parameters, with_token)}
    if not resource.startswith("arn:aws:lambda:"):
        offered = f"a function, {INVOKE!r} and {INVOKE + WITH_TOKEN!r}"
        raise fields.bad(f"Resource {resource!r} is refused; offered are {offered}")
    function = function_of(resource)
    if function is None:
        raise fields.bad(f"Resource {resource!r} is no function of this account: every function is {LATEST}")
    return {"function": function}


def call_of(task: Task, given: Any) -> tuple[Arn, Any, bool]:
    """Function, event, and whether it is invoked asynchronously, of what the state makes of its input. Raises
    `Failed`."""
    if not task.integrated:
        assert task.function is not None, "a function's own ARN is known"
        return task.function, given, False
    function = function_of(given["FunctionName"])
    if function is None:
        raise Failed("Lambda.ResourceNotFoundException", f"Function not found: {given['FunctionName']}")
    kind, qualifier = given.get("InvocationType", REQUEST_RESPONSE), given.get("Qualifier", LATEST)
    if kind not in (REQUEST_RESPONSE, EVENT) or qualifier != LATEST:
        why = f"InvocationType {kind!r} or Qualifier {qualifier!r} is not offered"
        raise Failed("Lambda.InvalidParameterValueException", why)
    return function, given.get("Payload", {}), kind == EVENT


def _named(fields: Fields, parameters: Template | None, with_token: bool) -> Arn | None:
    """The function that Parameters name, None where only a path knows it."""
    given = fields.ask("Parameters")
    if parameters is None or not isinstance(given, Mapping):
        raise fields.bad("Parameters is an object with FunctionName")
    names = [name.removesuffix(SUFFIX) for name in given]
    for name in names:
        if name not in _PARAMETERS:
            raise fields.bad(f"the parameter {name!r} is refused; offered are {', '.join(_PARAMETERS)}")
    if "FunctionName" not in names:
        raise fields.bad("Parameters lack FunctionName")
    for name, known in (("InvocationType", (REQUEST_RESPONSE, EVENT)), ("Qualifier", (LATEST,))):
        if given.get(name, known[0]) not in known:
            raise fields.bad(f"{name} is {' or '.join(known)}, not {given[name]!r}")
    if with_token and not any(_is_token(each) for each in parameters.expressions()):
        raise fields.bad("the task token goes nowhere: place $$.Task.Token in Payload")
    if "FunctionName" not in given:
        return None
    function = function_of(given["FunctionName"])
    if function is None:
        raise fields.bad(f"FunctionName {given['FunctionName']!r} is no function: every function is {LATEST}")
    return function


def _is_token(expression: Expression) -> bool:
    if isinstance(expression, Call):
        return any(_is_token(argument) for argument in expression.arguments)
    return isinstance(expression, Path) and expression.text in _TOKEN
