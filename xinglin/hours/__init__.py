"""时长 Hours: one record per finished service, from claim to effect."""
