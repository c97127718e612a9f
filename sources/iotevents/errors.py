"""Errors of IoT Events, with its codes and statuses [iote:API]; texts are ours."""

from eventbus.errors import ResourceNotFoundException, ServiceError


class InvalidRequestException(ServiceError):
    pass


__all__ = ["InvalidRequestException", "ResourceNotFoundException"]
