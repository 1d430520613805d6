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
            "%(made)s duty is in the roster. Still planned, in the way of others: %(left)s.",
            "%(made)s duties are in the roster. Still planned, in the way of others: %(left)s.",
            done.made,
        )
    else:
        sentence = ngettext(
            "%(made)s duty is in the roster.", "%(made)s duties are in the roster.", done.made
        )
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
        said=_("The pattern is gone; what was published stays in the roster."),
    ),
    form(
        PATTERN, patterns.add_line, "add_line", EDIT, LineForm, noun="lines", made=LineOut,
        initial=next_place, home=place_of_pattern, title=_("A place in %(name)s"), submit=_("Add"),
    ),
    button(
        LINE, patterns.remove_line, "remove_line", EDIT, noun=None, page="removal",
        label=_("Remove"), tone="ghost",
        said=lambda line, _made: gettext("%(name)s has no place in it any more.")
        % {"name": line.person.name},
    ),
    button(
        TEAM, roster.draw_patterns, "draw_roster", EDIT, noun=None, page="drawing",
        said=lambda _team, done: gettext(
            "52 weeks are drawn: %(made)s new, %(moved)s moved, %(dropped)s dropped."
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
        page="withdrawal", title=_("Withdraw what is published"), submit=_("Withdraw"),
        said=lambda _team, count: ngettext(
            "%(n)s duty is planned again.", "%(n)s duties are planned again.", count
        )
        % {"n": count},
    ),
    button(
        PLANNED, only_with(EDIT, planned_duties.cancel_planned), "call_off_planned", EDIT,
        noun=None, page="calling-off", move=CALL_OFF, icon="trash", tone="danger",
        said=_("It is called off."), undo="redraw_planned",
    ),
    button(
        PLANNED, only_with(EDIT, planned_duties.redraw_planned), "redraw_planned", EDIT,
        noun=None, page="drawing", move=DRAW_AGAIN, icon="refresh",
        said=_("The pattern decides again, when it is drawn next."),
    ),
)  # fmt: skip
