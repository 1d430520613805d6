"""Encryption under the secret key: former keys read, the present one writes."""

import pytest
from cryptography.fernet import InvalidToken
from pytest_django import Settings

from opale.kernel.encryption import _box, decrypt, encrypt, rotated

OLD, NEW = "the key before this one", "the key of today"


def test_what_a_former_key_wrote_is_read_until_it_is_taken_out(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    sealed = encrypt("s3cret", purpose="trial")
    settings.SECRET_KEY = NEW
    with pytest.raises(InvalidToken):
        decrypt(sealed, purpose="trial")
    settings.SECRET_KEY_FALLBACKS = [OLD]
    assert decrypt(sealed, purpose="trial") == "s3cret"
    with pytest.raises(InvalidToken):
        decrypt(sealed, purpose="another")
    fresh, done = rotated({"secret": sealed, "empty": "", "lost": "gAAAAA"}, _box("trial"))
    assert (set(fresh), done.written, done.unreadable) == ({"secret"}, 1, 1)
    settings.SECRET_KEY_FALLBACKS = []
    assert decrypt(fresh["secret"], purpose="trial") == "s3cret"
