"""What is sealed of the ledger: every transfer, with all that stands in its row, and whose each account is."""

from xinglin.audit import sources
from xinglin.audit.sources import Source

TRANSFERS = Source(
    name="transfer",
    table="timebank_transfer",
    fields={
        "id": sources.plain("id"),
        "key": sources.text("key"),
        "payer": sources.plain("payer_id"),
        "payee": sources.plain("payee_id"),
        "minutes": sources.plain("minutes"),
        "kind": sources.text("kind"),
        "origin": sources.text("origin"),
        "reason": sources.text("reason"),
        "at": sources.moment("at"),
        "payer_balance_after": sources.plain("payer_balance_after"),
        "payer_sequence": sources.plain("payer_sequence"),
        "payee_balance_after": sources.plain("payee_balance_after"),
        "payee_sequence": sources.plain("payee_sequence"),
        "reverses": sources.plain("reverses"),
        "expires_at": sources.moment("expires_at"),
        "transaction": sources.plain("xid"),
        "salt": sources.text("salt"),
    },
)

# What never changes of an account, its floor included. The balance is the log's to prove, closing the trail's. The
# code, drawn by lot, keeps a leaf from being guessed.
ACCOUNTS = Source(
    name="account",
    table="timebank_account",
    fields={
        "id": sources.plain("id"),
        "code": sources.text("code"),
        "kind": sources.text("kind"),
        "person": sources.plain("person_id"),
        "unit": sources.plain("unit_id"),
        "is_limited": sources.plain("is_limited"),
        "floor_minutes": sources.plain("floor_minutes"),
        "opened_at": sources.moment("opened_at"),
    },
)
