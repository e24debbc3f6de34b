"""How allauth's second factor stands in this house: its secrets sealed like everything personal."""

from __future__ import annotations

import base64

from allauth.mfa.adapter import DefaultMFAAdapter

from xinglin.accounts.vault import vault

PURPOSE = "second_factor"


class SealingAdapter(DefaultMFAAdapter):
    """allauth keeps secrets in the clear unless told how to seal them."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(vault().seal(text, purpose=PURPOSE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return vault().open(base64.b64decode(encrypted_text), purpose=PURPOSE)
