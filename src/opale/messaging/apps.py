from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "opale.messaging"
    label = "messaging"

    def ready(self) -> None:
        from opale.endpoints.health import register_collector
        from opale.kernel.encryption import register_columns
        from opale.listings import registry
        from opale.listings.jumps import jumps
        from opale.messaging import rights
        from opale.messaging.actions.channels import CHANNELS
        from opale.messaging.actions.mailboxes import PURPOSE
        from opale.messaging.actions.outgoing import OUTBOX
        from opale.messaging.actions.store_incoming import INBOX
        from opale.messaging.api.metrics import MailMetrics
        from opale.messaging.listings.channels import CHANNELS as CHANNEL_LIST
        from opale.messaging.listings.incoming_mails import INCOMING_MAILS
        from opale.messaging.listings.outgoing_mails import OUTGOING_MAILS
        from opale.messaging.listings.quarantine import QUARANTINED_MAILS
        from opale.messaging.listings.suppressions import SUPPRESSED_ADDRESSES
        from opale.messaging.models import Channel, Mailbox
        from opale.messaging.queries import channels, incoming, outgoing
        from opale.ui import navigation, palette

        registry.register(
            OUTGOING_MAILS,
            INCOMING_MAILS,
            QUARANTINED_MAILS,
            SUPPRESSED_ADDRESSES,
            CHANNEL_LIST,
        )
        palette.register(jumps(CHANNEL_LIST))
        register_collector(MailMetrics())
        register_columns(Channel, "address", purpose=PURPOSE)
        register_columns(Mailbox, "secret", "refresh_token", purpose=PURPOSE)
        navigation.register(
            navigation.Entry(
                label=_("Incoming mail"),
                icon="mail-opened",
                url_name="mail_in",
                right=rights.READ,
                count=incoming.quarantined,
                topic=INBOX,
                group=_("Administration"),
                order=90,
                loud=True,
            )
        )
        navigation.register(
            navigation.Entry(
                label=_("Outgoing mail"),
                icon="mail",
                url_name="mail_outbox",
                right=rights.READ,
                count=outgoing.failed_mails,
                topic=OUTBOX,
                group=_("Administration"),
                order=91,
                loud=True,
            )
        )
        navigation.register(
            navigation.Entry(
                label=_("Channels"),
                icon="plug",
                url_name="channels",
                right=rights.READ,
                count=channels.failed_channel_messages,
                topic=CHANNELS,
                group=_("Administration"),
                order=92,
                places=("/channels/",),
                loud=True,
            )
        )
