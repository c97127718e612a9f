"""What one can do with a user pool."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

from attrs import define

from eventbus.checks import texts
from eventbus.ports import Feed
from sources._calling import result_of

from . import checking
from .addresses import AskingForCode, ChangingAttributes, Forgetting, Resetting
from .app_client import UserPoolClient
from .challenges import CUSTOM, AnsweringChallenge, CustomSignIn
from .errors import InvalidParameterException
from .federation import PROVIDER_TYPES, FederatedSignIn
from .flow import Flow
from .groups import Group
from .machine import PoolMachine
from .results import AuthResult, CodeDeliveryDetails, DescribedUser, Message, SignUpResult
from .signing_in import NewPassword, PasswordSignIn, Refreshing, SigningIn
from .signing_up import Confirming, Creating, Resending, SigningUp
from .users import ADDRESSES, Address, Medium

R = TypeVar("R")
ClientId = UserPoolClient | str | None
Texts = Mapping[str, str]


@define(eq=False)
class PoolClient:
    """`bus[pool]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's errors.

    Attributes and other pairs of names and values are mappings. `client_id` is a declared `UserPoolClient`, its id, or
    left out where the pool has only one. A call waits for the functions that it asks: it raises
    `UserLambdaValidationException` when one fails, `UnexpectedLambdaException` when one is not reached or silent, and
    `InvalidLambdaResponseException` when one answers in a form that is none."""

    _machine: PoolMachine
    _feed: Feed

    # ------------------------------------------------------------ sign-up
    async def sign_up(
        self,
        username: str,
        password: str,
        *,
        user_attributes: Texts | None = None,
        validation_data: Texts | None = None,
        client_metadata: Texts | None = None,
        client_id: ClientId = None,
    ) -> SignUpResult:
        """A new user, who has got a code if the pool verifies one of their addresses. Raises
        `UsernameExistsException`, `InvalidPasswordException`, `InvalidParameterException`."""
        checking.name("username", username)
        checking.password("password", password)
        flow = SigningUp(
            username=username,
            password=password,
            attributes=checking.text_map("userAttributes", user_attributes),
            validation_data=checking.metadata("validationData", validation_data),
            metadata=checking.metadata("clientMetadata", client_metadata),
            client=checking.app_client(self._machine, client_id),
        )
        return await self._result("SignUp", flow)

    async def confirm_sign_up(
        self,
        username: str,
        confirmation_code: str,
        *,
        client_metadata: Texts | None = None,
        client_id: ClientId = None,
    ) -> None:
        """The user is confirmed, and the address is theirs. Raises `CodeMismatchException`, `ExpiredCodeException`,
        `NotAuthorizedException`, `UserNotFoundException`."""
        checking.name("username", username)
        checking.code("confirmationCode", confirmation_code)
        flow = Confirming(
            username=username,
            code=confirmation_code,
            metadata=checking.metadata("clientMetadata", client_metadata),
            client=checking.app_client(self._machine, client_id),
        )
        await self._result("ConfirmSignUp", flow)

    async def resend_confirmation_code(
        self, username: str, *, client_metadata: Texts | None = None, client_id: ClientId = None
    ) -> CodeDeliveryDetails:
        """A new code, in the place of the last one. Raises `UserNotFoundException`, `InvalidParameterException`."""
        checking.name("username", username)
        flow = Resending(
            username=username,
            metadata=checking.metadata("clientMetadata", client_metadata),
            client=checking.app_client(self._machine, client_id),
        )
        return await self._result("ResendConfirmationCode", flow)

    async def admin_create_user(
        self,
        username: str,
        *,
        user_attributes: Texts | None = None,
        temporary_password: str | None = None,
        message_action: Literal["RESEND", "SUPPRESS"] | None = None,
        desired_delivery_mediums: Sequence[Medium] | None = None,
        validation_data: Texts | None = None,
        client_metadata: Texts | None = None,
    ) -> DescribedUser:
        """A new user with a temporary password, told by a message unless that is suppressed; without
        `desired_delivery_mediums` by SMS, or by mail where there is no phone number. Raises
        `UsernameExistsException`, `UnsupportedUserStateException`, `InvalidPasswordException`."""
        checking.name("username", username)
        checking.one_of("messageAction", message_action, (None, "RESEND", "SUPPRESS"))
        if temporary_password is not None:
            checking.password("temporaryPassword", temporary_password)
        flow = Creating(
            username=username,
            attributes=checking.text_map("userAttributes", user_attributes),
            password=temporary_password,
            message_action=message_action,
            mediums=checking.mediums(desired_delivery_mediums),
            validation_data=checking.metadata("validationData", validation_data),
            metadata=checking.metadata("clientMetadata", client_metadata),
        )
        return await self._result("AdminCreateUser", flow)

    async def admin_confirm_sign_up(self, username: str, *, client_metadata: Texts | None = None) -> None:
        """The user is confirmed, whatever they have received. Raises as `confirm_sign_up`."""
        checking.name("username", username)
        flow = Confirming(username=username, metadata=checking.metadata("clientMetadata", client_metadata))
        await self._result("AdminConfirmSignUp", flow)

    # ------------------------------------------------------------ sign-in
    async def initiate_auth(
        self,
        auth_flow: str,
        *,
        auth_parameters: Texts,
        client_metadata: Texts | None = None,
        client_id: ClientId = None,
    ) -> AuthResult:
        """Tokens, or a challenge: USER_PASSWORD_AUTH with USERNAME and PASSWORD, CUSTOM_AUTH with USERNAME,
        REFRESH_TOKEN_AUTH with REFRESH_TOKEN. Raises `NotAuthorizedException`, `UserNotFoundException`,
        `UserNotConfirmedException`, `PasswordResetRequiredException`, `InvalidParameterException`."""
        flow = self._sign_in(auth_flow, auth_parameters, client_metadata, client_id, administrator=False)
        return await self._result("InitiateAuth", flow)

    async def admin_initiate_auth(
        self,
        auth_flow: str,
        *,
        auth_parameters: Texts,
        client_metadata: Texts | None = None,
        client_id: ClientId = None,
    ) -> AuthResult:
        """As `initiate_auth`, with ADMIN_USER_PASSWORD_AUTH as well; challenges are answered by
        `respond_to_auth_challenge`."""
        flow = self._sign_in(auth_flow, auth_parameters, client_metadata, client_id, administrator=True)
        return await self._result("AdminInitiateAuth", flow)

    async def respond_to_auth_challenge(
        self,
        challenge_name: str,
        *,
        session: str,
        challenge_responses: Texts,
        client_metadata: Texts | None = None,
        client_id: ClientId = None,
    ) -> AuthResult:
        """Tokens, or the next challenge: CUSTOM_CHALLENGE with USERNAME and ANSWER, NEW_PASSWORD_REQUIRED with
        USERNAME, NEW_PASSWORD and `userAttributes.` of what is to be changed. Raises as `initiate_auth`."""
        checking.challenge(challenge_name)
        said = checking.text_map("challengeResponses", challenge_responses)
        checking.session(session)
        client = checking.app_client(self._machine, client_id)
        metadata = checking.metadata("clientMetadata", client_metadata)
        flow: SigningIn
        if challenge_name == CUSTOM:
            checking.parameters(said, ["USERNAME", "ANSWER"])
            username, answer = said["USERNAME"], said["ANSWER"]
            flow = AnsweringChallenge(
                username=username, answer=answer, session=session, metadata=metadata, client=client
            )
        else:
            attributes = checking.prefixed(said)
            checking.parameters(said, ["USERNAME", "NEW_PASSWORD"], [f"{checking.PREFIX}{name}" for name in attributes])
            username, password = said["USERNAME"], said["NEW_PASSWORD"]
            checking.password("NEW_PASSWORD", password)
            flow = NewPassword(
                username=username,
                password=password,
                attributes=attributes,
                session=session,
                metadata=metadata,
                client=client,
            )
        return await self._result("RespondToAuthChallenge", flow)

    async def federated_sign_in(
        self,
        provider_name: str,
        user_id: str,
        *,
        provider_type: str = "OIDC",
        token_response: Mapping[str, Any] | None = None,
        id_token: Mapping[str, Any] | None = None,
        user_info: Mapping[str, Any] | None = None,
        saml_response: Mapping[str, Any] | None = None,
        client_id: ClientId = None,
    ) -> AuthResult:
        """The user comes back from an identity provider, which has said this of them; not an operation of AWS's, whose
        managed login does so. They are known as `<provider_name>_<user_id>`; what is said becomes attributes of the
        same name. Raises as `sign_up`."""
        checking.name("providerName", provider_name)
        checking.name("userId", user_id)
        checking.one_of("providerType", provider_type, PROVIDER_TYPES)
        said = checking.said_by_provider(
            tokenResponse=token_response, idToken=id_token, userInfo=user_info, samlResponse=saml_response
        )
        flow = FederatedSignIn(
            username=f"{provider_name}_{user_id}",
            provider_name=provider_name,
            provider_type=provider_type,
            user_id=user_id,
            inbound=said,
            client=checking.app_client(self._machine, client_id),
        )
        return await self._result("FederatedSignIn", flow)

    # ------------------------------------------------------------ passwords and addresses
    async def forgot_password(
        self, username: str, *, client_metadata: Texts | None = None, client_id: ClientId = None
    ) -> CodeDeliveryDetails:
        """A code for a new password is sent to a verified address. Raises `UserNotFoundException`,
        `NotAuthorizedException`, `InvalidParameterException`."""
        checking.name("username", username)
        flow = Forgetting(
            username=username,
            metadata=checking.metadata("clientMetadata", client_metadata),
            client=checking.app_client(self._machine, client_id),
        )
        return await self._result("ForgotPassword", flow)

    async def confirm_forgot_password(
        self,
        username: str,
        confirmation_code: str,
        password: str,
        *,
        client_metadata: Texts | None = None,
        client_id: ClientId = None,
    ) -> None:
        """The password is another one. Raises `CodeMismatchException`, `ExpiredCodeException`,
        `InvalidPasswordException`, `UserNotFoundException`."""
        checking.name("username", username)
        checking.code("confirmationCode", confirmation_code)
        checking.password("password", password)
        flow = Resetting(
            username=username,
            code=confirmation_code,
            password=password,
            metadata=checking.metadata("clientMetadata", client_metadata),
            client=checking.app_client(self._machine, client_id),
        )
        await self._result("ConfirmForgotPassword", flow)

    async def update_user_attributes(
        self, user_attributes: Texts, *, access_token: str, client_metadata: Texts | None = None
    ) -> list[CodeDeliveryDetails]:
        """They are these from now on; a new address gets a code if the pool verifies it. Raises
        `NotAuthorizedException`, `InvalidParameterException`."""
        texts(InvalidParameterException, access_token=access_token)
        flow = ChangingAttributes(
            username="",
            token=access_token,
            attributes=checking.text_map("userAttributes", user_attributes),
            metadata=checking.metadata("clientMetadata", client_metadata),
        )
        return await self._result("UpdateUserAttributes", flow)

    async def admin_update_user_attributes(
        self, username: str, user_attributes: Texts, *, client_metadata: Texts | None = None
    ) -> None:
        """As `update_user_attributes`, and may say that an address is verified. Raises `UserNotFoundException`."""
        checking.name("username", username)
        flow = ChangingAttributes(
            username=username,
            attributes=checking.text_map("userAttributes", user_attributes),
            metadata=checking.metadata("clientMetadata", client_metadata),
        )
        await self._result("AdminUpdateUserAttributes", flow)

    async def get_user_attribute_verification_code(
        self, attribute_name: Address, *, access_token: str, client_metadata: Texts | None = None
    ) -> CodeDeliveryDetails:
        """A code is sent to that address. Raises `NotAuthorizedException`, `InvalidParameterException`."""
        texts(InvalidParameterException, access_token=access_token)
        checking.one_of("attributeName", attribute_name, tuple(ADDRESSES.values()))
        metadata = checking.metadata("clientMetadata", client_metadata)
        flow = AskingForCode(username="", token=access_token, attribute=attribute_name, metadata=metadata)
        return await self._result("GetUserAttributeVerificationCode", flow)

    # ------------------------------------------------------------ nobody is asked
    async def verify_user_attribute(self, attribute_name: Address, code: str, *, access_token: str) -> None:
        """The address is theirs. Raises `CodeMismatchException`, `ExpiredCodeException`, `NotAuthorizedException`."""
        machine = self._machine
        texts(InvalidParameterException, access_token=access_token)
        checking.one_of("attributeName", attribute_name, tuple(ADDRESSES.values()))
        checking.code("code", code)
        action = "cognito-idp:VerifyUserAttribute"
        await self._feed.call(machine, action, machine.verify, access_token, attribute_name, code)

    async def get_user(self, *, access_token: str) -> DescribedUser:
        """Raises `NotAuthorizedException`."""
        machine = self._machine
        texts(InvalidParameterException, access_token=access_token)
        return await self._feed.call(machine, "cognito-idp:GetUser", machine.get_by_token, access_token)

    async def admin_get_user(self, username: str) -> DescribedUser:
        """Raises `UserNotFoundException`."""
        machine = self._machine
        checking.name("username", username)
        return await self._feed.call(machine, "cognito-idp:AdminGetUser", machine.get, username)

    async def admin_set_user_password(self, username: str, password: str, *, permanent: bool = False) -> None:
        """Theirs from now on, to be changed at the next sign-in unless `permanent`. Raises `UserNotFoundException`,
        `InvalidPasswordException`."""
        machine = self._machine
        checking.name("username", username)
        checking.password("password", password)
        checking.one_of("permanent", permanent, (True, False))
        action = "cognito-idp:AdminSetUserPassword"
        await self._feed.call(machine, action, machine.set_password, username, password, permanent=permanent)

    async def create_group(
        self, group_name: str, *, role_arn: str | None = None, precedence: int | None = None
    ) -> None:
        """Users may be added to it; a lower precedence counts more. Raises `GroupExistsException`."""
        machine = self._machine
        checking.name("groupName", group_name)
        texts(InvalidParameterException, role_arn=role_arn)
        checking.precedence(precedence)
        group = Group(group_name, role_arn, precedence)
        await self._feed.call(machine, "cognito-idp:CreateGroup", machine.create_group, group)

    async def admin_add_user_to_group(self, username: str, group_name: str) -> None:
        """Tokens say so from the next ones on. Raises `UserNotFoundException`, `ResourceNotFoundException`."""
        machine = self._machine
        checking.name("username", username)
        checking.name("groupName", group_name)
        action = "cognito-idp:AdminAddUserToGroup"
        await self._feed.call(machine, action, machine.add_to_group, username, group_name)

    def messages(self) -> list[Message]:
        """What would have been mailed or sent by SMS, oldest first; not an operation of AWS's. What custom senders got
        is not among them."""
        return list(self._machine.messages)

    # ------------------------------------------------------------
    def _sign_in(
        self,
        auth_flow: str,
        auth_parameters: Texts,
        client_metadata: Texts | None,
        client_id: ClientId,
        *,
        administrator: bool,
    ) -> SigningIn:
        client = checking.app_client(self._machine, client_id)
        checking.auth_flow(auth_flow, client, administrator=administrator)
        said = checking.text_map("authParameters", auth_parameters)
        validation_data = checking.metadata("clientMetadata", client_metadata)
        if auth_flow.startswith("REFRESH_TOKEN"):
            checking.parameters(said, ["REFRESH_TOKEN"])
            return Refreshing(username="", token=said["REFRESH_TOKEN"], client=client)
        custom = auth_flow == "CUSTOM_AUTH"
        checking.parameters(said, ["USERNAME"] if custom else ["USERNAME", "PASSWORD"])
        username = said["USERNAME"]
        checking.name("USERNAME", username)
        if custom:
            return CustomSignIn(username=username, validation_data=validation_data, client=client)
        return PasswordSignIn(
            username=username, password=said["PASSWORD"], validation_data=validation_data, client=client
        )

    async def _result(self, operation: str, flow: Flow[R]) -> R:
        machine, feed = self._machine, self._feed
        flow.cause = feed.cause()
        pending = await feed.call(machine, f"cognito-idp:{operation}", machine.begin, operation, flow)
        return await result_of(feed, pending)
