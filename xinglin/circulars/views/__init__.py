"""Doors of circulars: reading on the phone, writing at the desk."""
