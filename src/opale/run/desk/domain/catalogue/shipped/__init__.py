"""The request catalogue shipped with Opale: a start, edited in the interface afterwards."""

from opale.run.desk.domain.catalogue.shipped.builders import Shipped
from opale.run.desk.domain.catalogue.shipped.connectivity import COLOCATION, CONNECTED
from opale.run.desk.domain.catalogue.shipped.employees import EMPLOYEES
from opale.run.desk.domain.catalogue.shipped.hosting import ALL_CUSTOMERS, HOSTED

SHIPPED = (*COLOCATION, *CONNECTED, *HOSTED, *ALL_CUSTOMERS, *EMPLOYEES)

__all__ = ["SHIPPED", "Shipped"]
