from functools import partial

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "opale.run.desk"
    label = "desk"

    def ready(self) -> None:
        from opale.customers import ports
        from opale.customers.facts import PlanGiven, PlanVersionStarted
        from opale.endpoints.health import register_collector
        from opale.kernel.facts import listen
        from opale.listings import registry
        from opale.messaging.facts import MailBounced, MailFailed, MailSent
        from opale.messaging.ports import register_handler, register_subject_resolver
        from opale.organisation.facts import PersonLeft
        from opale.reference_tables import registry as reference_tables
        from opale.run.desk.actions import (
            alerts,
            channel_rules,
            incoming_mail,
            messages,
            notices,
            ownership,
            plan_changes,
            ticket_records,
        )
        from opale.run.desk.acts.marked_alerts import ADD_TO_INCIDENT
        from opale.run.desk.api.metrics import BreakerMetrics
        from opale.run.desk.api.webhooks import publish_ticket_events
        from opale.run.desk.facts import (
            CommitmentBreached,
            ServiceRestored,
            TicketClassified,
            TicketReceived,
            TicketReopened,
            TicketsClosed,
            TicketsResolved,
        )
        from opale.run.desk.listings.assignments import ASSIGNMENTS
        from opale.run.desk.listings.bulk_jobs import BULK_JOBS
        from opale.run.desk.listings.reference import MACROS, REQUEST_TYPES, TEXT_MODULES
        from opale.run.desk.listings.ticket_fields import TICKET_FIELDS
        from opale.run.desk.listings.tickets import TICKETS
        from opale.run.desk.ports import register_ticket_record
        from opale.run.desk.queries import channel_rules as channel_rule_queries
        from opale.run.desk.queries import notices as notice_queries
        from opale.run.desk.queries import origin_links, palette_search
        from opale.run.desk.queries import plan_changes as plan_change_queries
        from opale.run.desk.queries.workload import TicketBacklog
        from opale.run.desk.web import queue
        from opale.run.desk.web.slots import incident_events_of, incidents_for_lines
        from opale.run.events.facts import AlertQualified, AlertsCleared, AlertsRisen
        from opale.run.events.ports.incidents import register_incident_source
        from opale.run.events.ports.marked_acts import offer_act
        from opale.run.events.queries.timeline import register_timeline_source
        from opale.run.shifts.ports import register_backlog
        from opale.ui import palette, shared_regions, slots

        for record in ticket_records.RECORDS:
            register_ticket_record(record)
        listen(AlertQualified, "desk.open_incident", alerts.open_qualified_incident)
        listen(AlertsRisen, "desk.note_risen_alerts", alerts.add_risen_alert_notes)
        register_timeline_source("desk.incidents", incident_events_of)
        offer_act(ADD_TO_INCIDENT)
        register_incident_source("desk.incidents", incidents_for_lines)
        listen(AlertsCleared, "desk.show_cleared_alerts", alerts.refresh_pages_of_cleared_alerts)
        listen(PersonLeft, "desk.pass_on_work", ownership.reassign_work_of_leaver)
        listen(PlanVersionStarted, "desk.follow_plan_version", plan_changes.apply_plan_version)
        listen(PlanGiven, "desk.follow_given_plan", plan_changes.apply_given_plan)
        listen(MailFailed, "desk.note_failed_mail", messages.record_failed_mail)
        listen(MailBounced, "desk.note_bounced_mail", messages.record_bounced_mail)
        refused = messages.record_refused_addresses
        listen(MailSent, "desk.note_refused_addresses", refused, about=lambda f: bool(f.refused))

        restored, closed, due = (
            partial(notice_queries.is_occasion_in_use, one)
            for one in ("restored", "closed", "update_due")
        )
        listen(ServiceRestored, "desk.tell_restored", notices.notify_restored, when=restored)
        listen(TicketsResolved, "desk.tell_resolved", notices.notify_resolved, when=restored)
        listen(TicketsClosed, "desk.tell_closed", notices.notify_closed, when=closed)
        listen(CommitmentBreached, "desk.tell_update_due", notices.notify_update_due, when=due)

        opened, broken, reopened = (
            partial(channel_rule_queries.is_event_in_use, one)
            for one in ("opened", "breached", "reopened")
        )
        listen(TicketReceived, "desk.tell_received", channel_rules.notify_received, when=opened)
        listen(
            TicketClassified, "desk.tell_classified", channel_rules.notify_classified, when=opened
        )
        listen(CommitmentBreached, "desk.tell_breached", channel_rules.notify_breached, when=broken)
        listen(TicketReopened, "desk.tell_reopened", channel_rules.notify_reopened, when=reopened)

        reference_tables.register(TICKET_FIELDS)
        registry.register(TICKETS, ASSIGNMENTS, BULK_JOBS, MACROS, TEXT_MODULES, REQUEST_TYPES)
        register_backlog(TicketBacklog())
        register_collector(BreakerMetrics())
        register_handler(incoming_mail.process_incoming_mail)
        register_subject_resolver(
            "desk.ticket", origin_links.ticket_links, origin_links.visible_tickets
        )
        register_subject_resolver(
            "desk.message", origin_links.message_links, origin_links.visible_messages
        )
        register_subject_resolver(
            "desk.following", origin_links.digest_links, origin_links.own_digests
        )
        publish_ticket_events()
        for name in ("desk_queue", "desk_view"):
            shared_regions.register(name, queue.LIST)
        ports.register_previewer(plan_change_queries.preview_plan_change)
        palette.register(palette_search.palette_tickets)
        palette.register(palette_search.further_palette_tickets, slowly=True)
        slots.fill("desk.ticket.side", "desk_marks", right="desk.console", order=80)
        slots.fill("desk.ticket.side", "desk_time", right="desk.console", order=90)
        slots.fill("events.alert.actions", "desk_alert_key", right="desk.console")
        slots.fill("desk.ticket.first", "desk_proposed", right="desk.work", order=1)
        slots.fill("desk.ticket.first", "desk_sentence", right="desk.console", order=2)
        slots.fill("desk.ticket.first", "desk_links", right="desk.console", order=5)
        slots.fill("events.alert.side", "desk_alert_tickets", right="desk.console", order=10)
        slots.fill("customers.customer.main", "desk_of_customer", right="desk.console", order=10)
        slots.fill("customers.customer.side", "desk_notice_summary", right="desk.console", order=30)
        slots.fill(
            "customers.contact.below", "desk_notice_summary_of_contact", right="desk.console"
        )
        slots.fill("organisation.preferences", "desk_following", right="desk.read")
        slots.fill("customers.service.main", "desk_of_service", right="desk.console", order=10)
        slots.fill(
            "customers.service.main",
            "desk_availability_of_service",
            right="desk.console",
            order=20,
        )
        slots.fill(
            "customers.customer.main",
            "desk_availability_of_customer",
            right="desk.console",
            order=20,
        )
        slots.fill("messaging.mailboxes", "desk_mailboxes", right="desk.administer", order=10)
        slots.fill("messaging.mailbox.main", "desk_mailbox", right="desk.administer", order=10)
        slots.fill("messaging.health.main", "desk_mail_breakers", right="desk.console", order=10)
        slots.fill("infrastructure.item.main", "desk_of_item", right="desk.console", order=10)
