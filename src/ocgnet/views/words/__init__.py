"""What a social worker reads about linked children: the same words in the terminal and in the report."""
