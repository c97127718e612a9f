"""Functions that answer anything at all: a call ends as documented, and the pool goes on."""

from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventbus.core.outcomes import Outcome
from sources import cognito
from sources.cognito.machine import PoolMachine
from tests.sources.cognito.helpers import MIGRATED, NEXT, SUM, TOKENS, Bench
from tests.sources.cognito.test_tables import CREATE, DEFINE, VERIFY, about_to_ask
from tests.sources.fuzzed import outcomes

FLAGS: Final = {"autoConfirmUser": True, "autoVerifyEmail": True, "autoVerifyPhone": False}
MESSAGE: Final = {"emailMessage": "{username}: {####}", "smsMessage": "{####} {username}", "emailSubject": "Hello"}
FIRST: Final = {
    "claimsOverrideDetails": {
        "claimsToAddOrOverride": {"team": "red"},
        "claimsToSuppress": ["email"],
        "groupOverrideDetails": {"groupsToOverride": ["a"], "iamRolesToOverride": ["b"], "preferredRole": "b"},
    }
}
SECOND: Final = {
    "claimsAndScopeOverrideDetails": {
        "idTokenGeneration": {"claimsToAddOrOverride": {"team": ["red"]}, "claimsToSuppress": ["email"]},
        "accessTokenGeneration": {"scopesToAdd": ["a/b"], "scopesToSuppress": ["c"]},
        "groupOverrideDetails": {"groupsToOverride": ["a"]},
    }
}
CONTRACTS: Final[dict[str, list[Any]]] = {
    "PreSignUp_SignUp": [FLAGS],
    "PreSignUp_AdminCreateUser": [FLAGS],
    "PostConfirmation_ConfirmSignUp": [{}],
    "PostConfirmation_ConfirmForgotPassword": [{}],
    "PreAuthentication_Authentication": [{}],
    "PostAuthentication_Authentication": [{}],
    "CustomMessage_SignUp": [MESSAGE],
    "CustomMessage_AdminCreateUser": [MESSAGE],
    "UserMigration_Authentication": [MIGRATED, {**MIGRATED, "finalUserStatus": "RESET_REQUIRED"}],
    "UserMigration_ForgotPassword": [MIGRATED],
    DEFINE: [NEXT, TOKENS, {"failAuthentication": True}],
    CREATE: [SUM],
    VERIFY: [{"answerCorrect": True}],
    "TokenGeneration_Authentication": [FIRST],
    "TokenGeneration_Authentication V2_0": [SECOND],
    "InboundFederation_ExternalProvider": [{"userAttributesToMap": {"email": "ana@example.com", "custom:team": "red"}}],
}
"""Good answers of each trigger source."""
OF_THE_FUNCTION: Final = {
    "InvalidLambdaResponseException",
    "UserLambdaValidationException",
    "UnexpectedLambdaException",
}
MORE: Final = {
    "PreSignUp_SignUp": {"InvalidParameterException"},  # to verify an address that is not there
    "UserMigration_Authentication": {
        "UserNotFoundException",
        "PasswordResetRequiredException",
        "InvalidParameterException",
    },
    "UserMigration_ForgotPassword": {"UserNotFoundException", "InvalidParameterException"},
    DEFINE: {"NotAuthorizedException"},
    VERIFY: set[str](),
}
"""What else a call may end with."""


def ends_as_documented(contract: str, outcome: Outcome) -> None:
    source, _, version = contract.partition(" ")
    if source == "InboundFederation_ExternalProvider":
        bench, call = Bench("InboundFederation"), None
    else:
        bench, call, parameters = about_to_ask(source, lambda_version=version or "V1_0")
    bench.says[source] = outcome
    try:
        if call is None:
            bench.federate()
        else:
            bench.do(call, **parameters)
    except cognito.CognitoError as error:
        assert error.code in OF_THE_FUNCTION | MORE.get(source, set()), error  # or nothing is raised
        assert error.request_id
    assert bench.machine.outstanding() == 0
    goes_on(bench.machine)


def goes_on(machine: PoolMachine) -> None:
    """Whatever it has made of the answer can be told to functions, and to clients."""
    for user in machine.users.values():
        assert machine.described(user).username == user.username
        assert all(isinstance(value, str) and value.encode() is not None for value in user.shown().values())
    for token in machine.accesses:
        assert cognito.claims(token)["token_use"] == "access"


def good(contract: str) -> list[Any]:
    return [{"version": "1", "response": response} for response in CONTRACTS[contract]]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.sampled_from([*CONTRACTS]), st.data())
def test_any_answer_ends_a_call_as_documented(contract: str, data: st.DataObject) -> None:
    """A result, or one of the errors that are written."""
    ends_as_documented(contract, data.draw(outcomes(*good(contract))))


@pytest.mark.long
@pytest.mark.parametrize("contract", CONTRACTS)
def test_ten_thousand_answers_end_a_call_as_documented(contract: str) -> None:
    """The same, for longer."""

    @settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(outcomes(*good(contract)))
    def check(outcome: Outcome) -> None:
        ends_as_documented(contract, outcome)

    check()
