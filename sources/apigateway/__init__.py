"""API Gateway: REST, HTTP and WebSocket APIs, and their Lambda authorizers."""

from sources._http.client import DoorClient
from sources._http.cors import Cors
from sources._http.payload_2 import HttpEvent

from .authorizers import Authorizer
from .errors import GoneException, PayloadTooLargeException
from .http_api import HttpApi
from .payload_1 import ProxyEvent
from .rest import Method, RestApi
from .route import Route
from .socket_api import WebSocketApi
from .socket_client import ConnectionClosed, ConnectionRefused, WebSocket
from .stage import Stage
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "Authorizer",
    "ConnectionClosed",
    "ConnectionRefused",
    "Cors",
    "DoorClient",
    "GoneException",
    "HttpApi",
    "HttpEvent",
    "Method",
    "PayloadTooLargeException",
    "ProxyEvent",
    "RestApi",
    "Route",
    "Stage",
    "WebSocket",
    "WebSocketApi",
    "sample_event",
]
