"""The portfolio: whose customers, what must be renewed, what is open. docs/rules/renewals.md."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.test import Client
from tests.personas import Personas

from opale.customers import ports
from opale.customers.actions import contracts
from opale.customers.listings.portfolio import portfolio_columns
from opale.customers.models import Contract, Customer
from opale.customers.models.contracts import last_day_of_notice
from opale.customers.queries import portfolio
from opale.customers.tests.builders import make_contract, make_customer, make_service
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
MAKER = system("test")
RULES = Path("docs/rules/renewals.md")
ON = date(2027, 9, 1)
AT = datetime(2027, 9, 1, 12, tzinfo=ZoneInfo("Europe/Paris"))
CSV = "/portfolio/export.csv"


def rows() -> list[list[str]]:
    lines = RULES.read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if line.startswith("|")][2:]
    assert found
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found]


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def ending(customer: Customer, number: str, ends: date | None, months: int | None) -> Contract:
    return make_contract(customer, number, period=(date(2020, 1, 1), ends), notice_months=months)


def due(found: QuerySet[Any]) -> list[date]:
    return list(found.values_list("due_on", flat=True))


def followed_by(house: Personas, name: str, customer: Customer) -> None:
    with attributed(MAKER):
        Customer.objects.filter(pk=customer.pk).update(architect=house.people[name])


@pytest.mark.parametrize("row", rows(), ids=" ".join)
def test_the_worked_example_of_the_last_day(row: list[str], personas: Personas) -> None:
    ends, months, by = day(row[0]), int(row[1]) if row[1] else None, day(row[2])
    contract = ending(personas.customer, "CT-1", ends, months)
    contract.refresh_from_db()
    assert contract.decide_by == by
    of, seen = Customer.objects.all(), personas.actor("solution_architect")
    found = portfolio.renewals(of, seen_by=seen, on=date(2026, 1, 1), within=3000)
    assert due(found) == ([by] if by else [])


def test_both_counts_agree_at_every_end_of_a_month(personas: Personas) -> None:
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(0, 430, 3)]
    for n, ends in enumerate(days):
        ending(personas.customer, f"CT-{n}", ends, n % 13)
    seen = personas.actor("solution_architect")
    found = portfolio.renewals(
        Customer.objects.all(), seen_by=seen, on=date(2026, 9, 1), within=3000
    )
    assert len(found) == len(days)
    assert due(found) == [one.decide_by for one in found]
    assert last_day_of_notice(date(2028, 3, 31), 1) == date(2028, 2, 28)


def test_what_passed_stays_first_until_its_end(personas: Personas) -> None:
    customer, seen = personas.customer, personas.actor("solution_architect")
    ending(customer, "CT-PASSED", date(2027, 10, 1), 3)
    ending(customer, "CT-SOON", date(2028, 1, 1), 3)
    ending(customer, "CT-FAR", date(2028, 8, 1), 3)
    ending(customer, "CT-ENDED", date(2027, 9, 1), 0)
    ending(customer, "CT-ON", None, 3)
    make_contract(customer, "CT-LATER", period=(date(2027, 12, 1), date(2027, 12, 20)))

    def numbers(within: int, on: date = ON) -> list[str]:
        of = portfolio.portfolio(seen_by=seen, on=on)
        return [one.number for one in portfolio.renewals(of, seen_by=seen, on=on, within=within)]

    assert numbers(30) == ["CT-PASSED", "CT-SOON"]
    assert numbers(28) == ["CT-PASSED"]
    assert numbers(180) == ["CT-PASSED", "CT-SOON"]
    assert numbers(30, date(2027, 10, 1)) == ["CT-SOON"]
    of = portfolio.portfolio(seen_by=seen, on=ON)
    assert portfolio.due_within(of, seen_by=seen, on=ON) == {30: 2, 90: 2, 180: 2}
    found = portfolio.portfolio(seen_by=seen, on=ON, within=30)
    assert list(found) == [customer]
    assert portfolio.portfolio(seen_by=seen, on=ON, text="Beta", within=30).count() == 0


def test_a_notice_is_written_changed_and_refused_when_it_is_too_long(personas: Personas) -> None:
    contract = contracts.create_contract(
        personas.customer, by=MAKER, number="CT-9", signed_on=ON, ends=date(2028, 9, 1),
        notice_months=3,
    )  # fmt: skip
    assert contract.decide_by == date(2028, 5, 31)
    contracts.edit_contract(contract, by=MAKER, notice_months=None)
    assert Contract.objects.get(pk=contract.pk).notice_months is None
    for months in (-1, 37):
        with pytest.raises(Invalid) as refused:
            contracts.edit_contract(contract, by=MAKER, notice_months=months)
        assert "notice_months" in refused.value.fields
    with pytest.raises(IntegrityError), transaction.atomic(), attributed(MAKER):
        Contract.objects.filter(pk=contract.pk).update(notice_months=37)


def test_mine_is_shown_unless_somebody_else_s_is_asked_for(personas: Personas) -> None:
    followed_by(personas, "solution_architect", personas.customer)
    architect = personas.client("solution_architect")
    pk = personas.people["solution_architect"].pk

    def shown(query: str = "", client: Client = architect) -> str:
        response = client.get(f"/portfolio/{query}")
        assert response.status_code == 200
        return response.content.decode()

    mine = shown()
    assert "Acme" in mine
    assert "Beta" not in mine
    assert "Beta" in shown("?of=all")
    assert "No customer matches your filters" in shown("?of=all&q=nobody")
    manager = personas.client("service_manager")
    assert "No customers in your portfolio" in shown("", manager)
    assert "Acme" in shown(f"?of={pk}", manager)
    assert "Beta" not in shown("?of=nonsense")


def test_a_customer_is_shown_with_all_that_it_has(personas: Personas) -> None:
    followed_by(personas, "solution_architect", personas.customer)
    with clock.travel(AT - clock.now()):
        make_service(personas.customer, "S-1")
        make_service(personas.customer, "S-2", state="designed")
        make_service(personas.customer, "S-3", state="terminated")
        ending(personas.customer, "CT-SOON", date(2028, 1, 1), 3)
        page = personas.client("solution_architect").get("/portfolio/").content.decode()
        assert "1 active, 1 designed" in page
        assert "in 29 days" in page
        assert 'class="dot" data-urgency="within-30"' in page
        response = personas.client("solution_architect").get(CSV)
        text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    head, line = (row.split(";") for row in text.splitlines())
    cells = dict(zip(head, line, strict=True))
    assert cells["Customer"] == "Acme"
    assert (cells["Active"], cells["Designed"], cells["Terminated"]) == ("1", "1", "1")
    assert cells["Decide by"] == "2027-09-30"
    assert cells["End (excluded)"] == "2028-01-01"


def test_customers_are_sorted_by_what_is_to_be_decided_next(personas: Personas) -> None:
    far, never = make_customer("FAR"), make_customer("NEVER")
    with clock.travel(AT - clock.now()):
        ending(personas.customer, "CT-SOON", date(2028, 1, 1), 3)
        ending(personas.customer, "CT-LATER", date(2028, 8, 1), 0)
        ending(far, "CT-FAR", date(2028, 4, 1), 3)
        client = personas.client("solution_architect")
        for sort, order in (
            ("due", (personas.customer, far, never)),
            ("-due", (far, personas.customer, never)),
        ):
            shown = client.get(f"/portfolio/?of=all&sort={sort}").content.decode()
            places = [
                shown.index(f'href="/customers/{one.code}/"', shown.index("<tbody"))
                for one in order
            ]
            assert places == sorted(places), sort


def test_a_room_above_has_a_column_for_whom_it_lets_read(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "_open_work", {})
    customers, seen = [personas.customer], personas.actor("solution_architect")
    assert portfolio.portfolio_rows(customers, seen_by=seen, on=ON)[0].work == {}
    for code, right in (("visits", "customers.read"), ("secrets", "nobody.has")):
        ports.register_open_work(
            ports.OpenWork(
                code, code.title(), right, 10,
                counts=lambda ids, _by: dict.fromkeys(ids, 4),
                address=lambda customer: f"/visits/{customer.code}/",
            )
        )  # fmt: skip
    (row,) = portfolio.portfolio_rows(customers, seen_by=seen, on=ON)
    assert row.work == {"visits": 4}
    drawn = {one.name: one.cell(row) for one in portfolio_columns() if one.right and one.cell}
    assert drawn["visits"] == '<a href="/visits/ACME/">4</a>'
    assert drawn["secrets"] == ""


def test_programs_read_portfolios_and_renewals(personas: Personas) -> None:
    followed_by(personas, "solution_architect", personas.customer)
    make_customer("GAM")
    ending(personas.customer, "CT-SOON", date(2028, 1, 1), 3)
    ending(personas.customer, "CT-PASSED", date(2027, 10, 1), 3)
    make_service(personas.customer, "S-1")

    def read(path: str) -> Any:
        response = client.get(f"/api/v1{path}")
        assert response.status_code == 200, response.content
        return response.json()

    with clock.travel(AT - clock.now()):
        token = personas.token("solution_architect")
        client = Client(headers={"Authorization": f"Bearer {token}"})
        mine = read(f"/portfolio?person_id={personas.people['solution_architect'].pk}")
        renewals = read("/portfolio/renewals?within=30&limit=1")
        later = read(f"/portfolio/renewals?within=30&limit=1&after={renewals['next']}")
        within = read("/portfolio?within=30")
        assert read("/portfolio?within=0&q=acme")["items"]
        assert read("/portfolio?within=0&q=gam")["items"] == []
    (one,) = mine["items"]
    assert one["customer"]["code"] == "ACME"
    assert (one["contracts"], one["services"]) == (2, {"active": 1})
    assert one["next_contract"]["number"] == "CT-PASSED"
    assert one["next_contract"]["decide_by"] == "2027-06-30"
    assert one["open_work"] == {"designs": 0, "orders": 0, "projects": 0}
    assert [found["number"] for found in renewals["items"]] == ["CT-PASSED"]
    assert [found["number"] for found in later["items"]] == ["CT-SOON"]
    assert later["next"] is None
    assert [found["customer"]["code"] for found in within["items"]] == ["ACME"]
