"""Text of the page docs/reference/facts.md: facts, their announcers and their listeners."""

from dataclasses import fields
from inspect import cleandoc
from itertools import groupby

from django.utils.module_loading import autodiscover_modules

from opale.kernel import facts
from opale.kernel.facts import Fact

HEAD = """\
# Facts

What Opale's rooms announce, in the transaction that makes it true, and who listens. Written by
`./opale manage facts_reference --write`; the suite fails when it is out of date.

A listener is called once for each fact, in a job; what it does is written exactly once
(`opale.kernel.facts`). Facts are kept for {days} days.
"""


def page() -> str:
    """Return the whole page, from the facts that the apps of this installation declare."""
    autodiscover_modules("facts")
    # A fact of a room stands in its `facts.py`; others are of the tests.
    said = [row for row in facts.catalogue() if row[0].__module__.endswith(".facts")]
    parts = [HEAD.format(days=facts.KEPT_FOR.days)]
    for room, of_room in groupby(said, key=lambda row: row[0].name.partition(".")[0]):
        parts.append(f"\n## {room}\n")
        parts += [_entry(kind, listeners) for kind, listeners in of_room]
    return "".join(parts)


def _entry(kind: type[Fact], listeners: list[str]) -> str:
    carried = ", ".join(f"`{field.name}` ({_type_name(field.type)})" for field in fields(kind))
    heard = ", ".join(f"`{listener}`" for listener in listeners) or "nobody yet"
    return f"\n### {kind.name}\n{_meaning(kind)}- carries: {carried}\n- listeners: {heard}\n"


def _type_name(of: object) -> str:
    return of.__name__ if type(of) is type else str(of)


def _meaning(kind: type[Fact]) -> str:
    # Without a docstring of its own, a dataclass describes its signature.
    text = cleandoc(kind.__doc__ or "")
    return "" if text.startswith(f"{kind.__name__}(") else f"\n{text}\n\n"
