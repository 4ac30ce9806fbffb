"""Result tables as text: CSV rows, JSON, the terminal, and the problems of a check."""
