"""Endpoints of orders: TM Forum's Product Ordering (TMF622) and Service Ordering (TMF641), v4."""
