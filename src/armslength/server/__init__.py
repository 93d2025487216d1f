"""REQUEST: the jobs site outside: projects, people, job requests, releases, the public ledger."""
