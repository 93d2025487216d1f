"""A folder with a file, or a folder of files, for each table, named as in the contract.

Nothing is held back from who asks it: whoever makes such a folder puts into it only what may be seen.
"""

from __future__ import annotations

from armslength.query.engines.backend import Backend

BACKEND = Backend(name="files", title="A folder of Parquet, Arrow or CSV files", tables=None)
