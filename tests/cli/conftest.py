"""The environment of a newcomer, without what the suite's own database needs."""

import os

import pytest

OURS = ("DATABASE_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE")


@pytest.fixture
def newcomer(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Takes Opale's settings out of the environment; a copy of what remains."""
    for name in [*os.environ]:
        if name in OURS or name.startswith(("OPALE_", "PYTEST_")):
            monkeypatch.delenv(name)
    return dict(os.environ)
