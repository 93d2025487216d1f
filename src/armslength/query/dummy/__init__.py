"""DUMMY: invented patients who satisfy a query's own conditions, and the files in which people keep them."""
