"""Pages of vetting: one's own on the phone, the reviewer's at the desk."""
