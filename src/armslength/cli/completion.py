"""`armslength completion`: what the shell offers when Tab is pressed: verbs, options, and the study's own actions."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from enum import Enum, StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from armslength.kernel.errors import Mistake, Mistakes

app = typer.Typer(add_completion=False, rich_markup_mode=None)

# The verbs whose arguments are actions, by the name of the parameter.
ACTION_PARAMETERS = frozenset({"action", "actions"})
WORDS = "words"


class Shell(StrEnum):
    """The shells that are spoken, and the one word they ask for candidates with."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    WORDS = WORDS


SCRIPTS = {
    Shell.BASH: """\
# Put this into ~/.bashrc:  source <(armslength completion bash)
_armslength() {
    local IFS=$'\\n'
    COMPREPLY=($(armslength completion words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o default -F _armslength armslength
""",
    Shell.ZSH: """\
# Put this into ~/.zshrc:  source <(armslength completion zsh)
_armslength() {
    local -a found
    local line
    for line in "${(@f)$(armslength completion words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        [[ -n $line ]] && found+=("${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}")
    done
    if (( ${#found} )); then _describe armslength found; else _files; fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _armslength armslength
""",
    Shell.FISH: """\
# Put this into ~/.config/fish/completions/armslength.fish
function __armslength_words
    set -l before (commandline -opc)[2..]
    armslength completion words -- $before (commandline -ct) 2>/dev/null
end
complete -c armslength -a '(__armslength_words)'
""",
}


@app.command()
def completion(
    shell: Annotated[Shell, typer.Argument(metavar="bash | zsh | fish", help="Which shell.")],
    typed: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
) -> None:
    """Print the script that makes a shell complete verbs, options and the actions of the study at hand."""
    if shell is not Shell.WORDS:
        print(SCRIPTS[shell], end="")
        return
    for word, about in candidates(typed or [""], folder=Path.cwd()):
        print(f"{word}\t{about}")


def candidates(typed: Sequence[str], *, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield what may stand where the last typed word does, each with a few words about it."""
    from armslength.cli import VERBS

    *before, word = typed
    if not before:
        offered = [(verb, about) for verb, (_, about) in VERBS.items()]
        offered += [("--help", "Show this help"), ("--version", "Tell the version")]
        yield from (one for one in offered if one[0].startswith(word))
        return
    if before[0] not in VERBS or "--" in before:
        return
    command, rest = _command_at(before)
    yield from (one for one in _offered(command, rest, word, folder) if one[0].startswith(word))


def _command_at(before: Sequence[str]) -> tuple[Any, list[str]]:
    """The command that these words lead to, and the words after its name."""
    import typer.main

    from armslength.cli import VERBS

    command: Any = typer.main.get_command(importlib.import_module(VERBS[before[0]][0]).app)
    rest = list(before[1:])
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]
    return command, rest


def _offered(command: Any, rest: list[str], word: str, folder: Path) -> Iterator[tuple[str, str]]:
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            if not inner.hidden:
                yield name, inner.get_short_help_str(80)
    options = [one for one in command.params if one.param_type_name == "option"]
    awaited = next((one for one in options if rest and rest[-1] in one.opts and not one.is_flag), None)
    if awaited is not None:
        yield from ((choice, "") for choice in _choices(awaited))
        return
    if word.startswith("-"):
        for option in options:
            for name in (*option.opts, *option.secondary_opts):
                if name.startswith("--") and not option.hidden:
                    yield name, (option.help or "").partition("\n")[0]
        yield "--help", "Explain this command"
        return
    for argument in (one for one in command.params if one.param_type_name == "argument"):
        yield from ((choice, "") for choice in _choices(argument) if choice != WORDS)
        if argument.name in ACTION_PARAMETERS:
            yield from ((name, "action") for name in action_names(folder) if name not in rest)


def _choices(parameter: Any) -> tuple[str, ...]:
    """The words that a parameter allows: typer keeps them as an enum, and kept them as a list of choices before."""
    kind = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(one.value) for one in kind)
    choices = getattr(getattr(parameter, "type", None), "choices", ())
    return tuple(str(getattr(one, "value", one)) for one in choices)


def action_names(folder: Path) -> tuple[str, ...]:
    """The actions of the study that this folder is in, and `run_all`; none when there is no whole study."""
    from armslength.pipeline.model import RUN_ALL
    from armslength.runner.local.study import find_study

    try:
        return (*find_study(folder).read_pipeline().actions, RUN_ALL)
    except (Mistake, Mistakes):
        return ()
