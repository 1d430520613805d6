"""Actions on teams and the places of people in them."""

from datetime import date, datetime
from typing import TypedDict, Unpack

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from opale.kernel import live_topics
from opale.kernel.action_steps import lock_row, require_everywhere, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, Invalid
from opale.kernel.facts import announce
from opale.organisation import rights
from opale.organisation.actions.audit import record_event
from opale.organisation.facts import TeamClosed
from opale.organisation.models import AuditEntry, Company, Membership, Person, Team
from opale.organisation.rights import Function, Pillar

TEAMS = "organisation.teams"


class TeamFields(TypedDict, total=False):
    name: str
    kind: str
    virtual: bool
    purpose: str
    manager: Person
    company: Company | None


class MembershipFields(TypedDict, total=False):
    function: str
    role: str
    share_percent: int


def create_team(
    *,
    by: Actor,
    name: str,
    kind: str,
    manager: Person,
    company: Company | None = None,
    virtual: bool = False,
    purpose: str = "",
) -> Team:
    """Make a team with the pillar of its kind. A virtual team may have no company.

    Errors: NotAllowed, Invalid.
    """
    require_everywhere(by, rights.EDIT)
    team = Team(name=name.strip(), kind=kind, purpose=purpose, virtual=virtual, company=company)
    team.manager = manager
    with attributed(by), translate_violations(organisation_team_name_key=_name_taken()):
        _check(team)
        team.save(force_insert=True)
        live_topics.publish(TEAMS)
    return team


def edit_team(team: Team, *, by: Actor, **fields: Unpack[TeamFields]) -> None:
    """Change a team. Errors: NotFound, NotAllowed, Invalid, Conflict (the team is closed)."""
    with attributed(by), translate_violations(organisation_team_name_key=_name_taken()):
        row = lock_row(Team.objects.filter(pk=team.pk), by, rights.EDIT)
        if row.closed_on is not None:
            raise Conflict(_("This team is closed."))
        wanted = Team(pk=row.pk)
        for name in ("name", "kind", "virtual", "purpose", "manager", "company"):
            setattr(wanted, name, fields.get(name, getattr(row, name)))
        _check(wanted)
        if update_changed(row, {**fields, "pillar": wanted.pillar}):
            live_topics.publish(TEAMS, f"organisation.team:{row.pk}")


def close_team(team: Team, *, by: Actor, on: date | None = None) -> None:
    """End a team and every place in it on a day, or today. Listeners handle its open work.

    Errors: NotFound, NotAllowed, Conflict (closed already).
    """
    with attributed(by):
        row = lock_row(Team.objects.filter(pk=team.pk), by, rights.EDIT)
        if row.closed_on is not None:
            raise Conflict(_("This team is closed."))
        at = now()
        held = Membership.objects.select_for_update().filter(team=row)
        lasting = Q(period__endswith=None) | Q(period__endswith__gt=at)
        for membership in held.filter(lasting):
            _keep_an_administrator(membership, at)
            _end(membership, at)
            _record(AuditEntry.Event.FUNCTION_ENDED, membership, by)
        update_changed(row, {"closed_on": on or localdate(at)})
        announce(TeamClosed(team_id=row.pk), by=by)
        live_topics.publish(TEAMS, f"organisation.team:{row.pk}")


def add_member(
    team: Team,
    person: Person,
    *,
    by: Actor,
    function: str,
    starts: datetime | None = None,
    ends: datetime | None = None,
    role: str = Membership.Role.MEMBER,
    share_percent: int = 100,
) -> Membership:
    """Give a person a place in a team for a period, from now on or later, with the rights of the
    function.

    Errors: NotFound, NotAllowed, Invalid, Conflict (already in the team at that time).
    """
    with attributed(by), translate_violations(one_membership_at_a_time=_already_member()):
        row = lock_row(Team.objects.filter(pk=team.pk), by, rights.EDIT)
        if row.closed_on is not None:
            raise Conflict(_("This team is closed."))
        starts = starts or now()
        if ends is not None and ends <= starts:
            raise Invalid(ends=_("The end must be after the start."))
        membership = Membership(team=row, person=person, period=DateTimeTZRange(starts, ends))
        _set_place(membership, function=function, role=role, share_percent=share_percent)
        membership.save(force_insert=True)
        _record(AuditEntry.Event.FUNCTION_GIVEN, membership, by)
        _touch(membership)
    return membership


