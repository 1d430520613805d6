"""What the parameters of the routes name in the house of the personas.

Each room adds one function here; the keys are the names of the parameters in URLs and bodies. What
belongs to a customer belongs to the customer of `customer_contact`, never to the foreign one.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from tests.architecture.call_subjects import telephone
from tests.architecture.design_subjects import designs
from tests.architecture.handover_subjects import handover
from tests.architecture.mail_subjects import desk_mail
from tests.architecture.order_subjects import orders
from tests.architecture.paging_subjects import paging
from tests.architecture.project_subjects import projects
from tests.architecture.reservation_subjects import reservations
from tests.architecture.resource_subjects import resources
from tests.architecture.shift_subjects import shifts
from tests.architecture.work_subjects import desk_work
from tests.architecture.writing_subjects import desk_writing
from tests.personas import MAKER, Personas

from opale.customers.actions.contracts import CommitmentTerms, add_option, sell_commitment
from opale.customers.actions.exchange import CUSTOMERS
from opale.customers.models import Coverage, Measure, Service
from opale.customers.tests.builders import SINCE, give_plan, make_contract, make_plan
from opale.customers.tests.builders import make_service as make_routed_service
from opale.endpoints.exchange.import_run import preview
from opale.endpoints.exchange.imports import submit_file
from opale.infrastructure.models import ConfigurationItem, Dependency, ServiceItem, Site
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.states import perform
from opale.messaging.actions.mailboxes import create_mailbox
from opale.messaging.actions.outgoing import queue_mail
from opale.messaging.actions.suppressions import suppress_address
from opale.messaging.models import IncomingMail, OutgoingMail, RawMail
from opale.messaging.states import GIVE_UP
from opale.organisation.models import Absence, ApiToken, Company, Membership, Skill
from opale.run.desk.actions.attachments import attach_file
from opale.run.desk.actions.catalogue import RequestTypeInput, create_type
from opale.run.desk.actions.links import link_tickets
from opale.run.desk.actions.merges import merge_tickets
from opale.run.desk.actions.messages import write_note, write_to_customer
from opale.run.desk.actions.requests import NewRequest, receive_request
from opale.run.desk.actions.splits import move_message
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_metadata import add_reference, add_watcher
from opale.run.desk.models import Intervention, Kind, Pause, Source, TicketLink, TimeEntry
from opale.run.desk.tests.builders import make_service
from opale.run.events.actions.heartbeats import record_heartbeat
from opale.run.events.actions.integrations import add_rule, create_integration
from opale.run.events.actions.retention import create_partitions_ahead
from opale.run.events.actions.rules import (
    RuleTerms,
    create_event_rule,
    edit_event_rule,
    remove_event_rule,
    switch_event_rule,
)
from opale.run.events.actions.search import update_search_index
from opale.run.events.actions.silences import (
    SilenceTerms,
    create_silence,
    edit_silence,
    end_silence,
    terms_of_silence,
)
from opale.run.events.domain.silences import Matcher
from opale.run.events.models import Alert, Integration
from opale.run.events.queries.rules import newest_version
from opale.run.events.states import AlertState, RuleEffect, Severity
from opale.webhooks.actions import create_webhook, pause_webhook, ping_webhook

Things = dict[str, object]

LOGIN: Things = {"key": "no-such-key", "uidb36": "1", "provider_id": "none", "pk": 1, "rest": "x"}
"""Parameters of the login library's routes: a link of a mail that is no longer valid."""


def organisation(house: Personas) -> Things:
    agent = house.people["desk_agent"]
    start = now() + timedelta(days=10)
    with attributed(MAKER):
        skill = Skill.objects.create(name="BGP", family="Network")
        absence = Absence.objects.create(
            person=agent,
            kind=Absence.Kind.LEAVE,
            period=DateTimeTZRange(start, start + timedelta(days=5)),
        )
        token = ApiToken.objects.create(
            user=house.users["desk_agent"],
            name="Script",
            prefix="opale_000000",
            digest="0" * 64,
            expires_at=now() + timedelta(days=1),
        )
        empty = Company.objects.create(
            name="Opale Nord-Est", country="LU", language="fr", calendar=house.calendar
        )
    return {
        "company_id": house.company.pk,
        "empty_company_id": empty.pk,
        "calendar_id": house.calendar.pk,
        "team_id": house.teams["desk_agent"].pk,
        "person_id": agent.pk,
        "employee_id": house.people["employee"].pk,
        "membership_id": Membership.objects.get(person=agent).pk,
        "skill_id": skill.pk,
        "absence_id": absence.pk,
        "token_id": token.pk,
        "session_id": 0,
    }


