"""The database backend: django-tenants' PostgreSQL, following the city that one is in."""