def edit_membership(
    membership: Membership, *, by: Actor, **fields: Unpack[MembershipFields]
) -> Membership:
    """Change function, role or share from now on; the earlier place stays in the record.

    Returns the place from now on, a row of its own unless nothing differs.

    Errors: NotFound, NotAllowed, Invalid, Conflict (it has ended).
    """
    with attributed(by):
        row = lock_row(Membership.objects.filter(pk=membership.pk), by, rights.EDIT)
        at = now()
        if row.period.upper is not None and row.period.upper <= at:
            raise Conflict(_("This membership has ended."))
        if fields.get("function", row.function) != row.function:
            _keep_an_administrator(row, at)
        _set_place(row, **fields)
        unchanged = Membership.objects.filter(
            pk=row.pk, function=row.function, role=row.role, share_percent=row.share_percent
        )
        if unchanged.exists():
            return row
        former = Membership.objects.get(pk=row.pk)
        until, row.pk = row.period.upper, None
        if membership.period.lower < at:
            _end(Membership.objects.get(pk=membership.pk), at)
        else:
            Membership.objects.filter(pk=membership.pk).delete()
        row.period = DateTimeTZRange(max(at, membership.period.lower), until)
        row.save(force_insert=True)
        if (former.function, former.role) != (row.function, row.role):
            _record(AuditEntry.Event.FUNCTION_ENDED, former, by)
            _record(AuditEntry.Event.FUNCTION_GIVEN, row, by)
        _touch(row)
    return row


def end_membership(membership: Membership, *, by: Actor, at: datetime | None = None) -> None:
    """End a place in a team, now or at another time.

    Errors: NotFound, NotAllowed, Invalid, Conflict.
    """
    with attributed(by):
        row = lock_row(Membership.objects.filter(pk=membership.pk), by, rights.EDIT)
        at = at or now()
        if at <= row.period.lower:
            raise Invalid(ends=_("The end must be after the start."))
        if row.period.upper is not None and row.period.upper <= at:
            raise Conflict(_("This membership has ended."))
        _keep_an_administrator(row, at)
        _end(row, at)
        _record(AuditEntry.Event.FUNCTION_ENDED, row, by)
        _touch(row)


def _check(team: Team) -> None:
    if not team.name:
        raise Invalid(name=_("Enter a name."))
    if team.kind not in Team.Kind.values:
        raise Invalid(kind=_("Not a valid function for a team."))
    if not team.virtual and team.company is None:
        raise Invalid(company=_("A team that is not virtual belongs to a company."))
    if team.company is not None and team.company.closed_on is not None:
        raise Invalid(company=_("This company is closed."))
    if team.manager.left_on is not None:
        raise Invalid(manager=_("The manager has left the company."))
    team.pillar = Pillar(team.kind.split(".")[0])


def _set_place(membership: Membership, **fields: Unpack[MembershipFields]) -> None:
    function = fields.get("function", membership.function)
    if function not in Function.values or function == Function.CUSTOMER_CONTACT:
        raise Invalid(function=_("Not a valid function for an employee."))
    if fields.get("role", membership.role) not in Membership.Role.values:
        raise Invalid(role=_("Not a valid role in a team."))
    if not 1 <= fields.get("share_percent", membership.share_percent) <= 100:
        raise Invalid(share_percent=_("The share must be between 1 and 100 %."))
    if membership.person.left_on is not None:
        raise Invalid(person=_("This person has left the company."))
    for name, value in fields.items():
        setattr(membership, name, value)


def _end(membership: Membership, at: datetime) -> None:
    """Delete a place that has not begun; end one that has."""
    if membership.period.lower >= at:
        membership.delete()
    else:
        update_changed(membership, {"period": DateTimeTZRange(membership.period.lower, at)})


def _keep_an_administrator(membership: Membership, at: datetime) -> None:
    if membership.function != Function.ADMINISTRATOR:
        return
    others = Membership.objects.filter(function=Function.ADMINISTRATOR, period__contains=at)
    others = others.filter(person__left_on=None, person__user__is_active=True)
    if not others.exclude(person=membership.person_id).exists():
        raise Conflict(_("Opale would have no administrator: appoint another one first."))


def _record(event: AuditEntry.Event, membership: Membership, by: Actor) -> None:
    """Record in the audit log that a person is given, or loses, the rights of a place in a team."""
    person = membership.person
    user = person.user
    details = f"{membership.function} ({membership.role}), {membership.team.name}: {person.name}"
    record_event(event, by=by, login=user.email if user else person.email, details=details)


def _touch(membership: Membership) -> None:
    live_topics.publish(
        TEAMS,
        f"organisation.team:{membership.team_id}",
        f"organisation.person:{membership.person_id}",
    )


def _name_taken() -> Invalid:
    return Invalid(name=_("A team with this name already exists."))


def _already_member() -> Conflict:
    return Conflict(_("This person is already in the team in that period."))
