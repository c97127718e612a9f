"""S3 notifications as data: how keys are written, which configuration an event meets, which two overlap.

Sources: s3:notification-how-to-event-types-and-destinations, s3:notification-how-to-filtering; recorded 2023-08 and
2025-01.
"""

from typing import NamedTuple

# (key, the key as events show it and as filters see it): form-urlencoded UTF-8, "/" kept. "~" and "*" are left out:
# the usual encoders differ on them and no recording shows which one S3 follows.
KEY_ENCODING: list[tuple[str, str]] = [
    ("plain.txt", "plain.txt"),
    ("red flower.jpg", "red+flower.jpg"),  # s3:notification-content-structure
    ("a@b", "a%40b"),  # recorded 2023-08
    ("in/red flower a@b.csv", "in/red+flower+a%40b.csv"),
    ("A-Z_a.z0-9", "A-Z_a.z0-9"),
    ("a//b/", "a//b/"),
    ("a+b", "a%2Bb"),
    ("100%.txt", "100%25.txt"),
    ("%20", "%2520"),
    ("year=2026/month=01/x.csv", "year%3D2026/month%3D01/x.csv"),
    ("a=b&c=d", "a%3Db%26c%3Dd"),
    ("file (1).jpg", "file+%281%29.jpg"),
    ("a,b;c:d", "a%2Cb%3Bc%3Ad"),
    ("q?x#y", "q%3Fx%23y"),
    ("wow!", "wow%21"),
    ("$HOME", "%24HOME"),
    ("quote\"'", "quote%22%27"),
    ("a\\b", "a%5Cb"),
    ("[x]{y}|<z>^`", "%5Bx%5D%7By%7D%7C%3Cz%3E%5E%60"),
    (" lead and trail ", "+lead+and+trail+"),
    ("tab\there", "tab%09here"),
    ("line\nbreak", "line%0Abreak"),
    ("\u00e8.txt", "%C3%A8.txt"),
    ("e\u0301.txt", "e%CC%81.txt"),  # not normalised
    ("thin\u202fspace", "thin%E2%80%AFspace"),
    ("\u65e5\u672c/\u8a9e.txt", "%E6%97%A5%E6%9C%AC/%E8%AA%9E.txt"),
    ("\U0001f600.png", "%F0%9F%98%80.png"),
]


class Match(NamedTuple):
    """Whether `event` on `key` meets a configuration of `events`, `prefix` and `suffix`."""

    id: str
    events: tuple[str, ...]
    prefix: str
    suffix: str
    event: str
    key: str
    matches: bool


_CREATED = ("s3:ObjectCreated:*",)
_REMOVED = ("s3:ObjectRemoved:*",)
_PUT = "s3:ObjectCreated:Put"
_DELETE = "s3:ObjectRemoved:Delete"
_MARKER = "s3:ObjectRemoved:DeleteMarkerCreated"

MATCHES: list[Match] = [
    Match("all created: put", _CREATED, "", "", _PUT, "a", True),
    Match("all created: post", _CREATED, "", "", "s3:ObjectCreated:Post", "a", True),
    Match("all created: copy", _CREATED, "", "", "s3:ObjectCreated:Copy", "a", True),
    Match("all created: multipart", _CREATED, "", "", "s3:ObjectCreated:CompleteMultipartUpload", "a", True),
    Match("all created: delete", _CREATED, "", "", _DELETE, "a", False),
    Match("all created: tags", _CREATED, "", "", "s3:ObjectTagging:Put", "a", False),
    Match("put: put", (_PUT,), "", "", _PUT, "a", True),
    Match("put: copy", (_PUT,), "", "", "s3:ObjectCreated:Copy", "a", False),
    Match("put: multipart", (_PUT,), "", "", "s3:ObjectCreated:CompleteMultipartUpload", "a", False),
    Match("all removed: delete", _REMOVED, "", "", _DELETE, "a", True),
    Match("all removed: marker", _REMOVED, "", "", _MARKER, "a", True),
    Match("all removed: put", _REMOVED, "", "", _PUT, "a", False),
    Match("all removed: lifecycle", _REMOVED, "", "", "s3:LifecycleExpiration:Delete", "a", False),
    Match("delete: marker", (_DELETE,), "", "", _MARKER, "a", False),
    Match("marker: delete", (_MARKER,), "", "", _DELETE, "a", False),
    Match("marker: marker", (_MARKER,), "", "", _MARKER, "a", True),
    Match("two types: second", (_PUT, _DELETE), "", "", _DELETE, "a", True),
    Match("two types: neither", (_PUT, _DELETE), "", "", _MARKER, "a", False),
    Match("all tags: delete", ("s3:ObjectTagging:*",), "", "", "s3:ObjectTagging:Delete", "a", True),
    Match("all restores: completed", ("s3:ObjectRestore:*",), "", "", "s3:ObjectRestore:Completed", "a", True),
    Match(
        "all expirations: marker",
        ("s3:LifecycleExpiration:*",),
        "",
        "",
        "s3:LifecycleExpiration:DeleteMarkerCreated",
        "a",
        True,
    ),
    Match("transition", ("s3:LifecycleTransition",), "", "", "s3:LifecycleTransition", "a", True),
    Match("acl", ("s3:ObjectAcl:Put",), "", "", "s3:ObjectAcl:Put", "a", True),
    Match("prefix", _CREATED, "in/", "", _PUT, "in/a.csv", True),
    Match("other prefix", _CREATED, "in/", "", _PUT, "out/a.csv", False),
    Match("prefix in the middle", _CREATED, "in/", "", _PUT, "x/in/a.csv", False),
    Match("prefix without its end", _CREATED, "in/", "", _PUT, "in", False),
    Match("prefix is the key", _CREATED, "in/a.csv", "", _PUT, "in/a.csv", True),
    Match("prefix in capitals", _CREATED, "In/", "", _PUT, "in/a.csv", False),
    Match("suffix", _CREATED, "", ".csv", _PUT, "in/a.csv", True),
    Match("other suffix", _CREATED, "", ".csv", _PUT, "in/a.json", False),
    Match("suffix in the middle", _CREATED, "", ".csv", _PUT, "a.csv.gz", False),
    Match("suffix in capitals", _CREATED, "", ".csv", _PUT, "a.CSV", False),
    Match("suffix without a dot", _CREATED, "", "csv", _PUT, "acsv", True),
    Match("prefix and suffix", _CREATED, "in/", ".csv", _PUT, "in/x/a.csv", True),
    Match("prefix without suffix", _CREATED, "in/", ".csv", _PUT, "in/a.txt", False),
    Match("suffix without prefix", _CREATED, "in/", ".csv", _PUT, "out/a.csv", False),
    Match("both, wrong type", _CREATED, "in/", ".csv", _DELETE, "in/a.csv", False),
    Match("no wildcard in a prefix", _CREATED, "in*", "", _PUT, "in/a.csv", False),
    Match("no wildcard in a suffix", _CREATED, "", "*.csv", _PUT, "in/a.csv", False),
    Match("no question mark", _CREATED, "i?/", "", _PUT, "in/a.csv", False),
    Match("blank in a prefix is written +", _CREATED, "red+flower", "", _PUT, "red flower.jpg", True),
    Match("blank in a prefix as it is", _CREATED, "red flower", "", _PUT, "red flower.jpg", False),
    Match("encoded in a prefix", _CREATED, "year%3D2026/", "", _PUT, "year=2026/a", True),
    Match("not encoded in a prefix", _CREATED, "year=2026/", "", _PUT, "year=2026/a", False),
    Match("encoded in a suffix", _CREATED, "", "%40b", _PUT, "a@b", True),
    Match("not encoded in a suffix", _CREATED, "", "@b", _PUT, "a@b", False),
    Match("accent in a suffix", _CREATED, "", "%C3%A8.txt", _PUT, "\u00e8.txt", True),
]


