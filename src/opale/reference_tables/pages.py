"""Pages of a reference table: its list, its acts, and a row with its fields and its history."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opale.acts.bound_forms import form_of
from opale.acts.declarations import Label, Things
from opale.acts.pages import pages
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.kernel.history import Revision, revisions
from opale.listings.cells import shown
from opale.listings.pages import page_of
from opale.reference_tables.declarations import ReferenceTable

NEWEST: Final = 30


def pages_of(table: ReferenceTable) -> list[URLPattern]:
    """Return the addresses of the list, of the acts and of a row, which is `<app>_<subject>`."""
    found = pages(table.prefix, table.acts)
    listing, subject = table.listing, table.subject
    found.append(path(table.collection.page, page_of(listing), name=listing.url_name))
    if table.template:
        found.append(path(subject.page, row_page(table), name=f"{table.prefix}_{subject.name}"))
    return found


def row_page(table: ReferenceTable) -> Callable[..., Any]:
    """Return the view of a row."""

    @require_GET
    @needs(table.listing.right)
    def view(request: ActorRequest, /, **named: Any) -> HttpResponse:
        things = table.subject.find(named, seen_by=request.actor)
        row = things[table.subject.name]
        context = {
            "row": row,
            table.subject.name: row,
            "above": (reverse(table.listing.url_name), table.listing.title),
            "fields": list(fields_of(table, things, request.actor)),
            "history": list(history_of(table, row, request.actor)),
            **(table.figures(request, row) if table.figures else {}),
        }
        return render(request, table.template, context)

    return view


def history_of(table: ReferenceTable, row: Model, actor: Actor) -> Iterator[Revision]:
    """Return the changes of a row, newest first; which rows of other tables it named is told to
    those who read these.

    Only for those who read all rows: what a row was before it came within somebody's reach was
    never theirs to see.
    """
    if not actor.everywhere(table.listing.right):
        return
    for one in revisions(type(row), limit=NEWEST, pk=row.pk):
        told = tuple(each for each in one.differences if _may_read(row, each.column, actor))
        if told or not one.differences:
            yield replace(one, differences=told)


def _may_read(row: Model, column: str, actor: Actor) -> bool:
    """Return whether the actor reads the table to which a column refers, if any."""
    other = row._meta.get_field(column).related_model
    if other is None:
        return True
    right = getattr(other._default_manager.all(), "read_right", "")
    return not right or actor.can(right)


def fields_of(
    table: ReferenceTable, things: Things, actor: Actor
) -> Iterator[tuple[Label, object]]:
    """Return the label and the value of each field of the form that says more than the row's name.

    A row of another table is named to those who may choose it.
    """
    form, row = form_of(table.acts[1], things, actor), things[table.subject.name]
    for name, field in form.fields.items():
        value = said(field, form.get_initial_for_field(field, name))
        if value not in (None, "", str(row)):
            yield field.label or name, value


def said(field: forms.Field, value: Any) -> object:
    """Return a value of a form's field as people read it."""
    if isinstance(field, forms.ModelChoiceField):
        # `is not None`: a queryset in a condition would read its whole table.
        rows = field.queryset if value else None
        found = rows.filter(pk=value).first() if rows is not None else None
        return field.label_from_instance(found) if found else ""
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(field, forms.ChoiceField):
        pairs: Any = field.choices
        known = dict(pairs)
        if isinstance(field, forms.MultipleChoiceField):
            return ", ".join(str(known.get(one, one)) for one in value or ())
        return known.get(value, value)
    return shown(field.prepare_value(value))
