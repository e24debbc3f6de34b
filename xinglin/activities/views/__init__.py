"""Doors of activities: shifts for everyone, hands for volunteers, lead for leaders, desk for coordinators."""
