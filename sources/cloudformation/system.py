"""CloudFormation custom resources, as they are looked up."""

from typing import Final

from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .events import CustomResourceEvent
from .resource import CustomResource
from .stack import Stack


def sample_event(
    *,
    stack: str = "shop",
    resource: str = "Bucket",
    resource_type: str = "Custom::Bucket",
    name: str = "orders",
    response_url: str = "https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/answer",
    function: str = "work",
) -> CustomResourceEvent:
    """What `function` gets for a resource with the property `Name` that is to be made. Raises `InvalidSetting`."""
    declared = CustomResource(SampleFunction(function), resource_type=resource_type, properties={"Name": name})
    machine = machine_of(Stack(stack, {resource: declared}))
    machine.create(0.0, None)
    event: CustomResourceEvent = event_of(machine)
    return {**event, "ResponseURL": response_url}


SYSTEM: Final = System(
    name="CloudFormation custom resource",
    kind="asynchronous",
    invoked_by="`cloudformation.Stack(name, {id: CustomResource(function)})`: a resource made, changed or deleted",
    event='`{"RequestType": "Create", "ResponseURL": ..., "ResourceProperties": {...}}`, all values texts',
    answer="not looked at; the stack waits for a PUT to `ResponseURL`, a real URL on the loopback address: up to 4,096 "
    "bytes, `Status` and `PhysicalResourceId`; a malformed one fails the resource, a late or second one is ignored",
    retries="the function's asynchronous queue, with the same RequestId; without an answer in `service_timeout` "
    "(3,600 s) the resource fails, and the stack rolls back",
    permission="the stack's service role or its caller",
    refused="other resource types, parameters, conditions, outputs, other intrinsic functions than Ref and Fn::GetAtt, "
    "change sets, stack policies, nested stacks, FIFO topics",
    deviations="the URL is http, and leads to this process; a topic's message has no subject",
    example="""\
app = App("shop")
async def make(event, context):
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": event["ResourceProperties"]["Name"]}
    await eventbus.current_bus()[stack].put_response(event["ResponseURL"], answer)  # or an HTTP PUT
bucket = cloudformation.CustomResource(app.function(make), properties={"Name": "orders"})
stack = app.add(cloudformation.Stack("shop", {"Bucket": bucket}))
async with app.start() as bus:
    await bus[stack].create_stack()
    await bus.settle()
    assert (await bus[stack].describe_stacks())[0].stack_status == "CREATE_COMPLETE"
""",
    sample_event=sample_event,
)
