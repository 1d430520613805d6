"""Differences between two versions of a design, and its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.utils.translation import gettext as _

from opale.customers.queries.customers import PEOPLE
from opale.customers.queries.options import format_options, options_in_history
from opale.customers.queries.plan_tables import offering_name
from opale.delivery.designs.models import (
    Acceptance,
    Design,
    DesignDocument,
    DesignLine,
    DesignSite,
    DesignVersion,
)
from opale.kernel.actor import Actor
from opale.kernel.history import Revision, merged_revisions, revisions

NEWEST: Final = 40
Change = Literal["same", "added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One line in an older and a newer version; None on the side where it is absent."""

    site: str
    about: str
    before: DesignLine | None
    after: DesignLine | None
    change: Change

    @property
    def said_before(self) -> list[str]:
        return _options(self.before)

    @property
    def said_after(self) -> list[str]:
        return _options(self.after)


def compare_versions(before: DesignVersion, after: DesignVersion) -> list[ComparedLine]:
    """Compare two versions: lines of the same item and site are one, in the newer version's
    order."""
    old, new = _keyed(before), _keyed(after)
    found = [_compared(key, old.get(key), line) for key, line in new.items()]
    return found + [_compared(key, line, None) for key, line in old.items() if key not in new]


def _keyed(version: DesignVersion) -> dict[tuple[str, str, int], DesignLine]:
    found: dict[tuple[str, str, int], DesignLine] = {}
    for line in version.lines.all():
        site = line.site.name if line.site else ""
        again = 0
        while (site, line.offering.code, again) in found:
            again += 1
        found[site, line.offering.code, again] = line
    return found


def _compared(
    key: tuple[str, str, int], before: DesignLine | None, after: DesignLine | None
) -> ComparedLine:
    site = key[0]
    line = after or before
    about = offering_name(line.offering) if line is not None else ""
    if before is None or after is None:
        return ComparedLine(site, about, before, after, "added" if before is None else "removed")
    same = _said(before) == _said(after)
    return ComparedLine(site, about, before, after, "same" if same else "changed")


def _options(line: DesignLine | None) -> list[str]:
    return format_options(line.options, line.offering) if line is not None else []


def _said(line: DesignLine) -> tuple[int, Mapping[str, Any]]:
    return line.quantity, line.options


@dataclass(frozen=True, slots=True)
class RemovedSite:
    """The columns of a removed site, and of the lines removed with it."""

    site: Mapping[str, Any]
    lines: tuple[Mapping[str, Any], ...]


def removed_site(version: DesignVersion, site_id: int) -> RemovedSite | None:
    """Return a removed site from its history, with the lines removed by the same act."""
    sites = DesignSite.former.rel.related_model.objects  # type: ignore[attr-defined]  # `tracked`
    lines = DesignLine.former.rel.related_model.objects  # type: ignore[attr-defined]  # `tracked`
    gone = {"version_id": version.pk, "pgh_label": "delete"}
    site = sites.filter(pgh_obj_id=site_id, **gone).order_by("-pgh_id").first()
    if site is None:
        return None
    with_it = lines.filter(site_id=site_id, pgh_created_at=site.pgh_created_at, **gone)
    return RemovedSite(
        {name: getattr(site, name) for name in ("position", "name", "address", "place_id")},
        tuple(
            with_it.order_by("position", "id").values(
                "position", "offering_id", "quantity", "options"
            )
        ),
    )


def history_of(design: Design, *, seen_by: Actor) -> list[Revision]:
    """Return the revisions of a design, newest first, with names for readers who may see them."""
    if not seen_by.can(PEOPLE):
        return []
    versions = list(DesignVersion.objects.filter(design=design).values_list("pk", flat=True))
    parts = [
        revisions(
            DesignVersion, limit=NEWEST, kind=_("a version"), called="number", design_id=design.pk
        ),
        revisions(
            DesignDocument, limit=NEWEST, kind=_("a document"), called="name", design_id=design.pk
        ),
        revisions(
            DesignSite, limit=NEWEST, kind=_("a site"), called="name", version_id__in=versions
        ),
        options_in_history(
            revisions(
                DesignLine,
                limit=NEWEST,
                kind=_("a line"),
                called="position",
                version_id__in=versions,
            ),
            "options",
        ),
        revisions(Acceptance, limit=NEWEST, kind=_("the acceptance"), version_id__in=versions),
    ]
    return merged_revisions(revisions(Design, limit=NEWEST, id=design.pk), *parts, limit=NEWEST)
