"""CodeCommit triggers as data: which push reaches which trigger, what PutRepositoryTriggers and its test refuse.

Repository `orders` in us-east-1, account 000000000000; a push is a list of changes of references by one user at one
moment. Sources, in the columns `source`: "guide" is the CodeCommit user guide (triggers and limits), "bc" the service
model and its texts (botocore 1.44.5, codecommit), "systems" and "semantics" the project's reference texts, "unverified"
general knowledge of the service found in no text read, "choice" ours. Errors have status 400; their words are bc's, of
which not all is known.

Left open, so in no row: a push of more references than one event holds (eventTotalParts above 1), topics as targets.
"""

from typing import Any, Literal

import attrs

ARN = "arn:aws:lambda:us-east-1:000000000000:function:work"
COMMIT = "5c4ef1049f1d27deadbeeff313e0730018be182b"
SAMPLE_COMMIT = "0" * 40
"""The commit of a test when the repository has none (guide: zeroes)."""

Change = Literal["create", "update", "delete"]


def trigger(**changed: Any) -> dict[str, Any]:
    """A trigger that is taken, with `changed` over it; a member with the value None is left out."""
    members = {"name": "notify", "destinationArn": ARN, "branches": [], "events": ["all"], **changed}
    return {name: value for name, value in members.items() if value is not None}


# ------------------------------------------------------------------------------------------------------------ filters


@attrs.frozen
class Push:
    """Changes (what, ref) of one push, and the refs in the trigger's event; none: the function is not invoked.

    One event with one record for a push. A created reference has `created`, a deleted one `deleted`, both true.
    """

    id: str
    branches: tuple[str, ...]
    events: tuple[str, ...]
    push: tuple[tuple[Change, str], ...]
    references: tuple[str, ...]
    source: str


_MAIN = "refs/heads/main"
_RED = "refs/heads/red"
_TAG = "refs/tags/v1"
_ALL = ("all",)
_THREE: tuple[tuple[Change, str], ...] = (("update", _MAIN), ("create", _RED), ("delete", "refs/heads/old"))
_EVENT_OF = {"create": "createReference", "update": "updateReference", "delete": "deleteReference"}


def _one(
    id: str, branches: tuple[str, ...], events: tuple[str, ...], what: Change, ref: str, sent: bool, source: str
) -> Push:
    return Push(id, branches, events, ((what, ref),), (ref,) if sent else (), source)


PUSHES: list[Push] = [
    _one("all: update", (), _ALL, "update", _MAIN, True, "bc"),
    _one("all: create", (), _ALL, "create", _RED, True, "bc"),
    _one("all: delete", (), _ALL, "delete", _RED, True, "bc"),
    _one("all: tag", (), _ALL, "create", _TAG, True, "guide (branch or tag)"),
    *[
        _one(f"{_EVENT_OF[wanted]}: {what}", (), (_EVENT_OF[wanted],), what, _MAIN, what == wanted, "bc")
        for wanted in _EVENT_OF
        for what in ("create", "update", "delete")
    ],
    _one("two events: first", (), ("createReference", "deleteReference"), "create", _RED, True, "bc"),
    _one("two events: second", (), ("createReference", "deleteReference"), "delete", _RED, True, "bc"),
    _one("two events: neither", (), ("createReference", "deleteReference"), "update", _RED, False, "bc"),
    _one("branch", ("main",), _ALL, "update", _MAIN, True, "bc"),
    _one("other branch", ("main",), _ALL, "update", _RED, False, "bc"),
    _one("one of two branches", ("main", "red"), _ALL, "create", _RED, True, "bc"),
    _one("branch, by its beginning", ("mai",), _ALL, "update", _MAIN, False, "choice: whole names"),
    _one("branch, case counts", ("Main",), _ALL, "update", _MAIN, False, "choice"),
    _one("no wildcards", ("*",), _ALL, "update", _MAIN, False, "choice"),
    _one("branch with a slash", ("team/red",), _ALL, "update", "refs/heads/team/red", True, "choice"),
    _one("end of a branch's name", ("red",), _ALL, "update", "refs/heads/team/red", False, "choice"),
    _one("tag of a branch's name", ("main",), _ALL, "create", "refs/tags/main", False, "choice: a branch is meant"),
    _one("branch and event", ("main",), ("updateReference",), "update", _MAIN, True, "bc"),
    _one("branch, other event", ("main",), ("createReference",), "update", _MAIN, False, "bc"),
    _one("event, other branch", ("main",), ("updateReference",), "update", _RED, False, "bc"),
    Push("several references: one event", (), _ALL, _THREE, (_MAIN, _RED, "refs/heads/old"), "unverified"),
    Push("several references, some wanted", (), ("createReference",), _THREE, (_RED,), "choice"),
    Push("several references, one branch", ("main",), _ALL, _THREE, (_MAIN,), "choice"),
    Push("several references, none wanted", ("blue",), _ALL, _THREE, (), "bc"),
]

