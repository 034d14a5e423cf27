"""`drctl completion`: a script that completes commands and options, and asks `drctl` nothing."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

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
    from constructs_lib.cli.commands import COMMANDS
    from constructs_lib.cli.program import parser_of_all

    root = parser_of_all()
    words, values = _words(root), dict(_values(root))
    words["help"] += [command.name for command in COMMANDS]
    sys.stdout.write({"bash": _bash, "zsh": _zsh, "fish": _fish}[options.shell](words, values))
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


def _values(parser: argparse.ArgumentParser, path: str = "") -> Iterator[tuple[tuple[str, str], list[str]]]:
    """Yield each option that takes a value, with the path of its command, and the values; of any other, none."""
    for action in parser._actions:
        if isinstance(action.choices, dict):
            for name, inner in action.choices.items():
                yield from _values(inner, f"{path} {name}".strip())
        elif action.nargs != 0:
            for option in action.option_strings:
                yield (path, option), [str(choice) for choice in action.choices or ()]


def _bash(words: Mapping[str, Sequence[str]], values: Mapping[tuple[str, str], Sequence[str]]) -> str:
    cases = "\n".join(f'        "{path}") words="{" ".join(found)}" ;;' for path, found in words.items())
    taken = "\n".join(
        f'        "{path}"*" {option}") words="{" ".join(found)}" ;;' for (path, option), found in values.items()
    )
    return _BASH.replace("@CASES@", cases).replace("@VALUES@", taken)


def _zsh(words: Mapping[str, Sequence[str]], values: Mapping[tuple[str, str], Sequence[str]]) -> str:
    return f"#compdef drctl\nautoload -U +X bashcompinit && bashcompinit\n{_bash(words, values)}"


# Where no word is found, bash completes file names: what an option takes that has no choices. zsh runs it as well, to
# which `path` is the search path, and a length that begins with a letter a modifier.
_BASH = """\
_drctl() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} named="" words="" word
    for word in "${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
        case "$word" in
            -*) ;;
            *) named="${named:+$named }$word" ;;
        esac
    done
    words=-
    case "$named $before" in
@VALUES@
    esac
    if [ "$words" != - ]; then
        COMPREPLY=($(compgen -W "$words" -- "$current"))
        return
    fi
    words=""
    while :; do
        case "$named" in
@CASES@
        esac
        [ -n "$words" ] || [ -z "$named" ] && break
        case "$named" in *" "*) named=${named% *} ;; *) named="" ;; esac
    done
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _drctl drctl
"""


def _fish(words: Mapping[str, Sequence[str]], values: Mapping[tuple[str, str], Sequence[str]]) -> str:
    lines = ["complete -c drctl"]
    for path, found in words.items():
        seen = [f"__fish_seen_subcommand_from {name}" for name in path.split()]
        condition = "; and ".join(seen) or "__fish_use_subcommand"
        lines += [f"complete -c drctl -n '{condition}' {_in_fish(word, values.get((path, word)))}" for word in found]
    return "\n".join(lines) + "\n"


def _in_fish(word: str, values: Sequence[str] | None) -> str:
    takes = "" if values is None else f" -x -a '{' '.join(values)}'" if values else " -r"
    if word.startswith("--"):
        return f"-l {word[2:]}{takes}"
    return f"-s {word[1:]}{takes}" if word.startswith("-") else f"-f -a {word}"
