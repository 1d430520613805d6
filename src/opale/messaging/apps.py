from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "opale.messaging"
    label = "messaging"

    def ready(self) -> None:
        from opale.endpoints.health import tell_figures
        from opale.messaging import queries, rights
        from opale.messaging.actions import CHANNELS, INBOX, OUTBOX
        from opale.messaging.figures import MailFigures
        from opale.ui import navigation

        tell_figures(MailFigures())
        navigation.register(
            navigation.Entry(
                label=_("Incoming mail"),
                icon="mail-opened",
                url_name="mail_in",
                right=rights.READ,
                count=queries.quarantined,
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
                count=queries.given_up,
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
                count=queries.untold,
                topic=CHANNELS,
                group=_("Administration"),
                order=92,
                places=("/channels/",),
                loud=True,
            )
        )
