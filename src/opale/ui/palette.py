"""Command palette: jumps to pages, numbers and whatever apps find by a few letters."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.ui import navigation
from opale.ui.navigation import Entry


@dataclass(frozen=True, slots=True)
class Result:
    """Line of the palette. `group` is its heading, `note` is quiet text at the end."""

    label: str
    url: str
    icon: str = "arrow-right"
    group: str = ""
    note: str = ""


Source = Callable[[str, Actor, int], Iterable[Result]]
_sources: list[Source] = []
_slow: list[Source] = []
_at_the_end: list[Source] = []
LIMIT = 8
_WORDS = re.compile(r"\w+")
MOST_PAGES = 120


def register(source: Source, *, slowly: bool = False, at_the_end: bool = False) -> None:
    """Add a source: `source(text, actor, limit)` returns what this actor may see, best first.

    `slowly`: it reads more than names, and is asked once the others have answered. `at_the_end`:
    its results stand below all others.
    """
    sources = _at_the_end if at_the_end else _slow if slowly else _sources
    if source not in sources:
        sources.append(source)


def without_accents(text: str) -> str:
    """Return the text without accents and case: "équipe" is found by "equi"."""
    spread = unicodedata.normalize("NFKD", text)
    return "".join(c for c in spread if not unicodedata.combining(c)).casefold()


def matches(entry: Entry, text: str) -> bool:
    """Return whether each word of the text begins a word of the entry's names or description."""
    said = without_accents(f"{entry.label} {entry.words} {entry.about}")
    words, asked = _WORDS.findall(said), _WORDS.findall(without_accents(text))
    return all(any(word.startswith(part) for word in words) for part in asked)


def pages(text: str, actor: Actor, limit: int) -> list[Result]:
    """Return the pages whose names have words that begin with those of the text; first those whose
    label begins with it, then those that only have other names.
    """
    asked = without_accents(text)

    def distance(entry: Entry) -> int:
        label = without_accents(str(entry.label))
        return 0 if label.startswith(asked) else 1 if f" {asked}" in label else 2

    found = sorted(
        (entry for entry in navigation.entries_for(actor) if matches(entry, text)), key=distance
    )
    return [
        Result(str(entry.label), entry.url(), entry.icon, _("Pages"), str(entry.group))
        for entry in found[:limit]
    ]


def find(text: str, actor: Actor) -> list[Result]:
    """Return the results of the quick sources; matches by number come before page names."""
    text = text.strip()
    # No text: all pages, since a phone has no rail.
    found = pages(text, actor, LIMIT if text else MOST_PAGES) if not text[:1].isdigit() else []
    return order_groups(text, found + _given_by(_sources, text, actor))


def find_slow(text: str, actor: Actor) -> list[Result]:
    """Return the further results of the slow sources."""
    return _given_by(_slow, text.strip(), actor)


def fallback_results(text: str, actor: Actor) -> list[Result]:
    """Return the pages that can search for the text."""
    return _given_by(_at_the_end, text.strip(), actor)


def _given_by(sources: Iterable[Source], text: str, actor: Actor) -> list[Result]:
    return [one for source in sources for one in list(source(text, actor, LIMIT))[:LIMIT]]


def order_groups(text: str, found: Iterable[Result]) -> list[Result]:
    """Sort groups by best match: a result that begins with the text, then one of its words."""
    asked = without_accents(text)
    if not asked:
        return list(found)

    def distance(result: Result) -> int:
        label = without_accents(result.label)
        return 0 if label.startswith(asked) else 1 if f" {asked}" in label else 2

    groups = grouped(found)
    nearest = {name: min(map(distance, results)) for name, results in groups}
    ordered = sorted(groups, key=lambda group: nearest[group[0]])
    return [result for _name, results in ordered for result in results]


def grouped(results: Iterable[Result]) -> list[tuple[str, list[Result]]]:
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.group, []).append(result)
    return list(groups.items())
