"""日程 Diary: who is committed when; one exclusion constraint for all kinds of commitment."""
