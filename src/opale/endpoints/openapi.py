"""Component names of the OpenAPI document: one per class, also where classes share their last name.

Ninja keeps all components in one dictionary under the last name of their class, so that of
`Team.Kind` and `Absence.Kind` one would silently describe the other. It has no setting for that.
"""

import re
from typing import ClassVar

from ninja.openapi import schema as ninja_schema
from ninja.schema import NinjaGenerateJsonSchema
from pydantic.json_schema import CoreModeRef, DefsRef

CLASS = re.compile(r"([\w.]+):(\d+)")
"""A class, by its path, or within brackets by its last name, and which of them it is."""
DOORS = {"api", "models", "shapes", "states", "schemas"}


class UniqueNames(NinjaGenerateJsonSchema):
    """Generator of schema names: `TeamKind` for `Team.Kind`; the app goes before a name that
    another app had first.
    """

    taken: ClassVar[dict[str, str]] = {}
    known: ClassVar[dict[tuple[str, str], str]] = {}
    """The names given, by the last name of the class and which of them it is."""

    def get_defs_ref(self, core_mode_ref: CoreModeRef) -> DefsRef:
        ref = super().get_defs_ref(core_mode_ref)
        own = DefsRef(self.normalize_name(CLASS.sub(self.named, core_mode_ref[0])))
        self._prioritized_defsref_choices[ref].insert(0, own)
        return ref

    @classmethod
    def named(cls, found: re.Match[str]) -> str:
        path, number = found.groups()
        last = path.rpartition(".")[2]
        if "." in path:
            cls.known.setdefault((last, number), cls.name_of(path))
        return cls.known.get((last, number), last)

    @classmethod
    def name_of(cls, path: str) -> str:
        parts = path.split(".")
        short = "".join(part for part in parts if part[:1].isupper()) or parts[-1]
        modules = [part.title() for part in parts if part[:1].islower()]
        app = next((at for at, part in enumerate(parts) if part in DOORS), 1) - 1
        names = (short, f"{modules[app]}{short}", f"{modules[app]}{modules[-1]}{short}")
        return next((name for name in names if cls.taken.setdefault(name, path) == path), path)


def install() -> None:
    """Make Ninja name components by this generator everywhere."""
    ninja_schema.NinjaGenerateJsonSchema = UniqueNames  # type: ignore[attr-defined]  # what it looks up
