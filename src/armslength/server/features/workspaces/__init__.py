"""WORKSPACES: one repository and branch of a project, on one backend."""
