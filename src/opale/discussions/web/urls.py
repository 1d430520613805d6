from django.urls import path

from opale.discussions.web import views

OF_RECORD = "discussions/<slug:record_type>/<int:record_id>/"
OF_COMMENT = "comments/<int:comment_id>/"
OF_FILE = "discussion-files/<int:comment_file_id>/"

urlpatterns = [
    path(OF_RECORD, views.show, name="discussions_show"),
    path(f"{OF_RECORD}comments/", views.add, name="discussions_add"),
    path(f"{OF_RECORD}preview/", views.preview, name="discussions_preview"),
    path(f"{OF_RECORD}people/", views.people, name="discussions_people"),
    path(f"{OF_RECORD}files/", views.attach, name="discussions_attach"),
    path(f"{OF_RECORD}watching/", views.watch, name="discussions_watch"),
    path(f"{OF_COMMENT}history/", views.history, name="discussions_history"),
    path(f"{OF_COMMENT}preview/", views.preview_edit, name="discussions_preview_edit"),
    path(f"{OF_COMMENT}files/", views.attach_edit, name="discussions_attach_edit"),
    path(OF_FILE, views.content, name="discussions_file"),
    path(f"{OF_FILE}removal/", views.remove, name="discussions_remove_file"),
]
