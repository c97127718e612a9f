"""What API Gateway has and this does not, by the names of its settings: refused where it is written."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, TypeVar

from attrs import fields

from eventbus.checks import refuse_unknown

T = TypeVar("T")

_TEMPLATES: Final = (
    "mapping templates are not offered: functions get the proxy event, or with type='AWS' the body alone"
)
_MODELS: Final = "models and validation of requests are not offered"
_PLANS: Final = "usage plans and API keys are not offered"
_DOMAINS: Final = "custom domains are not offered: whoever serves the API has them"
_OTHERS: Final = "integrations other than with functions are not offered"
NOT_OFFERED: Final[Mapping[str, str]] = {
    "request_templates": _TEMPLATES,
    "response_templates": _TEMPLATES,
    "template_selection_expression": _TEMPLATES,
    "passthrough_behavior": _TEMPLATES,
    "request_parameters": _TEMPLATES,
    "response_parameters": _TEMPLATES,
    "method_responses": _TEMPLATES,
    "integration_responses": _TEMPLATES,
    "request_models": _MODELS,
    "models": _MODELS,
    "model_selection_expression": _MODELS,
    "request_validator_id": _MODELS,
    "usage_plan": _PLANS,
    "api_key_required": _PLANS,
    "api_key_source_type": _PLANS,
    "api_key_selection_expression": _PLANS,
    "throttle_settings": _PLANS,
    "default_route_settings": _PLANS,
    "route_settings": _PLANS,
    "domain_name": _DOMAINS,
    "endpoint_configuration": _DOMAINS,
    "disable_execute_api_endpoint": _DOMAINS,
    "mutual_tls_authentication": _DOMAINS,
    "integration_uri": _OTHERS,
    "integration_type": _OTHERS,
    "integration_subtype": _OTHERS,
    "connection_type": _OTHERS,
    "authorization_type": "name an Authorizer; IAM and JWT authorizers are not offered",
    "jwt_configuration": "JWT authorizers are not offered",
    "provider_arns": "Cognito authorizers are not offered: a Lambda authorizer may look at a token",
    "authorizer_credentials": "roles are not offered: see app.grant",
    "credentials_arn": "roles are not offered: see app.grant",
    "policy": "resource policies of APIs are not offered",
    "minimum_compression_size": "compression is not offered",
    "content_handling": "bodies are converted by binary_media_types alone",
    "cache_cluster_enabled": "caches of answers are not offered",
    "caching_enabled": "caches of answers are not offered",
    "canary_settings": "canaries are not offered: a stage is what it is",
    "body": "definitions are not read: declare methods and routes",
}


def refusing(kind: type[T]) -> type[T]:
    """Raise `InvalidSetting` for any other setting than those of this declaration."""
    init: Callable[..., None] = kind.__init__
    known = [attribute.name for attribute in fields(kind) if attribute.init]  # type: ignore[arg-type]  # attrs made it

    @wraps(init)
    def checked(self: Any, *args: Any, **settings: Any) -> None:
        refuse_unknown(settings, NOT_OFFERED, known)
        init(self, *args, **settings)

    kind.__init__ = checked  # type: ignore[method-assign]
    return kind
