"""The demo company: a believable provider to explore, and the data set of every benchmark."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "opale.demo"
    label = "demo"
