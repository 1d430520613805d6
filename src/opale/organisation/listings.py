"""People, skills, companies, calendars and API tokens as lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.acts.declarations import Subject
from opale.kernel.actor import Actor
from opale.kernel.calendars import WEEKDAYS
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing, New, RowAct
from opale.listings.filters import Choice, Flag, Label, Pick, Span, Words
from opale.organisation import rights
from opale.organisation.actions import companies
from opale.organisation.actions import reference as reference_actions
from opale.organisation.acts.reference import COMPANY, revoke_token
from opale.organisation.forms import CalendarForm, CompanyForm, RevokeTokenForm, SkillForm
from opale.organisation.models import (
    ApiToken,
    AuditEntry,
    Company,
    Membership,
    Person,
    Skill,
    WorkingCalendar,
)
from opale.organisation.queries import audit, people, reference, teams
from opale.organisation.rights import ADMINISTER, EDIT, READ, Function
from opale.organisation.shapes import SkillOut
from opale.reference_tables.declarations import ReferenceTable
from opale.ui.components.badges import person, state, tag
from opale.ui.components.times import moment

TEAM = gettext_lazy("Team")
UNLISTED = (Function.CUSTOMER_CONTACT, Function.EMPLOYEE)


def team_filter(label: Label = TEAM, *, closed: bool = False, **how: Any) -> Choice:
    """Return the filter of a list by one of the present teams, in a menu.

    `closed`: by those that are no more too. `how` says what it narrows: `argument` or `lookup`, and
    the name in the endpoint.
    """

    def offered(actor: Actor) -> Iterable[tuple[Any, Any]]:
        found = teams.teams(seen_by=actor, closed=closed)
        return found.order_by("name").values_list("pk", "name")

    return Choice("team", label, offered, turn=int, menu=True, api_type=int | None, **how)


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
    empty=Empty("user-search", gettext_lazy("No person matches your filters")),
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
            "team", TEAM, argument="team_id", api="team_id",
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
        Flag("left", gettext_lazy("Include people who left"), argument="left"),
    ),
)  # fmt: skip


def _holders(skill: Skill) -> str:
    return f"{reverse('organisation_people')}?skill={skill.pk}"


SKILLS = ReferenceTable(
    listing=Listing(
        name="skills",
        title=gettext_lazy("Skills"),
        right=READ,
        url_name="organisation_skills",
        model=Skill,
        rows=people.skills,
        order=Order(("name", "id")),
        template="organisation/skills.html",
        empty=Empty(
            "certificate", gettext_lazy("No skill matches your filters"), gettext_lazy(
                "No skills yet"
            )
        ),
        columns=(
            Column(
                "name", gettext_lazy("Skill"), "name", order=True, fixed=True, style="fill",
                link=lambda skill: reverse("organisation_skill", args=[skill.pk]),
            ),
            Column("family", gettext_lazy("Family"), "family", order=True),
            Column(
                "people", gettext_lazy("People"), "count", order=True, style="end", link=_holders,
                loads=lambda rows, _actor: rows.annotate(count=Count("holders")),
            ),
        ),
        filters=(Words(label=gettext_lazy("Name or family")),),
    ),
    subject=Subject(
        name="skill", model=Skill, get=people.get_skill, rows=people.skills, shape=SkillOut,
        page="skills/<int:skill_id>/", endpoint="/skills/{int:skill_id}",
        home=lambda skill: (reverse("organisation_skill", args=[skill.pk]), skill.name),
    ),
    form=SkillForm,
    create=reference_actions.create_skill,
    change=reference_actions.edit_skill,
    right=EDIT,
    new=gettext_lazy("New skill"),
    key="n",
    made=gettext_lazy("Skill created."),
    changed=gettext_lazy("Skill saved."),
    changing={"optional": {"name", "family"}},
    exchanged=("name", "family"),
)  # fmt: skip


def _company(company: Company) -> object:
    url = reverse("organisation_company", args=[company.pk])
    marks = [tag(_("operates the service"))] if company.operates else []
    if company.closed_on is not None:
        day = date_format(company.closed_on, "SHORT_DATE_FORMAT")
        said = _("closed on %(day)s") % {"day": day}
        marks.append(format_html('<span class="o-quiet">{}</span>', said))
    name = format_html('<a href="{}">{}</a>', url, company.name)
    return format_html_join(" ", "{}", ((part,) for part in (name, *marks)))


def _sizes(rows: Any, _actor: Actor) -> Any:
    return reference.with_sizes(rows)


COMPANIES = ReferenceTable(
    listing=Listing(
        name="companies",
        title=gettext_lazy("Companies of the group"),
        right=READ,
        url_name="organisation_companies",
        model=Company,
        rows=reference.companies,
        order=Order(("name", "id")),
        empty=Empty(
            "building", gettext_lazy("No company matches your filters"),
            gettext_lazy("No companies yet"),
        ),
        row_flags=lambda company: {"stale": company.closed_on is not None},
        columns=(
            Column(
                "name", gettext_lazy("Company"), "name", order=True, fixed=True, style="fill",
                cell=_company,
            ),
            Column("country", gettext_lazy("Country"), "country", order=True),
            Column("language", gettext_lazy("Language"), "language", order=True),
            Column("time_zone", gettext_lazy("Time zone"), "time_zone", order=True),
            Column("calendar", gettext_lazy("Working calendar"), "calendar__name", order=True),
            Column(
                "people", gettext_lazy("People"), "people_count", order=True, style="end",
                loads=_sizes,
                link=lambda company: f"{reverse('organisation_people')}?company={company.pk}",
            ),
            Column(
                "teams", gettext_lazy("Teams"), "team_count", order=True, style="end", loads=_sizes
            ),
            Column("closed_on", gettext_lazy("Closed on"), "closed_on", order=True, shown=False),
        ),
        filters=(
            Words(label=gettext_lazy("Company name")),
            Flag("closed", gettext_lazy("Include closed companies"), argument="closed"),
        ),
        line_acts=("edit_company", "reopen_company"),
    ),
    subject=COMPANY,
    form=CompanyForm,
    create=companies.create_company,
    change=companies.edit_company,
    right=ADMINISTER,
    new=gettext_lazy("New company"),
    key="n",
    made=gettext_lazy("Company created."),
    changed=gettext_lazy("Company saved."),
    changing={"optional": set(CompanyForm.base_fields), "states": {Company.State.OPEN}},
    exchanged=("name", "country", "language", "time_zone", "calendar__name", "operates"),
    list_text="The companies of the group; `closed` shows those that were closed too.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Week:
    """A calendar, with its hours as its form shows them."""

    calendar: WorkingCalendar
    typed: dict[str, str]

    @property
    def holidays(self) -> str:
        return f"{self.typed['country']} {self.typed['subdivision']}".strip()


def _weeks(rows: Sequence[WorkingCalendar], _actor: Actor) -> list[Week]:
    return [Week(row, CalendarForm.of(row)) for row in rows]


def _day(name: str) -> Column:
    label = CalendarForm.base_fields[name].label or name
    return Column(
        name, label, lambda week: week.typed[name], style="end",
        cell=lambda week: linebreaksbr("\n".join(week.typed[name].split())),
    )  # fmt: skip


CALENDARS = Listing(
    name="calendars",
    title=gettext_lazy("Working calendars"),
    right=READ,
    url_name="organisation_calendars",
    model=WorkingCalendar,
    rows=reference.calendars,
    lines=_weeks,
    order=Order(("name", "id")),
    new=New(gettext_lazy("New calendar"), "organisation_create_calendar", ADMINISTER, "n"),
    empty=Empty(
        "calendar", gettext_lazy("No calendar matches your filters"), gettext_lazy(
            "No calendars yet"
        )
    ),
    columns=(
        Column(
            "name", gettext_lazy("Name"), lambda week: week.calendar.name, order="name",
            fixed=True, style="fill",
        ),
        Column("time_zone", gettext_lazy("Time zone"), lambda week: week.typed["time_zone"]),
        Column("holidays", gettext_lazy("Public holidays of"), lambda week: week.holidays),
        *map(_day, WEEKDAYS),
        Column(
            "exceptions", gettext_lazy("Exceptions"), lambda week: week.typed["exceptions"],
            cell=lambda week: linebreaksbr(week.typed["exceptions"]), style="wrap",
        ),
    ),
    filters=(Words(label=gettext_lazy("Calendar name")),),
    line_acts=("edit_calendar",),
)  # fmt: skip


def _scopes(token: ApiToken) -> object:
    if not token.scopes:
        return format_html('<span class="o-quiet">{}</span>', _("all your rights"))
    return format_html_join(" ", "{}", ((tag(scope),) for scope in token.scopes))


def _last_used(token: ApiToken) -> object:
    if token.last_used_at is None:
        return format_html('<span class="o-quiet">{}</span>', _("never"))
    return moment(token.last_used_at)


def _expiry(token: ApiToken) -> object:
    return moment(token.expires_at) if token.revoked_at is None else state(_("revoked"), "closed")


def _revocation(data: Any = None, *, by: Actor) -> RevokeTokenForm:
    return RevokeTokenForm(data)


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
        "key", gettext_lazy("No token matches your filters"), gettext_lazy("No API tokens yet"),
        gettext_lazy("A token lets a program use the API with your rights, or some of them."),
    ),
    columns=(
        Column("name", gettext_lazy("Name"), "name", order=True, fixed=True, style="fill"),
        Column(
            "prefix", gettext_lazy("Prefix"), "prefix",
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
        Words(label=gettext_lazy("Name or prefix")),
        Choice("state", gettext_lazy("State"), ApiToken.State, argument="state"),
    ),
    acts=(
        RowAct(
            "revoke", gettext_lazy("Revoke"), rights.TOKENS, revoke_token, "ban", form=_revocation
        ),
    ),
    line_acts=("revoke_token",),
)  # fmt: skip

AUDIT_LOG = Listing(
    name="audit-log",
    title=gettext_lazy("Audit log"),
    right=ADMINISTER,
    url_name="organisation_audit_log",
    model=AuditEntry,
    rows=audit.audit_entries,
    order=Order(("-id",)),
    empty=Empty(
        "shield-lock", gettext_lazy("No entry matches your filters"), gettext_lazy("No entries yet")
    ),
    columns=(
        Column("at", gettext_lazy("When"), "at", order=True, fixed=True),
        Column("event", gettext_lazy("Event"), "event", order=True),
        Column("login", pgettext_lazy("audit log", "Login"), "login", order=True),
        Column(
            "actor_name", pgettext_lazy("audit log", "Done by"), "actor_name", order=True
        ),
        Column("details", gettext_lazy("Details"), "details", style="wrap"),
        Column("ip", gettext_lazy("IP address"), "ip", order=True),
        Column("user_agent", gettext_lazy("Browser"), "user_agent", shown=False),
        Column("actor", gettext_lazy("Actor ID"), "actor", shown=False),
    ),
    filters=(
        Words(label=gettext_lazy("Name, address, IP address or details")),
        Choice(
            "event", gettext_lazy("Event"), AuditEntry.Event, argument="event", menu=True
        ),
        Span("at", gettext_lazy("When"), lookup="at", moment=True),
    ),
)  # fmt: skip
