"""The items that a customer's services need, downwards along dependencies."""

from django.db import connection

MOST = 5_000

_BENEATH = """
    WITH RECURSIVE beneath(service_id, item_id) AS (
        SELECT link.service_id, link.item_id
        FROM infrastructure_serviceitem AS link
        JOIN customers_service AS service ON service.id = link.service_id
        WHERE link.customer_id = %(customer)s AND service.state IN ('active', 'inactive')
        UNION
        SELECT beneath.service_id, link.lower_id
        FROM beneath JOIN infrastructure_dependency AS link ON link.upper_id = beneath.item_id
    )
    SELECT item_id, min(service_id) FROM (SELECT * FROM beneath LIMIT %(most)s) AS found
    GROUP BY item_id
"""


def items_under_customer(customer_id: int) -> dict[int, int]:
    """Return each item that a service of the customer needs, with one such service.

    Where items replace each other all of them count: a fault is noticed before service is lost.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BENEATH, {"customer": customer_id, "most": MOST})
        return dict(cursor.fetchall())
