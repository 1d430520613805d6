"""French catalogues of all apps: updated, checked, compiled.

An app is a folder with an `apps.py`; sources outside of apps belong to the kernel's catalogue. The
source language is English. A sentence that is the same word for word in both languages is listed in
`same_in_french.txt`.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from django.utils.translation.template import templatize

from opale.cli.console import Refused

CATALOGUE = "locale/fr/LC_MESSAGES/django.po"
OUTSIDE = {"cli", "locale", "migrations", "tests", "__pycache__", "static"}
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
# Without dates and names, which would differ in every branch and say nothing.
HEADER = r"""msgid ""
msgstr ""
"Language: fr\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"

"""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
SAME = Path(__file__).with_name("same_in_french.txt")


def compile_all(package: Path) -> int:
    """Make the `.mo` file of each catalogue newer than it; return the number of files made."""
    made = 0
    for source in package.rglob(CATALOGUE):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        partial = target.with_suffix(".mo.partial")
        with partial.open("wb") as output:
            write_mo(output, _read(source))
        partial.replace(target)
        made += 1
    return made


def update(root: Path) -> int:
    """Add new sentences to each app's catalogue and remove obsolete ones."""
    package = root / "src" / "opale"
    untranslated = 0
    for room, template in extracted(package).items():
        path = room / CATALOGUE
        if not len(template) and not path.exists():
            continue
        catalogue = _read(path) if path.exists() else Catalog(locale="fr", fuzzy=False)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as output:
            output.write(HEADER.encode())
            write_po(
                output,
                catalogue,
                width=100,
                sort_by_file=True,
                include_lineno=False,
                omit_header=True,
            )
        missing = sum(1 for message in catalogue if message.id and not _translated(message))
        untranslated += missing
        print(f"  {path.relative_to(root)}: {len(catalogue)} sentences, {missing} to translate")
    compile_all(package)
    return 1 if untranslated else 0


def faults(package: Path) -> list[str]:
    """Return what keeps French from being complete, one line each."""
    same = set(SAME.read_text(encoding="utf-8").splitlines()) if SAME.exists() else set()
    found: list[str] = []
    said: dict[tuple[str | None, str], tuple[object, str]] = {}
    for room, template in extracted(package).items():
        name = str(room.relative_to(package))
        path = room / CATALOGUE
        if not len(template) and not path.exists():
            continue
        try:
            catalogue = _read(path) if path.exists() else Catalog(locale="fr", fuzzy=False)
        except Refused as refusal:
            found.append(str(refusal))
            continue
        wanted = {_key(message): message for message in template if message.id}
        present = {_key(message): message for message in catalogue if message.id}
        found += [f"{name}: no French for {key[1]!r}" for key in wanted.keys() - present.keys()]
        found += [
            f"{name}: not used any more: {key[1]!r}" for key in present.keys() - wanted.keys()
        ]
        for key in wanted.keys() & present.keys():
            message = present[key]
            found += [f"{name}: {fault}" for fault in _message_faults(message, same)]
            before, where = said.setdefault(key, (message.string, name))
            if before != message.string:
                found.append(f"{name}: {key[1]!r} is translated otherwise in {where}")
    return sorted(found)


def _message_faults(message: Message, same: set[str]) -> Iterator[str]:
    singular = message.id if isinstance(message.id, str) else message.id[0]
    strings = _strings(message)
    if message.fuzzy:
        yield f"the French of {singular!r} is marked as uncertain (fuzzy)"
    if not _translated(message):
        yield f"no French for {singular!r}"
        return
    if singular in strings and singular not in same and re.search(r"[^\W\d_]{2}", singular):
        yield f"{singular!r} is not translated; if French says the same, list it in {SAME.name}"
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    known = set().union(*(PLACEHOLDER.findall(one) for one in ids))
    for string in strings:
        if unknown := set(PLACEHOLDER.findall(string)) - known:
            yield f"the French of {singular!r} has placeholders of its own: {sorted(unknown)}"
    if isinstance(message.id, str) and (lost := known - set(PLACEHOLDER.findall(strings[0]))):
        yield f"the French of {singular!r} lacks {sorted(lost)}"


def extracted(package: Path) -> dict[Path, Catalog]:
    """Return the sentences of each app's sources and templates."""
    rooms = {path.parent for path in package.rglob("apps.py")}
    catalogues = {room: _empty() for room in sorted(rooms)}
    for path in _sources(package):
        room = next((p for p in path.parents if p in rooms), package / "kernel")
        if room not in catalogues:
            continue
        for line, sentence, comments, context in _sentences(path):
            catalogues[room].add(
                sentence,
                locations=[(str(path.relative_to(package)), line)],
                auto_comments=comments,
                context=context,
            )
    return catalogues


def _sources(package: Path) -> Iterator[Path]:
    for path in sorted(package.rglob("*")):
        outside = OUTSIDE.intersection(path.relative_to(package).parts)
        if path.suffix in {".py", ".html", ".txt"} and not outside:
            yield path


def _sentences(path: Path) -> Iterator[tuple[int, Any, list[str], str | None]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What is not a sentence becomes words of X; their indentation would mean blocks.
        blanked = templatize(text, origin=str(path))
        text = "\n".join(line.lstrip() for line in blanked.splitlines())
    source = io.BytesIO(text.encode())
    yield from extract("python", source, KEYWORDS, ("Translators:",), {"encoding": "utf-8"})


def _empty() -> Catalog:
    return Catalog(locale="fr", fuzzy=False)


def _read(path: Path) -> Catalog:
    try:
        with path.open("rb") as source:
            catalogue = read_po(source, locale="fr", abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise Refused(f"the catalogue {path} cannot be read: {error}") from error
    return catalogue


def _key(message: Message) -> tuple[str | None, str]:
    singular = message.id if isinstance(message.id, str) else message.id[0]
    return message.context, singular


def _translated(message: Message) -> bool:
    strings = _strings(message)
    return bool(strings) and all(strings)


def _strings(message: Message) -> list[str]:
    """Return the French of a sentence: one form, or one for each plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())
