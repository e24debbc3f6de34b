"""星级 Recognition: star schemes and the stars granted under them, what a star opens, and who is barred for a time."""
