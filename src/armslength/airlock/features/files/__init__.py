"""Reading a level 4 file safely, showing it, and remembering who saw which bytes."""
