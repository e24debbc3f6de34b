"""django-hordak 2.0.0 (MIT), the rival of `ledger.py` that is a library, frozen: by its own API, in its own Python.

`Account.transfer_to(other, amount)` is what its manual says to call; it makes a transaction and two legs, in a
transaction of the database. There is no call for many. The accounts are there before the clock runs, the connection
stays open. What it needs is pinned in `hordak.requirements.txt` and is no part of the product.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from benchmarks._side import serve


def prepare(told: dict[str, Any]) -> Callable[[dict[str, Any]], float]:
    """Its tables and some accounts; then transfers between random ones."""
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": told["database"],
                "USER": told["role"],
                "HOST": told["host"],
                "CONN_MAX_AGE": None,
            }
        },
        USE_TZ=True,
        DEFAULT_CURRENCY="EUR",
        CURRENCIES=["EUR"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    from django.core.management import call_command
    from hordak.models import Account, AccountType
    from moneyed import Money

    call_command("migrate", verbosity=0, interactive=False)
    accounts = [
        Account.objects.create(
            name=f"Account {number}", code=str(number), type=AccountType.liability, currencies=["EUR"]
        )
        for number in range(told["accounts"])
    ]
    chance = random.Random(told["seed"])

    def answer(wish: dict[str, Any]) -> float:
        asked = [(*chance.sample(accounts, 2), Money(chance.randint(1, 60), "EUR")) for _ in range(wish["transfers"])]
        began = time.perf_counter()
        for payer, payee, amount in asked:
            payer.transfer_to(payee, amount)
        return time.perf_counter() - began

    return answer


if __name__ == "__main__":
    serve(prepare)
