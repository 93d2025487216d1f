"""What study code imports: the query language, under the name public studies know."""
