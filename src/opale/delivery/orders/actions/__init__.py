"""Actions of orders: receive, move, change in flight and cancel."""
