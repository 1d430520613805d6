"""A design against real stock and people's load: feasible or not, when, and whether it still is."""

from datetime import timedelta

import pytest
from tests.personas import Personas

from opale.customers.models import Contact
from opale.delivery.designs.actions import designs, lifecycle, reservations
from opale.delivery.designs.models import DesignCheck, DesignLine, DesignVersion
from opale.delivery.designs.queries import staleness
from opale.delivery.designs.queries.delays import delay_summary, measured_delays
from opale.delivery.designs.states import DesignState
from opale.delivery.designs.tests.builders import (
    MAKER,
    able,
    busy,
    checked,
    datacentre,
    days_of,
    make_design,
    offering,
    stock,
    take,
)
from opale.delivery.designs.web.check_report import provisional
from opale.delivery.projects.actions import packages, plans, slippage
from opale.delivery.projects.queries.workdays import today, workdays_of
from opale.delivery.projects.states import COMPLETE
from opale.delivery.projects.tests.builders import led, make_project, package
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid
from opale.organisation.models import Absence, Person
from opale.reservations.actions.reservations import move_reservation
from opale.reservations.states import RELEASE

pytestmark = pytest.mark.django_db


def stale(found: DesignCheck) -> list[str]:
    version = DesignVersion.objects.select_related("design").get(pk=found.version_id)
    return staleness.stale_because(version.design, version, found, at=clock.now())


def test_a_design_without_lines_is_not_checked(personas: Personas) -> None:
    design = designs.create_design(personas.customer, "Empty", by=MAKER)
    with pytest.raises(Invalid):
        lifecycle.check_design(design, by=MAKER)


def test_a_feasible_design_names_people_stock_and_days(personas: Personas) -> None:
    hall, feed = stock()
    wished = today() + timedelta(days=365)
    design = make_design(able(personas), ("colo", 2), wished_on=wished)
    found = checked(design)
    assert design.state == DesignState.CHECKED
    assert [(one["pool_id"], one["quantity"]) for one in found.result["needs"]] == [
        (hall.pk, "84"), (feed.pk, "6"),
    ]  # fmt: skip
    (power,) = days_of(found, "power")
    assert power["person"] == personas.people["core_engineer"].name
    assert found.earliest_on is not None
    assert found.p50_on is not None
    assert found.p80_on is not None
    assert found.earliest_on <= found.p50_on <= found.p80_on
    assert found.wished_share == 100
    assert found.result["measured"]["carrier"] == {
        "count": 0, "late": 0, "most": 0, "assumed": True,
    }  # fmt: skip


def test_options_say_other_quantities(personas: Personas) -> None:
    stock()
    design = make_design(able(personas))
    designs.edit_line(DesignLine.objects.get(), by=MAKER, options={"power_kw": "4,5"})
    assert [one["quantity"] for one in checked(design).result["needs"]] == ["42", "4.5"]


def test_the_same_check_gives_the_same_days(personas: Personas) -> None:
    stock()
    design = make_design(able(personas), ("colo", 1), ("vpn", 3))
    first, second = checked(design), checked(design)
    assert (first.p50_on, first.p80_on) == (second.p50_on, second.p80_on)


def test_what_is_missing_says_what_where_and_who_has_it(personas: Personas) -> None:
    hall, _feed = stock(units="50")
    take(hall, "20", purpose="BETA cabinet")
    design = make_design(able(personas))
    found = lifecycle.check_design(design, by=MAKER)
    assert not found.feasible
    assert (found.earliest_on, found.p80_on) == (None, None)
    (missing,) = found.result["missing"]
    assert (missing["pool"], missing["left"], missing["short"]) == (hall.name, "30", "12")
    assert missing["holders"] == ["BETA cabinet"]
    design.refresh_from_db()
    assert design.state == DesignState.DRAFT


def test_stock_that_comes_free_later_moves_the_day(personas: Personas) -> None:
    hall, _feed = stock(units="50")
    until = today() + timedelta(days=60)
    take(hall, "20", until=until, purpose="Until spring")
    found = checked(make_design(able(personas)))
    (later,) = found.result["later"]
    assert (later["until"], later["holders"]) == (until.isoformat(), ["Until spring"])
    assert found.earliest_on is not None
    assert found.earliest_on > until


def test_stock_is_taken_in_the_datacentre_of_the_site(personas: Personas) -> None:
    here, there = datacentre("PAR1"), datacentre("LIL1")
    stock(units="10", site=here)
    hall, _feed = stock(units="100", site=there)
    design = designs.create_design(able(personas).customer, "Cabinet", by=MAKER)
    site = designs.add_site(design, "Paris", by=MAKER, place=here)
    line = designs.add_line(design, offering("colo"), by=MAKER, site=site)
    found = lifecycle.check_design(design, by=MAKER)
    assert [one["site"] for one in found.result["missing"]] == ["Paris"]
    designs.edit_site(site, by=MAKER, place=there)
    assert line.version_id == site.version_id
    assert checked(design).result["needs"][0]["pool_id"] == hall.pk


def test_nobody_with_the_skill_is_missing_by_name_of_team_and_skill(personas: Personas) -> None:
    stock()
    with attributed(MAKER):
        Contact.objects.filter(pk=personas.contact.pk).update(may_order=True)
    found = lifecycle.check_design(make_design(personas, ("vpn", 1)), by=MAKER)
    assert not found.feasible
    assert {(one["skill"], one["level"]) for one in found.result["missing"]} == {
        ("IP/MPLS", 4), ("IP/MPLS", 3), ("IP/MPLS", 2),
    }  # fmt: skip


