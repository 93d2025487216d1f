"""ACCOUNTS: who you are here, your roles, your single-use token for the airlock."""
