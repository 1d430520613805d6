"""Acts of patterns: create, change, give places in, draw, publish and withdraw."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import button, create, form, remove
from opale.kernel.actor import Actor
from opale.organisation.models import Team
from opale.run.shifts.actions import patterns, planned_duties, roster
from opale.run.shifts.acts.subjects import (
    LINE,
    PATTERN,
    PLANNED,
    TEAM,
    place_of_pattern,
    place_of_patterns,
)
from opale.run.shifts.acts.wrappers import only_with
from opale.run.shifts.forms.patterns import (
    LineForm,
    PatternForm,
    PublicationForm,
    UntilForm,
    WithdrawalForm,
    initial_line,
)
from opale.run.shifts.models import ShiftPattern
from opale.run.shifts.queries.patterns import lines_of
from opale.run.shifts.rights import EDIT
from opale.run.shifts.shapes.planning import LineOut, PublicationOut
from opale.run.shifts.states import CALL_OFF, DRAW_AGAIN


def next_place(pattern: ShiftPattern, by: Actor) -> dict[str, Any]:
    return initial_line(pattern, list(lines_of(pattern, seen_by=by)))


def draw_and_publish(team: Team, *, by: Actor, until: datetime, at: datetime) -> PublicationOut:
    """Draw the team's patterns and put what begins before `until` into the roster."""
    roster.draw_patterns(team, by=by, at=at)
    done = roster.publish_roster(team, by=by, at=at, until=until)
    return PublicationOut(made=done.made, refused=[row.pk for row in done.refused])


def published(_team: Team, done: roster.PublishedDuties) -> str:
    """Return how many duties were published, and how many stay planned."""
    if done.refused:
        sentence = ngettext(
            "%(made)s shift published. Not published because of conflicts: %(left)s.",
            "%(made)s shifts published. Not published because of conflicts: %(left)s.",
            done.made,
        )
    else:
        sentence = ngettext("%(made)s shift published.", "%(made)s shifts published.", done.made)
    return sentence % {"made": done.made, "left": len(done.refused)}


ACTS = (
    create(
        TEAM, patterns.create_pattern, "create_pattern", EDIT, PatternForm, made=PATTERN,
        noun="shift-patterns", page=None,
    ),
    form(
        PATTERN, patterns.edit_pattern, "edit_pattern", EDIT, PatternForm, noun="", page=None,
        verb="PUT",
    ),
    remove(
        PATTERN, patterns.remove_pattern, "remove_pattern", EDIT, page="removal",
        label=_("Remove"), icon="trash", tone="danger",
        home=lambda pattern: place_of_patterns(pattern.team),
        said=_("Shift cycle deleted. Published shifts stay in the roster."),
    ),
    form(
        PATTERN, patterns.add_line, "add_line", EDIT, LineForm, noun="lines", made=LineOut,
        initial=next_place, home=place_of_pattern,
        title=_("Add person to %(name)s"), submit=_("Add"),
    ),
    button(
        LINE, patterns.remove_line, "remove_line", EDIT, noun=None, page="removal",
        label=_("Remove"), tone="ghost",
        said=lambda line, _made: gettext("%(name)s removed from the cycle.")
        % {"name": line.person.name},
    ),
    button(
        TEAM, roster.draw_patterns, "draw_roster", EDIT, noun=None, page="drawing",
        said=lambda _team, done: gettext(
            "52 weeks generated: %(made)s added, %(moved)s moved, %(dropped)s removed."
        )
        % {"made": done.made, "moved": done.moved, "dropped": done.dropped},
    ),
    form(
        TEAM, roster.publish_roster, "publish_roster", EDIT, UntilForm, noun=None,
        page="publication", title=_("Publish"), submit=_("Publish"), said=published,
    ),
    form(
        TEAM, draw_and_publish, "publish", EDIT, PublicationForm, noun="roster/publication",
        page=None, gives=PublicationOut,
    ),
    form(
        TEAM, roster.withdraw_roster, "withdraw_roster", EDIT, WithdrawalForm, noun=None,
        page="withdrawal", title=_("Unpublish roster"), submit=_("Unpublish"),
        said=lambda _team, count: ngettext(
            "%(n)s shift unpublished.", "%(n)s shifts unpublished.", count
        )
        % {"n": count},
    ),
    button(
        PLANNED, only_with(EDIT, planned_duties.cancel_planned), "call_off_planned", EDIT,
        noun=None, page="calling-off", move=CALL_OFF, icon="trash", tone="danger",
        said=_("Shift cancelled."), undo="redraw_planned",
    ),
    button(
        PLANNED, only_with(EDIT, planned_duties.redraw_planned), "redraw_planned", EDIT,
        noun=None, page="drawing", move=DRAW_AGAIN, icon="refresh",
        said=_("Shift reset. The cycle applies the next time it is generated."),
    ),
)  # fmt: skip
