from django.apps import AppConfig


class ScheduledReportsConfig(AppConfig):
    name = "opale.scheduled_reports"
    label = "scheduled_reports"

    def ready(self) -> None:
        from opale.kernel.facts import listen
        from opale.listings import menu_links, registry
        from opale.messaging.facts import MailBounced, MailFailed
        from opale.messaging.ports import register_subject_resolver
        from opale.scheduled_reports.actions import sending
        from opale.scheduled_reports.listings import SCHEDULED_REPORTS
        from opale.scheduled_reports.queries.links import SEND_ON_SCHEDULE
        from opale.scheduled_reports.queries.reports import mail_subjects, own_sendings

        registry.register(SCHEDULED_REPORTS)
        menu_links.register_menu_link(SEND_ON_SCHEDULE)
        register_subject_resolver(sending.ORIGIN, mail_subjects, own_sendings)
        listen(
            MailFailed,
            "scheduled_reports.note_failed_mail",
            sending.record_failed_mail,
            about=sending.is_of_sending,
        )
        listen(
            MailBounced,
            "scheduled_reports.note_bounced_mail",
            sending.record_failed_mail,
            about=sending.is_of_sending,
        )
