"""A made-up force with the group-level figures of the published profile."""
