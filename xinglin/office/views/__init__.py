"""Doors of the office: the console's pages for operators, and the figures for monitors."""
