"""Saved views: created from the present filters, shared with a team, ordered, removed and
restored."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, cast

from django.db.models import Max, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.locks import take_locks
from opale.organisation.models import Membership, Person, Team
from opale.run.desk.models import FirstView, SavedView
from opale.run.desk.queries.filters import Filters
from opale.run.desk.rights import CONSOLE

SAVABLE_LISTS = ("triage", "mine", "due", "late", "waiting", "open", "all")
TOPIC = "desk.views"
MOST_VIEWS: Final = 40
"""Views of one person; as many removed ones are kept, the last ones."""
MOST_SHARED: Final = 100
"""Views shared with a team, of everybody together: all of them are drawn and counted."""
LONGEST_NAME = 60
REMOVED_RETENTION: Final = timedelta(days=90)
BATCH_SIZE: Final = 500


def save_view(
    name: str, view: str, query: str, *, by: Actor, team: Team | None = None
) -> SavedView:
    """Save a list under a name; with a team, for all its members.

    Errors: NotAllowed, Invalid, Conflict.
    """
    said = {"name": _name(name), "view": _view(view), "query": _query(query)}
    _require_team(team, by)
    with attributed(by):
        person_id = _locked(by)
        own = _require_room(by)
        _check_shared(team)
        last = own.aggregate(last=Max("position"))["last"]
        place = 0 if last is None else last + 1
        saved = SavedView.objects.create(person_id=person_id, team=team, position=place, **said)
        live_topics.publish(TOPIC)
    return saved


def edit_view(
    saved: SavedView,
    *,
    by: Actor,
    name: str | None = None,
    view: str | None = None,
    query: str | None = None,
) -> None:
    """Change the name or the filters of a view. Errors: NotFound, NotAllowed, Invalid."""
    said: dict[str, str] = {}
    if name is not None:
        said["name"] = _name(name)
    if view is not None:
        said["view"] = _view(view)
    if query is not None:
        said["query"] = _query(query)
    _amend(saved, said, by)


def share_view(saved: SavedView, team: Team | None, *, by: Actor) -> None:
    """Share a view with a team, or without a team make it personal again.

    Errors: NotFound, NotAllowed, Invalid, Conflict.
    """
    _require_team(team, by)
    _amend(saved, {"team": team}, by)


def move_view(saved: SavedView, *, by: Actor, up: bool) -> None:
    """Move a view one place up or down among one's own; at the end nothing moves."""
    with attributed(by):
        _held(saved, by)
        own = list(
            SavedView.objects.select_for_update()
            .filter(person_id=_person(by), removed_at=None)
            .order_by("position", "id")
        )
        at = next(place for place, one in enumerate(own) if one.pk == saved.pk)
        to = at - 1 if up else at + 1
        if not 0 <= to < len(own):
            return
        own[at], own[to] = own[to], own[at]
        for place, one in enumerate(own):
            update_changed(one, {"position": place})
        live_topics.publish(TOPIC)


def remove_view(saved: SavedView, *, by: Actor) -> None:
    """Errors: NotFound."""
    _amend(saved, {"removed_at": clock.now()}, by)


def restore_view(saved: SavedView, *, by: Actor) -> None:
    """Restore a removed view. Errors: NotFound, Conflict where no room is left for it."""
    _amend(saved, {"removed_at": None}, by, removed=True)


def set_first_view(view: str, query: str, *, by: Actor) -> None:
    """Set the list that opens first for the actor. Errors: NotAllowed, Invalid."""
    person_id, said = _person(by), {"view": _view(view), "query": _query(query)}
    with attributed(by):
        Person.objects.select_for_update().get(pk=person_id)
        held = FirstView.objects.filter(person_id=person_id).first()
        if held is None:
            FirstView.objects.create(person_id=person_id, **said)
        else:
            update_changed(held, said)


def delete_removed_views(*, by: Actor) -> int:
    """Delete views that were removed long ago; their history stays."""
    with attributed(by):
        old = SavedView.objects.filter(removed_at__lt=clock.now() - REMOVED_RETENTION)
        batch = old.order_by("pk").values("pk")[:BATCH_SIZE]
        return SavedView.objects.filter(pk__in=batch).delete()[0]


def _amend(
    saved: SavedView, said: Mapping[str, object], by: Actor, *, removed: bool = False
) -> None:
    with attributed(by):
        _locked(by)
        held = _held(saved, by, removed=removed)
        if removed:
            _require_room(by)
        team = cast("Team | None", said.get("team", held.team))
        if removed or team != held.team:
            _check_shared(team)
        if update_changed(held, said):
            live_topics.publish(TOPIC)
        if said.get("removed_at"):
            _delete_oldest_removed(by)


def _locked(by: Actor) -> int:
    """Return the actor's person, locked: of two at once the second counts what the first saved.

    Errors: NotAllowed.
    """
    person_id = _person(by)
    Person.objects.select_for_update().get(pk=person_id)
    return person_id


def _require_room(by: Actor) -> QuerySet[SavedView]:
    """Return the actor's views, if one more may be kept. Errors: Conflict."""
    own = SavedView.objects.filter(person_id=_person(by), removed_at=None)
    if own.count() >= MOST_VIEWS:
        sentence = _("You have reached the limit of %(most)d views. Delete one first.")
        raise Conflict(sentence % {"most": MOST_VIEWS})
    return own


def _check_shared(team: Team | None) -> None:
    """Refuse one more view shared with a team that has as many as may be. Errors: Conflict."""
    if team is None:
        return
    take_locks(f"desk.shared_views:{team.pk}")
    if SavedView.objects.filter(team=team, removed_at=None).count() >= MOST_SHARED:
        sentence = _(
            "This team has reached the limit of %(most)d shared views. Keep this one private, or"
            " ask a colleague to delete one."
        )
        raise Conflict(sentence % {"most": MOST_SHARED})


def _delete_oldest_removed(by: Actor) -> None:
    """Delete one's removed views beyond the last ones: so many can be restored."""
    gone = SavedView.objects.filter(person_id=_person(by), removed_at__isnull=False)
    beyond = gone.order_by("-removed_at", "-pk").values_list("pk", flat=True)[MOST_VIEWS:]
    SavedView.objects.filter(pk__in=list(beyond)).delete()


def _person(by: Actor) -> int:
    if by.person_id is None or not by.can(CONSOLE):
        raise NotAllowed
    return by.person_id


def _held(saved: SavedView, by: Actor, *, removed: bool = False) -> SavedView:
    rows = SavedView.objects.select_for_update().filter(pk=saved.pk, person_id=_person(by))
    found = rows.filter(removed_at__isnull=not removed).first()
    if found is None:
        raise NotFound
    return found


def _name(name: str) -> str:
    said = " ".join(name.split())
    if not said or len(said) > LONGEST_NAME:
        raise Invalid(name=_("Enter a name of at most 60 characters."))
    return said


def _view(view: str) -> str:
    if view not in SAVABLE_LISTS:
        raise Invalid(view=_("This list does not exist."))
    return view


def _query(query: str) -> str:
    """Return the filters alone, normalised: without the page or the opened row."""
    return Filters.read(QueryDict(query)).address()


def _require_team(team: Team | None, by: Actor) -> None:
    if team is None:
        return
    now = clock.now()
    if not Membership.objects.filter(
        team=team, person_id=_person(by), period__contains=now
    ).exists():
        raise Invalid(team=_("You can only share a view with your own teams."))
