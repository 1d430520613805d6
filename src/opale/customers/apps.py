from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "opale.customers"
    label = "customers"
