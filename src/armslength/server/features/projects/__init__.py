"""PROJECTS: approved pieces of work, their members, and what everybody may see of them."""
