from django.urls import path

from opale.run.shifts.web import views

urlpatterns = [
    path("shifts/", views.show, name="shifts_roster"),
    path("shifts/line/", views.line, name="shifts_line"),
    path("shifts/new/", views.new, name="shifts_new"),
    path("shifts/pick/person/", views.pick_person, name="shifts_pick_person"),
    path("shifts/people/<int:person_id>/", views.of_person, name="shifts_of_person"),
    path("shifts/restoration/", views.restore, name="shifts_restore"),
    path("shifts/<int:duty_id>/", views.edit, name="shifts_edit"),
    path("shifts/<int:duty_id>/removal/", views.remove, name="shifts_remove"),
]
