from django.apps import AppConfig


class DiscussionsConfig(AppConfig):
    name = "opale.discussions"
    label = "discussions"

    def ready(self) -> None:
        from opale.discussions.ports import discussed_types
        from opale.ui.live import require_further

        for kind in discussed_types().values():
            require_further(kind.topic_name, kind.read_right)
