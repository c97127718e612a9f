"""Errors of CloudWatch [bc:cloudwatch]."""

from eventbus.errors import ServiceError


class ValidationError(ServiceError):
    pass


class InvalidFormat(ServiceError):
    """Reason data that are no JSON."""
