from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from opale.customers.actions import contracts, plans, services
from opale.customers.actions import customers as customer_actions
from opale.customers.actions.contracts import CommitmentTerms
from opale.customers.actions.plans import PlanContent, Target
from opale.customers.models import (
    Contact,
    Coverage,
    Customer,
    Measure,
    Service,
    Stream,
    SupportPlanVersion,
)
from opale.customers.queries.customers import customers
from opale.customers.queries.plans import plan_in_force
from opale.customers.queries.services import get_cached_service, tree_of
from opale.customers.states import ACTIVATE, SUSPEND, TERMINATE
from opale.customers.tests.builders import (
    MATRIX,
    PREMIUM_MATRIX,
    SINCE,
    contact_of,
    give_plan,
    make_calendar,
    make_contact,
    make_contract,
    make_customer,
    make_offering,
    make_plan,
    make_service,
    staff,
)
from opale.kernel.actor import Actor, Scope
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.history import revisions
from opale.kernel.models import Change, Fact

pytestmark = pytest.mark.django_db
MANAGER = staff("customers.edit", "customers.edit_contacts")
AGENT = staff("customers.edit_contacts", name="Agent")
TODAY = date(2026, 3, 3)


def content(hours: int = 4) -> PlanContent:
    target = Target(Measure.RESTORE, 1, timedelta(hours=hours), Coverage.ALWAYS)
    return PlanContent(Stream.SOLUTION, Coverage.ALWAYS, MATRIX, PREMIUM_MATRIX, (target,))


