"""Words and dates of pages: no riddle of a former wording, and dates written one way alone."""

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

import opale
from opale.cli.translations import CATALOGUE

PACKAGE = Path(opale.__file__).parent
APPS = sorted(str(path.parents[3].relative_to(PACKAGE)) for path in PACKAGE.rglob(CATALOGUE))
FORBIDDEN = {
    "Ask another level",
    "At present",
    "Do it",
    "Forget",
    "Give it back",
    "Given up",
    "Hand in",
    "I am on it",
    "It is muted",
    "It waits to be handled",
    "Keep as a view",
    "Kept",
    "Lead's board",
    "Leave",
    "Load again",
    "Mend the plan",
    "Nobody has seen to",
    "Nobody yet",
    "Nothing was changed yet",
    "Others' numbers",
    "Please look at this again",
    "Promise a day",
    "Running incidents",
    "Say it",
    "Say it anew",
    "Say who leads it",
    "Say whose",
    "Seen to",
    "Shelved",
    "Show these",
    "Show what it would change",
    "Stop hearing it",
    "Take the import back",
    "Text modules",
    "They come and go",
    "They speak most",
    "This is needed",
    "To my work",
    "Ways to telephones",
    "What is waited for",
    "What is wrong",
    "What stands",
    "Without filters",
    "Work asked",
    "Write down",
    "Write it",
    "Appels à répondre",
    "Cadre d’astreinte",
    "Chef de quart",
    "Elles parlent le plus",
    "L’écrire",
    "Porteur",
    "Quitter",
    "Travail demandé",
    "Vers mon travail",
    "Voies téléphoniques",
    "À revoir",
}
"""Whole texts: what stands for them now is in `docs/glossary.md`, or is plain."""
FORBIDDEN_PARTS = re.compile(
    r"as likely as not|came twice|given up|is nobody that|mend the plan|work asked"
    r"|nobody has said|nobody has seen"
    r"|nobody is called|not to be (?:chosen|decided)|went on with|what calls somebody"
    r"|personne n’a encore dit",
    re.IGNORECASE,
)


@pytest.mark.parametrize("app", APPS)
def test_no_catalogue_speaks_in_riddles(app: str) -> None:
    with (PACKAGE / app / CATALOGUE).open("rb") as source:
        assert list(riddles(read_po(source, locale="fr"))) == []


def test_a_riddle_is_found_in_either_language() -> None:
    said = [
        Message("Do it", "Exécuter"),
        Message("Owner", "Porteur"),
        Message("It is muted.", "Silence créé."),
        Message(("%(n)s is given up", "%(n)s are given up"), ("%(n)s en échec", "%(n)s en échec")),
        Message("Leave early", "Partir plus tôt"),
    ]
    found = ["Do it", "Porteur", "It is muted.", "%(n)s is given up", "%(n)s are given up"]
    assert list(riddles(said)) == found


def riddles(messages: Iterable[Message]) -> Iterator[str]:
    """Yield the texts that are forbidden, or hold what is."""
    for message in messages:
        for text in (*forms(message.id), *forms(message.string)):
            if text.rstrip(".…:! ") in FORBIDDEN or FORBIDDEN_PARTS.search(text):
                yield text


def forms(said: object) -> list[str]:
    if isinstance(said, str):
        return [said]
    return [one for one in said if isinstance(one, str)] if isinstance(said, list | tuple) else []


FORMAT = re.compile(r"""\|(?:date|time):(["'])(?P<format>[^"']*)\1""")
NUMERIC = re.compile(r"Y-m|d/m|m/d|Y/m|d\.m|:s\b|[cU]$")
"""ISO 8601, days and months as numbers, seconds."""
FOR_PROGRAMS = re.compile(
    r"""(?:href|src|action|value|datetime|hx-[\w-]+|data-[\w-]+)=["'][^<>]*$"""
)
"""An attribute that is still open: an address or a value, which nobody reads."""


@pytest.mark.parametrize("language", ["en", "fr"])
def test_dates_have_the_same_form_long_and_short(language: str) -> None:
    found = vars(import_module(f"opale.ui.formats.{language}.formats"))
    formats = {name: value for name, value in found.items() if name.endswith("_FORMAT")}
    assert not [name for name, value in formats.items() if NUMERIC.search(value)]
    assert formats["SHORT_DATE_FORMAT"] == formats["DATE_FORMAT"]
    assert formats["SHORT_DATETIME_FORMAT"] == formats["DATETIME_FORMAT"]


def test_no_template_writes_a_date_in_numbers() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}: {one}"
        for path in sorted(PACKAGE.rglob("templates/**/*.*"))
        if "tests" not in path.parts and path.suffix in {".html", ".txt"}
        for one in numeric_dates(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_a_date_in_numbers_is_found_but_not_in_an_address() -> None:
    template = """
        <a href="?week={{ day|date:'Y-m-d' }}">{{ day|date:"Y-m-d" }}</a>
        {{ at|date:"d/m H:i" }} {{ at|date:'H:i:s' }} {{ at|date:"DATE_FORMAT" }} {{ at|date:"D" }}
        <b title="{{ at|date:'c' }}"></b>
    """
    assert list(numeric_dates(template)) == ["Y-m-d", "d/m H:i", "H:i:s", "c"]


def numeric_dates(template: str) -> Iterator[str]:
    """Yield the formats by which a template writes a date in numbers for people."""
    for found in FORMAT.finditer(template):
        before = template[max(0, found.start() - 400) : found.start()]
        if NUMERIC.search(found["format"]) and not in_attribute(before):
            yield found["format"]


def in_attribute(before: str) -> bool:
    """Return whether a template stands within an attribute that nobody reads."""
    tag = before[before.rfind("<") :]
    return bool(FOR_PROGRAMS.search(tag)) and tag.count('"') % 2 == 1


WRITES_FOR_PROGRAMS = {
    "conditions/reading.py",  # CEL
    "connectors/alerta/serializers.py",
    "connectors/zabbix/messages.py",
    "delivery/orders/domain/timestamps.py",
    "run/paging/api/mobilisations.py",
    "ui/formats/en/formats.py",  # what may be typed
    "ui/typed_dates.py",  # the value of the browser's own calendar
    "web/search.py",  # a file for spreadsheets
}
IN_CODE = re.compile(r"""%Y-%m|%Y\.%m|%d/%m|date_format\([^()\n]*(?:\([^()]*\))?[^()\n]*["']Y-m""")


def test_no_code_writes_a_date_in_numbers_for_people() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if not {"tests", "migrations"} & set(path.relative_to(PACKAGE).parts)
        and IN_CODE.search(path.read_text(encoding="utf-8"))
    }
    assert found - WRITES_FOR_PROGRAMS == set()
