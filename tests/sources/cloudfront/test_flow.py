"""Which points are passed, in which order, and what is kept: every row of the table."""

from typing import Any

import pytest

from eventbus.core.outcomes import HandlerFailed, Throttled, TimedOut
from eventbus.core.outcomes import Outcome as Ended
from tests.contracts.cloudfront_table import FLOW, OUTCOMES, POINTS, RAISE, Flow, Outcome, edited
from tests.sources.cloudfront.helpers import Edge, Function, everything, lines, said

FAILED = HandlerFailed("ValueError", "boom", "r1", ())
ENDS: dict[str, Ended] = {
    "function error": FAILED,
    "timeout": TimedOut("Sandbox.Timedout", "Task timed out after 3.00 seconds"),
    "process ends": HandlerFailed("Runtime.ExitError", "exited", "r1", None),
    "throttled": Throttled("ConcurrentInvocationLimitExceeded"),
    "reserved concurrency 0": Throttled("ReservedFunctionConcurrentInvocationLimitExceeded", terminal=True),
}


def doing(what: Any) -> Function:
    if what is RAISE:
        return lambda event: FAILED
    if isinstance(what, list):
        return lambda event: edited(everything(event), what)
    return lambda event: what


@pytest.mark.parametrize("row", FLOW, ids=lambda row: row.id)
def test_flow(row: Flow) -> None:
    """Points in order, statuses and bodies, request by request."""
    does = {point: doing(row.does[point]) if point in row.does else everything for point in POINTS}
    edge = Edge(does, says=lambda request: said(row.answered))

    for visit in row.visits:
        edge.invoked.clear()
        response = edge.request(visit.method, visit.target)
        assert edge.invoked == visit.invoked
        assert response.status == visit.status
        if visit.body is not None:
            assert response.body == visit.body


@pytest.mark.parametrize("row", OUTCOMES, ids=lambda row: row.id)
def test_function_without_an_answer(row: Outcome) -> None:
    """503, with the reason in the trace; nothing is kept of it."""
    cause = row.id.partition(": ")[2]
    edge = Edge({row.point: lambda event: ENDS.get(cause)})
    edge.send()
    if cause not in ENDS:  # the driver says so, instead of an outcome
        edge.machine.denied(edge.now, edge.invokes[-1].token, "shop may not lambda:InvokeFunction on work")
        edge.drain()
    [response] = edge.responses

    assert response.status == row.status
    if row.x_cache is not None:
        assert lines(response)["x-cache"] == [row.x_cache]
        assert "is invalid or doesn't have the required permissions." in response.text
    [why] = edge.why()
    assert why.startswith(f"503: {row.point}: ")
