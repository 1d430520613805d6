"""Preview of a form: what its button will change, shown above it while the form is filled in.

The action is run and rolled back, so that what is shown is what it does.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django import forms
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from psycopg.errors import LockNotAvailable

from opale.kernel.errors import Invalid, NotAllowed, NotFound, OpaleError

PREVIEW: Final = "preview_changes"
"""Posted with the form's values where only the preview is wanted."""
SHOWN: Final = 8
"""The most changes that are shown; the others are counted."""
LOCK_WAIT: Final = timedelta(milliseconds=500)
"""The longest that a preview waits for a row which somebody else changes: it holds locks too."""
Facts = Callable[[], Mapping[str, str]]
"""Returns what people watch of a row, read anew: labels and values in words; a value may be drawn
already. What does not apply is left out."""


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that an action changes; "" where it did not, or does no longer, apply."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Assumed:
    """Fields that a preview fills in where they are missing, and the action run with them."""

    names: Collection[str]
    run: Callable[[], object]


def asks_preview(request: HttpRequest) -> bool:
    return PREVIEW in request.POST


def preview_changes(facts: Facts, run: Callable[[], object]) -> list[Change]:
    """Return what `run` changes, and roll it back; nothing of a row that is out of sight after it.

    Errors: those of `run`, IntegrityError (what the commit would refuse), OperationalError (a row
    stays locked for LOCK_WAIT).
    """
    before = facts()
    with transaction.atomic():
        _limit_lock_wait()
        run()
        connection.check_constraints()  # those that wait for the commit
        try:
            after = facts()
        except NotFound:
            after = before
        transaction.set_rollback(True)
    labels = dict.fromkeys((*before, *after))
    found = (Change(label, before.get(label, ""), after.get(label, "")) for label in labels)
    return [change for change in found if change.before != change.after]


def preview_drawn(
    request: HttpRequest,
    form: forms.BaseForm,
    facts: Facts | None,
    run: Callable[[], object],
    assumed: Assumed | None = None,
    *,
    note: str | Promise = "",
) -> HttpResponse:
    """Draw what the form would change; nothing while it is not filled in, while somebody else
    changes the same, or where there are no facts to compare.

    Where nothing but fields that can be `assumed` is missing, draw what is asked for, and what
    would change with it. The `note` is said below what changes.
    Errors: NotFound, NotAllowed.
    """
    changes, refusal = list[Change](), ""
    if facts is not None and form.is_valid():
        try:
            try:
                changes = preview_changes(facts, run)
            except Invalid as refused:
                refusal = next(iter(refused.fields.values()), refused.sentence)
                if assumed is None or not refused.fields.keys() & assumed.names:
                    raise
                changes = preview_changes(facts, assumed.run)
        except (NotFound, NotAllowed):
            raise
        except Invalid as refused:
            refusal = next(iter(refused.fields.values()), refused.sentence)
        except OpaleError as refused:
            refusal = refused.sentence
        except (OperationalError, LockNotAvailable) as failure:
            if not isinstance(failure.__cause__ or failure, LockNotAvailable):
                raise
    context = {
        "changes": changes[:SHOWN],
        "more": max(0, len(changes) - SHOWN),
        "refusal": refusal,
        "note": note,
    }
    return render(request, "ui/_changes.html", context)


def _limit_lock_wait() -> None:
    """Limit the waits for locks until the end of the transaction."""
    with connection.cursor() as cursor:
        milliseconds = LOCK_WAIT // timedelta(milliseconds=1)
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(milliseconds)])
