from django.urls import path

from opale.listings.pages import page_of
from opale.scheduled_reports.listings import SCHEDULED_REPORTS
from opale.scheduled_reports.web import subscriptions, views

urlpatterns = [
    path("scheduled-reports/", page_of(SCHEDULED_REPORTS), name="scheduled_reports"),
    path("scheduled-reports/<int:scheduled_report_id>/", views.show, name="scheduled_reports_show"),
    path(
        "scheduled-reports/unsubscribe/<str:token>/",
        subscriptions.unsubscribe,
        name="scheduled_reports_unsubscribe",
    ),
]
