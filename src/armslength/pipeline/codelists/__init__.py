"""CODELISTS: which lists a study takes from a service, whether its copies are whole, what changed in them."""
