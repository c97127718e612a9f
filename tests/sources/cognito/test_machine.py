"""The machine of a pool by itself: who is asked again, what comes too late, what happens at once."""

import copy
import json
from typing import Any

import pytest

from eventbus.core.effects import Invoke
from eventbus.core.outcomes import Stopped, Succeeded
from eventbus.errors import InvalidSetting
from sources import cognito
from sources.cognito.federation import FederatedSignIn
from sources.cognito.signing_in import PasswordSignIn
from sources.cognito.signing_up import SigningUp
from sources.cognito.system import sample_event
from sources.cognito.tokens import token_of
from sources.cognito.triggers import trigger_of
from tests.contracts.cognito_table import TRIGGERS
from tests.sources.cognito.helpers import ANA, EMAIL, MIGRATED, NEXT, PASSWORD, PHONE, SILENT, Bench, done


def signing_up(bench: Bench, name: str = ANA) -> Any:
    flow = SigningUp(username=name, password=PASSWORD, attributes={}, client=bench.machine.app_client(None))
    return bench.machine.begin(0.0, "SignUp", flow)


def invoked(machine: Any) -> list[Invoke]:
    effects, machine.effects[:] = list(machine.effects), []
    return [effect for effect in effects if isinstance(effect, Invoke)]


def good(invoke: Invoke) -> Succeeded:
    assert invoke.payload is not None
    return Succeeded(invoke.payload)


def test_the_same_event_is_sent_again() -> None:
    """As another invocation; whichever is waited for is heard, the one before is not."""
    bench = Bench("PreSignUp")
    machine, pending = bench.machine, signing_up(bench)
    [first] = invoked(machine)
    assert machine.next_deadline() == 5.0
    machine.wake(5.0)
    [second] = invoked(machine)
    assert first.payload == second.payload
    assert first.request_id != second.request_id
    machine.finished(6.0, first.token, Succeeded(b"null"))
    assert not pending.done
    machine.finished(7.0, second.token, good(second))

    assert pending.result.user_sub == machine.users[ANA].sub
    assert machine.outstanding() == 0


def test_an_answer_at_the_fifth_second_is_late() -> None:
    """The pool's clock wins, whoever is heard first."""
    bench = Bench("PreSignUp")
    machine, pending = bench.machine, signing_up(bench)
    [first] = invoked(machine)
    machine.finished(5.0, first.token, good(first))

    assert not pending.done
    [second] = invoked(machine)
    machine.finished(9.999, second.token, good(second))
    assert pending.done


def test_two_sign_up_at_once_with_one_name() -> None:
    """The first whose function answers has it."""
    bench = Bench("PreSignUp")
    machine = bench.machine
    first, second = signing_up(bench), signing_up(bench)
    one, two = invoked(machine)
    machine.finished(1.0, two.token, good(two))
    machine.finished(1.0, one.token, good(one))

    assert isinstance(first.result, cognito.UsernameExistsException)
    assert second.result.user_sub == machine.users[ANA].sub


def test_two_migrate_at_once() -> None:
    """Into one user, who signs in twice."""
    bench = Bench("UserMigration")
    machine, client = bench.machine, bench.machine.app_client(None)
    pendings = [
        machine.begin(0.0, "InitiateAuth", PasswordSignIn(username=ANA, password=PASSWORD, client=client))
        for _ in range(2)
    ]
    for invoke in invoked(machine):
        machine.finished(1.0, invoke.token, Succeeded(json.dumps({"response": MIGRATED}).encode()))

    subs = {cognito.claims(pending.result.authentication_result.id_token)["sub"] for pending in pendings}  # type: ignore[union-attr]
    assert subs == {machine.users[ANA].sub}


def test_a_copy_goes_on() -> None:
    """All that a pool knows is in its attributes."""
    bench = Bench("PreSignUp", "CustomMessage", says={"PreSignUp_SignUp": SILENT})
    signing_up(bench)
    [invoke] = invoked(bench.machine)
    other = copy.deepcopy(bench.machine)
    for machine in (bench.machine, other):
        machine.finished(1.0, invoke.token, good(invoke))

    assert other.users[ANA] is not bench.machine.users[ANA]
    assert other.users[ANA].sub == bench.machine.users[ANA].sub


