"""Doors of teams: finding and joining on the phone, transfers and loans at the desk."""
