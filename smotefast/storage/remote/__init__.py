"""Sources and destinations in object stores and other remote file systems."""
