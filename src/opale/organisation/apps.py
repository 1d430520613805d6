from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "opale.organisation"
    label = "organisation"
