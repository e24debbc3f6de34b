"""审核: the gates between joining and serving, the papers, talks and exams that open them, and the insurance."""
