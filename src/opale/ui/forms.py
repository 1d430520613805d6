"""Pages with one form, and the errors of an action beside its fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from opale.kernel.actor import Actor
from opale.kernel.errors import Conflict, Invalid
from opale.kernel.text_limits import LONGEST_TEXT
from opale.ui.side_pane import targets_side_pane
from opale.ui.toasts import toast_next

Label = str | Promise
DRAWN_ANEW: Final = "drawn_anew"
"""The code of an error that only keeps a form from being saved: one of its buttons changes it."""


class RowForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes none at run time
    """A form of a row's fields; the action says, in its words, what another row has already."""

    def clean(self) -> dict[str, Any]:
        """Return what was said, without asking the database for rows that are the same."""
        return self.cleaned_data


class ActorForm(forms.BaseForm):
    """A form that knows the actor, and offers the rows that the actor may choose from."""

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        self.by = by
        super().__init__(*args, **kwargs)
        for name, rows in self.querysets().items():
            choose_among(self, name, rows)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        """Return the rows to choose from, by the names of fields."""
        return {}


def limit_texts(fields: Mapping[str, forms.Field]) -> None:
    """Let no text be longer than LONGEST_TEXT, where its field says nothing else."""
    for field in fields.values():
        plain = type(field).to_python is forms.CharField.to_python
        if isinstance(field, forms.CharField) and plain and field.max_length is None:
            field.max_length = LONGEST_TEXT
            field.validators.append(MaxLengthValidator(LONGEST_TEXT))


def choose_among(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """Offer the rows that the actor may choose from."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows


def only_when(form: forms.BaseForm, choices: str, *names: str) -> None:
    """Show these fields only while other fields of the form have these values.

    `choices` are `field=value`, several separated by spaces: of each field that is named, one of
    its values. `box=` is a box that is not ticked. Hidden fields are sent, and read, all the same
    (static/opale/choices.js).
    """
    for name in names:
        form.fields[name].widget.attrs["data-when"] = choices


def submit_form(form: forms.BaseForm, act: Callable[[], object]) -> bool:
    """Read the form and run the action; its errors are shown beside their fields."""
    if not form.is_valid():
        return False
    try:
        act()
    except Invalid as refusal:
        for name, sentence in (refusal.fields or {"": refusal.sentence}).items():
            form.add_error(name if name in form.fields else None, sentence)
    except Conflict as refusal:
        form.add_error(None, refusal.sentence)
    return form.is_valid()


def refused_status(form: forms.BaseForm) -> int:
    """Return 422 where something in the form is refused, 200 where it was only drawn anew."""
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    return 422 if form.is_bound and codes - {DRAWN_ANEW} else 200


def required_when(form: forms.BaseForm, choices: str, *names: str) -> None:
    """Show these optional fields as required while other fields have these values, as `only_when`.

    The action refuses what is missing: it says what is wrong in its own words.
    """
    for name in names:
        form.fields[name].widget.attrs["data-required-when"] = choices


@dataclass(slots=True)
class FormAttempt:
    """Result of a form that asks for what somebody else may hold: `conflict` says who does."""

    form: forms.BaseForm
    done: bool = False
    conflict: Conflict | None = None

    @property
    def status(self) -> int:
        if self.conflict is not None:
            return 409
        return refused_status(self.form)


def attempt_form(
    request: HttpRequest, form: forms.BaseForm, act: Callable[[], object]
) -> FormAttempt:
    """Submit a form as `submit_form` does, and return a conflict for the page to explain."""
    found = FormAttempt(form)

    def noting() -> None:
        try:
            act()
        except Conflict as refusal:
            found.conflict = refusal
            raise

    found.done = request.method == "POST" and submit_form(form, noting)
    return found


def form_page(
    request: HttpRequest,
    form: forms.BaseForm,
    act: Callable[[], object],
    *,
    title: Label,
    button: Label,
    back: str,
    back_label: Label = "",
    said: Label = "",
    then: Callable[[], str] | None = None,
    below: tuple[str, object] | None = None,
    acts: str = "",
    about: Mapping[str, object] | None = None,
) -> HttpResponse:
    """Return the page of a form, in place or on its own, with a slot `below` it and the buttons of
    a template `acts`, which gets the row as `about`.

    Once done, `said` is shown and it leads to `back`, or to the address that `then` returns (that
    of what was made). `act` and `then` read the form's `cleaned_data`; `then` may read what `act`
    returned.
    """
    if request.method == "POST" and submit_form(form, act):
        if said:
            toast_next(request, str(said))
        return redirect(then() if then else back)
    return form_drawn(
        request,
        form,
        title=title,
        button=button,
        back=back,
        back_label=back_label,
        below=below,
        acts=acts,
        about=about,
    )


def form_drawn(
    request: HttpRequest,
    form: forms.BaseForm,
    *,
    title: Label,
    button: Label,
    back: str,
    back_label: Label = "",
    below: tuple[str, object] | None = None,
    acts: str = "",
    previews: bool = False,
    about: Mapping[str, object] | None = None,
) -> HttpResponse:
    """Draw a form in place or as a page of its own; 422 where something in it is refused.

    With `previews` it shows what it will change (change_previews).
    """
    context = {
        "form": form,
        "title": title,
        "button": button,
        "back": back,
        "back_label": back_label,
        "below": below,
        "acts": acts,
        "previews": previews,
        **(about or {}),
    }
    in_place = "HX-Request" in request.headers and not targets_side_pane(request)
    template = "ui/_form.html" if in_place else "ui/form.html"
    return render(request, template, context, status=refused_status(form))
