from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "opale.kernel"
    label = "kernel"

    def ready(self) -> None:
        from django.conf import settings
        from django.db.backends.signals import connection_created

        from opale.kernel import (
            clock,
            lookups,  # noqa: F401  # known to every query from now on
            query_limits,
        )

        connection_created.connect(query_limits.limit_connection)

        clock.follow_file(settings.OPALE_PUSHED_CLOCK)
