"""Designs are drawn up, quoted and frozen, ended and reopened."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError
from tests.personas import Personas

from opale.delivery.designs.actions import designs, documents, lifecycle, reservations
from opale.delivery.designs.models import Acceptance, Design, DesignLine, DesignSite, DesignVersion
from opale.delivery.designs.queries import comparisons
from opale.delivery.designs.queries import designs as design_queries
from opale.delivery.designs.states import DesignState
from opale.delivery.designs.tests.builders import (
    MAKER,
    able,
    accepted,
    checked,
    make_design,
    offering,
    quoted,
    stock,
)
from opale.delivery.projects.queries.workdays import today
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.history import revisions
from opale.kernel.models import Fact
from opale.notifications.models import Notification
from opale.reservations.models import ReservationLine

pytestmark = pytest.mark.django_db
S = DesignState


def state_of(design: Design) -> str:
    design.refresh_from_db()
    return design.state


def held() -> int:
    return ReservationLine.objects.filter(holds=True).count()


def test_a_design_has_a_number_of_its_own_and_the_architect_of_its_customer(
    personas: Personas,
) -> None:
    architect = personas.people["solution_architect"]
    with attributed(MAKER):
        personas.customer.architect = architect
        personas.customer.save(update_fields=["architect"])
    first = make_design(personas)
    second = make_design(personas)
    assert second.number > first.number >= 40001
    assert first.architect == architect
    assert (first.state, first.version) == (S.DRAFT, 1)


def test_only_who_draws_up_designs_does(personas: Personas) -> None:
    design = make_design(personas)
    for name in ("project_manager", "build_engineer", "desk_agent"):
        with pytest.raises(NotAllowed):
            designs.edit_design(design, by=personas.actor(name), title="Mine")
    with pytest.raises(NotFound):
        designs.edit_design(design, by=personas.actor("customer_contact"), title="Mine")
    designs.edit_design(design, by=personas.actor("solution_architect"), title="Three cabinets")
    design.refresh_from_db()
    assert design.title == "Three cabinets"


@pytest.mark.parametrize(
    "fields",
    [{"title": "  "}, {"title": "x" * 201}, {"probability": 101}, {"requirements": "x" * 20_001}],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, str], personas: Personas) -> None:
    design = make_design(personas)
    with pytest.raises(Invalid) as refused:
        designs.edit_design(design, by=MAKER, **fields)
    assert list(refused.value.fields) == list(fields)


def test_a_site_is_named_once_and_can_be_like_another(personas: Personas) -> None:
    design = make_design(personas, ("vpn", 1))
    paris = designs.add_site(design, "Paris", by=MAKER, address="1 rue de la Paix")
    designs.add_line(design, offering("inet"), by=MAKER, site=paris, options={"access": "fibre"})
    lille = designs.add_site(design, "Lille", by=MAKER, like=paris)
    line = DesignLine.objects.get(site=lille)
    assert (line.offering.code, line.options) == ("inet", {"access": "fibre"})
    with pytest.raises(Invalid) as refused:
        designs.add_site(design, "Paris", by=MAKER)
    assert "name" in refused.value.fields
    designs.remove_site(paris, by=MAKER)
    assert [row.offering.code for row in DesignLine.objects.order_by("id")] == ["vpn", "inet"]


def test_a_line_is_of_its_own_version(personas: Personas) -> None:
    design, other = make_design(personas), make_design(personas)
    theirs = designs.add_site(other, "Paris", by=MAKER)
    with pytest.raises(Invalid):
        designs.add_line(design, offering("colo"), by=MAKER, site=theirs)
    with pytest.raises(Invalid):
        designs.add_line(design, offering("colo"), by=MAKER, quantity=0)


def test_what_is_changed_is_unchecked_again(personas: Personas) -> None:
    stock()
    design = make_design(able(personas))
    checked(design)
    line = DesignLine.objects.get()
    designs.edit_line(line, by=MAKER, quantity=2)
    assert state_of(design) == S.DRAFT
    with pytest.raises(IllegalMove) as refused:
        lifecycle.quote_design(design, by=MAKER)
    assert "Check the design first" in refused.value.sentence
    checked(design)
    designs.edit_design(design, by=MAKER, probability=80)
    assert state_of(design) == S.CHECKED


def test_a_quoted_version_is_frozen_and_the_next_one_is_its_copy(personas: Personas) -> None:
    stock()
    design = make_design(able(personas))
    site = designs.add_site(design, "Paris", by=MAKER)
    designs.add_line(design, offering("colo"), by=MAKER, site=site, options={"height_u": "10"})
    quoted(design)
    line = DesignLine.objects.order_by("id").first()
    assert line is not None
    with pytest.raises(IllegalMove) as refused:
        designs.edit_line(line, by=MAKER, quantity=5)
    assert "reopen" in refused.value.sentence
    new = lifecycle.reopen_design(design, by=MAKER, note="Smaller")
    assert state_of(design) == S.DRAFT
    assert (design.version, new.number, new.frozen_at) == (2, 2, None)
    copied = DesignLine.objects.filter(version=new)
    assert [(row.quantity, row.options) for row in copied] == [(1, {}), (1, {"height_u": "10"})]
    assert DesignSite.objects.get(version=new).name == "Paris"
    designs.edit_line(copied[1], by=MAKER, options={"height_u": "6"})
    rows = list(design_queries.versions_of(design, seen_by=MAKER))
    found = comparisons.compare_versions(rows[1], rows[0])
    assert [(one.site, one.change) for one in found] == [("", "same"), ("Paris", "changed")]


@pytest.mark.parametrize("how", ["update", "delete", "insert"])
def test_the_database_refuses_to_change_what_was_quoted(how: str, personas: Personas) -> None:
    stock()
    design = quoted(make_design(able(personas)))
    version = DesignVersion.objects.get(design=design)
    rows = DesignLine.objects.filter(version=version)
    changes: dict[str, Callable[[], object]] = {
        "update": lambda: rows.update(quantity=9),
        "delete": rows.delete,
        "insert": lambda: DesignSite.objects.create(version=version, position=1, name="Paris"),
    }
    with pytest.raises(IntegrityError), attributed(MAKER):
        changes[how]()


def test_a_declined_design_says_why_and_can_be_reopened(personas: Personas) -> None:
    stock()
    design = quoted(make_design(able(personas)), held=True)
    assert held() > 0
    with pytest.raises(Invalid):
        lifecycle.decline_design(design, by=MAKER, reason=" ")
    lifecycle.decline_design(design, by=MAKER, reason="Too expensive")
    assert (state_of(design), design.reason, held()) == (S.DECLINED, "Too expensive", 0)
    lifecycle.reopen_design(design, by=MAKER)
    assert (state_of(design), design.reason) == (S.DRAFT, "")


@pytest.mark.parametrize("until", ["draft", "checked", "quoted"])
def test_a_withdrawn_design_holds_nothing(until: str, personas: Personas) -> None:
    stock()
    design = make_design(able(personas))
    if until != "draft":
        checked(design)
        reservations.reserve_design(design, by=MAKER)
    if until == "quoted":
        lifecycle.quote_design(design, by=MAKER)
    lifecycle.withdraw_design(design, by=MAKER)
    assert (state_of(design), held()) == (S.WITHDRAWN, 0)
    with pytest.raises(IllegalMove):
        designs.edit_design(design, by=MAKER, title="Again")


def test_an_acceptance_is_of_the_customer_and_can_be_shown(personas: Personas) -> None:
    stock()
    design = make_design(able(personas))
    with pytest.raises(IllegalMove):
        accepted(design, personas)
    quoted(design)
    with pytest.raises(Invalid):
        documents.attach_acceptance(
            design, by=MAKER, contact=personas.other_contact, accepted_on=today(), mail="Yes"
        )
    with pytest.raises(Invalid) as refused:
        accepted(design, personas, mail=" ")
    assert "document" in refused.value.fields
    paper = documents.attach_document(design, "signed.txt", [b"We accept."], by=MAKER)
    accepted(design, personas, mail="", document=paper, their_number="PO-7")
    found = Acceptance.objects.get()
    assert (found.document, found.their_number) == (paper, "PO-7")
    with pytest.raises(Conflict):
        documents.remove_document(paper, by=MAKER)
    accepted(design, personas)
    documents.remove_document(paper, by=MAKER)
    assert Acceptance.objects.get().mail.startswith("From Zoë")


def test_who_may_not_order_accepts_nothing(personas: Personas) -> None:
    stock()
    design = quoted(make_design(able(personas)))
    personas.contact.may_order = False
    with pytest.raises(Invalid) as refused:
        accepted(design, personas)
    assert "contact" in refused.value.fields


def test_what_happens_is_told_and_kept_with_its_author(personas: Personas) -> None:
    stock()
    architect = personas.actor("solution_architect")
    design = make_design(able(personas), by=architect)
    designs.edit_line(DesignLine.objects.get(), by=architect, quantity=2)
    quoted(design, by=architect)
    said = Fact.objects.filter(name="designs.DesignMoved").order_by("id")
    assert [fact.body["state"] for fact in said] == ["checked", "quoted"]
    made = revisions(Design, id=design.pk)[-1]
    assert (made.created, made.actor_name) == (True, architect.name)
    kinds = {str(one.kind) for one in comparisons.history_of(design, seen_by=architect)}
    assert "a line" in kinds


def test_a_customer_sees_no_design(personas: Personas) -> None:
    design = make_design(personas)
    contact = personas.actor("customer_contact")
    assert not design_queries.designs(seen_by=contact).exists()
    assert design_queries.count_open_of([personas.customer.pk], seen_by=contact) == {}
    reader = personas.actor("project_manager")
    assert design_queries.count_open_of([personas.customer.pk], seen_by=reader) == {
        personas.customer.pk: 1
    }
    lifecycle.withdraw_design(design, by=MAKER)
    assert design_queries.count_open_of([personas.customer.pk], seen_by=reader) == {}


def test_the_architect_to_whom_a_design_is_given_is_told_and_the_former_no_longer(
    personas: Personas,
) -> None:
    first, second = personas.people["solution_architect"], personas.people["administrator"]
    design = make_design(personas)
    designs.edit_design(design, by=MAKER, architect=first)
    told = Notification.objects.filter(kind="designs.assigned", read_at=None)
    assert [one.person for one in told] == [first]
    designs.edit_design(design, by=MAKER, architect=second)
    assert [one.person for one in told.all()] == [second]
    designs.edit_design(design, by=personas.actor("solution_architect"), architect=first)
    assert not told.all().exists(), "nobody is told of what they did themselves"
