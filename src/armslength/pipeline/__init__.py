"""PLAN: read project.yaml, check it, order the actions; knows no query and no container."""
