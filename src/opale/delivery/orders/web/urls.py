from django.urls import path, register_converter

from opale.delivery.orders.web import views


class LineName:
    """A program names its items as it likes: `1/2`, or in two rows."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LineName, "line_name")

ORDER = "orders/<int:order_number>"
LINE = f"{ORDER}/lines/<line_name:line_name>"

urlpatterns = [
    path("orders/", views.listing, name="orders_list"),
    path("orders/new/", views.new, name="orders_new"),
    path(f"{ORDER}/", views.show, name="orders_show"),
    path(f"{ORDER}/edit/", views.edit, name="orders_edit"),
    path(f"{ORDER}/cancellation/", views.cancel, name="orders_cancel"),
    path(
        f"{ORDER}/cancellations/<int:cancellation_id>/withdrawal/",
        views.withdraw_cancellation,
        name="orders_cancellation_back",
    ),
    path(f"{ORDER}/rejection/", views.reject, name="orders_reject"),
    path(f"{ORDER}/moves/<slug:order_move>/", views.move, name="orders_move"),
    path(f"{ORDER}/further-line/", views.new_line, name="orders_line_new"),
    path(
        f"{ORDER}/moves/<slug:order_move>/lines/<line_name:line_name>/",
        views.move_line,
        name="orders_line_move",
    ),
    path(f"{LINE}/", views.edit_line, name="orders_line_edit"),
]
