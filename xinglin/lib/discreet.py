"""What people typed, before it goes to where it can't be taken back: without numbers, and without whom it is about."""

from __future__ import annotations

import re

GAP, SOMEBODY = "…", "本人"
VOLUNTEER_NUMBER = r"(?<![0-9A-Za-z])V\d{7}(?![0-9A-Za-z])"  # public, and kept when all else of somebody is gone
# Phones as they are read aloud, anything as long as the number of a document however it is parted, and every run of
# six or more: nobody's number is shorter.
NUMBER = r"[A-Za-z]{0,2}(?:1\d{2}[ -]\d{4}[ -]\d{4}|\d(?:[ -]?\d){13,17}[Xx]?|\d{6,}[Xx]?)"
EITHER = re.compile(f"({VOLUNTEER_NUMBER})|{NUMBER}")


def without_numbers(text: str) -> str:
    """The same words, with a gap wherever a number stood that could be somebody's phone or document."""
    return EITHER.sub(lambda found: found[1] or GAP, text)


def said(text: str, *, about: str = "") -> str:
    """A reason as it may stand for good. `about`: the name of whom it is about, who needs no name there."""
    text = without_numbers(text)
    return text.replace(about, SOMEBODY) if len(about) > 1 else text
