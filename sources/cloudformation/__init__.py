"""CloudFormation: stacks of custom resources, whose functions are asked to make, change and delete what they stand for.

A function answers with an HTTP PUT to the event's ResponseURL, which leads to this process. In virtual time an answer
counts at the end of the instant in which it was PUT. Deviations from AWS: the URL is plain http; helpers that insist on
TLS, as crhelper does, need the extra `tls`, and must not insist on a known certificate
(`CfnResource(ssl_verify=False)`); a topic's message has no subject; the latest 10,000 events of a stack are kept.
Choices where no page settles it: the first answer counts, even a malformed one; when a resource fails, those under way
are given up at once, and deleted by an id that was made up; in a roll-back resources go back in the order of their
dependencies; a Delete in clean-up is tried once; a resource that another one is still needed by is not deleted.

Not offered, and refused: other types of resources, parameters, conditions, outputs, intrinsic functions but `Ref` and
`Fn::GetAtt`, change sets, `continue_update_rollback`, `on_failure`, retained resources of a delete.
"""

from .answers import DescribedStack, StackEvent, StackReference, StackResource
from .client import StackClient
from .errors import AlreadyExistsException, ValidationError
from .events import CustomResourceEvent, CustomResourceResponse
from .resource import CustomResource
from .stack import Stack
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "AlreadyExistsException",
    "CustomResource",
    "CustomResourceEvent",
    "CustomResourceResponse",
    "DescribedStack",
    "Stack",
    "StackClient",
    "StackEvent",
    "StackReference",
    "StackResource",
    "ValidationError",
    "sample_event",
]