# ------------------------------------------------------------------------------------------------ PutRepositoryTriggers


@attrs.frozen
class Setting:
    """PutRepositoryTriggers of `orders` with these triggers; `error` None: they replace those that were there."""

    id: str
    triggers: Any
    error: str | None
    source: str = "bc"


def _one_trigger(id: str, error: str | None, source: str = "bc", /, **changed: Any) -> Setting:
    return Setting(id, [trigger(**changed)], error, source)


_NAME = "InvalidRepositoryTriggerNameException"
_BRANCH = "InvalidRepositoryTriggerBranchNameException"
_EVENTS = "InvalidRepositoryTriggerEventsException"
_DESTINATION = "InvalidRepositoryTriggerDestinationArnException"
_REGION = "InvalidRepositoryTriggerRegionException"
_CUSTOM = "InvalidRepositoryTriggerCustomDataException"


def _named(count: int) -> list[dict[str, Any]]:
    return [trigger(name=f"t{index}") for index in range(count)]


SETTINGS: list[Setting] = [
    Setting("none: all are removed", [], None),
    Setting("list left out", None, "RepositoryTriggersListRequiredException"),
    _one_trigger("one", None),
    Setting("ten", _named(10), None, "guide"),
    Setting("eleven", _named(11), "MaximumRepositoryTriggersExceededException", "guide"),
    Setting("two of one name", [trigger(), trigger()], _NAME, "unverified (names are unique)"),
    # names
    _one_trigger("no name", "RepositoryTriggerNameRequiredException", name=None),
    _one_trigger("empty name", "RepositoryTriggerNameRequiredException", "choice", name=""),
    _one_trigger("longest name", None, "guide", name="x" * 100),
    _one_trigger("name too long", _NAME, "guide", name="x" * 101),
    _one_trigger("letters of a name", None, "guide", name="a.B_9-z"),
    *[_one_trigger(f"name {name!r}", _NAME, "guide", name=name) for name in ("a b", "a,b", "a/b", "a:b", "a\n", "é")],
    # targets
    _one_trigger("no target", "RepositoryTriggerDestinationArnRequiredException", destinationArn=None),
    _one_trigger("empty target", "RepositoryTriggerDestinationArnRequiredException", "choice", destinationArn=""),
    _one_trigger("function's name alone", _DESTINATION, destinationArn="work"),
    _one_trigger("queue", _DESTINATION, "guide", destinationArn="arn:aws:sqs:us-east-1:000000000000:orders"),
    _one_trigger("other region", _REGION, destinationArn=ARN.replace("us-east-1", "eu-west-1")),
    _one_trigger("function's alias", None, "choice", destinationArn=f"{ARN}:live"),
    # branches
    _one_trigger("all branches", None, branches=[]),
    _one_trigger(
        "branches left out", "RepositoryTriggerBranchNameListRequiredException", "bc (must include)", branches=None
    ),
    _one_trigger("ten branches", None, "guide", branches=[f"b{index}" for index in range(10)]),
    _one_trigger("eleven branches", "MaximumBranchesExceededException", "guide", branches=[f"b{n}" for n in range(11)]),
    _one_trigger("longest branch", None, branches=["x" * 256]),
    _one_trigger("branch too long", _BRANCH, branches=["x" * 257]),
    _one_trigger("empty branch", _BRANCH, branches=[""]),
    _one_trigger("branch that is not there", None, "choice", branches=["nowhere"]),
    *[
        _one_trigger(f"branch {name!r}", _BRANCH, "guide (git check-ref-format)", branches=[name])
        for name in (
            "a b",
            "a..b",
            "a~b",
            "a^b",
            "a:b",
            "a?b",
            "a*b",
            "a[b",
            "a\\b",
            "/a",
            "a/",
            "a//b",
            "a.lock",
            "a.",
            "@",
        )
    ],
    # events
    *[_one_trigger(f"event {name}", None, events=[name]) for name in ("all", *_EVENT_OF.values())],
    _one_trigger("all three events", None, events=list(_EVENT_OF.values())),
    _one_trigger("no events", "RepositoryTriggerEventsListRequiredException", events=None),
    _one_trigger("empty events", "RepositoryTriggerEventsListRequiredException", events=[]),
    _one_trigger("all and another", _EVENTS, events=["all", "createReference"]),
    _one_trigger("unknown event", _EVENTS, events=["push"]),
    _one_trigger("event in another case", _EVENTS, events=["All"]),
    _one_trigger("event twice", None, "choice", events=["createReference", "createReference"]),
    # custom data
    _one_trigger("custom data", None, customData="to the shop"),
    _one_trigger("empty custom data", None, "choice", customData=""),
    _one_trigger("longest custom data", None, "guide", customData="é" * 1000),
    _one_trigger("custom data too long", _CUSTOM, "guide", customData="é" * 1001),
    # nothing of a list with a wrong one is taken
    Setting("second is wrong", [trigger(), trigger(name="a b")], _NAME, "choice"),
]


