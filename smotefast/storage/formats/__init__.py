"""What is special about some files: table formats with a log, INT96 timestamps."""
