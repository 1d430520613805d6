"""Assembly of the rooms' pages. Each room names its own addresses; this file only joins them."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
