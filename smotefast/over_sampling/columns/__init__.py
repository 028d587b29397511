"""Parameters that name columns: which they are, and what they change."""
