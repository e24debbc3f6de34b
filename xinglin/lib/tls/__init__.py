"""Certificates: a small authority of the hospital's own, what it signs, and how long that still holds."""
