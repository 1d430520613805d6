from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "opale.notifications"
    label = "notifications"

    def ready(self) -> None:
        from opale.kernel.discovery import app_modules
        from opale.listings import registry
        from opale.messaging.ports import register_subject_resolver
        from opale.notifications.domain import kinds, things
        from opale.notifications.listings import INBOX
        from opale.notifications.queries import mail_subjects, own_digests

        registry.register(INBOX)
        register_subject_resolver("notifications.person", mail_subjects, own_digests)
        for _config, module in app_modules("notification_kinds"):
            kinds.register(*module.KINDS)
            for prefix, visible in module.THINGS.items():
                things.register_thing(prefix, visible)
