"""Days at the ends of the calendar are refused by each body and query, and by each form.

`timedelta` overflows there, and the zones of the earth lead beyond what the database holds.
"""

import re
import types
from collections.abc import Iterator
from datetime import date, datetime
from importlib import import_module
from pkgutil import walk_packages
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from django import forms
from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError

import opale
from opale.api.urls import api
from opale.ui.typed_dates import DayField, WhenField, check_near

ENDS = (date(1, 1, 1), date(9999, 12, 31))
COMPARED = re.compile(r".*_(from|until)|/paging/slips\.(since|until)")
"""Spans of lists, which compare and count nothing: 9999-12-31 means without end there."""


def days_of(kind: Any, name: str, seen: set[type]) -> Iterator[tuple[str, Any]]:
    """Yield each day and moment within a type, with what is checked of it."""
    checked = get_origin(kind) is Annotated
    if (get_args(kind)[0] if checked else kind) in (date, datetime, AwareDatetime):
        yield name, kind
    elif checked or get_origin(kind) in (Union, types.UnionType, list, dict, tuple):
        for part in get_args(kind):
            yield from days_of(part, name, seen)
    elif isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in seen:
        seen.add(kind)
        for field, info in kind.model_fields.items():
            whole = (
                Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
            )
            yield from days_of(whole, f"{name}.{field}", seen)


def test_programs_can_send_no_day_at_the_ends_of_the_calendar() -> None:
    taken, found = set(), 0
    for path, operation in api.operations():
        for model in operation.models:
            for name, kind in days_of(model, f"{operation.operation_id or path}", set()):
                if COMPARED.fullmatch(name):
                    continue
                found += 1
                moment = {datetime, AwareDatetime} & {kind, *get_args(kind)}
                day: TypeAdapter[Any] = TypeAdapter(kind)
                for end in ENDS:
                    try:
                        day.validate_python(f"{end}T12:00:00Z" if moment else end)
                    except ValidationError:
                        continue
                    taken.add(name)
    assert found > 50
    assert sorted(taken) == []


def heirs(parent: type) -> Iterator[type]:
    found: list[type] = parent.__subclasses__()
    for one in found:
        yield one
        yield from heirs(one)


def test_people_can_type_no_day_at_the_ends_of_the_calendar() -> None:
    for module in walk_packages(opale.__path__, "opale."):
        if ".forms" in module.name and ".tests" not in module.name:
            import_module(module.name)
    unchecked = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in heirs(forms.BaseForm)
        if form.__module__.startswith("opale.") and ".tests" not in form.__module__
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.DateField | forms.DateTimeField)
        and not isinstance(field, DayField)
        and check_near not in field.validators
    }
    assert not unchecked


@pytest.mark.parametrize("typed", ["0001-01-01", "9999-12-31", "1899-12-31", "3000-01-01"])
def test_a_field_refuses_what_lies_too_far_away(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        DayField().clean(typed)
    with pytest.raises(forms.ValidationError):
        WhenField().clean(f"{typed} 9:00")
