"""RAW: tables almost as their providers supply them, for those who prepare data rather than do research."""
