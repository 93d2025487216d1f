"""The likely repair for an error in a definition, one small rule each; the first that fits speaks."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

from armslength.query.loading.catalogue import class_of
from armslength.query.loading.repairs import repaired
from armslength.query.loading.slips import name_here, slip_in

# A message with one of these has told the repair itself.
SAYS_IT = re.compile(
    r"brackets missing|missing\?|Start from|call `|write `|use `|give it here|can be called once|\.days`, |pick a row"
)
COMPARED_METHOD = re.compile(r"\.(is_(?:not_)?null|\w+_for_patient)\s*[!=]=")

Hint = Callable[[BaseException, str], "str | None"]


def hint_for(error: BaseException, line: str) -> str | None:
    """Return what to try next for this error in this line of the study, or None."""
    try:
        return next((hint for rule in RULES if (hint := rule(error, line))), None)
    except Exception:  # a rule looks into the study's own objects, which may fail at anything
        return None


def _conditions(error: BaseException, line: str) -> str | None:
    """`and` between series, a chained comparison, or `&` that binds tighter than the comparisons beside it."""
    found = class_of(error)
    if found is None or found.code not in ("Q201", "Q202"):
        return None
    better = repaired(line)
    if better is not None:
        return f"write `{better}`"
    if found.code == "Q202":
        return (
            "`&`, `|` and `~` combine conditions: turn a number into one by comparing it, as in `age >= 18`"
        )
    return None


def _not_called(error: BaseException, line: str) -> str | None:
    if isinstance(error, (TypeError, AttributeError)) and re.search(r"'(method|function)'", str(error)):
        return "a method is used without calling it; add `()` after its name"
    return None


def _compared_method(error: BaseException, line: str) -> str | None:
    """`x.is_null == False` asks Python whether a function is False: an ordinary bool, not a series."""
    found = COMPARED_METHOD.search(line)
    if isinstance(error, TypeError) and found and "bool" in str(error):
        return f"a method is used without calling it: write `{found[1]}()`"
    return None


def _slip(error: BaseException, line: str) -> str | None:
    """What Python says in its own terms, where the author needs those of the language."""
    if isinstance(error, (TypeError, AttributeError, NameError, ImportError, ValueError)):
        return slip_in(str(error), line)
    return None


def _shadowed(error: BaseException, line: str) -> str | None:
    """A file of the study that bears the name of a module: `datetime.py`, `pandas.py`."""
    module = getattr(error, "obj", None)
    if isinstance(error, ImportError):
        module = sys.modules.get(error.name or "")
    file = getattr(module, "__file__", None)
    if not isinstance(error, (AttributeError, ImportError)) or not isinstance(module, ModuleType) or not file:
        return None
    known = module.__name__ in sys.stdlib_module_names or module.__name__ in packages_distributions()
    if not known or not Path(file).is_relative_to(Path.cwd()):
        return None
    meant = f"`{Path(file).name}` in the study is imported where `{module.__name__}` is meant"
    return f"{meant}: give the file another name"


def _attribute(error: BaseException, line: str) -> str | None:
    if not isinstance(error, AttributeError) or not error.name or class_of(error) is not None:
        return None
    known = [name for name in dir(error.obj) if not name.startswith("_")]
    meant = name_here(error.name, known)
    return f"did you mean `{meant}`?" if meant else _did_you_mean(error.name, known)


def _name(error: BaseException, line: str) -> str | None:
    if not isinstance(error, NameError) or not error.name:
        return None
    import ehrql

    offered = list(getattr(ehrql, "__all__", ()))
    if error.name in offered:
        return f"add `from ehrql import {error.name}`"
    trace, known = error.__traceback__, set(offered)
    while trace is not None:
        known.update(trace.tb_frame.f_globals)
        trace = trace.tb_next
    return _did_you_mean(error.name, (name for name in known if not name.startswith("_")))


def _import(error: BaseException, line: str) -> str | None:
    if isinstance(error, ModuleNotFoundError):
        return "a definition can import what is installed here and the study's own files beside it"
    wanted = re.match(r"cannot import name '(\w+)'", str(error))
    if isinstance(error, ImportError) and error.name and wanted:
        return _did_you_mean(wanted[1], dir(sys.modules[error.name]))
    return None


def _syntax(error: BaseException, line: str) -> str | None:
    if not isinstance(error, SyntaxError):
        return None
    if isinstance(error, IndentationError):
        return "make the spaces at the beginning of this line the same as in the lines around it"
    message = error.msg or ""
    if "was never closed" in message:
        return "a closing bracket is missing somewhere after this one"
    if "forgot a comma" in message:
        return "put a comma between the two values"
    if "Maybe you meant '=='" in message:
        return "compare with `==`; a single `=` gives a name"
    return "look for a missing comma, bracket or quote in this line or the one before"


def _files(error: BaseException, line: str) -> str | None:
    if not isinstance(error, OSError):
        return None
    if error.errno == errno.EPERM and isinstance(error.filename, str) and os.access(error.filename, os.X_OK):
        return "a definition cannot start other programs; run them before it, and let it read the files they write"
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM) and error.filename:
        return "a definition can read the study's own files and write none"
    if error.errno in (errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH) or type(error).__name__ in (
        "gaierror",
        "URLError",
    ):
        return "there is no network while a definition is loaded; put what it needs into a file of the study"
    if isinstance(error, FileNotFoundError) and isinstance(error.filename, (str, Path)):
        wanted = Path(error.filename)
        siblings = [each.name for each in wanted.parent.iterdir()] if wanted.parent.is_dir() else []
        close = get_close_matches(wanted.name, siblings, n=1)
        beside = f"there is `{wanted.parent / close[0]}`; " if close else ""
        return f"{beside}paths count from the study's folder, where the command is run"
    if error.errno == errno.EAGAIN:
        return "a definition cannot start many programs"
    return None


def _memory(error: BaseException, line: str) -> str | None:
    if isinstance(error, MemoryError):
        return "a definition describes a query and needs little memory; leave the data to the database"
    if isinstance(error, RecursionError):
        return "a function calls itself without end, or an expression is built too deep in a loop"
    return None


def _usual_fix(error: BaseException, line: str) -> str | None:
    """What usually repairs this class of mistake, unless the message has said it: those that do need no second fix."""
    found = class_of(error)
    if found is None or SAYS_IT.search(str(error)):
        return None
    return found.fix


def _did_you_mean(wrong: str, known: Iterable[str]) -> str | None:
    close = get_close_matches(wrong, list(known), n=1)
    return f"did you mean `{close[0]}`?" if close else None


RULES: tuple[Hint, ...] = (
    _syntax,
    _conditions,
    _not_called,
    _compared_method,
    _shadowed,
    _slip,
    _attribute,
    _name,
    _import,
    _files,
    _memory,
    _usual_fix,
)
