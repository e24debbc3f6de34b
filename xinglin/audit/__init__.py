"""审计 Audit: append-only entries of who did what, when and why."""
