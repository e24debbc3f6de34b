"""What every app may use and what knows no database: errors, clock, ids, crypto, web, the launcher, channels."""
