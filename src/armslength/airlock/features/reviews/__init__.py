"""Release requests while output checkers hold them: votes, comments, decisions."""
