from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "opale.messaging"
    label = "messaging"

    def ready(self) -> None:
        from opale.messaging import queries, rights
        from opale.messaging.actions import OUTBOX
        from opale.ui import navigation

        navigation.register(
            navigation.Entry(
                label=_("Outgoing mail"),
                icon="mail",
                url_name="mail_outbox",
                right=rights.READ,
                count=queries.given_up,
                topic=OUTBOX,
                group=_("Administration"),
                order=80,
                loud=True,
            )
        )
