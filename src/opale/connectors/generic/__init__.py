"""Any tool that can post JSON: what means what is said by JMESPath expressions."""

from opale.connectors.generic.reading import Generic

__all__ = ["Generic"]
