from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "opale.operations"
    label = "operations"

    def ready(self) -> None:
        from opale.listings import registry
        from opale.operations import actions, queries, rights
        from opale.operations.listings import FAILED_JOBS
        from opale.ui import navigation

        registry.register(FAILED_JOBS)
        navigation.register(
            navigation.Entry(
                label=_("Failed jobs"),
                icon="alert-triangle",
                url_name="operations_failed_jobs",
                right=rights.JOBS,
                count=queries.jobs_to_look_at,
                topic=actions.TOPIC,
                group=_("Administration"),
                order=94,
                loud=True,
            )
        )
