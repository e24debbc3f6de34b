"""权益 Benefits: what units give their volunteers, paid with minutes or opened by a star, and the vouchers for it."""
