"""Errors of calls on connections (bc:apigatewaymanagementapi)."""

from eventbus.errors import ServiceError


class GoneException(ServiceError):
    status = 410


class PayloadTooLargeException(ServiceError):
    status = 413
