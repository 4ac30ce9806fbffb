"""What is kept too long, and its removal: reviews that are due, reviews done, and erasure with a proof."""
