"""Parts of pages that are drawn once for all who see the same, but for what is each reader's own.

Where something of its reader's own stands, such a part is drawn with a mark (`own`, `Own`) that
names it; each reader gets the drawing with his own in the place of the marks. What is drawn without
`for_many(request)` is its reader's alone and has no marks.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.safestring import SafeString

from opale.kernel.actor import Actor
from opale.kernel.capped_counts import CountStatement

FOR_MANY: Final = "opale.for_many"
"""In the environment of a request whose answer is given to others too."""
MARK: Final = "\0"
"""PostgreSQL holds no text with it, so no text can look like a mark or break one."""

Owned = Mapping[str, str | None]
"""By the names of marks, what stands there for one reader; None for what was drawn for him."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the database is asked for what is one reader's own, and what its counts make of it: None
    for whoever reads alone. The question stays the same for a minute, and for as long as no
    reference data change."""

    counting: CountStatement
    owned: Callable[[Sequence[int]], Owned | None]


OwnedBy = Callable[..., Asked | None]
"""`owned(actor, query, **kwargs)`, with what the address names; None for whoever reads alone."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is asked for again at an address, and who can share it.

    `alike` says what the rights of a reader make of it: who gets the same shares it, when they
    speak the same language. `owned` says what in it is each reader's own; it is asked each time.
    Of a part that is `still` nothing else changes. `revoked_by` is the topic that is touched by
    whatever takes something out of the sight of some: what was drawn before is given to nobody.
    """

    alike: Callable[[Actor], Hashable]
    owned: OwnedBy
    still: bool = False
    revoked_by: str = ""


_parts: dict[str, Part] = {}


class Own(str):
    """A number that is each reader's own, by its name: `count` draws its mark."""

    __slots__ = ()


def register(url_name: str, part: Part) -> None:
    """Let what is drawn again at this address be given to others too, as new as each was told."""
    _parts[url_name] = part


def part_at(path: str) -> tuple[Part, Mapping[str, Any]] | None:
    """The part at this path, and what the path names; None where each draws for himself."""
    name, kwargs = _named(path)
    part = _parts.get(name)
    return (part, kwargs) if part else None


def for_many(request: HttpRequest) -> bool:
    return FOR_MANY in request.META


def mark(name: str, otherwise: str = "", his: str = "") -> SafeString:
    """What stands here `otherwise`, and what for whoever owns this name and says no more of it."""
    return SafeString(f"{MARK}{name}{MARK}{otherwise}{MARK}{his}{MARK}")


@dataclass(frozen=True, slots=True)
class Choice:
    """A mark, taken apart."""

    name: str
    otherwise: bytes
    his: bytes

    def of(self, owned: Owned) -> bytes:
        if self.name not in owned:
            return self.otherwise
        said = owned[self.name]
        return self.his if said is None else said.encode()


def parted(body: bytes) -> Sequence[bytes | Choice]:
    """A drawing, cut at its marks."""
    pieces = body.split(MARK.encode())
    found: list[bytes | Choice] = [pieces[0]]
    for place in range(1, len(pieces), 4):
        name, otherwise, his, text = pieces[place : place + 4]
        found += [Choice(name.decode(), otherwise, his), text]
    return found


def joined(parts: Sequence[bytes | Choice], owned: Owned) -> bytes:
    return b"".join(part if isinstance(part, bytes) else part.of(owned) for part in parts)


@lru_cache(1_000)
def _named(path: str) -> tuple[str, Mapping[str, Any]]:
    try:
        match = resolve(path)
    except Resolver404:
        return "", {}
    return match.view_name, match.kwargs
