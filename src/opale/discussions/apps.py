from django.apps import AppConfig


class DiscussionsConfig(AppConfig):
    name = "opale.discussions"
    label = "discussions"
