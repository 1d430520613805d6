from django.urls import path

from opale.messaging.web import views

urlpatterns = [
    path("mail/", views.outbox, name="mail_outbox"),
    path("mail/<int:mail_id>/", views.show, name="mail_show"),
    path("mail/<int:mail_id>/retry/", views.retry, name="mail_retry"),
]
