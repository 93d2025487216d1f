"""RUN: plans, schedules and executes jobs inside the secure environment, believing nothing from outside."""
