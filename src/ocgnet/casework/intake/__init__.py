"""What partners send: forms, their checks, and matching people with those already known."""
