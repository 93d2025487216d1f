"""Template tags of the review site."""
