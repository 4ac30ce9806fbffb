"""Made-up records: a county that reproduces the published group-level figures, and networks of any size."""
