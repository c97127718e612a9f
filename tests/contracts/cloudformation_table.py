"""Custom resources of CloudFormation as data: the events a stack sends, the callback, and what the stack does.

Unless a row says otherwise: stack `shop` with the resource `Bucket` of type `Custom::Bucket`, ServiceToken the function
`work`, property `Name`; the function answers at once, SUCCESS with the PhysicalResourceId `<Name>-1`, and again the same
id for the same name. Nothing but what a row says takes time; the operation begins at 0 s.

Sources, in the columns `source`: "cfn" is the CloudFormation user guide, "systems" and "semantics" the project's
reference texts, "bc" the service model (botocore 1.44.5), "field" public reports and captures of what AWS did,
"unverified" general knowledge of the service found in no text read, "choice" ours.
"""

from typing import Any

import attrs

STACK = "shop"
RESOURCE = "Bucket"

# ------------------------------------------------------------------------------------------------- stack timelines


@attrs.frozen
class Sent:
    """An event that reaches the function `at` seconds into the operation, and what the function puts to ResponseURL.

    `properties` and `old` are ResourceProperties and OldResourceProperties without ServiceToken. `physical_id` is that of
    the event: None where it has none, "*" where the stack made one up. `answer` is the callback's body without the three
    copied ids, None: nothing is put. `answered_at` as the function's own time; `fails`: the handler raises instead.
    """

    request: str
    properties: dict[str, Any]
    answer: dict[str, Any] | None
    at: float = 0.0
    answered_at: float | None = None
    old: dict[str, Any] | None = None
    physical_id: str | None = None
    resource: str = RESOURCE
    fails: bool = False


@attrs.frozen
class Happened:
    """One stack event: whose (`shop` is the stack), the status, the reason (None: not compared), when."""

    who: str
    status: str
    reason: str | None = None
    at: float = 0.0


@attrs.frozen
class Timeline:
    """One operation on a stack: what is sent, and the stack events, oldest first.

    `operation` is CreateStack, UpdateStack or DeleteStack; `template` the resources afterwards by logical id, with their
    properties; `before` those of the stack as it stands (None: no stack). `reason` texts are compared at their beginning.
    """

    id: str
    operation: str
    template: dict[str, dict[str, Any]]
    sent: tuple[Sent, ...]
    events: tuple[Happened, ...]
    source: str
    before: dict[str, dict[str, Any]] | None = None
    note: str = ""


USER = "User Initiated"
INITIATED = "Resource creation Initiated"
FAILED = "Received response status [FAILED] from custom resource. Message returned: {reason} (RequestId: {request_id})"
"""Reason of a resource whose function answered FAILED (field): the answer's Reason, the event's RequestId."""
SILENT = (
    "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId "
    "[{request_id}]. If you are using the Python cfn-response module, you may need to update your Lambda function code so "
    "that CloudFormation can attach the updated version."
)
"""Reason when ServiceTimeout has passed (field 2024 to 2026); the id is the event's RequestId."""
NEW_ID = "Requested update required the provider to create a new physical resource"
"""Reason of the second UPDATE_IN_PROGRESS of a replaced custom resource (field)."""
NO_ATTRIBUTE = (
    "CustomResource attribute error: Vendor response doesn't contain {name} attribute in object {stack_id}|{resource}"
)
"""Reason of a resource that asks Fn::GetAtt for a key that Data lacks (field); an id follows after another `|`."""
INVALID_ID = "Invalid PhysicalResourceId"
TOO_LONG = "Response object is too long."

_DEFAULT_TIMEOUT = 3600.0
_ORDERS = {"Name": "orders"}
_INVOICES = {"Name": "invoices"}
_OK = {"Status": "SUCCESS", "PhysicalResourceId": "orders-1"}
_OK_NEW = {"Status": "SUCCESS", "PhysicalResourceId": "invoices-1"}
_NO = {"Status": "FAILED", "Reason": "boom", "PhysicalResourceId": "orders-1"}
_REFUSED = "Received response status [FAILED] from custom resource. Message returned: boom"
_NO_ANSWER = "CloudFormation did not receive a response from your Custom Resource."


def _events(
    *rows: tuple[str, str] | tuple[str, str, str | None] | tuple[str, str, str | None, float],
) -> tuple[Happened, ...]:
    return tuple(Happened(*row) for row in rows)


_BUCKET = {RESOURCE: _ORDERS}
_BUCKET_NEW = {RESOURCE: _INVOICES}
_BOTH: dict[str, dict[str, Any]] = {"Bucket": _ORDERS, "Policy": {"Bucket": {"Ref": "Bucket"}}}
_BOTH_NEW: dict[str, dict[str, Any]] = {"Bucket": _INVOICES, "Policy": {"Bucket": {"Ref": "Bucket"}}}
_POLICY_OK = {"Status": "SUCCESS", "PhysicalResourceId": "policy-1"}
_POLICY_NO = {"Status": "FAILED", "Reason": "boom", "PhysicalResourceId": "policy-1"}
_TIMED: dict[str, dict[str, Any]] = {RESOURCE: {"ServiceTimeout": 60, **_ORDERS}}
_TIMED_SENT = {"ServiceTimeout": "60", **_ORDERS}


