"""The list of imported files."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from opale.endpoints.exchange.imports import file_imports
from opale.endpoints.exchange.registry import may_export, may_import, registered_tables
from opale.endpoints.http import ActorRequest
from opale.endpoints.models import FileImport
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing
from opale.listings.filters import Choice, Span
from opale.ui.components.badges import state

USE = "exchange.use"
S = FileImport.State
TONES = {S.WRITTEN: "done", S.REFUSED: "bad", S.TAKEN_BACK: "closed"}


def tone(sent: FileImport) -> str:
    return TONES.get(S(sent.state), "active")


def label_of(sent: FileImport) -> str:
    """Return the name of the table that a file was for."""
    labels = (str(one.label) for one in registered_tables() if one.name == sent.table)
    return next(labels, sent.table)


def _tables(_actor: Actor) -> Iterable[tuple[Any, Any]]:
    return [(table.name, table.label) for table in registered_tables()]


def _figures(request: ActorRequest) -> dict[str, object]:
    """Return the tables that the reader may exchange, each with whether it may be imported."""
    seen = (table for table in registered_tables() if may_export(table, request.actor))
    return {"tables": [(table, may_import(table, request.actor)) for table in seen]}


IMPORTS = Listing(
    name="imports",
    title=gettext_lazy("Import and export"),
    right=USE,
    url_name="exchange",
    model=FileImport,
    rows=file_imports,
    order=Order(("-id",)),
    template="web/exchange/list.html",
    figures=_figures,
    empty=Empty(
        "file-spreadsheet",
        gettext_lazy("No import matches your filters"),
        gettext_lazy("No imports yet"),
    ),
    columns=(
        Column(
            "file", gettext_lazy("File"), label_of, order="table", fixed=True, style="fill",
            link=lambda sent: reverse("exchange_import", args=[sent.pk]),
        ),
        Column("sent", gettext_lazy("Uploaded"), "sent_at", order=True),
        Column("by", gettext_lazy("By"), "actor_name", order=True),
        Column(
            "new", gettext_lazy("New"), lambda sent: sent.counts.get("new") or None, style="end"
        ),
        Column(
            "changed", gettext_lazy("Changed"), lambda sent: sent.counts.get("changed") or None,
            style="end",
        ),
        Column(
            "state", gettext_lazy("State"), "state", order=True,
            cell=lambda sent: state(sent.get_state_display(), tone(sent)),
        ),
        Column("finished", gettext_lazy("Finished"), "finished_at", order=True, shown=False),
    ),
    filters=(
        Choice("table", gettext_lazy("File"), _tables, lookup="table", menu=True),
        Choice("state", gettext_lazy("State"), S, lookup="state", menu=True),
        Span("sent", gettext_lazy("Uploaded"), lookup="sent_at", moment=True),
    ),
)  # fmt: skip
