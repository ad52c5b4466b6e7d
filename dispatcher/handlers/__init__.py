"""What the dispatcher does: one transaction each, every decision with its reason."""

from dispatcher.handlers.perform import Order, OrderError, perform
from dispatcher.handlers.receive import Receipt, Result, receive_event
from dispatcher.handlers.sweep import Fired, audit, sweep

__all__ = [
    "Fired",
    "Order",
    "OrderError",
    "Receipt",
    "Result",
    "audit",
    "perform",
    "receive_event",
    "sweep",
]
