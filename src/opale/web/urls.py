"""Assembly of the rooms' pages. Each room names its own addresses; this file only joins them."""

from django.urls import include, path

from opale.web import home

urlpatterns = [
    path("", include("opale.organisation.web.urls")),
    path("", home.now, name="home"),
    path("", include("opale.run.desk.web.urls")),
    path("", include("opale.run.events.web.urls")),
    path("", include("opale.customers.web.urls")),
    path("", include("opale.infrastructure.web.urls")),
    path("", include("opale.messaging.web.urls")),
    path("", include("opale.run.shifts.web.urls")),
]
