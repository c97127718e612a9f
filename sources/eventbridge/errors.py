"""Errors of EventBridge: classes are its codes; all have status 400, for it speaks the protocol with JSON bodies."""

from eventbus.errors import InvalidSetting, ServiceError, ValidationException


class InvalidParameter(ValidationException, InvalidSetting):
    """AWS's ValidationException; where a rule or a target is declared it is what any refused setting is, too."""

    @property
    def code(self) -> str:
        return ValidationException.__name__


class ResourceNotFoundException(ServiceError):
    pass


class ResourceAlreadyExistsException(ServiceError):
    pass


class LimitExceededException(ServiceError):
    pass


class IllegalStatusException(ServiceError):
    pass


def violated(value: object, member: str, constraint: str) -> InvalidParameter:
    """A length, range or pattern of the service model, worded as recorded (2021-04)."""
    return InvalidParameter(
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    )


def no_rule(name: str, bus: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(f"Rule {name} does not exist on EventBus {bus}.")


def no_archive(name: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(f"Archive {name} does not exist.")


def no_replay(name: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(f"Replay {name} does not exist.")
