"""What was promised is kept, and what moves since says why."""

from datetime import date, timedelta

import pytest
from tests.personas import Personas

from opale.delivery.projects.actions import packages, plans, slippage
from opale.delivery.projects.models import Slip
from opale.delivery.projects.queries import slippage as slippage_queries
from opale.delivery.projects.tests.builders import MAKER, SUMMER, fresh, make_project, package
from opale.kernel import clock
from opale.kernel.errors import Invalid

pytestmark = pytest.mark.django_db


def test_a_carrier_that_slips_is_seen_against_what_was_promised(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas, ("vpn", 3))
        circuit = package(project, "circuit", 2)
        slippage.record_carrier_promise(circuit, by=MAKER, promised_on=date(2027, 9, 1))
        assert not Slip.objects.exists(), "nothing was promised to the customer yet"
        end = fresh(project).ends_on
        assert end is not None
        baseline = slippage.create_baseline(
            project, by=MAKER, promised_on=end, note="Steering committee"
        )
        slippage.record_carrier_promise(
            circuit, by=MAKER, promised_on=date(2027, 9, 20), note="Works on the road"
        )
        slip = Slip.objects.get()
        assert (slip.cause, slip.was_on, slip.now_on, slip.days) == (
            "carrier", date(2027, 9, 1), date(2027, 9, 20), 13,
        )  # fmt: skip
        late = slippage_queries.late_packages(project, seen_by=MAKER)
        assert [(one.package.key, one.package.piece, one.unsaid) for one in late] == [
            ("circuit", 2, False)
        ]
        kept = fresh(project)
        assert kept.weather == "storm"
        assert kept.promised_on == end
        assert kept.ends_on is not None
        assert kept.ends_on > end
        assert baseline.dates_of(circuit.pk) == (
            circuit.starts_on.isoformat() if circuit.starts_on else "", "2027-09-01",
        )  # fmt: skip
        # A new promise to the customer starts anew.
        slippage.create_baseline(project, by=MAKER, promised_on=kept.ends_on)
        assert not slippage_queries.late_packages(project, seen_by=MAKER)
        assert fresh(project).weather == "cloud"


def test_only_a_carrier_promises_what_a_carrier_does(personas: Personas) -> None:
    project = make_project(personas)
    with pytest.raises(Invalid):
        slippage.record_carrier_promise(
            package(project, "design"), by=MAKER, promised_on=date(2028, 1, 3)
        )


def test_who_makes_it_later_than_promised_says_why(personas: Personas) -> None:
    project = make_project(personas)
    design = package(project, "design")
    packages.edit_package(design, by=MAKER, days=6)
    assert project.ends_on is not None
    slippage.create_baseline(project, by=MAKER, promised_on=project.ends_on)
    with pytest.raises(Invalid) as refused:
        packages.edit_package(design, by=MAKER, days=9)
    assert "cause" in refused.value.fields
    assert package(project, "design").days == 6, "nothing of it was done"
    with pytest.raises(Invalid):
        packages.edit_package(design, by=MAKER, days=9, cause="us")
    packages.edit_package(design, by=MAKER, days=9, cause="us", note="More sites than thought")
    assert Slip.objects.get().cause == "us"
    packages.edit_package(design, by=MAKER, days=4)
    assert Slip.objects.count() == 1, "earlier needs no reason"


def test_what_became_late_by_itself_waits_to_be_said(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas)
        assert project.ends_on is not None
        slippage.create_baseline(project, by=MAKER, promised_on=project.ends_on)
    with clock.travel(SUMMER + timedelta(days=14) - clock.now()):
        plans.replan_all(by=MAKER)
        late = slippage_queries.late_packages(project, seen_by=MAKER)
        assert [(one.package.key, one.unsaid) for one in late] == [("kickoff", True)]
        row = package(project, "kickoff")
        slippage.explain_slip(row, by=MAKER, cause="customer", note="Nobody was free")
        assert not slippage_queries.late_packages(project, seen_by=MAKER)[0].unsaid
        with pytest.raises(Invalid):
            slippage.explain_slip(row, by=MAKER, cause="customer", note="Again")
