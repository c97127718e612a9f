"""The declaration of a custom resource, and what resources must be together."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, between, is_function, one_of, refuse
from eventbus.errors import InvalidSetting
from eventbus.names import Arn

from .template import copied, in_order, references

GENERAL_TYPE: Final = "AWS::CloudFormation::CustomResource"
_TYPE: Final = re.compile(r"Custom::[0-9A-Za-z_@-]{1,60}")
"""[cfn:crpg-ref-requesttypes-create] (60 without the prefix: our reading)"""
_LOGICAL_ID: Final = re.compile(r"[A-Za-z0-9]{1,255}")
LONGEST_TIMEOUT: Final = 3_600
"""Seconds, and the default [cfn:crpg-ref]."""
RESOURCES_LIMIT: Final = 500
"""Of one template [cfn:cloudformation-limits]."""
OWN_PROPERTIES: Final = {"ServiceToken": "service_token", "ServiceTimeout": "service_timeout"}


def _check_token(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    arn = getattr(value, "arn", None)
    is_topic = isinstance(arn, Arn) and arn.service == "sns" and not arn.endswith(".fifo") and "#" not in arn
    if not is_function(value) and not is_topic:
        raise refuse("service_token", arn or value, "a declared function or standard topic")


def _check_type(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value != GENERAL_TYPE and not (isinstance(value, str) and _TYPE.fullmatch(value)):
        raise refuse("resource_type", value, f"Custom:: and 1 to 60 letters, digits and _@-, or {GENERAL_TYPE}")


def _check_names(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or not all(isinstance(name, str) for name in value):
        raise refuse("depends_on", value, "a list of logical ids")


def _own(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise refuse("properties", value, "a map of names to values")
    for name, setting in OWN_PROPERTIES.items():
        if name in value:
            raise refuse(f"properties[{name!r}]", value[name], f"the setting {setting}")
    return copied(dict(value), "/Properties")


@frozen(eq=False)
class CustomResource:
    """`service_token`, a declared function or topic, gets an event whenever this is made, changed or deleted, and
    answers with a PUT to the event's ResponseURL, for which it has `service_timeout` seconds: 3,600 where none is
    written.

    Values of `properties` may refer to other resources, `{"Ref": "Name"}` or `{"Fn::GetAtt": ["Name", "Attribute"]}`.
    Raises `InvalidSetting` for what AWS refuses."""

    service_token: Any = field(validator=_check_token)
    resource_type: str = field(default=GENERAL_TYPE, kw_only=True, validator=_check_type)
    properties: Mapping[str, Any] = field(factory=dict, kw_only=True, converter=_own)
    service_timeout: int | None = field(default=None, kw_only=True, validator=between(1, LONGEST_TIMEOUT, whole=True))
    depends_on: Sequence[str] = field(default=(), kw_only=True, converter=as_tuple, validator=_check_names)
    deletion_policy: Literal["Delete", "Retain"] = field(
        default="Delete", kw_only=True, validator=one_of(("Delete", "Retain"))
    )
    template: Mapping[str, Any] = field(init=False, repr=False)
    """All of its properties, as a template has them."""
    dependencies: tuple[str, ...] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        own: dict[str, Any] = {"ServiceToken": str(self.token)}
        if self.service_timeout is not None:
            own["ServiceTimeout"] = self.service_timeout
        object.__setattr__(self, "template", {**own, **self.properties})
        names = [*self.depends_on, *references(self.properties)]
        object.__setattr__(self, "dependencies", tuple(dict.fromkeys(names)))

    @property
    def token(self) -> Arn:
        return self.service_token.arn  # type: ignore[no-any-return]  # checked when it was made

    def same_as(self, other: "CustomResource") -> bool:
        """Whether a template that has the one for the other is the same template."""
        mine, theirs = (
            (each.resource_type, each.template, each.depends_on, each.deletion_policy) for each in (self, other)
        )
        return mine == theirs


Resources = Mapping[str, CustomResource]


def check_resources(resources: Any) -> Resources:
    """A template's resources, each after those that it depends on. Raises `InvalidSetting`."""
    if not isinstance(resources, Mapping) or not resources:
        raise InvalidSetting("Template format error: At least one Resources member must be defined.")
    if len(resources) > RESOURCES_LIMIT:
        raise InvalidSetting(
            f"Template format error: Number of resources, {len(resources)}, is more than {RESOURCES_LIMIT}"
        )
    for name, resource in resources.items():
        if not isinstance(name, str) or not _LOGICAL_ID.fullmatch(name):
            raise InvalidSetting(f"Template format error: Resource name {name!r} is non alphanumeric.")
        if not isinstance(resource, CustomResource):
            raise refuse(f"resources[{name!r}]", resource, "a cloudformation.CustomResource")
    order = in_order({name: resource.dependencies for name, resource in resources.items()})
    return {name: resources[name] for name in order}
