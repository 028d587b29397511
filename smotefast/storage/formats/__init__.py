"""Sources whose files a log lists."""
