"""BACKENDS: plug-ins, one file per kind of provider database, mapping it to contracts."""
