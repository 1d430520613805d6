from django.urls import path

from opale.webhooks.web import views

urlpatterns = [
    path("webhooks/", views.listing, name="webhooks"),
    path("webhooks/new/", views.new, name="webhooks_new"),
    path("webhooks/<int:webhook_id>/", views.show, name="webhooks_show"),
    path("webhooks/<int:webhook_id>/edit/", views.edit, name="webhooks_edit"),
    path("webhooks/<int:webhook_id>/secret/", views.secret, name="webhooks_secret"),
    path("webhooks/<int:webhook_id>/ping/", views.ping, name="webhooks_ping"),
    path("webhooks/<int:webhook_id>/pause/", views.pause, name="webhooks_pause"),
    path("webhooks/<int:webhook_id>/resume/", views.resume, name="webhooks_resume"),
    path("webhooks/<int:webhook_id>/delete/", views.delete, name="webhooks_delete"),
    path("webhooks/<int:webhook_id>/replay/", views.replay_failed, name="webhooks_replay_failed"),
    path(
        "webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/",
        views.delivery,
        name="webhooks_delivery",
    ),
    path(
        "webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/replay/",
        views.replay,
        name="webhooks_replay",
    ),
]