def desk(house: Personas) -> Things:
    integration = Integration.objects.create(name="Supervision", format="alertmanager")
    moment = now()
    alert = Alert.objects.create(
        integration=integration,
        identity="a",
        severity=Severity.MAJOR,
        title="Link down",
        customer=house.customer,
        started_at=moment,
        first_received_at=moment,
        last_received_at=moment,
        source_at=moment,
    )
    ticket = receive_ticket(
        NewTicket(
            subject="Lien coupé",
            source=Source.MAIL,
            kind=Kind.INCIDENT,
            customer=house.customer,
            contact=house.contact,
            service=make_service(house.customer, "VPN-DESK"),
        ),
        by=MAKER,
    )
    with attributed(MAKER):
        intervention = Intervention.objects.create(
            ticket=ticket, customer=house.customer, agreed_by=house.contact, price=1, starts=moment
        )
        entry = TimeEntry.objects.create(
            ticket=ticket,
            customer=house.customer,
            person=house.people["desk_agent"],
            starts=moment - timedelta(hours=2),
            ends=moment - timedelta(hours=1),
        )
        pause = Pause.objects.create(
            ticket=ticket,
            customer=house.customer,
            kind=Pause.Kind.CUSTOMER,
            starts=moment - timedelta(hours=2),
            ends=moment - timedelta(hours=1),
        )
    attachment = attach_file(ticket, "plan.txt", [b"Rennes - Lille"], by=MAKER)
    message = write_to_customer(ticket, "Voici.", by=MAKER, attachments=[attachment.pk])
    return {
        "number": ticket.number,
        "message_id": message.pk,
        "view": "open",
        "measure": "restore",
        "alert_id": alert.pk,
        "intervention_id": intervention.pk,
        "entry_id": entry.pk,
        "pause_id": pause.pk,
        "work_id": 0,
        "service_reference": "VPN-DESK",
        "attachment_id": attachment.pk,
        "watcher_id": add_watcher(ticket, by=MAKER, contact=house.contact).pk,
        "reference_id": add_reference(ticket, "Orange", "R-1", by=MAKER).pk,
    }


def desk_requests(house: Personas) -> Things:
    """A request that waits for a word, and one of the employee's own."""
    remarks = {"name": "remarks", "kind": "text", "label_en": "Remarks", "label_fr": "Remarques"}
    sheet = RequestTypeInput(name_en="Access", name_fr="Accès", authority="enter", fields=[remarks])
    kind = create_type(sheet, by=MAKER)
    own = create_type(
        RequestTypeInput(name_en="Screen", name_fr="Écran", audience="employees"), by=MAKER
    )
    asked = NewRequest(request_type=kind, source=Source.PHONE, contact=house.contact)
    of_its_own = NewRequest(
        request_type=own, source=Source.PORTAL, employee=house.people["employee"]
    )
    return {
        "type_code": kind.code,
        "own_type_code": own.code,
        "request_number": receive_request(asked, by=MAKER).number,
        "own_number": receive_request(of_its_own, by=MAKER).number,
    }


def desk_links(house: Personas) -> Things:
    """Further tickets of the customer: one to merge, one that was merged, one that is linked."""
    other, merged, linked, from_here = (
        receive_ticket(
            NewTicket(
                subject=f"Lien coupé {n}",
                body="Toujours rien.",
                source=Source.MAIL,
                customer=house.customer,
                contact=house.contact,
            ),
            by=MAKER,
        )
        for n in range(4)
    )
    (merge,) = merge_tickets([merged], other, by=MAKER)
    link = link_tickets(linked, TicketLink.Kind.RELATED_TO, other, by=MAKER)
    note = write_note(from_here, "Voir aussi", by=MAKER)
    move = move_message(note, linked, by=MAKER)
    return {
        "other_number": other.number,
        "other_ticket_id": other.pk,
        "merge_id": merge.pk,
        "link_id": link.pk,
        "move_id": move.pk,
        "act": "update",
    }


def messaging(house: Personas) -> Things:
    mail = queue_mail(
        by=MAKER,
        origin="house.mail",
        to=["contact@acme.example"],
        subject="Link restored",
        body="It is restored.",
        language="en",
    )
    perform(GIVE_UP, OutgoingMail.objects.filter(pk=mail.pk), by=MAKER, at=now())
    gone = suppress_address("gone@acme.example", by=house.actor("desk_agent"))
    empty = create_mailbox(by=MAKER, address="empty@opale.example", name="Empty")
    raw = b"From: a@b.example\n\nHello"
    stuck = IncomingMail.objects.create(
        mailbox=create_mailbox(by=MAKER, address="in@opale.example", name="In"),
        source="lmtp",
        raw_hash="in",
        content_hash="in",
        size_bytes=len(raw),
        state="quarantined",
        outcome="quarantined",
        processed_at=now(),
    )
    RawMail.objects.create(mail=stuck, body=raw)
    return {
        "mail_id": mail.pk,
        "suppression_id": gone.pk,
        "empty_mailbox_id": empty.pk,
        "inbound_id": stuck.pk,
    }


