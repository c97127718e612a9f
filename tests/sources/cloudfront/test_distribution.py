"""What is declared, and what is refused."""

from typing import Any

import pytest

from eventbus import App
from eventbus.errors import InvalidSetting
from sources import apigateway, cloudfront, functionurl, s3
from sources.cloudfront.distribution import NOT_OFFERED
from tests.helpers import echo
from tests.sources.cloudfront.helpers import Declared, Site


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    raise NotImplementedError


def test_names_are_made_of_the_name() -> None:
    """The same in every run, another for another distribution."""
    shop, other = cloudfront.Distribution("shop", Site()), cloudfront.Distribution("other", Site())

    assert shop.arn == "arn:aws:cloudfront::000000000000:distribution/shop"
    assert shop.host.endswith(".cloudfront.net")
    assert (shop.distribution_id[0], len(shop.distribution_id)) == ("E", 14)
    assert shop.host != other.host
    assert shop.host == cloudfront.Distribution("shop", Site()).host


def test_targets_are_functions_and_origins() -> None:
    """Each once, of all behaviors; applications are none."""
    work, check = Declared("work"), Declared("check")
    shop = cloudfront.Distribution(
        "shop",
        Site(),
        viewer_request=work,
        origin_request=work,
        cache_behaviors=[cloudfront.CacheBehavior("*.png", s3.Bucket("uploads"), origin_response=check)],
        origins=[Site(), asgi],
    )

    assert list(shop.targets) == [check.arn, work.arn, "arn:aws:s3:::uploads", Site().arn]


def test_targets_are_part_of_the_app() -> None:
    """Functions, buckets and doors."""
    app = App()
    work = app.function(echo, name="work")
    app.add(cloudfront.Distribution("shop", functionurl.Url(work), viewer_request=work))

    with pytest.raises(InvalidSetting, match="url/work is not part of this app; add it first"):
        app.start()


def test_applications_have_addresses() -> None:
    """Each once, in order, with domain names of their own."""

    async def other(scope: Any, receive: Any, send: Any) -> None:
        raise NotImplementedError

    shop = cloudfront.Distribution(
        "shop", asgi, cache_behaviors=[cloudfront.CacheBehavior("a/*", other), cloudfront.CacheBehavior("b/*", asgi)]
    )

    assert shop.apps == {f"{shop.arn}/origin-1": other, f"{shop.arn}/origin-2": asgi}
    assert cloudfront.Distribution("shop", Site()).apps == {}


@pytest.mark.parametrize(
    "origin",
    [
        functionurl.Url(App().function(echo)),
        apigateway.HttpApi("shop"),
        apigateway.RestApi("shop"),
        s3.Bucket("uploads"),
        cloudfront.Distribution("other", Site()),
        asgi,
    ],
    ids=lambda origin: type(origin).__name__,
)
def test_origins(origin: Any) -> None:
    """Front doors, buckets and applications."""
    cloudfront.Distribution("shop", origin, origins=[origin])
    cloudfront.CacheBehavior("*", origin)


@pytest.mark.parametrize("origin", [None, "https://example.org", 7, App().function(echo)], ids=type)
def test_what_is_no_origin(origin: Any) -> None:
    """A function is reached by a function URL."""
    with pytest.raises(InvalidSetting, match="origin=.* is refused; allowed: a front door or a bucket of the app"):
        cloudfront.Distribution("shop", origin)
    with pytest.raises(InvalidSetting, match="origins=.* is refused; allowed: a front door or a bucket of the app"):
        cloudfront.Distribution("shop", Site(), origins=[origin])


