"""Acts on teams and the places in them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject, button, change, create, place
from opale.kernel.actor import Actor
from opale.organisation.actions import teams
from opale.organisation.forms import DayForm, EndForm, MembershipForm, NewMemberForm, TeamForm
from opale.organisation.models import Membership, Team, TeamQuerySet
from opale.organisation.queries import teams as team_queries
from opale.organisation.rights import EDIT
from opale.organisation.shapes import MembershipOut, TeamOut

place_of_teams = place("organisation_teams")


def place_of_team(team: Team) -> Place:
    return reverse("organisation_team", args=[team.pk]), ""


def every_team(*, seen_by: Actor) -> TeamQuerySet:
    return team_queries.teams(seen_by=seen_by, closed=True)


TEAMS: Subject[Team] = Subject(name="teams", page="teams/", endpoint="/teams", home=place_of_teams)
TEAM = Subject(
    name="team", model=Team, get=team_queries.get_team, rows=every_team, shape=TeamOut,
    page="teams/<int:team_id>/", endpoint="/teams/{int:team_id}", home=place_of_team,
)  # fmt: skip
MEMBERSHIP = Subject(
    name="membership", model=Membership, get=team_queries.get_membership,
    rows=team_queries.memberships, shape=MembershipOut, page="memberships/<int:membership_id>/",
    endpoint="/memberships/{int:membership_id}", home=lambda held: place_of_team(held.team),
)  # fmt: skip

ACTS = (
    create(
        TEAMS, teams.create_team, "create_team", EDIT, TeamForm, made=TEAM, noun="",
        home=place_of_teams, title=_("New team"), submit=_("Create"), icon="plus", key="n",
        tone="primary", said=_("Team created."),
    ),
    change(
        TEAM, teams.edit_team, "edit_team", EDIT, TeamForm,
        optional={"name", "kind", "manager", "virtual", "purpose"}, title=_("Edit %(team)s"),
        submit=_("Save"), label=_("Edit"), said=_("Team saved."),
    ),
    create(
        TEAM, teams.add_member, "add_member", EDIT, NewMemberForm, made=MembershipOut,
        noun="memberships", page="members", title=_("New member of %(team)s"), submit=_("Add"),
        label=_("Add member"), icon="user-plus", key="a", tone="primary",
        said=_("Member added."), text="Without `starts`, from now on.",
    ),
    button(
        TEAM, teams.close_team, "close_team", EDIT, of=DayForm, optional={"on"}, noun="closure",
        home=place_of_teams, label=_("Close team"), icon="archive", tone="danger",
        said=_("%(team)s closed."),
    ),
    change(
        MEMBERSHIP, teams.edit_membership, "edit_membership", EDIT, MembershipForm,
        gives=MembershipOut, optional={"function", "role", "share_percent"}, title="%(name)s",
        submit=_("Save"), label=_("Edit"), said=_("Saved, in effect from now."),
        text="The place held until now stays in the record: what is answered may have another id.",
    ),
    button(
        MEMBERSHIP, teams.end_membership, "end_membership", EDIT, of=EndForm, optional={"at"},
        noun="end", status=204, label=_("End today"),
        said=_("%(person)s removed from %(team)s."),
    ),
)  # fmt: skip
