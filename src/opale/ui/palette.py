"""The command palette: jumps over pages, numbers and whatever rooms can find by a few letters."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.ui import navigation


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the palette. `group` is its heading, `note` is quiet text at the end."""

    label: str
    url: str
    icon: str = "arrow-right"
    group: str = ""
    note: str = ""


Source = Callable[[str, Actor, int], Iterable[Result]]
_sources: list[Source] = []
LIMIT = 8
MOST_PAGES = 60


def register(source: Source) -> None:
    """Add a source: `source(text, actor, limit)` gives what this actor may see, best first."""
    if source not in _sources:
        _sources.append(source)


def plain(text: str) -> str:
    """Without accents and case: "équipe" is found by "equi"."""
    spread = unicodedata.normalize("NFKD", text)
    return "".join(c for c in spread if not unicodedata.combining(c)).casefold()


def pages(text: str, actor: Actor, limit: int) -> list[Result]:
    """The places of the rail whose label has a word that begins with the text."""
    asked = plain(text)
    found = [
        Result(str(entry.label), entry.url(), entry.icon, _("Pages"))
        for entry in navigation.entries_for(actor)
        if any(word.startswith(asked) for word in plain(str(entry.label)).split())
        or plain(str(entry.label)).startswith(asked)
    ]
    return found[:limit]


def find(text: str, actor: Actor) -> list[Result]:
    """What every source offers; a room that is asked for its number comes before page names."""
    text = text.strip()
    # Nothing asked: every place, since a phone has no rail.
    found = pages(text, actor, LIMIT if text else MOST_PAGES) if not text[:1].isdigit() else []
    for source in _sources:
        found.extend(list(source(text, actor, LIMIT))[:LIMIT])
    return found


def grouped(results: Iterable[Result]) -> list[tuple[str, list[Result]]]:
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.group, []).append(result)
    return list(groups.items())
