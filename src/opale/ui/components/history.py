"""History of a row: its author and its changes, in words that people use."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django import template
from django.db.models import Field, Model
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from opale.kernel.history import Difference, Revision

register = template.Library()


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Line of a history; `name` is empty where the line is about the row itself."""

    revision: Revision
    name: str
    changes: list[tuple[str, str, str]]


@register.simple_tag
def revisions(found: Iterable[Revision]) -> SafeString:
    """A history, newest first: changes in the words of the forms, and last who made it."""
    lines = [
        HistoryLine(one, _called(one), [_change(one.model, change) for change in one.differences])
        for one in found
    ]
    return SafeString(render_to_string("ui/components/history.html", {"lines": lines}))


def _called(revision: Revision) -> str:
    if not revision.called:
        return ""
    field = _field(revision.model, revision.called)
    return _shown(field, getattr(revision.row, field.attname))


def _change(model: type[Model], difference: Difference) -> tuple[str, str, str]:
    field = _field(model, difference.column)
    return (
        difference.label,
        _shown(field, difference.before),
        _shown(field, difference.after),
    )


def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    return cast("Field[Any, Any]", model._meta.get_field(name))


def _shown(field: "Field[Any, Any]", value: Any) -> str:
    """Return a stored value as people read it: a choice by its label, a row by its name."""
    if value is None or value == "":
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.is_relation and field.related_model:
        return _name_of(field.related_model, value)
    if hasattr(value, "lower") and hasattr(value, "upper") and not isinstance(value, str):
        ends = _("ongoing") if value.upper is None else _moment(value.upper)
        return f"{_moment(value.lower)} – {ends}"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or _("nothing")
    return _moment(value)


def _name_of(model: type[Model], pk: object) -> str:
    """Return the name of a row that a change refers to; its number when it is deleted."""
    return str(model._default_manager.filter(pk=pk).first() or pk)


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return date_format(localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return str(value)
