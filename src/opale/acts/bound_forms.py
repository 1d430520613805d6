"""Form of an act, bound to data of a browser or a program: both are read the same way."""

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol, runtime_checkable

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from opale.acts.bodies import not_asked, posted, public_errors, sent
from opale.acts.declarations import Act, FormClass, Things
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid


@runtime_checkable
class Arguing(Protocol):
    """Form whose fields differ from its action's arguments, which it provides."""

    def arguments(self) -> dict[str, Any]: ...


def arguments(form: forms.BaseForm) -> dict[str, Any]:
    """Return the action's arguments from a valid form."""
    return form.arguments() if isinstance(form, Arguing) else dict(form.cleaned_data)


@cache
def _asked(of: FormClass) -> frozenset[str]:
    """Return the extra keyword arguments of a form's class."""
    return frozenset(
        name
        for kind in of.__mro__
        if kind.__module__.partition(".")[0] != "django" and "__init__" in vars(kind)
        for name, parameter in inspect.signature(vars(kind)["__init__"]).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    )


def form_of(
    act: Act,
    things: Things,
    by: Actor,
    data: Any = None,
    *,
    of: FormClass | None = None,
    files: Any = None,
    initial: dict[str, Any] | None = None,
) -> forms.BaseForm:
    """Return the form of its page, or another (`of`), given the row, those above it and the actor
    where it takes them by name.
    """
    of = of or act.form or forms.Form
    known = {**things, "by": by}
    given = {name: known[name] for name in _asked(of) if name in known}
    row = things.get(act.subject.name)
    model = getattr(getattr(of, "_meta", None), "model", None)
    if act.verb == "PATCH" and model is not None and isinstance(row, model):
        given["instance"] = row
    form: forms.BaseForm = of(data, files=files, initial=initial, **given)
    if initial is None and any(field.disabled for field in form.fields.values()):
        # What cannot be filled in stays as it is.
        form.initial = {**form.initial, **initial_of(act, of, things, by)}
    return form


def initial_of(act: Act, of: FormClass, things: Things, by: Actor) -> dict[str, Any]:
    """Return what a form is filled with: of a change the row's values, by the names of fields."""
    row = things.get(act.subject.name)
    return {**(_of_row(of, row) if act.verb == "PATCH" else {}), **act.initial(row, by)}


def _of_row(of: FormClass, row: Any) -> dict[str, Any]:
    columns = {name: _column(field, row, name) for name, field in of.base_fields.items()}
    return {
        name: posted(of.base_fields[name], getattr(row, column))
        for name, column in columns.items()
        if hasattr(row, column)
    }


def _column(field: forms.Field, row: Any, name: str) -> str:
    """Return the column of a row that a field is filled with: of another row, its key."""
    one_row = isinstance(field, forms.ModelChoiceField) and hasattr(row, f"{name}_id")
    return f"{name}_id" if one_row else name


def value_of(act: Act, row: Any, name: str, by: Actor) -> Any:
    """Return what a change's form is filled with in one field."""
    said = act.initial(row, by)
    if name in said:
        return said[name]
    return posted(act.fields[name], getattr(row, _column(act.fields[name], row, name)))


def read_body(act: Act, body: Any, things: Things, by: Actor) -> dict[str, Any]:
    """Return the action's arguments from a body, read by the form as if it were posted. Errors:
    Invalid.

    Of a PATCH only the named members are returned; the rest is filled from the row, and not
    refused.
    """
    of, data = act.body or act.form or forms.Form, dict[str, Any]()
    filled = initial_of(act, of, things, by) if act.verb == "PATCH" else None
    form = form_of(act, things, by, data, of=of, initial=filled)
    if absent := not_asked(act, body, form.fields):
        raise Invalid(**absent)
    said = sent(act, body, form.fields)
    if act.verb == "PATCH":
        for name, field in form.fields.items():
            data[name] = posted(field, form.get_initial_for_field(field, name))
    data |= said
    for name in set(form.fields) - set(data):
        del form.fields[name]
    refused = {
        name: " ".join(map(str, errors))
        for name, errors in form.errors.items()
        if name in said or name == NON_FIELD_ERRORS
    }
    if refused:
        raise invalid(act, form, refused)
    form.cleaned_data = {name: form.cleaned_data[name] for name in said}
    return arguments(form)


def invalid(act: Act, form: forms.BaseForm, refused: Mapping[str, str]) -> Invalid:
    """Return the error of a refused form, by the names of the body."""
    own = refused.get(NON_FIELD_ERRORS, "")
    named = {n: s for n, s in refused.items() if n != NON_FIELD_ERRORS}
    return Invalid(own, **public_errors(act, form.fields, named.items()))
