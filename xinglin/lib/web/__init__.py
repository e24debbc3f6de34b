"""What every page needs: filters, the way to tell people things, preferences, and the middleware of kind refusals."""
