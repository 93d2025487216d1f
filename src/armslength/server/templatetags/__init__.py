"""Template tags of the jobs site."""