def test_codes_are_the_same_in_every_run() -> None:
    """And never six zeros."""
    codes = []
    for _ in range(2):
        bench = Bench()
        bench.do("SignUp")
        codes.append(bench.client.messages()[0].code)

    assert codes[0] == codes[1]
    assert codes[0] >= "100000"


def test_temporary_passwords_are_made_up_and_told() -> None:
    """They are ones of the policy, told in the words of the invitation."""
    bench = Bench(minimum_length=20)
    bench.do("AdminCreateUser")
    [message] = bench.client.messages()
    bench.machine.policy.check(message.code)

    assert message.text == f"Your username is ana and temporary password is {message.code}."
    assert (message.destination, message.subject) == (EMAIL, "Your temporary password")
    again = bench.do("InitiateAuth", AuthParameters={"USERNAME": ANA, "PASSWORD": message.code})
    assert again.challenge_name == "NEW_PASSWORD_REQUIRED"


def test_an_invitation_goes_where_it_is_wanted() -> None:
    """To every medium that is asked for and that the user has."""
    bench = Bench()
    create = bench.client.admin_create_user
    both = {"email": EMAIL, "phone_number": PHONE}
    done(create("a", user_attributes=both))
    done(create("b", user_attributes=both, desired_delivery_mediums=["EMAIL", "SMS"]))
    done(create("c", user_attributes={"email": EMAIL}, desired_delivery_mediums=["SMS"]))
    done(create("d"))

    found = [(message.username, message.delivery_medium) for message in bench.client.messages()]
    assert found == [("a", "SMS"), ("b", "SMS"), ("b", "EMAIL")]


def test_a_migrated_user_is_welcomed() -> None:
    """Unless the function would rather not."""
    says = {"UserMigration_Authentication": {**MIGRATED, "messageAction": None}}
    bench = Bench("UserMigration", "CustomMessage", says=says)
    bench.do("InitiateAuth")

    assert bench.sources == ["UserMigration_Authentication", "CustomMessage_AdminCreateUser"]
    assert [message.code for message in bench.client.messages()] == [PASSWORD]


def test_a_second_factor_of_a_migrated_user_is_refused() -> None:
    """By name."""
    bench = Bench("UserMigration", says={"UserMigration_Authentication": {**MIGRATED, "enableSMSMFA": True}})
    with pytest.raises(cognito.InvalidParameterException, match="enableSMSMFA"):
        bench.do("InitiateAuth")
    assert not bench.machine.users


