"""PUBLICATIONS: released files shown to everybody, agreed by two people, withdrawn visibly."""
