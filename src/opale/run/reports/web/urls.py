from django.urls import path

from opale.listings.pages import page_of
from opale.run.reports.listings import REPORTED_TICKETS
from opale.run.reports.web import views

urlpatterns = [
    path("reports/", views.show, name="reports"),
    path("reports/now/", views.now, name="reports_now"),
    path("reports/tickets/", page_of(REPORTED_TICKETS), name="reports_tickets"),
    path("reports/figures.csv", views.export, name="reports_export"),
]
