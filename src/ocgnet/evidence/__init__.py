"""What counts in one analysis: its period, memberships, grades, ages, and the events themselves."""
