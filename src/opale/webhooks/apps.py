from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "opale.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from opale.kernel.encryption import register_columns
        from opale.listings import registry
        from opale.webhooks import ports, queries
        from opale.webhooks.actions import deliveries
        from opale.webhooks.domain.signing import PURPOSE
        from opale.webhooks.listings import DELIVERIES, WEBHOOKS
        from opale.webhooks.models import Webhook

        registry.register(WEBHOOKS, DELIVERIES)
        register_columns(Webhook, "secret", "previous_secret", purpose=PURPOSE)
        ports.register_fact_handler(
            deliveries.prepare_deliveries, asked_for=queries.subscribed_event_names
        )
