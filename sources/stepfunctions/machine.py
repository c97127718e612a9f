"""One state machine: what its clients ask of it."""

from attrs import define

from eventbus.core.effects import Cause
from eventbus.names import Arn

from .errors import ExecutionAlreadyExists, ExecutionDoesNotExist
from .lanes import Execution
from .tasks import TaskMachine


@define(eq=False)
class StateMachineMachine(TaskMachine):
    def start(self, now: float, name: str | None, text: str, cause: Cause | None) -> Execution:
        """It is under way; one of that name and input that runs is the same one. Raises `ExecutionAlreadyExists`."""
        if name is None:
            name = self.new_id()
        known = self.executions.get(name)
        if known is None:
            return self.begin(now, name, text, cause)
        if known.input == text and known.status == "RUNNING":
            return known
        raise ExecutionAlreadyExists(f"Execution Already Exists: '{known.arn}'")

    def execution(self, now: float, arn: str) -> Execution:
        """Raises `ExecutionDoesNotExist`."""
        known = self.executions.get(Arn(arn).name)
        if known is None or known.arn != arn:
            raise ExecutionDoesNotExist(f"Execution Does Not Exist: '{arn}'")
        return known

    def stop(self, now: float, arn: str, error: str, why: str) -> Execution:
        """It runs no more; one that has ended stays as it is. Raises `ExecutionDoesNotExist`."""
        known = self.execution(now, arn)
        if known.status == "RUNNING":
            self.end(now, known, "ABORTED", error=error, why=why)
        return known

    def listed(
        self, now: float, status: str | None, before: int | None, limit: int
    ) -> tuple[list[Execution], int | None]:
        """The newest first, of those that were started before the one of that number; and the number that the next
        page goes on before."""
        numbered = list(enumerate(self.executions.values()))[:before]
        found = [each for each in reversed(numbered) if status in (None, each[1].status)]
        page = found[:limit]
        return [execution for _, execution in page], page[-1][0] if len(found) > limit else None
