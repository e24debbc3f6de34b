"""杏林 Xinglin: volunteering for hospitals and health systems."""