def test_a_customer_is_created_once_with_clean_domains() -> None:
    made = customer_actions.create_customer(
        by=MANAGER,
        code=" ACME ",
        name="Acme  SA",
        language="fr",
        calendar=make_calendar(),
        domains=["Acme.example ", "acme.example"],
    )
    assert (made.code, made.name, made.domains) == ("ACME", "Acme SA", ["acme.example"])
    with pytest.raises(Invalid) as refusal:
        customer_actions.create_customer(
            by=MANAGER, code="ACME", name="Other", language="fr", calendar=make_calendar()
        )
    assert set(refusal.value.fields) == {"code"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", " "),
        ("code", "A/B"),
        ("time_zone", "Mars/Olympus"),
        ("language", "de"),
        ("domains", ["gmail.com"]),
        ("domains", ["not a domain"]),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(field: str, value: object) -> None:
    customer = make_customer()
    with pytest.raises(Invalid) as refusal:
        customer_actions.edit_customer(customer, by=MANAGER, **{field: value})  # type: ignore[arg-type]  # one of the cases
    assert set(refusal.value.fields) == {field}
    customer.refresh_from_db()
    assert customer.code == "ACME"


def test_who_may_only_edit_contacts_cannot_edit_the_customer() -> None:
    customer = make_customer()
    with pytest.raises(NotAllowed):
        customer_actions.edit_customer(customer, by=AGENT, name="Other")
    with pytest.raises(NotAllowed):
        customer_actions.create_customer(by=AGENT, code="X", name="X", language="fr")
    assert customer_actions.create_contact(customer, by=AGENT, name="Zoë").language == "fr"


def test_a_contact_can_change_nothing_and_sees_no_other_customer() -> None:
    mine, other = make_customer("MINE"), make_customer("OTHER")
    contact = contact_of(mine)
    with pytest.raises(NotFound):
        customer_actions.edit_customer(other, by=contact, name="x")
    with pytest.raises(NotAllowed):
        customer_actions.edit_customer(mine, by=contact, name="x")
    assert list(customers(seen_by=contact)) == [mine]


def test_a_change_is_attributed_and_told_live() -> None:
    customer = make_customer()
    customer_actions.edit_customer(customer, by=MANAGER, name="Acme Group")
    revision, made = revisions(Customer, id=customer.pk)
    assert made.created
    assert (revision.actor_name, revision.differences[0].label) == ("Ana Ruiz", "Name")
    with translation.override("fr"):
        assert revision.differences[0].after == "Acme Group"
    topics = set(Change.objects.values_list("topic", flat=True))
    assert {f"customers.customer:{customer.pk}", "customers.customers"} <= topics


def test_a_customer_leaves_only_once_nothing_runs_and_may_come_back() -> None:
    customer = make_customer()
    service = make_service(customer)
    with pytest.raises(Conflict):
        customer_actions.end_customer(customer, by=MANAGER, on=TODAY)
    services.move_service(service, TERMINATE, by=MANAGER, at=now())
    customer_actions.end_customer(customer, by=MANAGER, on=TODAY)
    assert not customers(seen_by=MANAGER).exists()
    assert Fact.objects.filter(name="customers.CustomerLeft").count() == 1
    with pytest.raises(Conflict):
        customer_actions.end_customer(customer, by=MANAGER, on=TODAY)
    customer_actions.reinstate_customer(customer, by=MANAGER)
    assert customers(seen_by=MANAGER).exists()


def test_two_contacts_of_one_customer_do_not_share_an_address() -> None:
    contact = make_contact(make_customer())
    with pytest.raises(Invalid) as refusal:
        customer_actions.create_contact(
            contact.customer, by=AGENT, name="Zoé", email="ZOE@acme.example"
        )
    assert set(refusal.value.fields) == {"email"}
    customer_actions.end_contact(contact, by=AGENT, on=TODAY)
    customer_actions.create_contact(
        contact.customer, by=AGENT, name="Zoé", email="zoe@acme.example"
    )
    with pytest.raises(Invalid):
        customer_actions.reinstate_contact(contact, by=AGENT)
    assert Contact.objects.filter(left_on=None).count() == 1


def test_a_service_lives_by_its_moves() -> None:
    customer = make_customer()
    service = services.create_service(
        customer, by=MANAGER, reference="S-9", name="VPN", offering=make_offering()
    )
    services.move_service(service, ACTIVATE, by=MANAGER, at=now())
    service.refresh_from_db()
    assert (service.state, service.started_on) == ("active", now().date())
    services.move_service(service, SUSPEND, by=MANAGER, at=now())
    services.move_service(service, TERMINATE, by=MANAGER, at=now())
    with pytest.raises(IllegalMove):
        services.move_service(service, ACTIVATE, by=MANAGER, at=now())
    with pytest.raises(NotAllowed):
        services.move_service(make_service(customer), SUSPEND, by=AGENT, at=now())


def test_a_service_is_no_part_of_itself_or_of_another_customers() -> None:
    customer = make_customer()
    whole = make_service(customer, "S-1")
    part = make_service(customer, "S-2", parent=whole)
    foreign = make_service(make_customer("B"), "S-3")
    for parent in (whole, part, foreign):
        with pytest.raises(Invalid):
            services.edit_service(whole, by=MANAGER, parent=parent)


def test_a_new_plan_of_a_service_ends_the_one_before() -> None:
    customer = make_customer()
    service, contract = make_service(customer), make_contract(customer)
    corporate, solution = make_plan("corporate"), make_plan("solution")
    give_plan(contract, service, corporate)
    contracts.assign_plan(contract, service, solution.plan, by=MANAGER, starts=TODAY)
    for on, code in ((TODAY - timedelta(days=1), "corporate"), (TODAY, "solution")):
        found = plan_in_force(customer, service, on=on)
        assert found is not None
        assert found.version.plan.code == code


def test_an_option_and_a_commitment_are_dated_and_end() -> None:
    customer = make_customer()
    contract = make_contract(customer)
    option = contracts.add_option(contract, by=MANAGER, starts=TODAY)
    with pytest.raises(Invalid):
        contracts.add_option(contract, by=MANAGER, starts=TODAY + timedelta(days=9))
    contracts.end_contract_item(option, by=MANAGER, on=TODAY + timedelta(days=9))
    contracts.add_option(contract, by=MANAGER, starts=TODAY + timedelta(days=9))
    sold = CommitmentTerms(
        measure=Measure.AVAILABILITY, coverage=Coverage.ALWAYS, percent=Decimal("99.9")
    )
    row = contracts.sell_commitment(contract, sold, by=MANAGER, starts=TODAY)
    assert (row.percent, row.target) == (Decimal("99.9"), None)
    with pytest.raises(Invalid):
        contracts.sell_commitment(
            contract,
            CommitmentTerms(measure=Measure.RESTORE, coverage=Coverage.ALWAYS),
            by=MANAGER,
            starts=TODAY,
        )


@pytest.mark.parametrize("starts", [SINCE - timedelta(days=1), date(2030, 1, 1)])
def test_a_contract_gives_nothing_outside_of_its_period(starts: date) -> None:
    contract = make_contract(make_customer(), period=(SINCE, date(2030, 1, 1)))
    with pytest.raises(Invalid):
        contracts.add_option(contract, by=MANAGER, starts=starts)


def test_a_contract_gives_nothing_to_a_foreign_service() -> None:
    contract = make_contract(make_customer())
    with pytest.raises(Invalid):
        contracts.add_option(
            contract, by=MANAGER, starts=TODAY, service=make_service(make_customer("B"))
        )


def test_a_new_version_starts_on_a_day_and_leaves_the_old_one_to_old_tickets() -> None:
    old = make_plan()
    new = plans.start_version(
        old.plan, content(), by=MANAGER, starts=TODAY + timedelta(days=5), today=TODAY
    )
    old.refresh_from_db()
    assert old.period.upper == new.period.lower == TODAY + timedelta(days=5)
    assert old.targets.count() == 10
    assert [t.target for t in new.targets.all()] == [timedelta(hours=4)]


def test_a_version_to_come_can_be_mended_and_the_past_cannot() -> None:
    old = make_plan()
    day = TODAY + timedelta(days=5)
    plans.start_version(old.plan, content(), by=MANAGER, starts=day, today=TODAY)
    plans.start_version(old.plan, content(2), by=MANAGER, starts=day, today=TODAY)
    assert SupportPlanVersion.objects.filter(plan=old.plan).count() == 2
    with pytest.raises(Invalid):
        plans.start_version(old.plan, content(), by=MANAGER, starts=SINCE, today=TODAY)


@pytest.mark.parametrize(
    "matrix", [{}, {"1": MATRIX["1"]}, MATRIX | {"3": {"1": 1, "2": 2, "3": 6}}]
)
def test_a_matrix_has_all_its_cells(matrix: dict[str, dict[str, int]]) -> None:
    plan = make_plan().plan
    bad = PlanContent(Stream.SOLUTION, Coverage.ALWAYS, matrix, PREMIUM_MATRIX, ())
    with pytest.raises(Invalid) as refusal:
        plans.start_version(plan, bad, by=MANAGER, starts=TODAY, today=TODAY)
    assert set(refusal.value.fields) == {"matrix"}


def test_the_tree_shows_parts_with_the_plan_of_the_whole() -> None:
    customer = make_customer()
    whole = make_service(customer, "S-1")
    part = make_service(customer, "S-2", parent=whole)
    make_service(customer, "S-3", state=Service.State.TERMINATED)
    contract = make_contract(customer)
    give_plan(contract, whole, make_plan())
    contracts.add_option(contract, by=MANAGER, starts=TODAY, service=whole)
    ((root,), cut) = tree_of(customer, seen_by=MANAGER, on=TODAY)
    (below,) = root.parts
    assert (root.service, below.service, cut) == (whole, part, False)
    assert (below.plan, below.premium) == (root.plan, True)
    assert below.plan is not None


def test_a_known_service_is_as_its_last_change_left_it_and_hidden_as_ever() -> None:
    ours, theirs = make_customer("ACME"), make_customer("BETA")
    service = make_service(ours)
    assert get_cached_service(service.pk, seen_by=AGENT).name == service.name
    with attributed(AGENT):
        Service.objects.filter(pk=service.pk).update(name="Renamed")
        Customer.objects.filter(pk=ours.pk).update(name="Renamed too")
    known = get_cached_service(service.pk, seen_by=AGENT)
    assert (known.name, known.customer.name) == ("Renamed", "Renamed too")
    of_theirs = Scope(customers=frozenset({theirs.pk}))
    stranger = Actor("person", "user:2", "Stranger", {"customers.read": of_theirs})
    for asker in (stranger, Actor("person", "user:3", "Nobody", {})):
        with pytest.raises(NotFound):
            get_cached_service(service.pk, seen_by=asker)
    with pytest.raises(NotFound):
        get_cached_service(service.pk + 1, seen_by=AGENT)
