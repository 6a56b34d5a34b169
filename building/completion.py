"""Completion for bash, zsh and fish: plain scripts made from the commands. They never start the program."""

from __future__ import annotations

from building.commands import FILES, SESSIONS, Argument, Command, Option

_HEAD = "# Completion of rancher-tui, made from its commands. Names of sessions are read from their folder.\n"
_FOLDER = '"${RANCHER_TUI_HOME:-${XDG_STATE_HOME:-$HOME/.local/state}/rancher-tui}/sessions"'


def bash(commands: list[Command]) -> str:
    """A script for bash (and for zsh through its own loader)."""
    root, *rest = commands
    valued = "|".join(name for option in root.options if option.value for name in option.names)
    cases = "\n".join(_bash_case(command) for command in rest)
    names = " ".join(command.name for command in rest)
    return f"""{_HEAD}_rancher_tui_sessions() {{
  local folder={_FOLDER}
  [ -d "$folder" ] && command ls -1 "$folder" 2>/dev/null
}}

_rancher_tui() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}"
  local name="" place=0 index=1 words="" files="" options=""
  COMPREPLY=()
  while [ "$index" -lt "$COMP_CWORD" ]; do
    case "${{COMP_WORDS[index]}}" in
      {valued}) [ -z "$name" ] && index=$((index + 1)) ;;
      -*) ;;
      *) if [ -z "$name" ]; then name="${{COMP_WORDS[index]}}"; else place=$((place + 1)); fi ;;
    esac
    index=$((index + 1))
  done
  case "$name" in
    "")
      options="{_spelled(root.options)}"
      case "$before" in
{_bash_values(root.options, 8)}        *) words="{names} $(_rancher_tui_sessions)" ;;
      esac
      ;;
{cases}
    *) files=yes ;;
  esac
  case "$current" in -*) words="$options"; files="" ;; esac
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ -n "$files" ] && COMPREPLY+=($(compgen -f -- "$current"))
  return 0
}}

complete -o filenames -F _rancher_tui rancher-tui
"""


def _spelled(options: tuple[Option, ...]) -> str:
    return " ".join(name for option in options for name in option.names)


def _bash_case(command: Command) -> str:
    places = "".join(
        f"          {index}) {_bash_source(argument.values)} ;;\n"
        for index, argument in enumerate(command.arguments)
        if not argument.many
    )
    last = next((argument for argument in command.arguments if argument.many), None)
    rest = f"          *) {_bash_source(last.values)} ;;\n" if last else ""
    return f"""    {command.name})
      options="{_spelled(command.options)}"
      case "$before" in
{_bash_values(command.options, 8)}        *) case "$place" in
{places}{rest}        esac ;;
      esac
      ;;"""


def _bash_values(options: tuple[Option, ...], indent: int) -> str:
    return "".join(
        f"{' ' * indent}{'|'.join(option.names)}) {_bash_source(option.values)} ;;\n"
        for option in options
        if option.value
    )


def _bash_source(values: tuple[str, ...] | str) -> str:
    if values == SESSIONS:
        return 'words="$(_rancher_tui_sessions)"'
    if values == FILES:
        return "files=yes"
    return f'words="{" ".join(values)}"' if values else ":"


def zsh(commands: list[Command]) -> str:
    """A script for zsh: a function of its completion system for each command."""
    root, *rest = commands
    described = "\n".join(f"    {_quoted(command.name + ':' + command.summary)}" for command in rest)
    cases = "\n".join(f"        {command.name}) _arguments {' '.join(_zsh_specs(command))} ;;" for command in rest)
    return f"""#compdef rancher-tui
{_HEAD}_rancher_tui_sessions() {{
  local folder={_FOLDER}
  local -a names
  [[ -d $folder ]] && names=("$folder"/*(N/:t))
  _describe -t sessions session names
}}

_rancher_tui_commands() {{
  local -a names
  names=(
{described}
  )
  _describe -t commands command names
  _rancher_tui_sessions
}}

_rancher_tui() {{
  local state line
  local -A opt_args
  _arguments -C {" ".join(_zsh_option(option) for option in root.options)} \\
    '1: :_rancher_tui_commands' '*:: :->rest'
  case $state in
    rest)
      case $words[1] in
{cases}
      esac
      ;;
  esac
}}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _rancher_tui "$@"; else compdef _rancher_tui rancher-tui; fi
"""


def _zsh_specs(command: Command) -> list[str]:
    single = [argument for argument in command.arguments if not argument.many]
    many = [argument for argument in command.arguments if argument.many]
    return [
        *(_zsh_option(option) for option in command.options),
        *(_zsh_argument(argument, str(place)) for place, argument in enumerate(single, 1)),
        *(_zsh_argument(argument, "*") for argument in many),
    ]


def _zsh_option(option: Option) -> str:
    names = "(" + " ".join(option.names) + ")" if len(option.names) > 1 and not option.many else ""
    text = option.help.replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")
    value = f":{option.value.replace(':', ' ')}:{_zsh_source(option.values)}" if option.value else ""
    specs = [_quoted(f"{'*' if option.many else names}{name}[{text}]{value}") for name in option.names]
    return " ".join(specs)


def _zsh_argument(argument: Argument, place: str) -> str:
    return _quoted(f"{place}:{argument.name.replace(':', ' ')}:{_zsh_source(argument.values)}")


def _zsh_source(values: tuple[str, ...] | str) -> str:
    if values == SESSIONS:
        return "_rancher_tui_sessions"
    if values == FILES:
        return "_files"
    return f"({' '.join(values)})" if values else " "


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def fish(commands: list[Command]) -> str:
    """A script for fish."""
    root, *rest = commands
    names = " ".join(command.name for command in rest)
    none = '-n "not __fish_seen_subcommand_from $commands"'
    lines = [
        _HEAD.rstrip(),
        "function __rancher_tui_sessions",
        "  set -l home $RANCHER_TUI_HOME",
        "  set -l state $XDG_STATE_HOME",
        '  test -n "$state"; or set state ~/.local/state',
        '  test -n "$home"; or set home $state/rancher-tui',
        "  test -d $home/sessions; and command ls -1 $home/sessions",
        "end",
        f"set -l commands {names}",
        "complete -c rancher-tui -f",
        f'complete -c rancher-tui {none} -a "(__rancher_tui_sessions)" -d session',
    ]
    lines += [_fish_option(option, none) for option in root.options]
    for command in rest:
        lines.append(f"complete -c rancher-tui {none} -a {command.name} -d {_fish_quoted(command.summary)}")
        seen = f'-n "__fish_seen_subcommand_from {command.name}"'
        lines += [_fish_option(option, seen) for option in command.options]
        lines += [line for argument in command.arguments for line in _fish_argument(argument, seen)]
    return "\n".join(lines) + "\n"


def _fish_option(option: Option, seen: str) -> str:
    spelled = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
    value = f" -{'r' if option.values == FILES else 'x'}{_fish_source(option.values)}" if option.value else ""
    return f"complete -c rancher-tui {seen} {spelled}{value} -d {_fish_quoted(option.help)}"


def _fish_argument(argument: Argument, seen: str) -> list[str]:
    source = _fish_source(argument.values)
    return [f"complete -c rancher-tui {seen}{source}"] if source else []


def _fish_source(values: tuple[str, ...] | str) -> str:
    if values == SESSIONS:
        return ' -a "(__rancher_tui_sessions)"'
    if values == FILES:
        return " -F"
    return f" -a {_fish_quoted(' '.join(values))}" if values else ""


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
