from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "opale.kernel"
    label = "kernel"
