"""What the parameters of the routes of the desk name in the house of the personas."""

from datetime import timedelta

from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.run.desk.actions.alerts import attach_alert
from opale.run.desk.actions.attachments import attach_file
from opale.run.desk.actions.catalogue import RequestTypeInput, create_type
from opale.run.desk.actions.lifecycle import restore_service
from opale.run.desk.actions.links import link_tickets
from opale.run.desk.actions.merges import merge_tickets
from opale.run.desk.actions.messages import write_note, write_to_customer
from opale.run.desk.actions.requests import NewRequest, receive_request
from opale.run.desk.actions.splits import move_message, split_ticket
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_metadata import add_reference, add_watcher
from opale.run.desk.models import (
    Intervention,
    Kind,
    Message,
    Pause,
    ServiceOutage,
    Source,
    TicketField,
    TicketLink,
    TimeEntry,
)
from opale.run.desk.tests.builders import make_service
from opale.run.desk.tests.mail_subjects import desk_mail
from opale.run.desk.tests.work_subjects import desk_work
from opale.run.desk.tests.writing_subjects import desk_writing
from opale.run.events.models import Alert, Integration
from opale.run.events.states import Severity

Things = dict[str, object]


def subjects(house: Personas) -> Things:
    parts = (_tickets, _fields, _requests, desk_work, desk_writing, _links, desk_mail)
    return {name: thing for part in parts for name, thing in part(house).items()}


def _fields(house: Personas) -> Things:
    with attributed(MAKER):
        field = TicketField.objects.create(
            name="cage", kind="text", label_en="Cage", label_fr="Cage", help_en="On the door.",
            help_fr="Sur la porte.",
        )  # fmt: skip
    return {"ticket_field_id": field.pk}


def _tickets(house: Personas) -> Things:
    integration = Integration.objects.create(name="Supervision", format="alertmanager")
    moment = now()
    alert, attached = (
        Alert.objects.create(
            integration=integration,
            identity=identity,
            severity=Severity.MAJOR,
            title="Link down",
            customer=house.customer,
            started_at=moment,
            first_received_at=moment,
            last_received_at=moment,
            source_at=moment,
        )
        for identity in "ab"
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
        outage = ServiceOutage.objects.create(
            ticket=ticket,
            customer=house.customer,
            service=ticket.service,
            starts=moment - timedelta(hours=2),
            ends=moment - timedelta(hours=1),
        )
    attachment = attach_file(ticket, "plan.txt", [b"Rennes - Lille"], by=MAKER)
    message = write_to_customer(ticket, "Voici.", by=MAKER, attachments=[attachment.pk])
    note = write_note(
        ticket,
        "Carte **suspecte**",
        by=house.actor("desk_agent"),
        text_format=Message.Format.MARKDOWN,
    )
    attach_alert(ticket, attached, by=MAKER)
    return {
        "number": ticket.number,
        "attached_alert_id": attached.pk,
        "message_id": message.pk,
        "note_id": note.pk,
        "view": "open",
        "measure": "restore",
        "alert_id": alert.pk,
        "intervention_id": intervention.pk,
        "entry_id": entry.pk,
        "pause_id": pause.pk,
        "outage_id": outage.pk,
        "work_id": 0,
        "service_reference": "VPN-DESK",
        "attachment_id": attachment.pk,
        "watcher_id": add_watcher(ticket, by=MAKER, contact=house.contact).pk,
        "reference_id": add_reference(ticket, "Orange", "R-1", by=MAKER).pk,
    }


def _requests(house: Personas) -> Things:
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


def _links(house: Personas) -> Things:
    """Further tickets of the customer: one to merge, one that was merged, one that is linked, one
    whose service is restored, one that was split off.
    """
    other, merged, linked, from_here, restored = (
        receive_ticket(
            NewTicket(
                subject=f"Lien coupé {n}",
                body="Toujours rien.",
                source=Source.MAIL,
                kind=Kind.INCIDENT if n == 4 else Kind.REQUEST,
                customer=house.customer,
                contact=house.contact,
            ),
            by=MAKER,
        )
        for n in range(5)
    )
    (merge,) = merge_tickets([merged], other, by=MAKER)
    link = link_tickets(linked, TicketLink.Kind.RELATED_TO, other, by=MAKER)
    note = write_note(from_here, "Voir aussi", by=MAKER)
    move = move_message(note, linked, by=MAKER)
    apart = write_note(from_here, "Autre chose", by=MAKER)
    return {
        "restored_number": restore_service(restored, by=MAKER).number,
        "split_number": split_ticket(from_here, [apart], by=MAKER).number,
        "other_number": other.number,
        "other_ticket_id": other.pk,
        "merge_id": merge.pk,
        "link_id": link.pk,
        "move_id": move.pk,
        "act": "update",
    }
