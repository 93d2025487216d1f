"""RAW: contract tables almost as supplied, for those who prepare data."""
