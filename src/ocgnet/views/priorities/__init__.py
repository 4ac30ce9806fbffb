"""Priorities as people read them: rankings on the terminal and for programs, and the page of a tasking meeting."""
