"""Macros, text modules and the request catalogue as lists."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing, New, RowAct
from opale.listings.filters import Choice, Flag, Words
from opale.run.desk.actions import catalogue, macro_definitions, text_modules
from opale.run.desk.models import Kind, Macro, RequestType, TextModule
from opale.run.desk.queries import macros as macro_queries
from opale.run.desk.queries import requests as request_queries
from opale.run.desk.queries import text_modules as text_module_queries
from opale.run.desk.rights import ADMINISTER, CONSOLE, WORK
from opale.ui.components.badges import tag
from opale.ui.components.times import promised

RETIRED = pgettext_lazy("text modules", "Archived")


def _language() -> str:
    """Return the language in which the reader sees texts that have two."""
    return (get_language() or "fr")[:2]


def _named(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add the name in the reader's language, by which the list can be sorted."""
    named: QuerySet[Any] = rows.annotate(named=F("name_fr" if _language() == "fr" else "name_en"))
    return named


def _by_name(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    for word in text.split():
        rows = rows.filter(
            Q(name_en__unaccent__icontains=word) | Q(name_fr__unaccent__icontains=word)
        )
    return rows


def _macros(*, seen_by: Actor, text: str = "", retired: bool = False) -> QuerySet[Macro]:
    rows = macro_queries.macros(seen_by=seen_by, retired=True)
    return _named(_by_name(rows.filter(retired_at__isnull=not retired), text))


def _modules(
    *, seen_by: Actor, text: str = "", folder: str | None = None, retired: bool = False
) -> QuerySet[TextModule]:
    rows = text_module_queries.text_modules(seen_by=seen_by, text=text, folder=folder, retired=True)
    return _named(rows.filter(retired_at__isnull=not retired))


def _request_types(*, seen_by: Actor, **said: Any) -> QuerySet[RequestType]:
    return _named(request_queries.request_types(seen_by=seen_by, retired=True, **said))


def _folders(actor: Actor) -> Iterable[tuple[Any, str | Promise]]:
    return [(name, name) for name in text_module_queries.folders(seen_by=actor)]


def _name(row: Macro | TextModule, url_name: str, tags: Iterable[str] = ()) -> object:
    named = format_html('<a href="{}">{}</a>', reverse(url_name, args=[row.pk]), _said(row))
    marks = [_("only me"), *tags] if row.person_id else tags
    return format_html("{}{}", named, format_html_join("", " {}", ((tag(one),) for one in marks)))


def _said(row: Macro | TextModule) -> str:
    return row.name(_language())


def _uses(times: str | Promise, last: str | Promise) -> tuple[Column, Column]:
    return (
        Column("times", times, "times", order=True, style="end"),
        Column("last", last, "last_at", order=True, nullable=True, style="end"),
    )


MACROS = Listing(
    name="macros",
    title=gettext_lazy("Macros"),
    right=CONSOLE,
    url_name="desk_macros",
    model=Macro,
    rows=_macros,
    order=Order(("-times", "id")),
    template="desk/list.html",
    new=New(gettext_lazy("New macro"), "desk_macro_new", WORK, others=(ADMINISTER,)),
    row_flags=lambda macro: {"stale": macro.retired_at is not None},
    empty=Empty(
        "bolt",
        gettext_lazy("No macros"),
        gettext_lazy("No macros"),
        gettext_lazy(
            "A macro runs several steps on a ticket at once. A preview is shown first."
        ),
    ),
    columns=(
        Column(
            "name", gettext_lazy("Name"), "named", order=True, fixed=True, style="fill",
            cell=lambda macro: _name(macro, "desk_macro_edit"),
        ),
        Column(
            "for", gettext_lazy("Available to"), "only_kind", order=True,
            cell=lambda macro: macro.get_only_kind_display() or _("Any ticket"),
        ),
        *_uses(gettext_lazy("Runs in 3 months"), gettext_lazy("Last run")),
    ),
    filters=(
        Words(label=gettext_lazy("Name")),
        Choice("kind", gettext_lazy("Available to"), Kind, lookup="only_kind"),
        Flag("retired", pgettext_lazy("macros", "Archived"), argument="retired"),
    ),
    acts=(
        RowAct(
            "retire", gettext_lazy("Archive"), WORK, macro_definitions.retire_macro, "archive"
        ),
        RowAct(
            "reinstate", gettext_lazy("Unarchive"), WORK, macro_definitions.reinstate_macro,
            "refresh",
        ),
    ),
)  # fmt: skip

TEXT_MODULES = Listing(
    name="text_modules",
    title=gettext_lazy("Canned replies"),
    right=CONSOLE,
    url_name="desk_modules",
    model=TextModule,
    rows=_modules,
    order=Order(("folder", "-times", "named", "id")),
    template="desk/list.html",
    new=New(gettext_lazy("New canned reply"), "desk_module_new", WORK, others=(ADMINISTER,)),
    row_flags=lambda module: {"stale": module.retired_at is not None},
    empty=Empty(
        "quote",
        gettext_lazy("No canned reply matches your filters"),
        gettext_lazy("No canned replies yet"),
        gettext_lazy(
            "Write a canned reply once, in both languages, and insert it into replies with two"
            " keys."
        ),
    ),
    columns=(
        Column("folder", gettext_lazy("Folder"), "folder", order=True),
        Column(
            "name", gettext_lazy("Name"), "named", order=True, fixed=True,
            cell=lambda module: _name(module, "desk_module_edit", module.tags),
        ),
        Column(
            "text", gettext_lazy("Text"), lambda module: module.body(_language()), style="fill",
            cell=lambda module: Truncator(module.body(_language())).chars(110),
        ),
        *_uses(gettext_lazy("Sent in 3 months"), gettext_lazy("Last sent")),
    ),
    filters=(
        Words(label=gettext_lazy("Search canned replies")),
        Choice("folder", gettext_lazy("Folder"), _folders, argument="folder"),
        Flag("retired", RETIRED, argument="retired"),
    ),
    acts=(
        RowAct("retire", gettext_lazy("Archive"), WORK, text_modules.retire_text_module, "archive"),
        RowAct(
            "reinstate", gettext_lazy("Unarchive"), WORK, text_modules.reinstate_text_module,
            "refresh",
        ),
    ),
)  # fmt: skip


def _for_whom(kind: RequestType) -> str:
    return str(kind.get_family_display() if kind.family else kind.get_audience_display())


def _authority(kind: RequestType) -> str:
    of_customers = kind.audience == RequestType.Audience.CUSTOMERS
    return str(kind.get_authority_display()) if of_customers else ""


REQUEST_TYPES = Listing(
    name="request_types",
    title=gettext_lazy("Request catalogue"),
    right=ADMINISTER,
    url_name="desk_catalogue",
    model=RequestType,
    rows=_request_types,
    order=Order(("audience", "family", "name_en", "id")),
    new=New(gettext_lazy("New request type"), "desk_catalogue_new", ADMINISTER),
    row_flags=lambda kind: {"stale": kind.retired_on is not None},
    empty=Empty("search", gettext_lazy("No request type matches your search")),
    columns=(
        Column(
            "name", gettext_lazy("Request"), "named", order=True, fixed=True, style="fill",
            link=lambda kind: reverse("desk_catalogue_edit", args=[kind.code]),
        ),
        Column("code", gettext_lazy("Code"), "code", order=True, shown=False),
        Column("for", gettext_lazy("Available to"), _for_whom, order=("audience", "family")),
        Column("authority", gettext_lazy("Required authority"), _authority, order="authority"),
        Column("team", gettext_lazy("Handled by"), "team__name", order=True),
        Column(
            "target", gettext_lazy("Resolution target"), "target", order=True, style="end",
            cell=lambda kind: promised(kind.target) if kind.target else "",
        ),
        Column("fields", gettext_lazy("Fields"), lambda kind: len(kind.fields), style="end"),
        Column(
            "retired_on", pgettext_lazy("a request type", "Archived on"), "retired_on", order=True,
            shown=False,
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Search the catalogue")),
        Choice("audience", gettext_lazy("Available to"), RequestType.Audience, argument="audience"),
        Choice(
            "standing", gettext_lazy("State"),
            (("offered", gettext_lazy("Offered")), ("retired", RETIRED)),
            lookup="retired_on__isnull", turn="offered".__eq__,
        ),
    ),
    acts=(
        RowAct("retire", gettext_lazy("Archive"), ADMINISTER, catalogue.retire_type, "archive"),
        RowAct(
            "reinstate", gettext_lazy("Unarchive"), ADMINISTER, catalogue.reinstate_type,
            "refresh",
        ),
    ),
)  # fmt: skip
