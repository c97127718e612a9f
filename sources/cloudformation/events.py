"""What a custom resource's function gets, and the answer it PUTs."""

from typing import Any, Literal, NotRequired, TypedDict

RequestType = Literal["Create", "Update", "Delete"]


class CustomResourceEvent(TypedDict):
    RequestType: RequestType
    ServiceToken: str
    ResponseURL: str
    StackId: str
    RequestId: str
    LogicalResourceId: str
    PhysicalResourceId: NotRequired[str]
    ResourceType: str
    ResourceProperties: dict[str, Any]
    OldResourceProperties: NotRequired[dict[str, Any]]


class CustomResourceResponse(TypedDict):
    Status: Literal["SUCCESS", "FAILED"]
    Reason: NotRequired[str]
    PhysicalResourceId: str
    StackId: str
    RequestId: str
    LogicalResourceId: str
    NoEcho: NotRequired[bool]
    Data: NotRequired[dict[str, Any]]
