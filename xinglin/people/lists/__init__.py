"""名单: searches that somebody named, to be found again in one press."""