class Configuration(NamedTuple):
    events: tuple[str, ...]
    prefix: str = ""
    suffix: str = ""


class Overlap(NamedTuple):
    """Whether two configurations of one bucket may not stand beside each other, whatever their destinations."""

    id: str
    one: Configuration
    other: Configuration
    overlaps: bool


def _created(prefix: str = "", suffix: str = "") -> Configuration:
    return Configuration(_CREATED, prefix, suffix)


OVERLAPS: list[Overlap] = [
    Overlap("the same, no filter", _created(), _created(), True),
    Overlap("the same prefix", _created("in/"), _created("in/"), True),
    Overlap("the same suffix", _created("", ".csv"), _created("", ".csv"), True),
    Overlap("no filter beside a prefix", _created(), _created("in/"), True),
    Overlap("no filter beside a suffix", _created(), _created("", ".csv"), True),
    Overlap("no filter beside both", _created(), _created("in/", ".csv"), True),
    Overlap("prefix in prefix", _created("images"), _created("images/thumbs/"), True),
    Overlap("disjoint prefixes", _created("images/"), _created("logs/"), False),
    Overlap("disjoint prefixes with a common start", _created("images/a"), _created("images/b"), False),
    Overlap("suffix in suffix", _created("", "jpg"), _created("", ".jpg"), True),
    Overlap("disjoint suffixes", _created("", ".jpg"), _created("", ".png"), False),
    Overlap("disjoint suffixes with a common end", _created("", "a.gz"), _created("", "b.gz"), False),
    Overlap("prefix beside suffix", _created("images/"), _created("", ".jpg"), True),
    Overlap("same prefix, disjoint suffixes", _created("images/", ".jpg"), _created("images/", ".png"), False),
    Overlap("disjoint prefixes, same suffix", _created("images/", ".jpg"), _created("logs/", ".jpg"), False),
    Overlap("prefix in prefix, disjoint suffixes", _created("images", ".jpg"), _created("images/", ".png"), False),
    Overlap("prefix in prefix, same suffix", _created("images", ".jpg"), _created("images/", ".jpg"), True),
    Overlap("same prefix, one without suffix", _created("images/", ".jpg"), _created("images/"), True),
    Overlap("same suffix, one without prefix", _created("images/", ".jpg"), _created("", ".jpg"), True),
    Overlap("only the case differs", _created("In/"), _created("in/"), False),
    Overlap("created beside removed", _created(), Configuration(_REMOVED), False),
    Overlap("created beside put", _created(), Configuration((_PUT,)), True),
    Overlap("put beside copy", Configuration((_PUT,)), Configuration(("s3:ObjectCreated:Copy",)), False),
    Overlap("put beside put", Configuration((_PUT,), "in/"), Configuration((_PUT,), "in/x"), True),
    Overlap("removed beside a marker", Configuration(_REMOVED), Configuration((_MARKER,)), True),
    Overlap("delete beside a marker", Configuration((_DELETE,)), Configuration((_MARKER,)), False),
    Overlap("one type of two in common", Configuration((_PUT, _DELETE)), Configuration((_DELETE,)), True),
    Overlap(
        "no type of two in common",
        Configuration((_PUT, _DELETE)),
        Configuration(("s3:ObjectCreated:Copy", _MARKER)),
        False,
    ),
    Overlap(
        "a type in common, disjoint prefixes",
        Configuration((_PUT, _DELETE), "in/"),
        Configuration((_PUT, _MARKER), "out/"),
        False,
    ),
    Overlap("tags beside created", Configuration(("s3:ObjectTagging:*",)), _created(), False),
]
