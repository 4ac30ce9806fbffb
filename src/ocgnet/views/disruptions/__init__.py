"""The page about disruptions."""
