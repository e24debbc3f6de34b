"""Accounts and transfers of minutes, and what stands beside them. Imported only inside this app."""

from xinglin.timebank.models.crediting import Reckoning, Remainder
from xinglin.timebank.models.debts import Debt, Forgiveness
from xinglin.timebank.models.ledger import Account, CurrentTransactionId, Entry, OpenHold, TransactionId, Transfer
from xinglin.timebank.models.measured import Measurement, RollUp
from xinglin.timebank.models.moving import Gift, Request

__all__ = [
    "Account",
    "CurrentTransactionId",
    "Debt",
    "Entry",
    "Forgiveness",
    "Gift",
    "Measurement",
    "OpenHold",
    "Reckoning",
    "Remainder",
    "Request",
    "RollUp",
    "TransactionId",
    "Transfer",
]
