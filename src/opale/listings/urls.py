from django.urls import path

from opale.listings import views

urlpatterns = [
    path("lists/<slug:listing>/columns/", views.columns, name="listings_columns"),
    path("lists/<slug:listing>/export.<slug:kind>", views.export, name="listings_export"),
    path("lists/<slug:listing>/acts/<slug:act>/", views.act, name="listings_act"),
    path("lists/<slug:listing>/selected/", views.rows_page, name="listings_rows_page"),
    path("lists/undoing/<str:token>/", views.undo, name="listings_undo"),
]
