"""A whole force made up: every recorded crime of three years, its victims and offenders, and the groups among them."""