def webhooks(house: Personas) -> Things:
    """The contact's own, with a delivery that was given up."""
    contact = house.actor("customer_contact")
    webhook, _secret = create_webhook(
        by=contact,
        name="Tool",
        url="https://192.0.43.8/opale",  # a number: no name is asked for
        events=["ticket.received"],
    )
    pause_webhook(webhook, by=contact)
    delivery = ping_webhook(webhook, by=contact)
    return {"webhook_id": webhook.pk, "delivery_id": delivery.pk}


def events(house: Personas) -> Things:
    create_partitions_ahead()
    integration, _key = create_integration(name="Métrologie", format="alertmanager", by=MAKER)
    moment = now()
    acknowledged, closed, shelved = (
        Alert.objects.create(
            integration=integration,
            identity=state,
            state=state,
            severity=Severity.MINOR,
            title="Disk full",
            started_at=moment,
            first_received_at=moment,
            last_received_at=moment,
            source_at=moment,
            closed_at=moment if state == AlertState.CLOSED else None,
        )
        for state in (AlertState.ACKNOWLEDGED, AlertState.CLOSED, AlertState.SHELVED)
    )
    silence = create_silence(
        SilenceTerms(
            matchers=(Matcher("host", "web01"),),
            starts_at=moment,
            ends_at=moment + timedelta(hours=2),
            comment="Works.",
        ),
        by=MAKER,
        at=moment,
    )
    terms = RuleTerms(name="Labs", condition="labels.env == 'lab'", effect=RuleEffect.SUPPRESS)
    event_rule = create_event_rule(terms, by=MAKER, at=moment)
    edit_event_rule(event_rule, replace(terms, name="Lab"), by=MAKER, at=moment)
    switch_event_rule(event_rule, on=True, by=MAKER, at=moment)
    removed = create_event_rule(replace(terms, name="Gone"), by=MAKER, at=moment)
    remove_event_rule(removed, by=MAKER, at=moment)
    edit_silence(silence, replace(terms_of_silence(silence), comment="Works"), by=MAKER, at=moment)
    over = create_silence(terms_of_silence(silence), by=MAKER, at=moment)
    end_silence(over, by=MAKER, at=moment)
    with attributed(MAKER):
        rule = add_rule(
            integration,
            name="Critical",
            minimum_severity=Severity.CRITICAL,
            open_for=timedelta(minutes=1),
            by=MAKER,
        )
    mapped, _key = create_integration(name="Anything", format="generic", by=MAKER)
    update_search_index()
    return {
        "integration_id": integration.pk,
        "mapped_integration_id": mapped.pk,
        "heartbeat_id": record_heartbeat(integration, "backup", by=MAKER, at=now()).pk,
        "key_id": integration.keys.get().pk,
        "rule_id": rule.pk,
        "event_rule_id": event_rule.pk,
        "event_rule_version": newest_version(event_rule),
        "removed_rule_id": removed.pk,
        "rule_trial_id": 1,
        "rule_way": "up",
        "event_item_id": 1,
        "silence_id": silence.pk,
        "silence_version": newest_version(silence),
        "ended_silence_id": over.pk,
        "acknowledged_alert_id": acknowledged.pk,
        "closed_alert_id": closed.pk,
        "shelved_alert_id": shelved.pk,
        "alert_owner_id": house.people["run_engineer"].pk,
        "alert_state": "open",
    }


def customers(house: Personas) -> Things:
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


def infrastructure(house: Personas) -> Things:
    site = Site.objects.create(code="LYO1", name="Lyon 1", kind="datacentre", country="FR")
    upper = ConfigurationItem.objects.create(name="esx1-lyo", kind="host", site=site)
    lower = ConfigurationItem.objects.create(name="feed-a-lyo", kind="power_feed", site=site)
    Dependency.objects.create(upper=upper, lower=lower)
    service = Service.objects.get(reference="S-ROUTES")
    ServiceItem.objects.create(customer=house.customer, service=service, item=upper)
    return {
        "site_code": site.code,
        "site_id": site.pk,
        "item_id": upper.pk,
        "lower_id": lower.pk,
        "item_move": "maintain",
    }


ROOMS: tuple[Callable[[Personas], Mapping[str, object]], ...] = (
    organisation,
    customers,
    infrastructure,
    desk,
    desk_requests,
    desk_work,
    desk_writing,
    desk_links,
    desk_mail,
    messaging,
    webhooks,
    shifts,
    events,
    telephone,
    paging,
    handover,
    orders,
    reservations,
    resources,
    projects,
    designs,
)


def subjects(house: Personas) -> Things:
    things: Things = dict(LOGIN)
    for room in ROOMS:
        named = room(house)
        if twice := things.keys() & named.keys():
            raise AssertionError(f"{room.__name__} names again what another room names: {twice}")
        things |= named
    return things
