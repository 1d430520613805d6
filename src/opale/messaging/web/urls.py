from django.urls import path

from opale.messaging.web import suppressed, views

urlpatterns = [
    path("mail/", views.outbox, name="mail_outbox"),
    path("mail/<int:mail_id>/", views.show, name="mail_show"),
    path("mail/<int:mail_id>/retry/", views.retry, name="mail_retry"),
    path("mail/<int:mail_id>/copy/", views.copy, name="mail_copy"),
    path("mail/suppressed/", suppressed.listing, name="mail_suppressed"),
    path("mail/suppressed/<int:suppression_id>/release/", suppressed.release, name="mail_release"),
]
