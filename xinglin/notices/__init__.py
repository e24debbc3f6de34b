"""通知: what the house tells a person, and how it reaches them."""
