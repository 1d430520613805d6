"""Preview of a form: what its button will change, shown above it while the form is filled in.

The action is run and rolled back, so that what is shown is what it does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from opale.kernel.errors import Invalid, NotAllowed, NotFound, OpaleError

PREVIEW: Final = "preview_changes"
"""Posted with the form's values where only the preview is wanted."""
SHOWN: Final = 8
"""The most changes that are shown; the others are counted."""
Facts = Callable[[], Mapping[str, str]]
"""Returns what people watch of a row, read anew: labels and values in words; a value may be drawn
already. What does not apply is left out."""


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that an action changes; "" where it did not, or does no longer, apply."""

    label: str
    before: str
    after: str


def asks_preview(request: HttpRequest) -> bool:
    return PREVIEW in request.POST


def preview_changes(facts: Facts, run: Callable[[], object]) -> list[Change]:
    """Return what `run` changes, and roll it back; nothing of a row that is out of sight after it.

    Errors: those of `run`.
    """
    before = facts()
    with transaction.atomic():
        run()
        try:
            after = facts()
        except NotFound:
            after = before
        transaction.set_rollback(True)
    labels = dict.fromkeys((*before, *after))
    found = (Change(label, before.get(label, ""), after.get(label, "")) for label in labels)
    return [change for change in found if change.before != change.after]


def preview_drawn(
    request: HttpRequest, form: forms.BaseForm, facts: Facts, run: Callable[[], object]
) -> HttpResponse:
    """Draw what the form would change; nothing while it is not filled in.

    Errors: NotFound, NotAllowed.
    """
    changes, refusal = list[Change](), ""
    if form.is_valid():
        try:
            changes = preview_changes(facts, run)
        except (NotFound, NotAllowed):
            raise
        except Invalid as refused:
            refusal = next(iter(refused.fields.values()), refused.sentence)
        except OpaleError as refused:
            refusal = refused.sentence
    context = {
        "changes": changes[:SHOWN],
        "more": max(0, len(changes) - SHOWN),
        "refusal": refusal,
    }
    return render(request, "ui/_changes.html", context)
