"""EXTRACT: one file per kind of file; each turns untrusted bytes into typed tables and the text around them."""