@pytest.mark.parametrize(
    ("setting", "value", "allowed"),
    [
        ("viewer_request", "work", "a function of the app"),
        ("origin_request", Site(), "a function of the app"),
        ("origin_response", s3.Bucket("uploads"), "a function of the app"),
        ("viewer_response", echo, "a function of the app"),
        ("include_body", None, "a value, or leave it out"),
        ("include_body", "yes", "True or False"),
        ("default_ttl", -1, "0 to 31,536,000"),
        ("default_ttl", 31_536_001, "0 to 31,536,000"),
        ("default_ttl", None, "a value, or leave it out"),
        ("headers", "all", "names of headers"),
        ("headers", None, "names of headers"),
        ("headers", ["a b"], "names of headers"),
        ("headers", [7], "names of headers"),
        ("headers", ["Cookie"], "write cookies="),
        ("headers", ["Via"], "headers that CloudFront does not set"),
        ("headers", ["X-Edge-Any"], "headers that CloudFront does not set"),
        ("query_strings", "size", "names, or 'all'"),
        ("query_strings", [""], "names, or 'all'"),
        ("cookies", None, "names, or 'all'"),
        ("cookies", [7], "names, or 'all'"),
        ("origin_path", "prod", "a path that begins with a slash"),
        ("origin_path", "/prod/", "a path that begins with a slash"),
        ("origin_path", None, "a path that begins with a slash"),
        ("viewer_timeout", 7, "30 or 5"),
    ],
)
def test_settings_that_are_refused(setting: str, value: Any, allowed: str) -> None:
    """By name, of a distribution and of a behavior alike."""
    settings: dict[str, Any] = {setting: value}
    with pytest.raises(InvalidSetting, match=allowed):
        cloudfront.Distribution("shop", Site(), **settings)
    with pytest.raises(InvalidSetting, match=allowed):
        cloudfront.CacheBehavior("*", Site(), **settings)


@pytest.mark.parametrize("setting", NOT_OFFERED)
def test_settings_of_aws_that_are_not_offered(setting: str) -> None:
    """Each says why, or what to write."""
    settings: dict[str, Any] = {setting: True}

    with pytest.raises(InvalidSetting, match=f"{setting}=True is refused: {NOT_OFFERED[setting]}"[:60]):
        cloudfront.Distribution("shop", Site(), **settings)
    with pytest.raises(InvalidSetting, match=f"{setting}=True is refused"):
        cloudfront.CacheBehavior("*", Site(), **settings)


def test_settings_that_do_not_exist() -> None:
    """What may have been meant is named."""
    settings: dict[str, Any] = {"viewer_requests": None}

    with pytest.raises(InvalidSetting, match="there is no such setting; .*viewer_request"):
        cloudfront.Distribution("shop", Site(), **settings)


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, None, 7])
def test_names_that_are_refused(name: Any) -> None:
    """1 to 64 letters, digits, - and _."""
    with pytest.raises(InvalidSetting, match="name="):
        cloudfront.Distribution(name, Site())


def test_behaviors_that_are_refused() -> None:
    """Patterns, and what is no behavior."""
    with pytest.raises(InvalidSetting, match="path_pattern='a b' is refused"):
        cloudfront.CacheBehavior("a b", Site())
    with pytest.raises(InvalidSetting, match="cache_behaviors=.* is refused; allowed: cloudfront.CacheBehavior"):
        cloudfront.Distribution("shop", Site(), cache_behaviors=["api/*"])  # type: ignore[list-item]  # refused


@pytest.mark.parametrize("point", ["viewer_request", "origin_request", "origin_response", "viewer_response"])
def test_functions_that_are_refused(point: str) -> None:
    """As Lambda@Edge does: 30 s, no variables, no dead letters (cf:lambda-at-edge-function-restrictions)."""
    settings: dict[str, Any] = {point: Declared("work", timeout=30)}
    cloudfront.Distribution("shop", Site(), **settings)

    for refused, why in (
        (Declared("work", timeout=31), f"{point}: work is refused: .* a timeout of up to 30 s, not 31 s"),
        (Declared("work", environment={"A": "b"}), f"{point}: work is refused: .* neither environment variables"),
        (Declared("work", dead_letter=Site()), f"{point}: work is refused: .* nor a dead-letter queue"),
    ):
        settings[point] = refused
        with pytest.raises(InvalidSetting, match=why):
            cloudfront.Distribution("shop", Site(), **settings)


@pytest.mark.parametrize("point", ["viewer_request", "viewer_response"])
def test_viewer_functions_had_five_seconds_in_2023(point: str) -> None:
    """By `viewer_timeout`; origin points had 30 then, too."""
    work = Declared("work", timeout=6)
    settings: dict[str, Any] = {point: work, "viewer_timeout": 5}

    with pytest.raises(InvalidSetting, match="up to 5 s, not 6 s"):
        cloudfront.Distribution("shop", Site(), **settings)
    cloudfront.Distribution("shop", Site(), viewer_timeout=5, origin_request=work)
