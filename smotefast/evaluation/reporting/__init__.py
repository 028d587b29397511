"""Reports of a comparison: words, text, an HTML page with charts, and Python code."""
