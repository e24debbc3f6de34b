"""What no single app owns: the architecture, the documents, the table of roles, journeys in a real browser."""
