from django.urls import path

from opale.listings import views

urlpatterns = [
    path("lists/views/<int:view_id>/", views.edit_view, name="listings_view"),
    path("lists/views/<int:view_id>/removal/", views.remove_view, name="listings_view_remove"),
    path("lists/views/<int:view_id>/return/", views.restore_view, name="listings_view_restore"),
    path("lists/<slug:listing>/views/", views.save_view, name="listings_view_new"),
    path("lists/<slug:listing>/columns/", views.columns, name="listings_columns"),
    path("lists/<slug:listing>/export.<slug:kind>", views.export, name="listings_export"),
    path("lists/<slug:listing>/acts/<slug:act>/", views.act, name="listings_act"),
]
