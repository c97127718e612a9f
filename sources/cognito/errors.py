"""Errors of Cognito user pools (bc:cognito-idp), with the texts that AWS was seen to give; their status is 400."""

from typing import Final

from eventbus import errors


class CognitoError(errors.ServiceError):
    """Base of what a user pool answers. `request_id` is what the trace knows the call by, where it began at all."""

    request_id: str = ""


class InvalidParameterException(CognitoError, errors.InvalidParameterException):
    pass


class ResourceNotFoundException(CognitoError):
    pass


class NotAuthorizedException(CognitoError):
    pass


class UserNotFoundException(CognitoError):
    pass


class UserNotConfirmedException(CognitoError):
    def __init__(self) -> None:
        super().__init__("User is not confirmed.")


class PasswordResetRequiredException(CognitoError):
    def __init__(self) -> None:
        super().__init__("Password reset required for the user")


class UsernameExistsException(CognitoError):
    pass


class GroupExistsException(CognitoError):
    pass


class UnsupportedUserStateException(CognitoError):
    pass


class InvalidPasswordException(CognitoError):
    def __init__(self, lack: str) -> None:
        super().__init__(f"Password did not conform with policy: {lack}")


class CodeMismatchException(CognitoError):
    def __init__(self) -> None:
        super().__init__("Invalid verification code provided, please try again.")


class ExpiredCodeException(CognitoError):
    def __init__(self) -> None:
        super().__init__("Invalid code provided, please request a code again.")


class InvalidUserPoolConfigurationException(CognitoError):
    def __init__(self) -> None:
        super().__init__("Custom auth lambda trigger is not configured for the user pool.")


class UserLambdaValidationException(CognitoError):
    """The function of a trigger has failed: its own message is told."""

    def __init__(self, trigger: str, message: str) -> None:
        super().__init__(f"{trigger} failed with error {message}.")


class UnexpectedLambdaException(CognitoError):
    """The function of a trigger was not reached, or said nothing in time."""

    def __init__(self, trigger: str, why: str) -> None:
        super().__init__(f"{trigger} invocation failed due to error {why}.")


class InvalidLambdaResponseException(CognitoError):
    """The function of a trigger has answered in a form that is none; a note says what was wrong."""

    def __init__(self, note: str = "", message: str = "Unrecognizable lambda output") -> None:
        super().__init__(message)
        if note:
            self.add_note(note)


INCORRECT: Final = "Incorrect username or password."
NO_USER: Final = "User does not exist."
NOT_FOUND: Final = "Username/client id combination not found."
