"""Signing in with a token from the server, staying signed in while the server agrees."""
