from django.urls import path

from opale.webhooks.web import views

urlpatterns = [
    path("webhooks/", views.listing, name="webhooks"),
    path("webhooks/<int:webhook_id>/", views.show, name="webhooks_show"),
    path(
        "webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/",
        views.delivery,
        name="webhooks_delivery",
    ),
]
