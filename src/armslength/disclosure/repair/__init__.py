"""REPAIR: the smallest changes after which nothing hidden can be derived, tried out on the attacker."""
