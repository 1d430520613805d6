"""Pages of teams: the chart, one team, and the places in it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.clock import now
from opale.organisation.actions import teams
from opale.organisation.forms import MembershipForm, NewMemberForm, TeamForm
from opale.organisation.models import Team
from opale.organisation.queries import history
from opale.organisation.queries import teams as team_queries
from opale.organisation.rights import EDIT, READ
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])


@require_GET
@needs(READ)
def chart(request: ActorRequest) -> HttpResponse:
    pillars = team_queries.chart(seen_by=request.actor)
    context = {"pillars": pillars, "may_edit": request.actor.can(EDIT)}
    template = "organisation/teams/_chart.html" if request.htmx else "organisation/teams/chart.html"
    return render(request, template, context)


@require_GET
@needs(READ)
def show(request: ActorRequest, team_id: int) -> HttpResponse:
    team = team_queries.get_team(team_id, seen_by=request.actor)
    context = {
        "team": team,
        "members": team_queries.members_of(team, seen_by=request.actor),
        "past": team_queries.members_of(team, seen_by=request.actor, past=True)[:50],
        "history": history.organisation_history(team),
        "may_edit": request.actor.can(EDIT) and team.closed_on is None,
    }
    template = "organisation/teams/_team.html" if request.htmx else "organisation/teams/show.html"
    return render(request, template, context)


@form_verbs
@needs(EDIT)
def new(request: ActorRequest) -> HttpResponse:
    form = TeamForm(request.POST or None, by=request.actor)
    return form_page(
        request,
        form,
        lambda: teams.create_team(by=request.actor, **form.cleaned_data),
        title=_("New team"),
        button=_("Create"),
        said=_("Team created."),
        back=reverse("organisation_teams"),
    )


@form_verbs
@needs(EDIT)
def edit(request: ActorRequest, team_id: int) -> HttpResponse:
    team = team_queries.get_team(team_id, seen_by=request.actor)
    form = TeamForm(request.POST or None, by=request.actor, initial=_initial(team))
    return form_page(
        request,
        form,
        lambda: teams.edit_team(team, by=request.actor, **form.cleaned_data),
        title=_("Edit %(team)s") % {"team": team},
        button=_("Save"),
        said=_("Team changed."),
        back=reverse("organisation_team", args=[team_id]),
    )


@form_verbs
@needs(EDIT)
def add_member(request: ActorRequest, team_id: int) -> HttpResponse:
    team = team_queries.get_team(team_id, seen_by=request.actor)
    form = NewMemberForm(request.POST or None, by=request.actor)

    def add() -> None:
        fields = dict(form.cleaned_data)
        fields["starts"] = fields["starts"] or now()
        teams.add_member(team, fields.pop("person"), by=request.actor, **fields)

    back = reverse("organisation_team", args=[team_id])
    title = _("New member of %(team)s") % {"team": team}
    return form_page(
        request, form, add, title=title, button=_("Add"), said=_("Member added."), back=back
    )


@require_POST
@needs(EDIT)
def close(request: ActorRequest, team_id: int) -> HttpResponse:
    team = team_queries.get_team(team_id, seen_by=request.actor)
    teams.close_team(team, by=request.actor, on=localdate(now()))
    toast_next(request, _("%(team)s is closed.") % {"team": team})
    return redirect("organisation_teams")


@form_verbs
@needs(EDIT)
def edit_membership(request: ActorRequest, membership_id: int) -> HttpResponse:
    membership = team_queries.get_membership(membership_id, seen_by=request.actor)
    initial = {n: getattr(membership, n) for n in ("function", "role", "share_percent")}
    form = MembershipForm(request.POST or None, initial=initial)
    return form_page(
        request,
        form,
        lambda: teams.edit_membership(membership, by=request.actor, **form.cleaned_data),
        title=_("%(person)s in %(team)s") % {"person": membership.person, "team": membership.team},
        button=_("Save"),
        said=_("Changed from now on."),
        back=reverse("organisation_team", args=[membership.team_id]),
    )


@require_POST
@needs(EDIT)
def end_membership(request: ActorRequest, membership_id: int) -> HttpResponse:
    membership = team_queries.get_membership(membership_id, seen_by=request.actor)
    teams.end_membership(membership, by=request.actor, at=now())
    toast_next(
        request,
        _("%(person)s is not in %(team)s any more.")
        % {"person": membership.person, "team": membership.team},
    )
    return redirect("organisation_team", membership.team_id)


def _initial(team: Team) -> dict[str, Any]:
    names = ("name", "kind", "manager", "virtual", "company", "purpose")
    return {name: getattr(team, name) for name in names}
