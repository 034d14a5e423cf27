"""`drctl completion`: a script that completes commands and options, and asks `drctl` nothing."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from constructs_lib.cli.arguments import Subparsers

_SHELLS = ("bash", "zsh", "fish")


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "completion",
        help="a script that completes commands and options in bash, zsh or fish",
        description="Write a script that completes commands and options. The script holds all it needs: completing "
        'starts nothing. For example: eval "$(drctl completion bash)", or in fish: drctl completion fish | source.',
        allow_abbrev=False,
    )
    command.add_argument("shell", choices=_SHELLS)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.cli.program import parser_of_all

    words = _words(parser_of_all())
    sys.stdout.write({"bash": _bash, "zsh": _zsh, "fish": _fish}[options.shell](words))
    return 0


def _words(parser: argparse.ArgumentParser, path: str = "") -> dict[str, list[str]]:
    """Return what can follow each command, by its path: subcommands, options and choices."""
    found: dict[str, list[str]] = {path: []}
    for action in parser._actions:
        found[path] += action.option_strings
        choices = action.choices
        if isinstance(choices, dict):
            for name, inner in choices.items():
                found[path].append(name)
                found |= _words(inner, f"{path} {name}".strip())
        elif choices is not None and not action.option_strings:
            found[path] += [str(choice) for choice in choices]
    return found


def _bash(words: Mapping[str, Sequence[str]]) -> str:
    cases = "\n".join(f'        "{path}") words="{" ".join(found)}" ;;' for path, found in words.items())
    return _BASH.replace("@CASES@", cases)


def _zsh(words: Mapping[str, Sequence[str]]) -> str:
    return f"#compdef drctl\nautoload -U +X bashcompinit && bashcompinit\n{_bash(words)}"


_BASH = """\
_drctl() {
    local current=${COMP_WORDS[COMP_CWORD]} path="" words="" word
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case "$word" in
            -*) ;;
            *) path="${path:+$path }$word" ;;
        esac
    done
    while :; do
        case "$path" in
@CASES@
        esac
        [ -n "$words" ] || [ -z "$path" ] && break
        case "$path" in *" "*) path=${path% *} ;; *) path="" ;; esac
    done
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _drctl drctl
"""


def _fish(words: Mapping[str, Sequence[str]]) -> str:
    lines = ["complete -c drctl"]
    for path, found in words.items():
        seen = [f"__fish_seen_subcommand_from {name}" for name in path.split()]
        condition = "; and ".join(seen) or "__fish_use_subcommand"
        lines += [f"complete -c drctl -n '{condition}' {_in_fish(word)}" for word in found]
    return "\n".join(lines) + "\n"


def _in_fish(word: str) -> str:
    if word.startswith("--"):
        return f"-l {word[2:]}"
    return f"-s {word[1:]}" if word.startswith("-") else f"-f -a {word}"
