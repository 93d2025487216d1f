"""TELL: the report as a page, as SARIF for continuous integration, and the manual printed from the checks."""
