"""Bulk acts on marked lines, or on all that match: line by line, with the refused ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from opale.acts.action_calls import present_for
from opale.kernel import keyset
from opale.kernel.actor import Actor
from opale.kernel.errors import IllegalMove, Invalid, NotFound, OpaleError
from opale.listings.declarations import BulkAct, Listing
from opale.listings.registry import open_listing
from opale.listings.selection import Selection

MOST: Final = 200
"""Lines of one act: as many as a person can wait for."""
LONGEST_ID: Final = 18
SALT: Final = "listings.undo"
UNDONE_WITHIN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Line on which the act was refused, and the reason."""

    row: Any
    sentence: str


@dataclass(slots=True)
class Outcome:
    """Result of a bulk act. `before` is what undoing it needs, by the keys of the rows."""

    done: list[Any] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    before: dict[int, Any] = field(default_factory=dict)


def get_act(listing: Listing, name: str, actor: Actor) -> BulkAct:
    """Return a bulk act that the actor may do on some line. Errors: NotFound."""
    found = next((act for act in listing.acts_for(actor) if act.name == name), None)
    if found is None:
        raise NotFound
    return found


def marked(listing: Listing, asked: QueryDict, actor: Actor) -> list[Any]:
    """Return the selected lines: those whose keys are `n`, or with `all` those that match `query`.
    Errors: Invalid.

    Lines that the actor does not see are left out, even if their keys were sent.
    """
    if asked.get("all"):
        selection = Selection.read(listing, QueryDict(asked.get("query", "")), actor)
        rows, order = selection.rows(listing.columns), selection.order
    else:
        names = [text for text in asked.getlist("n") if text.isdecimal()]
        keys = [int(text) for text in names if len(text) <= LONGEST_ID]
        return _bounded(_of_keys(listing, keys[: MOST + 1], asked.get("query", ""), actor))
    return _bounded(keyset.first(rows, order, MOST + 1))


def _of_keys(listing: Listing, keys: list[int], query: str, actor: Actor) -> list[Any]:
    """Return the lines of these keys that the actor sees, whatever filters are in force.

    Some lists show part of their rows only under a filter, retired ones say: those are looked up
    with the filters of the page. The others are found without: a line that has changed since it
    was marked is still meant, and its act says why it is refused.
    """
    plain = _plain(listing, actor).filter(pk__in=keys)
    found = keyset.first(plain, listing.order, MOST + 1)
    missing = set(keys) - {row.pk for row in found}
    if missing and query:
        selection = Selection.read(listing, QueryDict(query), actor)
        rows = selection.rows(listing.columns).filter(pk__in=missing)
        found += keyset.first(rows, selection.order, MOST + 1)
    return found


def _bounded(found: list[Any]) -> list[Any]:
    """Return these lines. Errors: Invalid, where there is none or more than one act may take."""
    if not found:
        raise Invalid(_("Select at least one row first."))
    if len(found) > MOST:
        raise Invalid(
            _("At most %(most)s rows at once: narrow the list with a filter.") % {"most": MOST}
        )
    return found


def rows_of_keys(listing: Listing, keys: list[int], actor: Actor) -> list[Any]:
    """Return the lines of these keys that the actor sees. Errors: Invalid, where there is none."""
    return _bounded(_of_keys(listing, list(dict.fromkeys(keys)), "", actor))


def _plain(listing: Listing, actor: Actor) -> QuerySet[Any]:
    return Selection(listing, actor, {}).rows(listing.columns)


def _reason(row: Any, refusal: OpaleError) -> str:
    """Return why an act was refused: the state of the row, where that is all that is known."""
    state = getattr(row, "get_state_display", None)
    if isinstance(refusal, IllegalMove) and not refusal.detail and state:
        return _("Not possible in state “%(state)s”.") % {"state": state()}
    return refusal.sentence


def run(act: BulkAct, rows: Iterable[Any], fields: Mapping[str, Any], *, by: Actor) -> Outcome:
    """Run an act on each line in a transaction of its own: a refused one stops no other."""
    outcome = Outcome()
    for row in sorted(rows, key=act.first) if act.first else rows:
        try:
            with transaction.atomic():
                made = act.run(row, by=by, **{**present_for(act.run), **fields})
        except OpaleError as refusal:
            outcome.refused.append(Refusal(row, _reason(row, refusal)))
        else:
            outcome.done.append(row)
            if act.undo is not None:
                outcome.before[row.pk] = act.undo.before(row, made)
    return outcome


def trial(act: BulkAct, rows: Iterable[Any], fields: Mapping[str, Any], *, by: Actor) -> Outcome:
    """Return what an act would do, and change nothing."""
    with transaction.atomic():
        outcome = run(act, rows, fields, by=by)
        transaction.set_rollback(True)
    return outcome


def undo_token(listing: Listing, act: BulkAct, outcome: Outcome) -> str:
    """Return what undoes a bulk act for a time, signed; "" where nothing can be undone."""
    if act.undo is None or not outcome.before:
        return ""
    said = {"list": listing.name, "act": act.name, "rows": list(outcome.before.items())}
    return signing.dumps(said, salt=SALT, compress=True)


def undo(token: str, *, by: Actor) -> tuple[Listing, Outcome]:
    """Undo a bulk act on the rows that let it, each in a transaction of its own.

    Errors: NotFound (no such act, or its time is over), NotAllowed.
    """
    try:
        said = signing.loads(token, salt=SALT, max_age=UNDONE_WITHIN)
    except signing.BadSignature:
        raise NotFound from None
    listing = open_listing(said["list"], seen_by=by)
    act = get_act(listing, said["act"], by)
    if act.undo is None:
        raise NotFound
    before = dict(said["rows"])
    outcome = Outcome()
    for row in _of_keys(listing, list(before), "", by):
        try:
            with transaction.atomic():
                act.undo.run(row, before[row.pk], by=by)
        except OpaleError as refusal:
            outcome.refused.append(Refusal(row, _reason(row, refusal)))
        else:
            outcome.done.append(row)
    return listing, outcome
