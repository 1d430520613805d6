"""Addresses that open something without a login stand in no log."""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from opale.kernel.logs import without_secrets

SECRET = "s3cr3t-Value_42"
SECRET_NAMES = {"key", "secret", "token"}
NO_SECRETS = {"account_confirm_email"}
"""Never offered: each of these addresses is answered with 404."""


def named(resolver: URLResolver) -> Iterator[URLPattern]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from named(one)
        else:
            yield one


def secret_addresses() -> dict[str, str]:
    """Return every address of the URLconf with a parameter that is a secret, by its name."""
    found = {}
    for pattern in named(get_resolver()):
        regex = pattern.pattern.regex
        if SECRET_NAMES & regex.groupindex.keys() and pattern.name:
            values = {name: SECRET if name in SECRET_NAMES else "1a" for name in regex.groupindex}
            if pattern.name not in NO_SECRETS:
                found[pattern.name] = reverse(pattern.name, kwargs=values)
    return found


def test_no_address_with_a_secret_is_logged_with_it() -> None:
    addresses = secret_addresses()
    known = {"account_reset_password_from_key", "shifts_feed", "desk_wall_by_key"}
    assert known <= addresses.keys()
    shown = {name: without_secrets(f"GET {path} 200 12ms") for name, path in addresses.items()}
    assert {name: text for name, text in shown.items() if SECRET in text} == {}
    assert all("***" in text for text in shown.values())


def test_the_secret_of_a_calendar_is_blanked_where_its_ending_was_lost() -> None:
    assert SECRET * 2 not in without_secrets(f"GET /shifts/calendars/{SECRET * 2} 404 2ms")


@pytest.mark.parametrize(
    "path",
    ["/shifts/calendars/", "/shifts/calendars/absences/", "/wall/", "/account/password/reset/",
     "/people/12/", "/account/login/"],
)  # fmt: skip
def test_other_addresses_stay_readable(path: str) -> None:
    line = f"GET {path} 200 12ms"
    assert without_secrets(line) == line
    assert not re.search(r"\*", without_secrets(line))
