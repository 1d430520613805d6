from django.apps import AppConfig


class PagingConfig(AppConfig):
    name = "opale.run.paging"
    label = "paging"

    def ready(self) -> None:
        from opale.kernel.encryption import register_columns
        from opale.listings import registry
        from opale.messaging.ports import register_subject_resolver
        from opale.notifications.ports import register_pusher
        from opale.run.paging.actions.address_encryption import PURPOSE
        from opale.run.paging.actions.notification_pushes import queue_push
        from opale.run.paging.listings import MOBILISATIONS, SLIPS_LIST
        from opale.run.paging.models import ContactMethod, Gateway, PushKey
        from opale.run.paging.queries.mail_subjects import (
            contact_method_subjects,
            own_contact_methods,
            own_pages,
            page_subjects,
            slip_subjects,
            visible_slips,
        )

        register_pusher(queue_push)
        registry.register(MOBILISATIONS, SLIPS_LIST)
        register_columns(ContactMethod, "address", purpose=PURPOSE)
        register_columns(Gateway, "template", purpose=PURPOSE)
        register_columns(PushKey, "private", purpose=PURPOSE)
        register_subject_resolver("paging.method", contact_method_subjects, own_contact_methods)
        register_subject_resolver("paging.page", page_subjects, own_pages)
        register_subject_resolver("paging.slip", slip_subjects, visible_slips)
