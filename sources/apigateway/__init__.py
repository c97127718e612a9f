"""API Gateway: REST APIs, HTTP APIs and their Lambda authorizers."""

from sources._http.client import DoorClient
from sources._http.cors import Cors
from sources._http.payload_2 import HttpEvent

from .authorizers import Authorizer
from .http_api import HttpApi, Route
from .payload_1 import ProxyEvent
from .rest import Method, RestApi, Stage

__all__ = [
    "Authorizer",
    "Cors",
    "DoorClient",
    "HttpApi",
    "HttpEvent",
    "Method",
    "ProxyEvent",
    "RestApi",
    "Route",
    "Stage",
]
