"""A language in which every sentence is marked, so that what is not translatable shows itself.

"Take it" becomes "⟦Ŧåķé îŧ⟧": still readable, and no letter of it is one that an untranslated
word is made of. Placeholders, tags and entities stay as they are.
"""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from opale.cli import translations

LANGUAGE = "eo"
OPEN, CLOSE = "⟦", "⟧"
PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MARKED = "ÅƁÇÐÉƑĜĤÎĴĶĻḾÑÖÞǪŘŠŦÛṼŴẊÝŽåƀçðéƒĝĥîĵķļḿñöþǫřšŧûṽŵẋýž"
ACCENTS = str.maketrans(PLAIN, MARKED)
KEPT = re.compile(r"(%\(\w+\)[-+ #0]*\d*[.\d]*[a-zA-Z]|%[sdr%]|\{\w*\}|<[^>]*>|&#?\w+;)")
LIBRARIES = (
    ("django", "conf/locale"),
    ("django", "contrib/auth/locale"),
    ("django", "contrib/humanize/locale"),
    ("allauth", "locale"),
)


def pseudo(sentence: str) -> str:
    parts = KEPT.split(sentence)
    parts[::2] = [part.translate(ACCENTS) for part in parts[::2]]
    return f"{OPEN}{''.join(parts)}{CLOSE}" if sentence.strip() else sentence


def write(package: Path, folder: Path) -> None:
    """The catalogue of the marked language, for OPALE_PSEUDO_LOCALE."""
    catalogue = Catalog(locale=LANGUAGE, fuzzy=False)
    for known in (*translations.extracted(package).values(), *libraries()):
        for message in known:
            if message.id:
                catalogue.add(message.id, _marked(message.id), context=message.context)
    target = folder / LANGUAGE / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as output:
        write_mo(output, catalogue)


def _marked(sentence: Any) -> Any:
    if isinstance(sentence, str):
        return pseudo(sentence)
    return tuple(pseudo(form) for form in sentence)


def french(package: Path) -> list[Catalog]:
    """What Opale and its libraries say in French."""
    own = []
    for path in sorted(package.rglob(translations.CATALOGUE)):
        with path.open("rb") as source:
            own.append(read_po(source, locale="fr"))
    return own + libraries()


def libraries() -> list[Catalog]:
    found = []
    for name, folder in LIBRARIES:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        path = Path(spec.origin).parent / folder / "fr/LC_MESSAGES/django.mo"
        with path.open("rb") as source:
            known: Any = read_mo(source)
        for message in known:
            # Compiled catalogues keep contexts as bytes.
            if isinstance(message.context, bytes):
                message.context = message.context.decode()
        found.append(known)
    return found
