"""What the jobs site does: one folder for each thing, holding its rules, changes, questions and pages."""
