"""Questions of tutorials that check the answers given to them, for scripts run with `ehrql debug`."""

from armslength.query.loading.quiz import Question, Questions

__all__ = ["Question", "Questions"]
