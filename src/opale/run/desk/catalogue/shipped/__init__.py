"""The request catalogue that comes with Opale: a start, edited in the interface afterwards."""

from opale.run.desk.catalogue.shipped.employees import EMPLOYEES
from opale.run.desk.catalogue.shipped.parts import Shipped
from opale.run.desk.catalogue.shipped.places import COLOCATION, CONNECTED
from opale.run.desk.catalogue.shipped.platforms import ALL_CUSTOMERS, HOSTED

SHIPPED = (*COLOCATION, *CONNECTED, *HOSTED, *ALL_CUSTOMERS, *EMPLOYEES)

__all__ = ["SHIPPED", "Shipped"]
