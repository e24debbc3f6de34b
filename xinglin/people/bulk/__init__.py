"""批量办理: one thing done to many volunteers, each by the same action as one alone, and taken back as a whole."""
