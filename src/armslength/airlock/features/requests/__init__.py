"""Release requests while their author holds them."""