def test_a_challenge_of_aws_is_refused() -> None:
    """By name: it is one, but is not offered."""
    says = {"DefineAuthChallenge_Authentication": {"challengeName": "SMS_MFA"}}
    bench = Bench("DefineAuthChallenge", says=says)
    bench.given()
    with pytest.raises(cognito.InvalidParameterException, match="SMS_MFA is not offered"):
        bench.do("InitiateAuth", AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": ANA})


FEDERATED = ("InboundFederation", "PreSignUp", "PostConfirmation", "PreAuthentication", "PostAuthentication")


def test_a_user_of_a_provider_signs_up_once() -> None:
    """What the function keeps becomes attributes; later sign-ins change them."""
    kept = {"userAttributesToMap": {"email": "other@example.com", "groups": "x"}}
    says: dict[str, Any] = {"InboundFederation_ExternalProvider": ({}, kept)}
    bench = Bench(*FEDERATED, "PreTokenGeneration", says=says)
    first = bench.federate()
    assert bench.sources == [
        "InboundFederation_ExternalProvider",
        "PreSignUp_ExternalProvider",
        "PostConfirmation_ConfirmSignUp",
        "TokenGeneration_HostedAuth",
    ]
    assert bench.machine.users["Corp_7"].attributes["email_verified"] == "true"
    assert "iat" not in bench.machine.users["Corp_7"].attributes
    bench.events.clear()
    bench.federate()

    assert bench.sources == [
        "InboundFederation_ExternalProvider",
        "PreAuthentication_Authentication",
        "PostAuthentication_Authentication",
        "TokenGeneration_HostedAuth",
    ]
    assert bench.machine.users["Corp_7"].attributes["email"] == "other@example.com"
    assert bench.machine.users["Corp_7"].status == "EXTERNAL_PROVIDER"
    identity = cognito.claims(first.authentication_result.id_token)["identities"]  # type: ignore[union-attr]  # tokens
    assert (identity[0]["providerName"], identity[0]["userId"]) == ("Corp", "7")


def test_a_user_of_a_provider_has_no_password() -> None:
    """None to sign in with, none to forget."""
    bench = Bench()
    bench.federate()
    with pytest.raises(cognito.NotAuthorizedException, match="Incorrect"):
        bench.do("InitiateAuth", AuthParameters={"USERNAME": "Corp_7", "PASSWORD": PASSWORD})
    with pytest.raises(cognito.NotAuthorizedException, match="cannot be reset"):
        bench.do("ForgotPassword", Username="Corp_7")


NOT_SAMPLED = {
    "TokenGeneration_AuthenticateDevice",
    "TokenGeneration_ClientCredentials",
    "CustomMessage_Authentication",
    "CustomEmailSender_AccountTakeOverNotification",
    "CustomSMSSender_Authentication",
}
"""Devices, machines, second factors and risk are not offered."""
SOURCES = sorted({source for trigger in TRIGGERS for source in trigger.sources} - NOT_SAMPLED)


@pytest.mark.parametrize("source", SOURCES)
def test_there_is_a_sample_of_every_source(source: str) -> None:
    """As a pool sends it."""
    event: Any = sample_event(kind=source, username="bob")
    assert event["triggerSource"] == source
    assert event["userName"] in ("bob", "Corp_bob")
    assert ("response" in event) is not trigger_of(source).endswith("Sender")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"kind": "PreSignUp"}, "kind='PreSignUp' is refused.*PreSignUp_SignUp"),
        ({"username": "a b"}, "username"),
        ({"email": 7}, "address"),
        ({"lambda_version": "2"}, "lambda_version"),
    ],
    ids=["kind", "user name", "address", "version"],
)
def test_a_sample_that_can_not_be(settings: dict[str, Any], reason: str) -> None:
    """Is refused by name."""
    with pytest.raises(InvalidSetting, match=reason):
        sample_event(**settings)


def test_a_custom_sign_in_needs_all_its_functions() -> None:
    """The pool says so once it comes to the one that is not there."""
    bench = Bench("DefineAuthChallenge", says={"DefineAuthChallenge_Authentication": NEXT})
    bench.given()
    with pytest.raises(cognito.InvalidUserPoolConfigurationException):
        bench.session()


def test_a_stopped_function_ends_the_call() -> None:
    """One that would run for the 17th time in its chain."""
    bench = Bench("PreSignUp", says={"PreSignUp_SignUp": Stopped()})
    with pytest.raises(cognito.UnexpectedLambdaException, match="RecursiveInvocationException"):
        bench.do("SignUp")


def test_two_come_from_a_provider_at_once() -> None:
    """The first whose function answers is the user."""
    bench = Bench("PreSignUp")
    machine = bench.machine
    pendings = [
        machine.begin(
            0.0,
            "FederatedSignIn",
            FederatedSignIn(
                username="Corp_7",
                provider_name="Corp",
                provider_type="OIDC",
                user_id="7",
                inbound={"idToken": {}},
                client=machine.app_client(None),
            ),
        )
        for _ in range(2)
    ]
    for invoke in invoked(machine):
        machine.finished(1.0, invoke.token, good(invoke))

    first, second = (pending.result for pending in pendings)
    assert isinstance(first, cognito.AuthResult)
    assert isinstance(second, cognito.UsernameExistsException)


def test_claims_may_nest_only_so_deeply() -> None:
    """What can't be written into a token is no answer; most of it is no JSON already."""
    nested: Any = "x"
    for _ in range(3_000):
        nested = [nested]
    with pytest.raises(cognito.InvalidLambdaResponseException):
        token_of({"a": nested})
    bench = Bench("PreTokenGeneration", lambda_version="V2_0")
    bench.given()
    bench.says["TokenGeneration_Authentication"] = Succeeded(b'{"response":' + b"[" * 3_000)
    with pytest.raises(cognito.InvalidLambdaResponseException):
        bench.do("InitiateAuth")
