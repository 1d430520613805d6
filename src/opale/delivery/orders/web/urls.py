from django.urls import path, register_converter

from opale.delivery.orders.listings import ORDERS
from opale.delivery.orders.web import views
from opale.listings.pages import page_of


class LineName:
    """URL converter for a line's name, which may hold `/` and line breaks."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LineName, "line_name")

ORDER = "orders/<int:order_number>"

urlpatterns = [
    path("orders/", page_of(ORDERS), name="orders_list"),
    path("orders/of-customer/<str:customer_code>/", views.of_customer, name="orders_of_customer"),
    path(f"{ORDER}/", views.show, name="orders_show"),
    path(f"{ORDER}/cancellation/", views.cancel, name="orders_cancel"),
    path(
        f"{ORDER}/moves/<slug:order_move>/lines/<line_name:line_name>/",
        views.move_line,
        name="orders_line_move",
    ),
]
