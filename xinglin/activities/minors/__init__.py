"""未成年人: by whose word minors take a place."""
