from django.apps import AppConfig


class DiscussionsConfig(AppConfig):
    name = "opale.discussions"
    label = "discussions"

    def ready(self) -> None:
        from opale.discussions.ports import record_kinds
        from opale.ui.live import require_further

        for kind in record_kinds().values():
            require_further(kind.topic_name, kind.read_right)
