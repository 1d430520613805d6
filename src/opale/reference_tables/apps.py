from django.apps import AppConfig


class ReferenceTablesConfig(AppConfig):
    name = "opale.reference_tables"
    label = "reference_tables"
