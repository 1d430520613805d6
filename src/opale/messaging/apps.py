from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "opale.messaging"
    label = "messaging"

    def ready(self) -> None:
        from opale.endpoints.health import register_collector
        from opale.kernel.encryption import register_columns
        from opale.listings import registry
        from opale.messaging.actions.mailboxes import PURPOSE
        from opale.messaging.api.metrics import MailMetrics
        from opale.messaging.listings.channels import CHANNELS as CHANNEL_LIST
        from opale.messaging.listings.incoming_mails import INCOMING_MAILS
        from opale.messaging.listings.outgoing_mails import OUTGOING_MAILS
        from opale.messaging.listings.quarantine import QUARANTINED_MAILS
        from opale.messaging.listings.suppressions import SUPPRESSED_ADDRESSES
        from opale.messaging.models import Channel, Mailbox

        registry.register(
            OUTGOING_MAILS,
            INCOMING_MAILS,
            QUARANTINED_MAILS,
            SUPPRESSED_ADDRESSES,
            CHANNEL_LIST,
        )
        register_collector(MailMetrics())
        register_columns(Channel, "address", purpose=PURPOSE)
        register_columns(Mailbox, "secret", "refresh_token", purpose=PURPOSE)
