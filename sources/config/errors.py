"""Errors of AWS Config, with its codes [bc:config]; the status is always 400."""

from eventbus.errors import ServiceError, ValidationException


class NoSuchConfigRuleException(ServiceError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"The ConfigRule '{name}' provided in the request is invalid. Please check the configRule name"
        )


class InvalidResultTokenException(ServiceError):
    def __init__(self) -> None:
        super().__init__("The specified ResultToken is not valid.")


class ResourceNotDiscoveredException(ServiceError):
    def __init__(self, resource_type: str, resource_id: str) -> None:
        super().__init__(
            f"Resource {resource_id} of resourceType:{resource_type} is unknown or has not been discovered"
        )


class LimitExceededException(ServiceError):
    """`start_config_rules_evaluation` more than once in a minute."""

    def __init__(self) -> None:
        super().__init__("StartConfigRulesEvaluation can be called once in a minute.")


def unsatisfied(member: str, value: object, constraint: str) -> ValidationException:
    return ValidationException(
        f"1 validation error detected: Value {value!a:.200} at '{member}' failed to satisfy constraint: "
        f"Member must {constraint}"
    )
