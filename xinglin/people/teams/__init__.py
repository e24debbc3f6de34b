"""Teams: finding and joining one, leaving it, being transferred or lent to another."""
