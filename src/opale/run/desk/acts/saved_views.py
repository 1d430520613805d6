"""Acts on saved views of the desk's lists."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, change, create, form, place, remove
from opale.kernel.actor import Actor
from opale.run.desk.actions import saved_views
from opale.run.desk.forms.saved_views import FirstViewForm, SavedViewForm
from opale.run.desk.models import SavedView
from opale.run.desk.queries import saved_views as queries
from opale.run.desk.rights import CONSOLE
from opale.run.desk.shapes.saved_views import ViewOut, list_url


def edit_view(saved: SavedView, *, by: Actor, **said: Any) -> None:
    """Only what is sent changes; `team_id: null` keeps it for oneself."""
    if "team" in said:
        saved_views.share_view(saved, said.pop("team"), by=by)
    saved_views.edit_view(saved, by=by, **said)


VIEWS: Subject[SavedView] = Subject(
    name="saved_views", page="desk/views/", endpoint="/desk/views",
    home=place("desk_queue"),
)  # fmt: skip
FIRST = replace(VIEWS, name="first_view", endpoint="/desk/first-view")
VIEW = Subject(
    name="saved_view", model=SavedView, get=queries.get_saved_view, rows=queries.own_saved_views,
    shape=ViewOut, page="desk/views/<int:view_id>/", endpoint="/desk/views/{int:view_id}",
    home=lambda saved: (list_url(saved.view, saved.query), saved.name),
)  # fmt: skip
REMOVED = replace(VIEW, get=partial(queries.get_saved_view, removed=True))

ACTS = (
    create(
        VIEWS, saved_views.save_view, "create_view", CONSOLE, SavedViewForm, made=ViewOut, noun="",
        page=None, title="", submit="",
    ),
    change(
        VIEW, edit_view, "change_view", CONSOLE, SavedViewForm, page=None,
        optional={"name", "view", "query"}, title="", submit="",
    ),
    remove(
        VIEW, saved_views.remove_view, "delete_view", CONSOLE, page="removal", url="saved_remove",
        home=lambda saved: (list_url(saved.view, ""), ""), label=_("Delete view"),
        icon="trash", tone="danger", undo="saved_restore",
        said=_("View “%(name)s” deleted."),
    ),
    button(
        REMOVED, saved_views.restore_view, "restore_view", CONSOLE, noun=None, page="restoration",
        url="saved_restore",
    ),
    form(
        FIRST, saved_views.set_first_view, "set_first_view", CONSOLE, FirstViewForm, noun="",
        page=None, verb="PUT", status=204, text="Which list one's desk opens with.",
    ),
)  # fmt: skip
