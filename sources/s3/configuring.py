"""The notification configuration of a bucket as its client writes and reads it, under AWS's names in snake case.

`{"queue_configurations": [{"id": ..., "queue_arn": ..., "events": [...], "filter": {"key": {"filter_rules": [{"name":
"prefix", "value": ...}]}}}], "topic_configurations": ..., "lambda_function_configurations": ...,
"event_bridge_configuration": {}}`. Texts of refusals are AWS's where they were recorded (2023, 2025-01).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from eventbus.names import Arn

from .configurations import FILTER_LIMIT, OVERLAP, Change, Configuration, default_id, is_id
from .errors import InvalidArgument, MalformedXML
from .families import OFFERED

EVENT_BRIDGE: Final = "event_bridge_configuration"
KINDS: Final = {
    "topic_configurations": ("topic_arn", "sns", "Topic"),
    "queue_configurations": ("queue_arn", "sqs", "Queue"),
    "lambda_function_configurations": ("lambda_function_arn", "lambda", "CloudFunction"),
}
"""The member with the ARN, its service, and what a refusal calls it."""
NO_ARN: Final = "The ARN could not be parsed"
NOT_VALIDATED: Final = "Unable to validate the following destination configurations"
NO_RULE: Final = "filter rule name must be either prefix or suffix"
NO_EVENT: Final = "The event is not supported for notifications"
RULES: Final = ("prefix", "suffix")


def change_of(given: Mapping[str, Any]) -> Change:
    """Raises `InvalidArgument` and `MalformedXML` for what AWS refuses before it looks at any destination."""
    if not isinstance(given, Mapping) or not given.keys() <= {*KINDS, EVENT_BRIDGE}:
        raise MalformedXML(about=f"{given!r}: a configuration has {', '.join((*KINDS, EVENT_BRIDGE))}")
    event_bridge = given.get(EVENT_BRIDGE)
    if event_bridge is not None and event_bridge != {}:
        raise MalformedXML(about=f"{EVENT_BRIDGE}={event_bridge!r}: {{}}, or left out")
    entries = [(kind, entry) for kind in KINDS for entry in _entries(kind, given.get(kind) or ())]
    targets = [_target(kind, entry) for kind, entry in entries]
    configurations = [_configuration(target, entry) for target, (_, entry) in zip(targets, entries, strict=True)]
    _check_together(configurations)
    return Change(configurations, event_bridge is not None)


def shown(configurations: Sequence[Configuration], event_bridge: bool) -> dict[str, Any]:
    """As it can be put again; empty without any. Filter rules have their names in capitals, as recorded."""
    found: dict[str, Any] = {}
    for kind, (member, service, _) in KINDS.items():
        entries = [_shown(member, each) for each in configurations if each.target.service == service]
        if entries:
            found[kind] = entries
    if event_bridge:
        found[EVENT_BRIDGE] = {}
    return found


def not_validated(refusals: Sequence[tuple[Arn, str]]) -> InvalidArgument:
    """Names each destination and what is wrong with it."""
    arguments: dict[str, str] = {}
    for number, (target, reason) in enumerate(refusals, 1):
        arguments[f"ArgumentName{number}"] = str(target)
        arguments[f"ArgumentValue{number}"] = reason
    return InvalidArgument(NOT_VALIDATED, arguments=arguments)


def _entries(kind: str, given: Any) -> Sequence[Mapping[str, Any]]:
    if isinstance(given, str | Mapping) or not isinstance(given, Sequence):
        raise MalformedXML(about=f"{kind}={given!r}: a list")
    allowed = {"id", KINDS[kind][0], "events", "filter"}
    for entry in given:
        if not isinstance(entry, Mapping) or not entry.keys() <= allowed:
            raise MalformedXML(about=f"{entry!r} in {kind}: only {', '.join(sorted(allowed))}")
    return given


def _target(kind: str, entry: Mapping[str, Any]) -> Arn:
    member, service, argument = KINDS[kind]
    value = entry.get(member)
    if not isinstance(value, str) or not re.fullmatch(rf"arn:aws:{service}:[^:]+:[0-9]{{12}}:.+", value):
        raise InvalidArgument(NO_ARN, arguments={"ArgumentName": argument, "ArgumentValue": str(value)})
    if value.endswith(".fifo"):
        raise not_validated([(Arn(value), "FIFO queues and topics are not supported")])
    return Arn(value)


def _configuration(target: Arn, entry: Mapping[str, Any]) -> Configuration:
    events = entry.get("events")
    if isinstance(events, str) or not isinstance(events, Sequence) or not events:
        raise MalformedXML(about=f"events={events!r}: a list of event types")
    for event in events:
        if event not in OFFERED:
            raise InvalidArgument(NO_EVENT, arguments={"ArgumentName": "Event", "ArgumentValue": str(event)})
    prefix, suffix = _filter(entry.get("filter"))
    id = entry.get("id")
    if id is not None and not is_id(id):
        raise MalformedXML(about=f"id={id!r}: a text that is not empty, or left out")
    return Configuration(id or default_id(target, events, prefix, suffix), target, tuple(events), prefix, suffix)


def _filter(given: Any) -> tuple[str, str]:
    """Prefix and suffix."""
    if given is None:
        return "", ""
    try:
        rules = [(rule["name"], rule["value"]) for rule in given["key"]["filter_rules"]]
    except (TypeError, KeyError):
        raise MalformedXML(about=f"filter={given!r}: {{'key': {{'filter_rules': [...]}}}}") from None
    found: dict[str, str] = {}
    for name, value in rules:
        rule = name.lower() if isinstance(name, str) else ""
        if rule not in RULES:
            raise _refused_rule(NO_RULE, name)
        if rule in found:
            raise _refused_rule(f"Cannot specify more than one {rule} rule in a filter.", name)
        if not isinstance(value, str) or len(value) > FILTER_LIMIT:
            raise InvalidArgument(f"Size of filter rule value cannot exceed {FILTER_LIMIT} characters")
        found[rule] = value
    return found.get("prefix", ""), found.get("suffix", "")


def _refused_rule(text: str, name: object) -> InvalidArgument:
    return InvalidArgument(text, arguments={"ArgumentName": "FilterRule.Name", "ArgumentValue": str(name)})


def _check_together(configurations: Sequence[Configuration]) -> None:
    for index, one in enumerate(configurations):
        for other in configurations[:index]:
            if one.overlaps(other):
                raise InvalidArgument(OVERLAP, about=f"{other.id} and {one.id}")
            if one.id == other.id:
                raise InvalidArgument("Configuration IDs must be unique", about=one.id)


def _shown(member: str, configuration: Configuration) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": configuration.id,
        member: configuration.target,
        "events": list(configuration.events),
    }
    filters = {"Prefix": configuration.prefix, "Suffix": configuration.suffix}
    rules = [{"name": name, "value": value} for name, value in filters.items() if value]
    if rules:
        found["filter"] = {"key": {"filter_rules": rules}}
    return found
