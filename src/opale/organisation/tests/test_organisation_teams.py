"""Teams and the places in them, through what becomes of them."""

from datetime import timedelta

import pytest
from tests.personas import Personas

from opale.kernel.clock import now, travel
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.models import Fact
from opale.organisation.actions import teams
from opale.organisation.models import Membership, Team
from opale.organisation.queries import history
from opale.organisation.queries import teams as team_queries
from opale.organisation.rights import Function, Pillar

ADMIN = "administrator"


def make_team(personas: Personas, **fields: object) -> Team:
    given = {
        "name": "Backbone",
        "kind": Team.Kind.CORE_INFRASTRUCTURE,
        "manager": personas.people["core_engineer"],
        "company": personas.company,
        **fields,
    }
    return teams.create_team(by=personas.actor(ADMIN), **given)  # type: ignore[arg-type]  # named above


def test_a_team_stands_in_the_pillar_of_its_function(personas: Personas) -> None:
    assert make_team(personas).pillar == Pillar.TECHNICAL


def test_a_team_of_no_company_is_virtual(personas: Personas) -> None:
    assert make_team(personas, virtual=True, company=None).company is None
    with pytest.raises(Invalid) as refused:
        make_team(personas, name="Other", company=None)
    assert "company" in refused.value.fields


def test_two_teams_do_not_share_a_name(personas: Personas) -> None:
    make_team(personas)
    with pytest.raises(Invalid) as refused:
        make_team(personas)
    assert "name" in refused.value.fields


def test_only_who_may_edit_makes_a_team(personas: Personas) -> None:
    with pytest.raises(NotAllowed):
        teams.create_team(
            by=personas.actor("desk_agent"),
            name="Mine",
            kind=Team.Kind.OTHER,
            manager=personas.people["desk_agent"],
            company=personas.company,
        )


def test_a_contact_finds_no_team_to_change(personas: Personas) -> None:
    with pytest.raises(NotFound):
        teams.edit_team(
            personas.teams["desk_agent"], by=personas.actor("customer_contact"), name="Ours"
        )


def test_a_place_in_a_team_gives_the_rights_of_its_function_while_it_lasts(
    personas: Personas,
) -> None:
    employee = personas.people["employee"]
    assert not personas.actor("employee").can("desk.work")
    teams.add_member(
        personas.teams["desk_agent"],
        employee,
        by=personas.actor(ADMIN),
        function=Function.DESK_AGENT,
        starts=now(),
        ends=now() + timedelta(hours=8),
    )
    with travel(timedelta(minutes=1)):
        assert personas.actor("employee").can("desk.work")
    with travel(timedelta(hours=9)):
        assert not personas.actor("employee").can("desk.work")


def test_a_person_is_in_a_team_once_at_a_time(personas: Personas) -> None:
    with pytest.raises(Conflict):
        teams.add_member(
            personas.teams["desk_agent"],
            personas.people["desk_agent"],
            by=personas.actor(ADMIN),
            function=Function.DESK_AGENT,
            starts=now(),
        )


def test_a_place_that_has_not_begun_is_replaced_on_its_page(personas: Personas) -> None:
    person = personas.people["employee"]
    place = teams.add_member(
        personas.teams["desk_agent"],
        person,
        by=personas.actor(ADMIN),
        function=Function.DESK_AGENT,
        starts=now() + timedelta(days=7),
    )
    said = {"function": Function.DESK_AGENT, "role": Membership.Role.LEAD, "share_percent": "50"}
    answer = personas.client(ADMIN).post(f"/memberships/{place.pk}/edit/", said)
    assert answer.status_code == 302
    changed = Membership.objects.get(person=person, period__startswith__gt=now())
    assert (changed.role, changed.share_percent) == (Membership.Role.LEAD, 50)


def test_a_changed_place_keeps_what_it_was_until_then(personas: Personas) -> None:
    before = Membership.objects.get(person=personas.people["desk_agent"])
    after = teams.edit_membership(before, by=personas.actor(ADMIN), role=Membership.Role.LEAD)
    before.refresh_from_db()
    assert (before.role, after.role) == (Membership.Role.MEMBER, Membership.Role.LEAD)
    assert before.period.upper == after.period.lower


def test_a_place_that_changes_nothing_stays_one_row(personas: Personas) -> None:
    before = Membership.objects.get(person=personas.people["desk_agent"])
    after = teams.edit_membership(before, by=personas.actor(ADMIN), role=before.role)
    assert after.pk == before.pk


def test_the_last_administrator_cannot_be_taken_away(personas: Personas) -> None:
    place = Membership.objects.get(person=personas.people[ADMIN])
    for attempt in (
        lambda: teams.end_membership(place, by=personas.actor(ADMIN), at=now()),
        lambda: teams.edit_membership(
            place, by=personas.actor(ADMIN), function=Function.DESK_AGENT
        ),
        lambda: teams.close_team(personas.teams[ADMIN], by=personas.actor(ADMIN), on=now().date()),
    ):
        with pytest.raises(Conflict):
            attempt()
    assert personas.actor(ADMIN).can("organisation.administer")


def test_a_closed_team_ends_its_places_and_says_so(personas: Personas) -> None:
    team = personas.teams["provisioner"]
    teams.close_team(team, by=personas.actor(ADMIN), on=now().date())
    assert not personas.actor("provisioner").can("infrastructure.edit")
    assert Fact.objects.get(name="organisation.TeamClosed").body == {"team_id": team.pk}
    with pytest.raises(Conflict):
        teams.edit_team(team, by=personas.actor(ADMIN), purpose="Again")


def test_the_chart_shows_pillars_in_order_and_virtual_teams_apart(personas: Personas) -> None:
    chart = team_queries.chart(seen_by=personas.actor("employee"))
    assert [part.pillar for part in chart] == [Pillar.BUILD, Pillar.RUN, Pillar.TECHNICAL]
    technical = chart[-1]
    assert [card.team.name for card in technical.virtual] == ["Team of Group Colleague"]
    assert technical.virtual[0].companies == ["Opale Group"]


def test_history_says_who_changed_what(personas: Personas) -> None:
    team = personas.teams["desk_agent"]
    teams.edit_team(team, by=personas.actor(ADMIN), purpose="All that comes in")
    revision = history.organisation_history(team)[0]
    assert revision.actor_name == "Administrator"
    change = revision.differences[0]
    assert (change.column, change.before, change.after) == ("purpose", "", "All that comes in")