def test_who_is_full_does_it_later(personas: Personas) -> None:
    able(personas)
    design = make_design(personas, ("vpn", 1))
    before = days_of(checked(design), "design")[0]["starts"]
    busy(personas, "build_engineer", "8", 60)
    after = days_of(checked(design), "design")[0]["starts"]
    assert before < after
    assert after > (today() + timedelta(days=58)).isoformat()


def test_nobody_does_two_packages_in_the_same_hours(personas: Personas) -> None:
    able(personas)
    found = checked(make_design(personas, ("vpn", 8)))
    taken: dict[tuple[int, str], float] = {}
    for one in found.result["packages"]:
        for since, last, hours in one.get("days", ()):
            if since == last:
                key = (one["person_id"], since)
                taken[key] = taken.get(key, 0) + hours
    assert taken
    assert max(taken.values()) <= 8


def test_what_others_hold_tentatively_weighs_by_its_probability(personas: Personas) -> None:
    hall, _feed = stock(units="80")
    able(personas)
    expires = clock.now() + timedelta(days=30)
    take(hall, "40", probability=90, expires_at=expires, purpose="Likely")
    found = lifecycle.check_design(make_design(personas), by=MAKER)
    assert not found.feasible
    (said,) = found.result["tentative"]
    assert (said["purpose"], said["probability"]) == ("Likely", 90)
    assert 85 <= found.result["lost"] <= 95


def test_carriers_that_were_late_move_the_eighty_per_cent(personas: Personas) -> None:
    able(personas)
    design = make_design(personas, ("inet", 1))
    before = checked(design)
    with clock.travel(timedelta(days=-120)):
        for _n in range(8):
            late = led(make_project(personas, ("inet", 1)), personas)
            row = package(late, "access")
            assert row.ends_on is not None
            slippage.record_carrier_promise(row, by=MAKER, promised_on=row.ends_on)
            slippage.record_carrier_promise(
                row, by=MAKER, promised_on=row.ends_on + timedelta(days=42)
            )
    after = checked(design)
    assert before.result["assumed"]["carrier"] == [0, 0, 5, 10, 20]
    assert "carrier" not in after.result["assumed"]
    assert "the carrier 0 / 0 / 5 / 10 / 20" in provisional(before)
    assert "the carrier" not in provisional(after)
    told = after.result["measured"]["carrier"]
    assert (told["count"], told["late"], told["assumed"]) == (8, 100, False)
    assert after.p80_on is not None
    assert before.p80_on is not None
    assert after.p80_on > before.p80_on + timedelta(days=20)
    assert after.earliest_on == before.earliest_on


def test_slips_are_measured_of_work_that_was_promised(personas: Personas) -> None:
    with clock.travel(timedelta(days=-40)):
        project = led(make_project(personas, ("colo", 1)), personas)
        assert project.ends_on is not None
        slippage.create_baseline(project, by=MAKER, promised_on=project.ends_on)
    plans.replan_all(by=MAKER)
    place = package(project, "place")
    slippage.explain_slip(place, by=MAKER, cause="us", note="Nobody was free")
    for key in ("place", "access"):
        packages.move_package(package(project, key), COMPLETE, by=MAKER)
    measured = measured_delays(workdays_of(personas.calendar))
    assert min(measured["us"]) == 0
    assert max(measured["us"]) > 15
    assert delay_summary([0, 0, 0, 0, 0, 0, 0, 0, 0, 9]) == {"count": 10, "late": 10, "most": 0}


def test_a_check_is_stale_when_its_stock_is_another(personas: Personas) -> None:
    hall, _feed = stock()
    design = make_design(able(personas))
    found = checked(design)
    assert stale(found) == []
    taken = take(hall, "10")
    assert stale(found) == [f"Availability in {hall.name} has changed since."]
    with pytest.raises(Conflict) as refused:
        lifecycle.quote_design(design, by=MAKER)
    assert hall.name in refused.value.sentence
    move_reservation(taken, RELEASE, by=MAKER, at=clock.now())
    lifecycle.quote_design(design, by=MAKER)


def test_a_check_is_stale_when_the_days_of_its_people_are_others(personas: Personas) -> None:
    stock()
    design = make_design(able(personas))
    found = checked(design)
    expert: Person = personas.people["core_engineer"]
    begins = clock.now()
    with attributed(MAKER):
        Absence.objects.create(
            person=expert, kind=Absence.Kind.LEAVE, period=(begins, begins + timedelta(days=4))
        )
    assert stale(found) == [f"The availability of {expert.name} has changed since."]


def test_a_check_is_stale_after_a_week_and_after_another_sizing(personas: Personas) -> None:
    stock()
    design = make_design(able(personas))
    found = checked(design)
    with clock.travel(timedelta(days=8)):
        assert stale(found)[0] == "The check is more than a week old."
    with clock.travel(timedelta(minutes=1)):
        designs.edit_line(DesignLine.objects.get(), by=MAKER, quantity=2)
    assert stale(found) == ["The sizing has changed since."]


def test_what_the_design_holds_itself_is_not_in_its_way(personas: Personas) -> None:
    stock(units="42", power="3")
    design = make_design(able(personas))
    found = checked(design)
    reservations.reserve_design(design, by=MAKER)
    assert stale(found) == []
    assert checked(design).earliest_on == found.earliest_on


def test_what_is_not_feasible_any_more_is_a_draft_again(personas: Personas) -> None:
    hall, _feed = stock(units="50")
    design = make_design(able(personas))
    checked(design)
    take(hall, "20")
    lifecycle.check_design(design, by=MAKER)
    design.refresh_from_db()
    assert design.state == DesignState.DRAFT
