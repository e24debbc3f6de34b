"""首页 Home: what stands first for the one who looks: the volunteer's next shift and minutes, the desk's to-do list."""
