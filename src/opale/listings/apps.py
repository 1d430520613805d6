from django.apps import AppConfig


class ListingsConfig(AppConfig):
    name = "opale.listings"
    label = "listings"
