"""Ids and domain names of an API, made of its name: the same in every run."""

from hashlib import md5

from eventbus.names import ACCOUNT, REGION

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def id_of(*parts: str, length: int = 10) -> str:
    """Small letters and digits."""
    number = int.from_bytes(md5("/".join(parts).encode(), usedforsecurity=False).digest(), "big")
    found = ""
    for _ in range(length):
        number, rest = divmod(number, len(_LETTERS))
        found += _LETTERS[rest]
    return found


def domain_of(api_id: str) -> str:
    return f"{api_id}.execute-api.{REGION}.amazonaws.com"


def method_arn(api_id: str, stage: str, method: str, path: str) -> str:
    """`path` without its first slash, as it was sent."""
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}/{stage}/{method}/{path.removeprefix('/')}"


def socket_arn(api_id: str, stage: str, route: str) -> str:
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}/{stage}/{route}"
