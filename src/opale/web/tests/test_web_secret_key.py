"""A new secret key: everything that is stored encrypted is written anew under it."""

import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from pytest_django import Settings
from tests.personas import Personas

import opale
from opale.kernel import encryption
from opale.organisation.actions import second_factors
from opale.webhooks.domain import signing
from opale.webhooks.models import Webhook

PACKAGE = Path(opale.__file__).parent


def test_all_that_is_encrypted_is_written_anew(
    personas: Personas, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    agent, old = personas.users["desk_agent"], settings.SECRET_KEY
    plain = generate_totp_secret()
    TOTP.activate(agent, plain)
    hook = Webhook.objects.create(
        owner=agent,
        name="x",
        url="https://x.example",
        events=["x"],
        secret=signing.encrypt_secret("s"),
    )
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [old]
    call_command("reencrypt_secrets")
    told = capsys.readouterr().out
    assert "webhooks.Webhook: 1 encrypted, 0 unreadable" in told
    assert "mfa.Authenticator: 1 encrypted, 0 unreadable" in told
    settings.SECRET_KEY_FALLBACKS = []
    hook.refresh_from_db()
    assert signing.decrypt_secret(hook.secret) == "s"
    sealed = Authenticator.objects.get().data["secret"]
    assert second_factors.box().decrypt(sealed.encode()).decode() == plain


def test_what_no_known_key_reads_is_counted_and_kept(
    personas: Personas, settings: Settings
) -> None:
    hook = Webhook.objects.create(
        owner=personas.users["desk_agent"], name="x", url="https://x.example", events=["x"],
        secret=signing.encrypt_secret("s"),
    )  # fmt: skip
    sealed, settings.SECRET_KEY = hook.secret, "another key"
    with pytest.raises(CommandError, match="1 secrets are under a key that is known no more"):
        call_command("reencrypt_secrets")
    hook.refresh_from_db()
    assert hook.secret == sealed


def test_every_app_that_encrypts_says_what_it_stores() -> None:
    """An app that encrypts has registered its columns: a new one is not forgotten."""
    encrypting = set()
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).parts
        if "tests" not in parts and re.search(r"\bencrypt\(.*purpose=", path.read_text("utf-8")):
            encrypting.add(parts[1] if parts[0] == "run" else parts[0])
    registered = {name.partition(".")[0] for name in encryption._registered}
    assert encrypting - {"kernel"} == {"messaging", "webhooks", "paging", "shifts"}
    assert encrypting - {"kernel"} <= registered
