"""What calls take and refuse, before anything has happened."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from eventbus import App
from eventbus.errors import InvalidSetting
from sources import cognito
from sources.cognito.client import PoolClient
from tests.sources.cognito.helpers import ANA, CODE, EMAIL, PASSWORD, SIGN_IN, Bench, Work, done

BAD_CALLS: Final[dict[str, Callable[[PoolClient], Any]]] = {
    "name is no text": lambda c: c.sign_up(7, PASSWORD),  # type: ignore[arg-type]  # on purpose, as all below
    "name is empty": lambda c: c.sign_up("", PASSWORD),
    "name with a blank": lambda c: c.admin_get_user("a b"),
    "name that UTF-8 can't hold": lambda c: c.admin_get_user("\ud800"),
    "password is no text": lambda c: c.sign_up("bob", None),  # type: ignore[arg-type]
    "code is empty": lambda c: c.confirm_sign_up(ANA, ""),
    "attributes are a list": lambda c: c.sign_up("bob", PASSWORD, user_attributes=[{"Name": "email"}]),  # type: ignore[arg-type]
    "attribute is a flag": lambda c: c.admin_create_user("bob", user_attributes={"email_verified": True}),  # type: ignore[dict-item]
    "attribute that UTF-8 can't hold": lambda c: c.sign_up("bob", PASSWORD, user_attributes={"name": "\ud800"}),
    "attribute that is none": lambda c: c.sign_up("bob", PASSWORD, user_attributes={"nick": "x"}),
    "attribute too long": lambda c: c.sign_up("bob", PASSWORD, user_attributes={"name": "x" * 2_049}),
    "metadata is a text": lambda c: c.forgot_password(ANA, client_metadata="spring"),  # type: ignore[arg-type]
    "message action": lambda c: c.admin_create_user("bob", message_action="SHOUT"),  # type: ignore[arg-type]
    "medium": lambda c: c.admin_create_user("bob", desired_delivery_mediums=["PIGEON"]),  # type: ignore[list-item]
    "medium is a text": lambda c: c.admin_create_user("bob", desired_delivery_mediums="SMS"),  # type: ignore[arg-type]
    "client is a number": lambda c: c.sign_up("bob", PASSWORD, client_id=7),  # type: ignore[arg-type]
    "flow of SRP": lambda c: c.initiate_auth("USER_SRP_AUTH", auth_parameters=SIGN_IN),
    "flow by choice": lambda c: c.initiate_auth("USER_AUTH", auth_parameters=SIGN_IN),
    "flow of administrators": lambda c: c.initiate_auth("ADMIN_USER_PASSWORD_AUTH", auth_parameters=SIGN_IN),
    "flow that is none": lambda c: c.initiate_auth(None, auth_parameters=SIGN_IN),  # type: ignore[arg-type]
    "secret hash": lambda c: c.initiate_auth("USER_PASSWORD_AUTH", auth_parameters={**SIGN_IN, "SECRET_HASH": "x"}),
    "parameters are none": lambda c: c.initiate_auth("USER_PASSWORD_AUTH", auth_parameters=None),  # type: ignore[arg-type]
    "challenge of SRP": lambda c: c.respond_to_auth_challenge("PASSWORD_VERIFIER", session="x", challenge_responses={}),
    "challenge that is none": lambda c: c.respond_to_auth_challenge("RIDDLE", session="x", challenge_responses={}),
    "session is a number": lambda c: c.respond_to_auth_challenge(
        "CUSTOM_CHALLENGE",
        session=7,  # type: ignore[arg-type]
        challenge_responses={"USERNAME": ANA, "ANSWER": "5"},
    ),
    "another answer": lambda c: c.respond_to_auth_challenge(
        "NEW_PASSWORD_REQUIRED", session="x", challenge_responses={"USERNAME": ANA, "NEW_PASSWORD": PASSWORD, "N": "x"}
    ),
    "address": lambda c: c.verify_user_attribute("name", CODE, access_token="x"),  # type: ignore[arg-type]
    "token is a number": lambda c: c.get_user(access_token=7),  # type: ignore[arg-type]
    "permanent is a text": lambda c: c.admin_set_user_password(ANA, PASSWORD, permanent="no"),  # type: ignore[arg-type]
    "precedence": lambda c: c.create_group("staff", precedence=-1),
    "provider type": lambda c: c.federated_sign_in("Corp", "7", provider_type="LDAP", id_token={}),
    "provider says nothing": lambda c: c.federated_sign_in("Corp", "7"),
    "provider says no mapping": lambda c: c.federated_sign_in("Corp", "7", id_token=[1]),  # type: ignore[arg-type]
    "provider says no JSON": lambda c: c.federated_sign_in("Corp", "7", id_token={"at": object()}),
    "provider says what UTF-8 can't hold": lambda c: c.federated_sign_in("Corp", "7", id_token={"at": "\ud800"}),
}


@pytest.mark.parametrize("name", BAD_CALLS)
def test_a_bad_argument_is_refused(name: str) -> None:
    """By name, and nothing has happened."""
    bench = Bench("PreSignUp", "PreAuthentication", "InboundFederation")
    bench.given()

    with pytest.raises(cognito.InvalidParameterException):
        done(BAD_CALLS[name](bench.client))

    assert bench.events == []
    assert [*bench.machine.users] == [ANA]


def test_what_nests_too_deeply_is_refused() -> None:
    """Wherever it does: before the call, or when its event is written."""
    bench = Bench("InboundFederation")
    refused = 0
    for depth in (10, *range(850, 1_010, 10), 3_000):
        nested: Any = "x"
        for _ in range(depth):
            nested = [nested]
        try:
            bench.federate(id_token={"nested": nested})
        except cognito.InvalidParameterException:
            refused += 1

    assert 0 < refused < 18
    assert bench.machine.outstanding() == 0


def test_what_is_too_long_for_an_event_is_refused() -> None:
    """No function is asked."""
    bench = Bench("PreSignUp")
    with pytest.raises(cognito.UnexpectedLambdaException, match="RequestTooLargeException"):
        bench.do("SignUp", ClientMetadata={"x": "x" * 6_300_000})
    assert bench.events == []
    assert not bench.machine.users


REFUSED: Final[dict[str, dict[str, Any]]] = {
    "mfa_configuration": {"mfa_configuration": "ON"},
    "alias_attributes": {"alias_attributes": ["email"]},
    "username_attributes": {"username_attributes": ["email"]},
    "kms_key_id": {"kms_key_id": "arn"},
    "schema": {"schema": []},
    "did you mean pre_sign_up": {"pre_signup": Work},
    "pre_sign_up": {"pre_sign_up": "work"},
    "lambda_version": {"lambda_version": "V4_0"},
    "auto_verified_attributes": {"auto_verified_attributes": ["name"]},
    "require_symbols": {"require_symbols": 1.5},
    "minimum_length": {"minimum_length": True},
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_setting_is_refused(name: str) -> None:
    """Where it is written, by its name."""
    with pytest.raises(InvalidSetting, match=name):
        cognito.UserPool("shop", **REFUSED[name])


@pytest.mark.parametrize(
    "settings",
    [
        {"explicit_auth_flows": ["ALLOW_USER_SRP_AUTH"]},
        {"explicit_auth_flows": "ALLOW_CUSTOM_AUTH"},
        {"prevent_user_existence_errors": "MAYBE"},
        {"auth_session_validity": 3.5},
    ],
    ids=["srp", "a text", "hiding", "half a minute"],
)
def test_a_bad_client_is_refused(settings: dict[str, Any]) -> None:
    """Where it is written."""
    with pytest.raises(InvalidSetting):
        cognito.UserPoolClient(cognito.UserPool("shop"), "web", **settings)


def test_a_client_is_of_a_pool() -> None:
    """Of nothing else."""
    with pytest.raises(InvalidSetting, match="a declared cognito.UserPool"):
        cognito.UserPoolClient(Work, "web")  # type: ignore[arg-type]  # on purpose


def test_one_of_several_clients_is_named() -> None:
    """By itself or by its id; without a name nobody knows which."""
    bench = Bench("PreSignUp", client={})
    other = cognito.UserPoolClient(bench.pool, "app")
    other.connect(bench.machine)
    for name, given in (("a", other), ("b", other.client_id)):
        done(bench.client.sign_up(name, PASSWORD, client_id=given))

    assert {event["callerContext"]["clientId"] for event in bench.events} == {other.client_id}
    with pytest.raises(cognito.InvalidParameterException, match="several clients"):
        done(bench.client.sign_up("c", PASSWORD))


def test_users_write_what_they_may() -> None:
    """Whether an address is verified is not for them to say."""
    bench = Bench()
    with pytest.raises(cognito.NotAuthorizedException, match="unauthorized attribute"):
        bench.do("SignUp", UserAttributes={"email": EMAIL, "email_verified": "true"})
    assert not bench.machine.users


def test_an_administrators_password_is_one_of_the_policy() -> None:
    """And is to be changed at the next sign-in, unless it is for good."""
    bench = Bench()
    bench.given()
    with pytest.raises(cognito.InvalidPasswordException):
        bench.do("AdminSetUserPassword", Password="short")
    bench.do("AdminSetUserPassword", Password="Better-88")
    result = bench.do("InitiateAuth", AuthParameters={"USERNAME": ANA, "PASSWORD": "Better-88"})
    assert result.challenge_name == "NEW_PASSWORD_REQUIRED"
    done(bench.client.admin_set_user_password(ANA, PASSWORD, permanent=True))

    assert bench.do("InitiateAuth").authentication_result is not None


def test_groups_are_made_once_and_known_to_be_joined() -> None:
    """The one that counts more comes first; its role is preferred."""
    bench = Bench()
    bench.given()
    client = bench.client
    done(client.create_group("buyers", precedence=2, role_arn="arn:buyers"))
    done(client.create_group("staff", precedence=1, role_arn="arn:staff"))
    with pytest.raises(cognito.GroupExistsException):
        done(client.create_group("staff"))
    with pytest.raises(cognito.ResourceNotFoundException):
        done(client.admin_add_user_to_group(ANA, "nobody"))
    for group in ("buyers", "staff", "staff"):
        done(client.admin_add_user_to_group(ANA, group))

    claims = cognito.claims(bench.tokens().id_token)
    assert claims["cognito:groups"] == ["staff", "buyers"]
    assert claims["cognito:preferred_role"] == "arn:staff"


def test_new_passwords_come_with_attributes() -> None:
    """Those that the answer names."""
    bench = Bench()
    bench.given("FORCE_CHANGE_PASSWORD")
    session = bench.do("InitiateAuth").session
    responses = {"USERNAME": ANA, "NEW_PASSWORD": "Better-88", "userAttributes.name": "Ana"}
    call = bench.client.respond_to_auth_challenge(
        "NEW_PASSWORD_REQUIRED", session=session, challenge_responses=responses
    )

    assert cognito.claims(done(call).authentication_result.id_token)["name"] == "Ana"  # type: ignore[union-attr]  # tokens
    with pytest.raises(cognito.NotAuthorizedException, match="Invalid session"):
        bench.do("RespondToAuthChallenge", Session=session)


def test_addresses_are_verified_by_their_codes() -> None:
    """A code is good once; a changed address is verified no more."""
    bench = Bench()
    bench.given()
    sent = bench.do("UpdateUserAttributes")
    assert [details.attribute_name for details in sent] == ["email"]
    assert bench.do("AdminGetUser").user_attributes["email_verified"] == "false"
    code = bench.client.messages()[-1].code
    bench.do("VerifyUserAttribute", Code=code)

    assert bench.do("AdminGetUser").user_attributes["email_verified"] == "true"
    with pytest.raises(cognito.ExpiredCodeException):
        bench.do("VerifyUserAttribute", Code=code)


def test_a_new_code_replaces_the_last_one() -> None:
    """Only the newest is taken."""
    bench = Bench()
    bench.do("SignUp")
    bench.do("ResendConfirmationCode")
    first, second = (message.code for message in bench.client.messages())
    assert first != second
    with pytest.raises(cognito.CodeMismatchException):
        bench.do("ConfirmSignUp", ConfirmationCode=first)
    bench.do("ConfirmSignUp", ConfirmationCode=second)

    assert bench.do("AdminGetUser").user_attributes["email_verified"] == "true"


@pytest.mark.parametrize("operation", ["ResendConfirmationCode", "ForgotPassword"])
def test_nobody_learns_whom_the_pool_knows(operation: str) -> None:
    """A code for nobody seems to have been sent."""
    bench = Bench(client={"prevent_user_existence_errors": "ENABLED"})
    assert bench.do(operation).delivery_medium == "EMAIL"
    assert bench.client.messages() == []
    with pytest.raises(cognito.CodeMismatchException):
        bench.do("ConfirmSignUp")


def test_a_code_needs_an_address() -> None:
    """That the user has, and for a new user one that the pool verifies."""
    bench = Bench(auto_verified_attributes=["phone_number"])
    bench.given("UNCONFIRMED")
    with pytest.raises(cognito.InvalidParameterException, match="Auto verification"):
        bench.do("ResendConfirmationCode")
    bench.do("AdminConfirmSignUp")
    token = bench.tokens().access_token
    with pytest.raises(cognito.InvalidParameterException, match="does not have phone_number"):
        done(bench.client.get_user_attribute_verification_code("phone_number", access_token=token))


def test_two_clients_have_two_names() -> None:
    """Within one pool."""
    app = App("shop")
    pool = app.add(cognito.UserPool("shop"))
    app.add(cognito.UserPoolClient(pool, "web"))
    app.add(cognito.UserPoolClient(pool, "app"))
    with pytest.raises(InvalidSetting, match="web"):
        app.add(cognito.UserPoolClient(pool, "web"))
