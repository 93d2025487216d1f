"""A whole study on a laptop: the data centre's planner, executors and outputs, with a folder in place of the server."""
