from django.urls import path

from opale.ui import gallery, views

urlpatterns = [
    path("palette/", views.find, name="ui_palette"),
    path("palette/further/", views.find_further, name="ui_palette_further"),
    path("rail/", views.rail, name="ui_rail"),
    path("language/", views.language, name="ui_language"),
    path("theme/", views.theme, name="ui_theme"),
    path("when/", views.when, name="ui_when"),
    path("when/past/", views.when, {"past": True}, name="ui_when_past"),
    path("offline/", views.offline, name="ui_offline"),
    path("gallery/", gallery.show, name="ui_gallery"),
    path("gallery/work/", gallery.work, name="ui_gallery_work"),
    path("gallery/work/<int:number>/", gallery.work, name="ui_gallery_work"),
    path("gallery/region/", gallery.region, name="ui_gallery_region"),
    path("gallery/list/", gallery.lines, name="ui_gallery_list"),
    path("gallery/why/", gallery.reason, name="ui_gallery_why"),
    path("gallery/done/", gallery.done, name="ui_gallery_done"),
    path("gallery/pick/", gallery.pick, name="ui_gallery_pick"),
]
