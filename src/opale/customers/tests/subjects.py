"""What the parameters of the routes of customers name in the house of the personas."""

from datetime import date, timedelta

from tests.personas import MAKER, Personas

from opale.customers.actions.contracts import CommitmentTerms, add_option, sell_commitment
from opale.customers.actions.exchange import CUSTOMERS
from opale.customers.models import Coverage, Measure
from opale.customers.tests.builders import SINCE, give_plan, make_contract, make_plan
from opale.customers.tests.builders import make_service as make_routed_service
from opale.endpoints.exchange.import_run import preview
from opale.endpoints.exchange.imports import submit_file

Things = dict[str, object]


def subjects(house: Personas) -> Things:
    contract = make_contract(house.customer, "CT-ROUTES")
    service = make_routed_service(house.customer, "S-ROUTES")
    changed = date(2025, 6, 1)
    given = give_plan(contract, service, make_plan(until=changed))
    before, after = given.plan.versions.get(), make_plan(since=changed)
    option = add_option(contract, by=MAKER, service=service, starts=SINCE)
    sold = CommitmentTerms(
        measure=Measure.RESTORE,
        coverage=Coverage.ALWAYS,
        service=service,
        target=timedelta(hours=4),
    )
    commitment = sell_commitment(contract, sold, by=MAKER, starts=SINCE)
    content = b"code;name;language;time_zone;calendar\nNEW;New;fr;Europe/Paris;Office hours\n"
    manager = house.actor("service_manager")
    shown = preview(CUSTOMERS, content, by=manager)
    sent = submit_file(CUSTOMERS, content, shown, by=manager, credential="session")
    return {
        "code": house.customer.code,
        "customer_code": house.customer.code,
        "customer_id": house.customer.pk,
        "contact_id": house.contact.pk,
        "contract_number": contract.number,
        "contract_id": contract.pk,
        "reference": service.reference,
        "service_id": service.pk,
        "service_move": "suspend",
        "given_kind": "plan",
        "given_id": given.pk,
        "option_id": option.pk,
        "commitment_id": commitment.pk,
        "offering_id": service.offering_id,
        "plan_code": "solution",
        "version_before": before.pk,
        "version_after": after.pk,
        "exchanged": "customers",
        "import_id": sent.pk,
    }