def _begun(who: str = RESOURCE, at: float = 0.0) -> tuple[str, str, str | None, float]:
    return (who, "CREATE_IN_PROGRESS", None, at)


CREATES: list[Timeline] = [
    Timeline(
        "created",
        "CreateStack",
        _BUCKET,
        (Sent("Create", _ORDERS, _OK),),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            (RESOURCE, "CREATE_IN_PROGRESS", INITIATED),
            (RESOURCE, "CREATE_COMPLETE"),
            (STACK, "CREATE_COMPLETE"),
        ),
        "field",
    ),
    Timeline(
        "created after 30 s",
        "CreateStack",
        _BUCKET,
        (Sent("Create", _ORDERS, _OK, answered_at=30.0),),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            (RESOURCE, "CREATE_IN_PROGRESS", INITIATED, 30.0),
            (RESOURCE, "CREATE_COMPLETE", None, 30.0),
            (STACK, "CREATE_COMPLETE", None, 30.0),
        ),
        "field (the second event comes with the answer, as it has the physical id)",
    ),
    Timeline(
        "two, one after the other",
        "CreateStack",
        _BOTH,
        (
            Sent("Create", _ORDERS, _OK, answered_at=1.0),
            Sent("Create", {"Bucket": "orders-1"}, _POLICY_OK, 1.0, 2.0, resource="Policy"),
        ),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            ("Bucket", "CREATE_IN_PROGRESS", INITIATED, 1.0),
            ("Bucket", "CREATE_COMPLETE", None, 1.0),
            _begun("Policy", 1.0),
            ("Policy", "CREATE_IN_PROGRESS", INITIATED, 2.0),
            ("Policy", "CREATE_COMPLETE", None, 2.0),
            (STACK, "CREATE_COMPLETE", None, 2.0),
        ),
        "cfn",
    ),
    Timeline(
        "refused: rolled back, Delete with the id it answered",
        "CreateStack",
        _BUCKET,
        (Sent("Create", _ORDERS, _NO), Sent("Delete", _ORDERS, _OK, physical_id="orders-1")),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            (RESOURCE, "CREATE_FAILED", _REFUSED),
            (STACK, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Bucket]."),
            (RESOURCE, "DELETE_IN_PROGRESS"),
            (RESOURCE, "DELETE_COMPLETE"),
            (STACK, "ROLLBACK_COMPLETE"),
        ),
        "systems 4.7; field",
    ),
    Timeline(
        "second refused: both deleted, the second first",
        "CreateStack",
        _BOTH,
        (
            Sent("Create", _ORDERS, _OK),
            Sent("Create", {"Bucket": "orders-1"}, _POLICY_NO, resource="Policy"),
            Sent("Delete", {"Bucket": "orders-1"}, _POLICY_OK, physical_id="policy-1", resource="Policy"),
            Sent("Delete", _ORDERS, _OK, physical_id="orders-1"),
        ),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            ("Bucket", "CREATE_IN_PROGRESS", INITIATED),
            ("Bucket", "CREATE_COMPLETE"),
            _begun("Policy"),
            ("Policy", "CREATE_FAILED", _REFUSED),
            (STACK, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Policy]."),
            ("Policy", "DELETE_IN_PROGRESS"),
            ("Policy", "DELETE_COMPLETE"),
            ("Bucket", "DELETE_IN_PROGRESS"),
            ("Bucket", "DELETE_COMPLETE"),
            (STACK, "ROLLBACK_COMPLETE"),
        ),
        "cfn",
    ),
    Timeline(
        "first refused: the second is not begun",
        "CreateStack",
        _BOTH,
        (Sent("Create", _ORDERS, _NO), Sent("Delete", _ORDERS, _OK, physical_id="orders-1")),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            ("Bucket", "CREATE_FAILED", _REFUSED),
            (STACK, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Bucket]."),
            ("Bucket", "DELETE_IN_PROGRESS"),
            ("Bucket", "DELETE_COMPLETE"),
            (STACK, "ROLLBACK_COMPLETE"),
        ),
        "cfn; no event of the second: choice",
    ),
    Timeline(
        "refused, and the Delete refused",
        "CreateStack",
        _BUCKET,
        (Sent("Create", _ORDERS, _NO), Sent("Delete", _ORDERS, _NO, physical_id="orders-1")),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            (RESOURCE, "CREATE_FAILED", _REFUSED),
            (STACK, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Bucket]."),
            (RESOURCE, "DELETE_IN_PROGRESS"),
            (RESOURCE, "DELETE_FAILED", _REFUSED),
            (STACK, "ROLLBACK_FAILED", "The following resource(s) failed to delete: [Bucket]."),
        ),
        "bc (statuses); field",
    ),
    Timeline(
        "no answer in 60 s: Delete with an id the stack made up",
        "CreateStack",
        _TIMED,
        (
            Sent("Create", _TIMED_SENT, None),
            Sent("Delete", _TIMED_SENT, _OK, 60.0, physical_id="*"),
        ),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            (RESOURCE, "CREATE_FAILED", _NO_ANSWER, 60.0),
            (STACK, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Bucket].", 60.0),
            (RESOURCE, "DELETE_IN_PROGRESS", None, 60.0),
            (RESOURCE, "DELETE_COMPLETE", None, 60.0),
            (STACK, "ROLLBACK_COMPLETE", None, 60.0),
        ),
        "systems 4.7; text: field",
    ),
    Timeline(
        "no answer at all, default timeout",
        "CreateStack",
        _BUCKET,
        (Sent("Create", _ORDERS, None), Sent("Delete", _ORDERS, None, _DEFAULT_TIMEOUT, physical_id="*")),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            (RESOURCE, "CREATE_FAILED", _NO_ANSWER, 3600.0),
            (STACK, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Bucket].", 3600.0),
            (RESOURCE, "DELETE_IN_PROGRESS", None, 3600.0),
            (RESOURCE, "DELETE_FAILED", _NO_ANSWER, 7200.0),
            (STACK, "ROLLBACK_FAILED", "The following resource(s) failed to delete: [Bucket].", 7200.0),
        ),
        "systems 4.7; field",
    ),
    Timeline(
        "answer in the last moment",
        "CreateStack",
        _TIMED,
        (Sent("Create", _TIMED_SENT, _OK, answered_at=59.9),),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            (RESOURCE, "CREATE_IN_PROGRESS", INITIATED, 59.9),
            (RESOURCE, "CREATE_COMPLETE", None, 59.9),
            (STACK, "CREATE_COMPLETE", None, 59.9),
        ),
        "cfn",
    ),
    Timeline(
        "answer too late: counts for nothing",
        "CreateStack",
        _TIMED,
        (
            Sent("Create", _TIMED_SENT, _OK, answered_at=60.1),
            Sent("Delete", _TIMED_SENT, _OK, 60.0, physical_id="*"),
        ),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            (RESOURCE, "CREATE_FAILED", _NO_ANSWER, 60.0),
            (STACK, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Bucket].", 60.0),
            (RESOURCE, "DELETE_IN_PROGRESS", None, 60.0),
            (RESOURCE, "DELETE_COMPLETE", None, 60.0),
            (STACK, "ROLLBACK_COMPLETE", None, 60.0),
        ),
        "choice",
    ),
    Timeline(
        "handler raises twice, then answers: one request, three attempts",
        "CreateStack",
        _BUCKET,
        (
            Sent("Create", _ORDERS, None, fails=True),
            Sent("Create", _ORDERS, None, 60.0, fails=True),
            Sent("Create", _ORDERS, _OK, 180.0),
        ),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            (RESOURCE, "CREATE_IN_PROGRESS", INITIATED, 180.0),
            (RESOURCE, "CREATE_COMPLETE", None, 180.0),
            (STACK, "CREATE_COMPLETE", None, 180.0),
        ),
        "systems 4.7; semantics 1",
        note="the event is the same in all three, RequestId and ResponseURL too",
    ),
    Timeline(
        "handler always raises",
        "CreateStack",
        _BUCKET,
        (
            Sent("Create", _ORDERS, None, fails=True),
            Sent("Create", _ORDERS, None, 60.0, fails=True),
            Sent("Create", _ORDERS, None, 180.0, fails=True),
            Sent("Delete", _ORDERS, None, 3600.0, physical_id="*", fails=True),
            Sent("Delete", _ORDERS, None, 3660.0, physical_id="*", fails=True),
            Sent("Delete", _ORDERS, None, 3780.0, physical_id="*", fails=True),
        ),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            (RESOURCE, "CREATE_FAILED", _NO_ANSWER, 3600.0),
            (STACK, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Bucket].", 3600.0),
            (RESOURCE, "DELETE_IN_PROGRESS", None, 3600.0),
            (RESOURCE, "DELETE_FAILED", _NO_ANSWER, 7200.0),
            (STACK, "ROLLBACK_FAILED", "The following resource(s) failed to delete: [Bucket].", 7200.0),
        ),
        "systems 4.7; semantics 1",
    ),
    Timeline(
        "handler answers and then raises: the answer counts, later ones don't",
        "CreateStack",
        _BUCKET,
        (
            Sent("Create", _ORDERS, _OK, fails=True),
            Sent("Create", _ORDERS, _NO, 60.0, fails=True),
            Sent("Create", _ORDERS, _NO, 180.0),
        ),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            (RESOURCE, "CREATE_IN_PROGRESS", INITIATED),
            (RESOURCE, "CREATE_COMPLETE"),
            (STACK, "CREATE_COMPLETE"),
        ),
        "semantics 1; first answer counts: choice",
    ),
    Timeline(
        "timeout before the third attempt, which still runs",
        "CreateStack",
        {RESOURCE: {"ServiceTimeout": 100, **_ORDERS}},
        (
            Sent("Create", {"ServiceTimeout": "100", **_ORDERS}, None, fails=True),
            Sent("Create", {"ServiceTimeout": "100", **_ORDERS}, None, 60.0, fails=True),
            Sent("Delete", {"ServiceTimeout": "100", **_ORDERS}, _OK, 100.0, physical_id="*"),
            Sent("Create", {"ServiceTimeout": "100", **_ORDERS}, _OK, 180.0),
        ),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            (RESOURCE, "CREATE_FAILED", _NO_ANSWER, 100.0),
            (STACK, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Bucket].", 100.0),
            (RESOURCE, "DELETE_IN_PROGRESS", None, 100.0),
            (RESOURCE, "DELETE_COMPLETE", None, 100.0),
            (STACK, "ROLLBACK_COMPLETE", None, 100.0),
        ),
        "semantics 1; cfn",
    ),
    Timeline(
        "not permitted: nothing reaches the function",
        "CreateStack",
        _BUCKET,
        (),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            (RESOURCE, "CREATE_FAILED"),
            (STACK, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Bucket]."),
            (RESOURCE, "DELETE_COMPLETE"),
            (STACK, "ROLLBACK_COMPLETE"),
        ),
        "unverified: AccessDeniedException or ResourceNotFoundException of the hand-over is the reason",
        note="also for a function that is not there",
    ),
    Timeline(
        "attribute that the answer lacks: the second is not sent",
        "CreateStack",
        {"Bucket": _ORDERS, "Policy": {"Url": {"Fn::GetAtt": ["Bucket", "Url"]}}},
        (Sent("Create", _ORDERS, _OK), Sent("Delete", _ORDERS, _OK, physical_id="orders-1")),
        _events(
            (STACK, "CREATE_IN_PROGRESS", USER),
            _begun(),
            ("Bucket", "CREATE_IN_PROGRESS", INITIATED),
            ("Bucket", "CREATE_COMPLETE"),
            (
                "Policy",
                "CREATE_FAILED",
                "CustomResource attribute error: Vendor response doesn't contain Url attribute",
            ),
            (STACK, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Policy]."),
            ("Bucket", "DELETE_IN_PROGRESS"),
            ("Bucket", "DELETE_COMPLETE"),
            (STACK, "ROLLBACK_COMPLETE"),
        ),
        "text: field; that the second has no CREATE_IN_PROGRESS and no Delete: choice",
    ),
]

