"""Sentences of allauth that Opale says its own way."""

from pathlib import Path

import allauth
import pytest
from babel.messages.pofile import read_po
from django.utils.translation import gettext, override

from opale.ui.allauth_texts import SENTENCES

CATALOGUE = Path(allauth.__file__).parent / "locale" / "fr" / "LC_MESSAGES" / "django.po"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_our_french_is_what_is_read(sentence: str) -> None:
    with CATALOGUE.open("rb") as file:
        theirs = read_po(file).get(sentence)
    assert theirs, "allauth does not say this any more"
    with override("fr"):
        ours = gettext(sentence)
    assert ours not in (sentence, theirs.string)
    assert "'" not in ours
