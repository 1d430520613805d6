from django.urls import path

from opale.listings.pages import page_of
from opale.notifications.listings import INBOX
from opale.notifications.web import views

urlpatterns = [
    path("inbox/", page_of(INBOX), name="notifications_inbox"),
    path("inbox/buttons/", views.buttons, name="notifications_buttons"),
    path("inbox/choices/", views.choices, name="notifications_choices"),
    path("inbox/<int:notification_id>/open/", views.open_notification, name="notifications_open"),
]
