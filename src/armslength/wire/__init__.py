"""WIRE: messages that cross a wall between trust zones, versioned and checked on arrival."""