_UPDATED_NEW = (
    (STACK, "UPDATE_IN_PROGRESS", USER),
    (RESOURCE, "UPDATE_IN_PROGRESS"),
    (RESOURCE, "UPDATE_IN_PROGRESS", NEW_ID),
    (RESOURCE, "UPDATE_COMPLETE"),
)
_IN_PLACE = {"Status": "SUCCESS", "PhysicalResourceId": "orders-1"}

UPDATES: list[Timeline] = [
    Timeline(
        "updated in place",
        "UpdateStack",
        _BUCKET_NEW,
        (Sent("Update", _INVOICES, _IN_PLACE, old=_ORDERS, physical_id="orders-1"),),
        _events(
            (STACK, "UPDATE_IN_PROGRESS", USER),
            (RESOURCE, "UPDATE_IN_PROGRESS"),
            (RESOURCE, "UPDATE_COMPLETE"),
            (STACK, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
            (STACK, "UPDATE_COMPLETE"),
        ),
        "field",
        _BUCKET,
    ),
    Timeline(
        "replaced: Delete of the old id in clean-up, with the old properties",
        "UpdateStack",
        _BUCKET_NEW,
        (
            Sent("Update", _INVOICES, _OK_NEW, old=_ORDERS, physical_id="orders-1"),
            Sent("Delete", _ORDERS, _OK, physical_id="orders-1"),
        ),
        _events(
            *_UPDATED_NEW,
            (STACK, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
            (RESOURCE, "DELETE_IN_PROGRESS"),
            (RESOURCE, "DELETE_COMPLETE"),
            (STACK, "UPDATE_COMPLETE"),
        ),
        "systems 4.7; field",
        _BUCKET,
    ),
    Timeline(
        "replaced, the old one can't be deleted: the update stands",
        "UpdateStack",
        _BUCKET_NEW,
        (
            Sent("Update", _INVOICES, _OK_NEW, old=_ORDERS, physical_id="orders-1"),
            Sent("Delete", _ORDERS, _NO, physical_id="orders-1"),
        ),
        _events(
            *_UPDATED_NEW,
            (STACK, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
            (RESOURCE, "DELETE_IN_PROGRESS"),
            (RESOURCE, "DELETE_FAILED", _REFUSED),
            (STACK, "UPDATE_COMPLETE", "Update successful. One or more resources could not be deleted."),
        ),
        "field; that the Delete is tried once: choice",
        _BUCKET,
    ),
    Timeline(
        "refused: updated back",
        "UpdateStack",
        _BUCKET_NEW,
        (
            Sent("Update", _INVOICES, _NO, old=_ORDERS, physical_id="orders-1"),
            Sent("Update", _ORDERS, _OK, old=_INVOICES, physical_id="orders-1"),
        ),
        _events(
            (STACK, "UPDATE_IN_PROGRESS", USER),
            (RESOURCE, "UPDATE_IN_PROGRESS"),
            (RESOURCE, "UPDATE_FAILED", _REFUSED),
            (STACK, "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [Bucket]."),
            (RESOURCE, "UPDATE_IN_PROGRESS"),
            (RESOURCE, "UPDATE_COMPLETE"),
            (STACK, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
            (STACK, "UPDATE_ROLLBACK_COMPLETE"),
        ),
        "cfn; field",
        _BUCKET,
    ),
    Timeline(
        "refused, and refused again on the way back",
        "UpdateStack",
        _BUCKET_NEW,
        (
            Sent("Update", _INVOICES, _NO, old=_ORDERS, physical_id="orders-1"),
            Sent("Update", _ORDERS, _NO, old=_INVOICES, physical_id="orders-1"),
        ),
        _events(
            (STACK, "UPDATE_IN_PROGRESS", USER),
            (RESOURCE, "UPDATE_IN_PROGRESS"),
            (RESOURCE, "UPDATE_FAILED", _REFUSED),
            (STACK, "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [Bucket]."),
            (RESOURCE, "UPDATE_IN_PROGRESS"),
            (RESOURCE, "UPDATE_FAILED", _REFUSED),
            (STACK, "UPDATE_ROLLBACK_FAILED", "The following resource(s) failed to update: [Bucket]."),
        ),
        "bc (statuses); field",
        _BUCKET,
    ),
    Timeline(
        "no answer in 60 s",
        "UpdateStack",
        {RESOURCE: {"ServiceTimeout": 60, **_INVOICES}},
        (
            Sent("Update", {"ServiceTimeout": "60", **_INVOICES}, None, old=_TIMED_SENT, physical_id="orders-1"),
            Sent(
                "Update",
                _TIMED_SENT,
                _OK,
                60.0,
                old={"ServiceTimeout": "60", **_INVOICES},
                physical_id="orders-1",
            ),
        ),
        _events(
            (STACK, "UPDATE_IN_PROGRESS", USER),
            (RESOURCE, "UPDATE_IN_PROGRESS"),
            (RESOURCE, "UPDATE_FAILED", _NO_ANSWER, 60.0),
            (STACK, "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [Bucket].", 60.0),
            (RESOURCE, "UPDATE_IN_PROGRESS", None, 60.0),
            (RESOURCE, "UPDATE_COMPLETE", None, 60.0),
            (STACK, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", None, 60.0),
            (STACK, "UPDATE_ROLLBACK_COMPLETE", None, 60.0),
        ),
        "cfn; field",
        _TIMED,
    ),
    Timeline(
        "first replaced, second refused: the new one is deleted at the end",
        "UpdateStack",
        _BOTH_NEW,
        (
            Sent("Update", _INVOICES, _OK_NEW, old=_ORDERS, physical_id="orders-1"),
            Sent(
                "Update",
                {"Bucket": "invoices-1"},
                _POLICY_NO,
                old={"Bucket": "orders-1"},
                physical_id="policy-1",
                resource="Policy",
            ),
            Sent("Update", _ORDERS, _OK, old=_INVOICES, physical_id="invoices-1"),
            Sent(
                "Update",
                {"Bucket": "orders-1"},
                _POLICY_OK,
                old={"Bucket": "invoices-1"},
                physical_id="policy-1",
                resource="Policy",
            ),
            Sent("Delete", _INVOICES, _OK_NEW, physical_id="invoices-1"),
        ),
        _events(
            *_UPDATED_NEW,
            ("Policy", "UPDATE_IN_PROGRESS"),
            ("Policy", "UPDATE_FAILED", _REFUSED),
            (STACK, "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [Policy]."),
            ("Bucket", "UPDATE_IN_PROGRESS"),
            ("Bucket", "UPDATE_IN_PROGRESS", NEW_ID),
            ("Bucket", "UPDATE_COMPLETE"),
            ("Policy", "UPDATE_IN_PROGRESS"),
            ("Policy", "UPDATE_COMPLETE"),
            (STACK, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
            ("Bucket", "DELETE_IN_PROGRESS"),
            ("Bucket", "DELETE_COMPLETE"),
            (STACK, "UPDATE_ROLLBACK_COMPLETE"),
        ),
        "cfn (a replacement in a roll-back as in an update); order of the roll-back: choice",
        _BOTH,
    ),
    Timeline(
        "first replaced, second follows its new Ref",
        "UpdateStack",
        _BOTH_NEW,
        (
            Sent("Update", _INVOICES, _OK_NEW, old=_ORDERS, physical_id="orders-1"),
            Sent(
                "Update",
                {"Bucket": "invoices-1"},
                _POLICY_OK,
                old={"Bucket": "orders-1"},
                physical_id="policy-1",
                resource="Policy",
            ),
            Sent("Delete", _ORDERS, _OK, physical_id="orders-1"),
        ),
        _events(
            *_UPDATED_NEW,
            ("Policy", "UPDATE_IN_PROGRESS"),
            ("Policy", "UPDATE_COMPLETE"),
            (STACK, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
            ("Bucket", "DELETE_IN_PROGRESS"),
            ("Bucket", "DELETE_COMPLETE"),
            (STACK, "UPDATE_COMPLETE"),
        ),
        "cfn",
        _BOTH,
    ),
    Timeline(
        "one more: only that one is asked",
        "UpdateStack",
        _BOTH,
        (Sent("Create", {"Bucket": "orders-1"}, _POLICY_OK, resource="Policy"),),
        _events(
            (STACK, "UPDATE_IN_PROGRESS", USER),
            _begun("Policy"),
            ("Policy", "CREATE_IN_PROGRESS", INITIATED),
            ("Policy", "CREATE_COMPLETE"),
            (STACK, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
            (STACK, "UPDATE_COMPLETE"),
        ),
        "cfn",
        _BUCKET,
    ),
    Timeline(
        "one more, refused: deleted in clean-up",
        "UpdateStack",
        _BOTH,
        (
            Sent("Create", {"Bucket": "orders-1"}, _POLICY_NO, resource="Policy"),
            Sent("Delete", {"Bucket": "orders-1"}, _POLICY_OK, physical_id="policy-1", resource="Policy"),
        ),
        _events(
            (STACK, "UPDATE_IN_PROGRESS", USER),
            _begun("Policy"),
            ("Policy", "CREATE_FAILED", _REFUSED),
            (STACK, "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Policy]."),
            (STACK, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
            ("Policy", "DELETE_IN_PROGRESS"),
            ("Policy", "DELETE_COMPLETE"),
            (STACK, "UPDATE_ROLLBACK_COMPLETE"),
        ),
        "field",
        _BUCKET,
    ),
    Timeline(
        "one less: deleted in clean-up",
        "UpdateStack",
        _BUCKET,
        (Sent("Delete", {"Bucket": "orders-1"}, _POLICY_OK, physical_id="policy-1", resource="Policy"),),
        _events(
            (STACK, "UPDATE_IN_PROGRESS", USER),
            (STACK, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
            ("Policy", "DELETE_IN_PROGRESS"),
            ("Policy", "DELETE_COMPLETE"),
            (STACK, "UPDATE_COMPLETE"),
        ),
        "field",
        _BOTH,
    ),
]

DELETES: list[Timeline] = [
    Timeline(
        "deleted",
        "DeleteStack",
        {},
        (Sent("Delete", _ORDERS, _OK, physical_id="orders-1"),),
        _events(
            (STACK, "DELETE_IN_PROGRESS", USER),
            (RESOURCE, "DELETE_IN_PROGRESS"),
            (RESOURCE, "DELETE_COMPLETE"),
            (STACK, "DELETE_COMPLETE"),
        ),
        "field",
        _BUCKET,
    ),
    Timeline(
        "two, the dependent first",
        "DeleteStack",
        {},
        (
            Sent("Delete", {"Bucket": "orders-1"}, _POLICY_OK, physical_id="policy-1", resource="Policy"),
            Sent("Delete", _ORDERS, _OK, physical_id="orders-1"),
        ),
        _events(
            (STACK, "DELETE_IN_PROGRESS", USER),
            ("Policy", "DELETE_IN_PROGRESS"),
            ("Policy", "DELETE_COMPLETE"),
            ("Bucket", "DELETE_IN_PROGRESS"),
            ("Bucket", "DELETE_COMPLETE"),
            (STACK, "DELETE_COMPLETE"),
        ),
        "cfn",
        _BOTH,
    ),
    Timeline(
        "refused",
        "DeleteStack",
        {},
        (Sent("Delete", _ORDERS, _NO, physical_id="orders-1"),),
        _events(
            (STACK, "DELETE_IN_PROGRESS", USER),
            (RESOURCE, "DELETE_IN_PROGRESS"),
            (RESOURCE, "DELETE_FAILED", _REFUSED),
            (STACK, "DELETE_FAILED", "The following resource(s) failed to delete: [Bucket]."),
        ),
        "field",
        _BUCKET,
        "a second DeleteStack sends Delete again, with another RequestId",
    ),
    Timeline(
        "no answer",
        "DeleteStack",
        {},
        (Sent("Delete", _ORDERS, None, physical_id="orders-1"),),
        _events(
            (STACK, "DELETE_IN_PROGRESS", USER),
            (RESOURCE, "DELETE_IN_PROGRESS"),
            (RESOURCE, "DELETE_FAILED", _NO_ANSWER, 3600.0),
            (STACK, "DELETE_FAILED", "The following resource(s) failed to delete: [Bucket].", 3600.0),
        ),
        "field",
        _BUCKET,
    ),
    Timeline(
        "another id in the answer to Delete counts for nothing",
        "DeleteStack",
        {},
        (Sent("Delete", _ORDERS, _OK_NEW, physical_id="orders-1"),),
        _events(
            (STACK, "DELETE_IN_PROGRESS", USER),
            (RESOURCE, "DELETE_IN_PROGRESS"),
            (RESOURCE, "DELETE_COMPLETE"),
            (STACK, "DELETE_COMPLETE"),
        ),
        "choice",
        _BUCKET,
    ),
]

TIMELINES: list[Timeline] = CREATES + UPDATES + DELETES

RETAINED = "DELETE_SKIPPED"
"""Status of a resource with DeletionPolicy Retain when its stack is deleted; nothing is sent (bc; field)."""

# ------------------------------------------------------------------------------------------------------ callback

COPIED = ("StackId", "RequestId", "LogicalResourceId")
"""Members of the callback that the rows below leave out: copied from the event as they came."""
BODY_LIMIT = 4096
ID_LIMIT = 1024


@attrs.frozen
class Callback:
    """A request to ResponseURL while a Create waits, and what becomes of the resource.

    `body` without the copied members, or `raw` text. `http` is the status of the request. `outcome` is the resource's
    status, None: it goes on waiting. `reason` is compared at its beginning where not None; `ref` is what Ref then gives.
    """

    id: str
    body: dict[str, Any] | None
    outcome: str | None
    source: str
    reason: str | None = None
    raw: str | None = None
    http: int = 200
    method: str = "PUT"
    content_type: str = ""
    ref: str | None = None


def _put(id: str, body: dict[str, Any], ref: str = "b-1", source: str = "cfn") -> Callback:
    return Callback(id, body, "CREATE_COMPLETE", source, ref=ref)


def _fail(
    id: str, body: dict[str, Any] | None, reason: str | None, source: str = "choice", raw: str | None = None
) -> Callback:
    return Callback(id, body, "CREATE_FAILED", source, reason, raw)


_MINE = {"Status": "SUCCESS", "PhysicalResourceId": "b-1"}
_NO_STATUSES: list[Any] = ["success", "DONE", "", None, True, 1]
_NO_IDS: list[Any] = ["", None, 7, ["b-1"], {}]
_NO_DATA: list[Any] = ["x", 7, True, ["x"]]

CALLBACKS: list[Callback] = [
    _put("success", _MINE),
    _put("success with a reason", {**_MINE, "Reason": "made it"}),
    _put("success with data", {**_MINE, "Data": {"Url": "https://b.example.com"}}),
    _put("empty data", {**_MINE, "Data": {}}),
    _put("data null", {**_MINE, "Data": None}, source="choice"),
    _put("NoEcho", {**_MINE, "NoEcho": True, "Data": {"Password": "x"}}),
    _put("NoEcho as a text", {**_MINE, "NoEcho": "true"}, source="choice"),
    _put("unknown members", {**_MINE, "Color": "red"}, source="choice"),
    _put("id of 1,024 bytes", {**_MINE, "PhysicalResourceId": "b" * 1024}, "b" * 1024),
    _fail("failed", {"Status": "FAILED", "Reason": "boom", "PhysicalResourceId": "b-1"}, _REFUSED, "field"),
    _fail(
        "failed without an id",
        {"Status": "FAILED", "Reason": "boom"},
        INVALID_ID,
        "field (the reason of the function is lost)",
    ),
    _fail("failed without a reason", {"Status": "FAILED", "PhysicalResourceId": "b-1"}, None, "cfn (required)"),
    _fail("no id", {"Status": "SUCCESS"}, INVALID_ID, "field"),
    *[_fail(f"id {value!r}", {**_MINE, "PhysicalResourceId": value}, INVALID_ID) for value in _NO_IDS],
    _fail("id of 1,025 bytes", {**_MINE, "PhysicalResourceId": "b" * 1025}, None, "cfn (up to 1 KB)"),
    _fail("id of 513 letters of two bytes", {**_MINE, "PhysicalResourceId": "é" * 513}, None, "cfn (bytes: choice)"),
    _fail("no status", {"PhysicalResourceId": "b-1"}, None, "cfn (required)"),
    *[_fail(f"status {value!r}", {**_MINE, "Status": value}, None) for value in _NO_STATUSES],
    *[_fail(f"data {value!r}", {**_MINE, "Data": value}, None) for value in _NO_DATA],
    *[_fail(f"other {name}", {**_MINE, name: "x"}, None, "cfn (copied verbatim); choice") for name in COPIED],
    *[_fail(f"{name} missing", {**_MINE, name: None}, None, "cfn (required); None leaves it out") for name in COPIED],
    *[_fail(f"text {raw!r}", None, None, raw=raw) for raw in ("", "{", "SUCCESS", "null", "[]", '"SUCCESS"', "7")],
    Callback("by POST", _MINE, None, "cfn (PUT); status: S3's signature", http=403, method="POST"),
    Callback("by GET", None, None, "cfn (PUT); status: S3's signature", raw="", http=403, method="GET"),
    Callback(
        "with a content type",
        _MINE,
        None,
        "systems 4.7; status: S3's signature",
        http=403,
        content_type="application/json",
    ),
]
"""In the rows `other ...` the member stands with the value `x` instead of the copied one."""


@attrs.frozen
class Sized:
    """A SUCCESS whose whole body has `size` bytes, filled up in `Data`."""

    id: str
    size: int
    outcome: str
    reason: str | None
    source: str


SIZED: list[Sized] = [
    Sized("at the limit", BODY_LIMIT, "CREATE_COMPLETE", None, "cfn"),
    Sized("past the limit", BODY_LIMIT + 1, "CREATE_FAILED", TOO_LONG, "cfn; text: field"),
]


@attrs.frozen
class Repeated:
    """Two callbacks of one request, the second later: the first to count decides."""

    id: str
    first: dict[str, Any]
    second: dict[str, Any]
    outcome: str
    source: str = "choice"


REPEATED: list[Repeated] = [
    Repeated("success, then failed", _MINE, {**_MINE, "Status": "FAILED", "Reason": "boom"}, "CREATE_COMPLETE"),
    Repeated("failed, then success", {**_MINE, "Status": "FAILED", "Reason": "boom"}, _MINE, "CREATE_FAILED"),
    Repeated("success twice with other ids", _MINE, {**_MINE, "PhysicalResourceId": "b-2"}, "CREATE_COMPLETE"),
]

# ------------------------------------------------------------------------------------------------ values as texts


@attrs.frozen
class Value:
    """A property's value in the template, and what ResourceProperties holds."""

    id: str
    given: Any
    sent: Any
    source: str = "systems 4.7"


VALUES: list[Value] = [
    Value("text", "orders", "orders"),
    Value("empty text", "", ""),
    Value("number", 3, "3"),
    Value("negative number", -3, "-3"),
    Value("zero", 0, "0"),
    Value("fraction", 1.5, "1.5"),
    Value("large number", 10_000_000_000, "10000000000", "systems 4.7; digits as written: choice"),
    Value("true", True, "true"),
    Value("false", False, "false"),
    Value("list", ["red", 7, False], ["red", "7", "false"]),
    Value("empty list", [], []),
    Value("map", {"Age": 41, "Admin": True}, {"Age": "41", "Admin": "true"}),
    Value("empty map", {}, {}),
    Value("nested", [{"Roles": [{"Level": 1}, [2.5]]}], [{"Roles": [{"Level": "1"}, ["2.5"]]}]),
    Value("text that looks like a number", "007", "007"),
    Value("JSON in a text", '{"a": 1}', '{"a": 1}'),
    Value("letters beyond ASCII", "café €", "café €"),
]

NO_VALUE = {"Ref": "AWS::NoValue"}
"""A property with this value is not in ResourceProperties (cfn)."""


@attrs.frozen
class Attribute:
    """What Fn::GetAtt of `Bucket` gives another custom resource, by the answer's `Data`."""

    id: str
    data: dict[str, Any]
    name: str
    sent: Any
    source: str = "cfn"


ATTRIBUTES: list[Attribute] = [
    Attribute("text", {"Url": "https://b.example.com"}, "Url", "https://b.example.com"),
    Attribute("empty text", {"Url": ""}, "Url", ""),
    Attribute("number", {"Count": 3}, "Count", "3", "choice"),
    Attribute("boolean", {"Public": True}, "Public", "true", "choice"),
    Attribute("list", {"Zones": ["a", "b"]}, "Zones", ["a", "b"], "unverified"),
    Attribute("name with dots", {"Url.Path": "/b"}, "Url.Path", "/b", "field (a provider flattens its answers so)"),
]

# --------------------------------------------------------------------------------------------------- settings


@attrs.frozen
class Setting:
    """A resource of a template, and whether CreateStack (or UpdateStack from `before`) takes it (error None: yes)."""

    id: str
    type: str
    properties: dict[str, Any]
    error: str | None
    source: str
    before: dict[str, Any] | None = None
    message: str | None = None


_TOKEN = "arn:aws:lambda:us-east-1:000000000000:function:work"
_GOOD = {"ServiceToken": _TOKEN}
_NO_TIMEOUTS: list[Any] = [0, -1, 3601, 1.5, "x", "", True]

SETTINGS: list[Setting] = [
    Setting("named type", "Custom::Bucket", _GOOD, None, "cfn"),
    Setting("general type", "AWS::CloudFormation::CustomResource", _GOOD, None, "cfn"),
    Setting("type of 60 letters", f"Custom::{'x' * 60}", _GOOD, None, "cfn (60; without the prefix: choice)"),
    Setting("type of 61 letters", f"Custom::{'x' * 61}", _GOOD, "ValidationError", "cfn"),
    Setting("type with _, @ and -", "Custom::A_b@c-1", _GOOD, None, "cfn"),
    Setting("type with a blank", "Custom::A b", _GOOD, "ValidationError", "cfn"),
    Setting("type with a colon", "Custom::A::B", _GOOD, "ValidationError", "choice"),
    Setting("type without a name", "Custom::", _GOOD, "ValidationError", "choice"),
    Setting("no token", "Custom::Bucket", {}, "ValidationError", "cfn (required)"),
    Setting("token that is no ARN", "Custom::Bucket", {"ServiceToken": "work"}, "ValidationError", "cfn; choice"),
    Setting("function with an alias", "Custom::Bucket", {"ServiceToken": f"{_TOKEN}:live"}, None, "cfn"),
    *[
        Setting(f"timeout {value}", "Custom::Bucket", {**_GOOD, "ServiceTimeout": value}, None, "cfn")
        for value in (1, 3600, "60")
    ],
    *[
        Setting(f"timeout {value!r}", "Custom::Bucket", {**_GOOD, "ServiceTimeout": value}, "ValidationError", "cfn")
        for value in _NO_TIMEOUTS
    ],
    Setting(
        "null property",
        "Custom::Bucket",
        {**_GOOD, "Name": None},
        "ValidationError",
        "field",
        message="[/Resources/Bucket/Properties/Name] 'null' values are not allowed in templates",
    ),
    Setting(
        "update: nothing new",
        "Custom::Bucket",
        _GOOD,
        "ValidationError",
        "field",
        before=_GOOD,
        message="No updates are to be performed.",
    ),
    Setting(
        "update: another token",
        "Custom::Bucket",
        {"ServiceToken": f"{_TOKEN}-2"},
        "UPDATE_FAILED",
        "cfn (not supported); text: field",
        before=_GOOD,
        message="Modifying service token is not allowed.",
    ),
]
"""ValidationError has status 400 and refuses the call; UPDATE_FAILED is the resource's status, with a roll-back."""
