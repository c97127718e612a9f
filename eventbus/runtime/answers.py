"""What a bus answers: values for people."""

from typing import Any

from attrs import define, field, frozen

from eventbus.errors import FunctionError

from . import codec


@define(eq=False)
class InvokeResponse:
    """Lambda's answer to Invoke. `payload` is JSON, empty for Event and DryRun; `log_result` base64 where asked for."""

    status_code: int
    request_id: str
    payload: bytes = b""
    function_error: str | None = None
    executed_version: str | None = None
    log_result: str | None = None
    _cause: BaseException | None = field(default=None, repr=False)

    def result(self) -> Any:
        """The handler's result, decoded. Raises `FunctionError`, from the handler's own exception, if it failed."""
        if self.function_error is not None:
            error = codec.decode(self.payload)
            raise FunctionError(error.get("errorType", ""), error["errorMessage"], self.payload) from self._cause
        return codec.decode(self.payload) if self.payload else None


@frozen(kw_only=True)
class Statistics:
    """Counters of one bus since it started."""

    now: float
    invocations: int
    failed_invocations: int
    running: int
    concurrent_executions: int  # the highest there was
    throttles: int
    recursive_invocations_dropped: int
    refused_permissions: int
    async_events_received: int
    async_events_dropped: int
    dead_letter_errors: int
    destination_delivery_failures: int
    environments: int
    turns: int
    wakes: int
