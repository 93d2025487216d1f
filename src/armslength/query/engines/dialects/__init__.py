"""DIALECTS: plug-ins, one file per database engine, holding only what differs."""