@attrs.frozen
class Repository:
    """Calls with `repositoryName` of that value, and their error (None: taken)."""

    id: str
    name: str | None
    error: str | None
    source: str = "guide"


REPOSITORIES: list[Repository] = [
    Repository("known", "orders", None),
    Repository("unknown", "nowhere", "RepositoryDoesNotExistException", "bc"),
    Repository("left out", None, "RepositoryNameRequiredException", "bc"),
    Repository("empty", "", "RepositoryNameRequiredException", "choice"),
    Repository("too long", "x" * 101, "InvalidRepositoryNameException"),
    *[
        Repository(f"name {name!r}", name, "InvalidRepositoryNameException")
        for name in ("a b", "a/b", "a!", "orders.git")
    ],
]

# ---------------------------------------------------------------------------------------------- TestRepositoryTriggers


@attrs.frozen
class Tested:
    """TestRepositoryTriggers: names in successfulExecutions and in failedExecutions (`trigger`)."""

    id: str
    happens: str
    succeeded: tuple[str, ...]
    failed: tuple[str, ...]
    invoked: int
    source: str


TESTS: list[Tested] = [
    Tested("one trigger", "the function is there and may be invoked", ("notify",), (), 1, "bc"),
    Tested("two triggers", "`notify` and `second`, both fine", ("notify", "second"), (), 2, "bc"),
    Tested("no permission", "no statement for the service", (), ("notify",), 0, "bc"),
    Tested("no such function", "it was deleted", (), ("notify",), 0, "bc"),
    Tested("one of two may be invoked", "`second` may not", ("notify",), ("second",), 1, "bc"),
    Tested("function raises", "the event is accepted: that is all a test looks at", ("notify",), (), 1, "choice"),
    Tested("filters don't count", "the trigger is of the branch `blue` and of deletions", ("notify",), (), 1, "choice"),
]
# Refused as PutRepositoryTriggers refuses (every row of SETTINGS with an error); the stored triggers stay as they are (bc).

# ----------------------------------------------------------------------------------------------------------- outcomes


@attrs.frozen
class Outcome:
    """What happens to one push: seconds of the function's attempts after it."""

    id: str
    happens: str
    attempts: tuple[float, ...]
    source: str


OUTCOMES: list[Outcome] = [
    Outcome("fine", "the answer is not read", (0,), "systems 4"),
    Outcome("function error", "raises at every attempt; eventId stays the same", (0, 60, 180), "semantics 1"),
    Outcome("no permission", "the push is done, the event is lost", (), "systems 1; no retry: choice"),
    Outcome("no such function", "the push is done, the event is lost", (), "choice"),
    Outcome("statement for another repository", "SourceArn is another repository's", (), "systems 1"),
]
