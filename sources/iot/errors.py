"""Errors of IoT, with its codes and statuses [bc:iot, bc:iot-data]; texts are ours."""

from eventbus.errors import ServiceError


class InvalidRequestException(ServiceError):
    pass


class SqlParseException(ServiceError):
    pass


class ResourceAlreadyExistsException(ServiceError):
    status = 409


class UnauthorizedException(ServiceError):
    """Which a rule that is not there answers as well: the service's model has no other error for it."""

    status = 401

    @classmethod
    def of(cls, name: str) -> "UnauthorizedException":
        return cls(f"Access to topic rule '{name}' was denied: there is none of that name")


class RequestEntityTooLargeException(ServiceError):
    status = 413
