"""Errors of Elastic Load Balancing: the class is botocore's exception, `code` the one on the wire [bc:elbv2]."""

from eventbus.errors import ServiceError


class TooManyTargetsException(ServiceError):
    """A target group of type lambda has one target."""

    @property
    def code(self) -> str:
        return "TooManyTargets"
