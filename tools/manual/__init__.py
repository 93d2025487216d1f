"""How the manual is printed: one module for the language, one for the contracts."""
