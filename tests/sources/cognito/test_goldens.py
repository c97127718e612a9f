"""Events compared whole with goldens by other hands."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from sources.cognito.triggers import SETTINGS
from tests import golden
from tests.sources.cognito.helpers import ANA, EMAIL, MIGRATED, NEXT, PASSWORD, PHONE, SUM, TOKENS, Bench, done

SPRING: Final = {"campaign": "spring"}
STAFF_ROLE: Final = "arn:aws:iam::000000000000:role/staff"
NO_SENDERS: Final = tuple(trigger for trigger in SETTINGS if not trigger.endswith("Sender"))
ALL: Final = tuple(SETTINGS)
CHALLENGED: Final = {
    "DefineAuthChallenge_Authentication": NEXT,
    "CreateAuthChallenge_Authentication": SUM,
}


def all_asked(**settings: Any) -> Bench:
    settings = {"says": CHALLENGED, **settings}
    return Bench(*NO_SENDERS, **settings)


def signed_up(*, triggers: tuple[str, ...] = NO_SENDERS, **parameters: Any) -> Bench:
    bench = Bench(*triggers)
    bench.do("SignUp", **parameters)
    return bench


def called(operation: str, status: Any = "CONFIRMED", *, triggers: tuple[str, ...] = NO_SENDERS, **more: Any) -> Bench:
    settings = more.pop("settings", {})
    bench = Bench(*triggers, says=CHALLENGED, **settings)
    bench.given(status)
    bench.do(operation, **more)
    return bench


def hidden() -> Bench:
    return all_asked(client={"prevent_user_existence_errors": "ENABLED", "explicit_auth_flows": _FLOWS})


_FLOWS: Final = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH"]


def not_found() -> Bench:
    """`bob` signs in, whom nobody knows: with a password, then by a challenge."""
    bench = Bench(
        *(trigger for trigger in NO_SENDERS if trigger != "UserMigration"),
        says=CHALLENGED,
        client={"prevent_user_existence_errors": "ENABLED", "explicit_auth_flows": _FLOWS},
    )
    with pytest.raises(Exception, match="Incorrect"):
        bench.do("InitiateAuth", AuthParameters={"USERNAME": "bob", "PASSWORD": PASSWORD})
    session = bench.do("InitiateAuth", AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": "bob"}).session
    done(
        bench.client.respond_to_auth_challenge(
            "CUSTOM_CHALLENGE", session=session, challenge_responses={"USERNAME": "bob", "ANSWER": "5"}
        )
    )
    return bench


def not_found_first() -> Bench:
    bench = not_found()
    while bench.events[-1]["request"].get("session"):
        bench.events.pop()
    return bench


def challenged(answer: str = "5", **metadata: Any) -> Bench:
    bench = all_asked()
    bench.given()
    session = bench.session()
    correct = answer == "5"
    bench.says = {
        "VerifyAuthChallengeResponse_Authentication": {"answerCorrect": correct},
        "DefineAuthChallenge_Authentication": TOKENS if correct else NEXT,
        "CreateAuthChallenge_Authentication": SUM,
    }
    bench.do("RespondToAuthChallenge", ChallengeName="CUSTOM_CHALLENGE", Session=session, ANSWER=answer, **metadata)
    return bench


def in_groups(version: str) -> Bench:
    bench = Bench("PreTokenGeneration", lambda_version=version)
    bench.given()
    client = bench.client
    done(client.create_group("staff", role_arn=STAFF_ROLE))
    done(client.create_group("buyers"))
    for group in ("staff", "buyers"):
        done(client.admin_add_user_to_group(ANA, group))
    bench.do("InitiateAuth")
    return bench


def migrating(operation: str = "InitiateAuth", **parameters: Any) -> Bench:
    bench = Bench("UserMigration", says={f"UserMigration_{_MIGRATIONS[operation]}": MIGRATED})
    bench.do(operation, **parameters)
    return bench


_MIGRATIONS: Final = {"InitiateAuth": "Authentication", "ForgotPassword": "ForgotPassword"}
BOB: Final = {"USERNAME": "bob", "PASSWORD": PASSWORD}


def federated(provider: str = "Google", user: str = "1234567890", **said: Any) -> Bench:
    bench = all_asked()
    done(bench.client.federated_sign_in(provider, user, **(said or {"id_token": {"email": EMAIL}})))
    return bench


OIDC: Final[dict[str, Any]] = {
    "token_response": {"access_token": "abc", "token_type": "Bearer", "expires_in": "3600"},
    "id_token": {"sub": "7", "email": EMAIL},
    "user_info": {"sub": "7", "email": EMAIL, "name": "Ana"},
}


def by_phone() -> Bench:
    bench = Bench(*ALL, auto_verified_attributes=["phone_number"])
    bench.do("SignUp", UserAttributes={"phone_number": PHONE})
    return bench


def changed(*, triggers: tuple[str, ...] = NO_SENDERS) -> Bench:
    """To another mail address, for which a code is then asked again."""
    bench = called("UpdateUserAttributes", triggers=triggers)
    asked = [event for event in bench.events if "UpdateUser" in event["triggerSource"]]
    bench.do("GetUserAttributeVerificationCode")
    bench.events += asked
    return bench


def with_new_password() -> Bench:
    return called("RespondToAuthChallenge", "FORCE_CHANGE_PASSWORD", ClientMetadata=SPRING)


def sent_by_mail(operation: str, status: Any = "CONFIRMED", **parameters: Any) -> Bench:
    return called(operation, status, triggers=ALL, **parameters)


DEFINE: Final = "DefineAuthChallenge_Authentication"
CREATE: Final = "CreateAuthChallenge_Authentication"
VERIFY: Final = "VerifyAuthChallengeResponse_Authentication"
TOKEN: Final = "TokenGeneration_Authentication"

SITUATIONS: Final[dict[str, tuple[str, Callable[[], Bench]]]] = {
    "pre_sign_up": ("PreSignUp_SignUp", signed_up),
    "pre_sign_up_admin": ("PreSignUp_AdminCreateUser", lambda: called("AdminCreateUser", None)),
    "pre_sign_up_external": ("PreSignUp_ExternalProvider", federated),
    "pre_sign_up_with_data": (
        "PreSignUp_SignUp",
        lambda: signed_up(
            UserAttributes={"email": EMAIL, "phone_number": PHONE, "custom:team": "red"},
            ValidationData={"captcha": "7"},
            ClientMetadata=SPRING,
        ),
    ),
    "post_confirmation": ("PostConfirmation_ConfirmSignUp", lambda: called("ConfirmSignUp", "UNCONFIRMED")),
    "post_confirmation_forgot_password": (
        "PostConfirmation_ConfirmForgotPassword",
        lambda: called("ConfirmForgotPassword"),
    ),
    "post_confirmation_with_data": (
        "PostConfirmation_ConfirmSignUp",
        lambda: called("ConfirmSignUp", "UNCONFIRMED", ClientMetadata=SPRING),
    ),
    "pre_authentication": ("PreAuthentication_Authentication", lambda: called("InitiateAuth")),
    "pre_authentication_with_data": (
        "PreAuthentication_Authentication",
        lambda: called("InitiateAuth", ClientMetadata=SPRING),
    ),
    "pre_authentication_user_not_found": ("PreAuthentication_Authentication", not_found),
    "post_authentication": ("PostAuthentication_Authentication", lambda: called("InitiateAuth")),
    "token_v1": (TOKEN, lambda: called("InitiateAuth")),
    "token_v1_groups": (TOKEN, lambda: in_groups("V1_0")),
    "token_v1_new_password": ("TokenGeneration_NewPasswordChallenge", with_new_password),
    "token_v1_refresh": (
        "TokenGeneration_RefreshTokens",
        lambda: called("InitiateAuth", AuthFlow="REFRESH_TOKEN_AUTH"),
    ),
    "token_v2": (TOKEN, lambda: in_groups("V2_0")),
    "token_v3": (TOKEN, lambda: called("InitiateAuth", settings={"lambda_version": "V3_0"})),
    "user_migration": ("UserMigration_Authentication", lambda: migrating(AuthParameters=BOB)),
    "user_migration_with_data": (
        "UserMigration_Authentication",
        lambda: migrating(AuthParameters=BOB, ClientMetadata=SPRING),
    ),
    "user_migration_forgot_password": (
        "UserMigration_ForgotPassword",
        lambda: migrating("ForgotPassword", Username="bob", ClientMetadata=SPRING),
    ),
    "message_sign_up": ("CustomMessage_SignUp", signed_up),
    "message_sign_up_with_data": ("CustomMessage_SignUp", lambda: signed_up(ClientMetadata=SPRING)),
    "message_admin_create_user": ("CustomMessage_AdminCreateUser", lambda: called("AdminCreateUser", None)),
    "message_resend_code": ("CustomMessage_ResendCode", lambda: called("ResendConfirmationCode", "UNCONFIRMED")),
    "message_forgot_password": ("CustomMessage_ForgotPassword", lambda: called("ForgotPassword")),
    "message_update_user_attribute": ("CustomMessage_UpdateUserAttribute", changed),
    "message_verify_user_attribute": ("CustomMessage_VerifyUserAttribute", changed),
    "define_first": (DEFINE, lambda: called("InitiateAuth", AuthFlow="CUSTOM_AUTH")),
    "define_after_right_answer": (DEFINE, lambda: challenged(ClientMetadata=SPRING)),
    "define_after_wrong_answer": (DEFINE, lambda: challenged("6")),
    "define_user_not_found": (DEFINE, not_found_first),
    "create_first": (CREATE, lambda: called("InitiateAuth", AuthFlow="CUSTOM_AUTH")),
    "create_after_wrong_answer": (CREATE, lambda: challenged("6", ClientMetadata=SPRING)),
    "create_user_not_found": (CREATE, not_found_first),
    "verify": (VERIFY, challenged),
    "verify_with_data": (VERIFY, lambda: challenged("6", ClientMetadata=SPRING)),
    "verify_user_not_found": (VERIFY, not_found),
    "email_sender_sign_up": ("CustomEmailSender_SignUp", lambda: signed_up(triggers=ALL)),
    "email_sender_with_data": (
        "CustomEmailSender_SignUp",
        lambda: signed_up(triggers=ALL, ClientMetadata=SPRING),
    ),
    "email_sender_admin_create_user": (
        "CustomEmailSender_AdminCreateUser",
        lambda: sent_by_mail("AdminCreateUser", None),
    ),
    "email_sender_resend_code": (
        "CustomEmailSender_ResendCode",
        lambda: sent_by_mail("ResendConfirmationCode", "UNCONFIRMED"),
    ),
    "email_sender_forgot_password": ("CustomEmailSender_ForgotPassword", lambda: sent_by_mail("ForgotPassword")),
    "email_sender_update_user_attribute": (
        "CustomEmailSender_UpdateUserAttribute",
        lambda: changed(triggers=ALL),
    ),
    "email_sender_verify_user_attribute": (
        "CustomEmailSender_VerifyUserAttribute",
        lambda: changed(triggers=ALL),
    ),
    "sms_sender_sign_up": ("CustomSMSSender_SignUp", by_phone),
    "inbound_federation": ("InboundFederation_ExternalProvider", lambda: federated("Corp", "7", **OIDC)),
    "inbound_federation_saml": (
        "InboundFederation_ExternalProvider",
        lambda: federated("Corp", "7", provider_type="SAML", saml_response={"email": EMAIL, "name": "Ana"}),
    ),
}

NOT_OFFERED: Final = {
    "define_srp_first": "SRP",
    "define_srp_password_right": "SRP",
    "email_sender_account_takeover": "risk",
    "message_authentication": "a second factor",
    "sms_sender_authentication": "a second factor",
    "token_v3_client_credentials": "machines do not sign in here",
}
"""Goldens of what is refused, and why there are none of it."""


def by_name(event: Any) -> Any:
    """The order of attributes counts for nothing."""
    request = dict(event["request"])
    if "userAttributes" in request:
        request["userAttributes"] = dict(sorted(request["userAttributes"].items()))
    return {**event, "request": request}


@pytest.mark.parametrize("name", SITUATIONS)
def test_event_is_as_its_golden(name: str) -> None:
    """Whole, in the order of its keys."""
    source, situation = SITUATIONS[name]

    event = situation().event(source)

    golden.match(by_name(golden.load(f"cognito/{name}")), by_name(event))


def test_every_golden_is_compared() -> None:
    """Or is of something that is not offered."""
    found = {path.stem for path in (golden._FOLDER / "cognito").glob("*.json")}

    assert found == {*SITUATIONS, *NOT_OFFERED}
