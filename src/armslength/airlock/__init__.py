"""REVIEW: the site inside where people look at aggregates and decide what may leave."""
