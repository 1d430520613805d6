"""People, skills, companies, calendars and API tokens as lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing, New, RowAct
from opale.listings.filters import Choice, Flag, Pick, Words
from opale.organisation import rights
from opale.organisation.acts.reference import revoke_token
from opale.organisation.models import ApiToken, Membership, Person
from opale.organisation.queries import people, reference, teams
from opale.organisation.rights import EDIT, READ, Function
from opale.ui.components.badges import person, state, tag
from opale.ui.components.times import moment

UNLISTED = (Function.CUSTOMER_CONTACT, Function.EMPLOYEE)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list of people, with present teams and absence."""

    person: Person
    memberships: Sequence[Membership]
    away: bool

    @property
    def teams(self) -> list[str]:
        return [one.team.name for one in self.memberships]


def _lines(rows: Sequence[Person], actor: Actor) -> list[Line]:
    """Return the rows of one page with teams and absences, in two queries."""
    held = people.current_teams(rows, seen_by=actor)
    away = people.current_absences(rows, seen_by=actor)
    return [Line(one, held.get(one.pk, ()), one.pk in away) for one in rows]


def _name(line: Line) -> object:
    url = reverse("organisation_person", args=[line.person.pk])
    named = person(line.person.name, url=url)
    if line.person.left_on:
        return format_html("{} {}", named, state(_("left"), "closed"))
    return format_html("{} {}", named, state(_("away"), "waiting")) if line.away else named


def _teams(line: Line) -> object:
    return format_html_join(
        ", ",
        '<a href="{}">{}</a>',
        (
            (reverse("organisation_team", args=[one.team_id]), one.team.name)
            for one in line.memberships
        ),
    )


def _languages(line: Line) -> object:
    return format_html_join(" ", "{}", ((tag(code.upper()),) for code in line.person.languages))


def _functions(_actor: Actor) -> Iterable[tuple[Any, Any]]:
    return [(one.value, one.label) for one in Function if one not in UNLISTED]


PEOPLE = Listing(
    name="people",
    title=gettext_lazy("People"),
    right=READ,
    url_name="organisation_people",
    model=Person,
    rows=people.people,
    lines=_lines,
    order=Order(("name", "id")),
    new=New(gettext_lazy("New person"), "organisation_create_person", EDIT, "n", "user-plus"),
    buttons="organisation/people/_buttons.html",
    empty=Empty("user-search", gettext_lazy("Nobody matches")),
    columns=(
        Column(
            "name", gettext_lazy("Name"), "name", order=True, fixed=True, style="fill", cell=_name
        ),
        Column("job_title", gettext_lazy("Job title"), "job_title", order=True),
        Column("teams", gettext_lazy("Teams"), lambda line: line.teams, cell=_teams),
        Column("company", gettext_lazy("Company"), "company__name", order=True),
        Column("languages", gettext_lazy("Languages"), "languages", cell=_languages),
        Column("phone", gettext_lazy("Telephone"), "phone"),
        Column("email", gettext_lazy("Email address"), "email", order=True, shown=False),
        Column("seniority", gettext_lazy("Seniority"), "seniority", order=True, shown=False),
        Column("time_zone", gettext_lazy("Time zone"), "time_zone", shown=False),
        Column("left_on", gettext_lazy("Left on"), "left_on", order=True, shown=False),
    ),
    filters=(
        Words(label=gettext_lazy("Name, address, job title")),
        Choice(
            "function", gettext_lazy("Function"), _functions, argument="function", menu=True,
            api_type=Function | None, more=[(one.value, one.label) for one in UNLISTED],
        ),
        Pick(
            "team", gettext_lazy("Team"), argument="team_id", api="team_id",
            rows=lambda actor: teams.teams(seen_by=actor),
        ),
        Pick(
            "company", gettext_lazy("Company"), argument="company_id", api="company_id",
            rows=lambda actor: reference.companies(seen_by=actor),
        ),
        Pick(
            "skill", gettext_lazy("Skill"), argument="skill_id", api="skill_id",
            picker="organisation_skills_pick", rows=lambda actor: people.skills(seen_by=actor),
        ),
        Flag("left", gettext_lazy("Those who left too"), argument="left"),
    ),
)  # fmt: skip


def _scopes(token: ApiToken) -> object:
    if not token.scopes:
        return format_html('<span class="o-quiet">{}</span>', _("all of yours"))
    return format_html_join(" ", "{}", ((tag(scope),) for scope in token.scopes))


def _last_used(token: ApiToken) -> object:
    if token.last_used_at is None:
        return format_html('<span class="o-quiet">{}</span>', _("never"))
    return moment(token.last_used_at)


def _expiry(token: ApiToken) -> object:
    return moment(token.expires_at) if token.revoked_at is None else state(_("revoked"), "closed")


TOKENS = Listing(
    name="tokens",
    title=gettext_lazy("API tokens"),
    right=rights.TOKENS,
    url_name="organisation_tokens",
    model=ApiToken,
    rows=reference.tokens,
    order=Order(("-id",)),
    new=New(gettext_lazy("New token"), "organisation_create_token", rights.TOKENS, "n"),
    buttons="organisation/_token_buttons.html",
    empty=Empty(
        "key", gettext_lazy("No token matches"), gettext_lazy("No program acts for you"),
        gettext_lazy("A token lets a program use the API with your rights, or some of them."),
    ),
    columns=(
        Column("name", gettext_lazy("Name"), "name", order=True, fixed=True, style="fill"),
        Column(
            "prefix", gettext_lazy("Begins with"), "prefix",
            cell=lambda token: format_html("<code>{}…</code>", token.prefix),
        ),
        Column("scopes", gettext_lazy("Rights"), "scopes", cell=_scopes),
        Column(
            "last_used_at", gettext_lazy("Last used"), "last_used_at", order=True, cell=_last_used
        ),
        Column("expires_at", gettext_lazy("Expires"), "expires_at", order=True, cell=_expiry),
        Column("created_at", gettext_lazy("Created"), "created_at", order=True, shown=False),
        Column("revoked_at", gettext_lazy("Revoked"), "revoked_at", order=True, shown=False),
    ),
    filters=(
        Words(label=gettext_lazy("Name, or how it begins")),
        Choice("state", gettext_lazy("State"), ApiToken.State, argument="state"),
    ),
    acts=(RowAct("revoke", gettext_lazy("Revoke"), rights.TOKENS, revoke_token, "ban"),),
    line_acts=("revoke_token",),
)  # fmt: skip
