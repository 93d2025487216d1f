"""One folder per thing people do here: what it changes, what it reads, what it refuses, its pages."""
