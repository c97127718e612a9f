"""The triggers of a user pool: settings, names in errors, and which source belongs to which (cog)."""

from typing import Final

SETTINGS: Final = {
    "PreSignUp": "pre_sign_up",
    "PostConfirmation": "post_confirmation",
    "PreAuthentication": "pre_authentication",
    "PostAuthentication": "post_authentication",
    "PreTokenGeneration": "pre_token_generation",
    "UserMigration": "user_migration",
    "CustomMessage": "custom_message",
    "DefineAuthChallenge": "define_auth_challenge",
    "CreateAuthChallenge": "create_auth_challenge",
    "VerifyAuthChallengeResponse": "verify_auth_challenge_response",
    "CustomEmailSender": "custom_email_sender",
    "CustomSMSSender": "custom_sms_sender",
    "InboundFederation": "inbound_federation",
}
"""The setting of each. What is sent to a custom sender is handed over; the others are waited for."""
CHALLENGES: Final = ("DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse")
"""Without them there is no custom sign-in; any other trigger may be left out."""


def trigger_of(source: str) -> str:
    """`PreSignUp_SignUp` belongs to PreSignUp."""
    trigger = source.partition("_")[0]
    return "PreTokenGeneration" if trigger == "TokenGeneration" else trigger
