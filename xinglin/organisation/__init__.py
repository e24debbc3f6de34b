"""组织 Organisation: the tree of units, roles, policies, and the one question may(user, verb, unit)."""
