"""CodeCommit triggers, as they are looked up."""

from typing import Final

from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .client import USER
from .events import CodeCommitEvent
from .repository import Repository
from .trigger import Trigger


def sample_event(
    *,
    repository: str = "orders",
    trigger: str = "notify",
    branch: str = "main",
    custom_data: str = "",
    function: str = "work",
) -> CodeCommitEvent:
    """What `function` gets for the first commit of a branch. Raises `InvalidSetting`."""
    declared = Repository(repository)
    wire = Trigger(declared, SampleFunction(function), name=trigger, events=["all"], custom_data=custom_data or None)
    machine = machine_of(declared, wire)
    machine.commit(0.0, branch, None, USER, None)
    event: CodeCommitEvent = event_of(machine)
    return event


SYSTEM: Final = System(
    name="CodeCommit trigger",
    kind="asynchronous",
    invoked_by="`codecommit.Trigger(repository, function, name=..., events=[...])`: branches and tags that move",
    event='`{"Records": [{"codecommit": {"references": [...]}, ...}]}`, one record for a push',
    answer="not looked at",
    retries="the function's asynchronous queue; a hand-over for 24 h while it is refused for a while",
    permission="codecommit.amazonaws.com, SourceArn = the repository",
    refused="files, merges, pull requests, events for event buses",
    deviations="no files are kept; `push` stands for git",
    example="""\
app = App("shop")
orders = app.add(codecommit.Repository("orders"))
build = app.function(lambda event, context: None, name="build")
app.add(codecommit.Trigger(orders, build, name="build", events=["all"], branches=["main"]))
async with app.start() as bus:
    await bus[orders].create_commit("main")
    await bus.settle()
    assert len(bus.invocations(build)) == 1
""",
    sample_event=sample_event,
)
