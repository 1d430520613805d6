"""French and English are equal: no page says anything that its reader's language does not say."""

import re
from collections.abc import Iterable

import pytest
from babel.messages.catalog import Catalog
from tests.journeys.browsing import NEEDS_BROWSER
from tests.journeys.house import House
from tests.journeys.pseudo import french, pseudo
from tests.journeys.running import ROOT
from tests.journeys.wording import WORD, Data, untranslated

from opale.cli.translations import PLACEHOLDER

pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.timeout(1200),  # the first of them looks at all pages
    NEEDS_BROWSER,
]

SAMPLES = "/ui/gallery/"
"""The pages that show components with samples of data, which stand in no database."""


def test_every_sentence_of_every_page_can_be_translated(house: House) -> None:
    wrong = [
        f"{look.found}: {text!r}"
        for look in house.looks
        if not look.found.url.startswith(SAMPLES)
        for text in look.said
        if not house.data.holds(untranslated(text))
    ]
    assert not wrong, "\n".join(sorted(wrong))


def test_no_page_speaks_english_to_a_french_reader(house: House) -> None:
    english = English(french(ROOT / "src" / "opale"))
    wrong = [
        f"{page}: {text!r}"
        for text, page in house.french.items()
        if SAMPLES not in page and english.says(text) and not house.data.holds(text)
    ]
    assert not wrong, "\n".join(sorted(wrong))


class English:
    """The sentences that French says otherwise."""

    def __init__(self, catalogues: Iterable[Catalog]) -> None:
        self.whole: set[str] = set()
        self.patterns: list[re.Pattern[str]] = []
        forms: set[str] = set()
        french: set[str] = set()
        for catalogue in catalogues:
            for message in catalogue:
                french |= _forms(message.string)
                if message.id:
                    forms |= _forms(message.id)
        for form in forms - french:
            if not PLACEHOLDER.search(form):
                self.whole.add(form)
            elif len(WORD.findall(PLACEHOLDER.sub("", form))) >= 2:
                self.patterns.append(_pattern(form))

    def says(self, text: str) -> bool:
        return text in self.whole or any(one.fullmatch(text) for one in self.patterns)


def _forms(said: str | Iterable[str] | None) -> set[str]:
    """A sentence, or the singular and the plural of one."""
    return {" ".join(form.split()) for form in ([said] if isinstance(said, str) else said or ())}


def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, PLACEHOLDER.split(form))))


def test_the_marked_language_keeps_what_is_filled_in() -> None:
    assert pseudo("Taken by <b>%(name)s</b> in {time}") == "⟦Ŧåķéñ ƀý <b>%(name)s</b> îñ {time}⟧"


def test_what_is_not_marked_is_told_from_data() -> None:
    data = Data(["Rennes ↔ Lille", "Aimée Wagner", "A long subject that is cut"])
    known = ["T-12 Rennes ↔ Lille · ", "Aimée Wagner, 12", "A long su…", " · GTR", "2026-01-01"]
    assert [text for text in known if not data.holds(untranslated(text))] == []
    assert not data.holds(untranslated("⟦Öŵñéř⟧ Not marked"))
