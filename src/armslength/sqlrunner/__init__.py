"""Raw SQL for dataset developers: read-only, limited, and never over people who opted out."""
