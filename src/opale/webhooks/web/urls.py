from django.urls import path

from opale.listings.pages import page_of
from opale.webhooks.listings import DELIVERIES, WEBHOOKS
from opale.webhooks.web import views

urlpatterns = [
    path("webhooks/", page_of(WEBHOOKS), name="webhooks"),
    path("webhooks/deliveries/", page_of(DELIVERIES), name="webhooks_deliveries"),
    path("webhooks/<int:webhook_id>/", views.show, name="webhooks_show"),
    path(
        "webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/",
        views.delivery,
        name="webhooks_delivery",
    ),
]
