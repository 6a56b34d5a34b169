# Completion of rancher-tui, made from its commands. Names of sessions are read from their folder.
_rancher_tui_sessions() {
  local folder="${RANCHER_TUI_HOME:-${XDG_STATE_HOME:-$HOME/.local/state}/rancher-tui}/sessions"
  [ -d "$folder" ] && command ls -1 "$folder" 2>/dev/null
}

_rancher_tui() {
  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"
  local name="" place=0 index=1 words="" files="" options=""
  COMPREPLY=()
  while [ "$index" -lt "$COMP_CWORD" ]; do
    case "${COMP_WORDS[index]}" in
      --home|--language|--theme) [ -z "$name" ] && index=$((index + 1)) ;;
      -*) ;;
      *) if [ -z "$name" ]; then name="${COMP_WORDS[index]}"; else place=$((place + 1)); fi ;;
    esac
    index=$((index + 1))
  done
  case "$name" in
    "")
      options="--home --language --theme --ascii --slow --plain --version"
      case "$before" in
        --home) files=yes ;;
        --language) words="auto en zh_CN" ;;
        --theme) words="dark light" ;;
        *) words="adopt archive attach backup balancer balancer-lint bundle cert cert-make cert-replace check cleanup completion copy defaults delete diff dns explain export images keys lab lint log new nodes plan ports preflight probe redo rehearse remove rename report restore rke schema sessions set shell show status stop take-over trust undo up verdict versions why $(_rancher_tui_sessions)" ;;
      esac
      ;;
    adopt)
      options="--kubeconfig --state --json --strict"
      case "$before" in
        --kubeconfig) files=yes ;;
        --state) files=yes ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
          1) files=yes ;;
        esac ;;
      esac
      ;;
    archive)
      options="-o --output --keep --encrypt --passphrase --json"
      case "$before" in
        -o|--output) files=yes ;;
        --passphrase) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    attach)
      options="--run --json"
      case "$before" in
        --run) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    backup)
      options="--to --encrypt --passphrase --list --json"
      case "$before" in
        --to) files=yes ;;
        --passphrase) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    balancer)
      options="-o --output"
      case "$before" in
        -o|--output) files=yes ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
          1) words="nginx haproxy alb traefik caddy envoy" ;;
        esac ;;
      esac
      ;;
    balancer-lint)
      options="--fqdn --json --strict"
      case "$before" in
        --fqdn) : ;;
        *) case "$place" in
          0) files=yes ;;
        esac ;;
      esac
      ;;
    bundle)
      options="-o --output --list --show --json"
      case "$before" in
        -o|--output) files=yes ;;
        --show) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    cert)
      options="--connect --key --ca --fqdn --at --fix --passphrase --json --strict"
      case "$before" in
        --connect) : ;;
        --key) files=yes ;;
        --ca) files=yes ;;
        --fqdn) : ;;
        --at) : ;;
        --fix) files=yes ;;
        --passphrase) : ;;
        *) case "$place" in
          0) files=yes ;;
        esac ;;
      esac
      ;;
    cert-make)
      options="--fqdn -o --output --json"
      case "$before" in
        --fqdn) : ;;
        -o|--output) files=yes ;;
        *) case "$place" in
        esac ;;
      esac
      ;;
    cert-replace)
      options="--new-ca --json"
      case "$before" in
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    check)
      options="--json --strict"
      case "$before" in
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
          *) words="hosts balancer dns rke template nodes certificates fqdn version backup-config run backup-result" ;;
        esac ;;
      esac
      ;;
    cleanup)
      options="--node -o --output --yes --json --strict"
      case "$before" in
        --node) : ;;
        -o|--output) : ;;
        --yes) : ;;
        *) case "$place" in
          0) files=yes ;;
        esac ;;
      esac
      ;;
    completion)
      options=""
      case "$before" in
        *) case "$place" in
          0) words="bash zsh fish" ;;
        esac ;;
      esac
      ;;
    copy)
      options=""
      case "$before" in
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
          1) : ;;
        esac ;;
      esac
      ;;
    defaults)
      options="--forget --json"
      case "$before" in
        *) case "$place" in
          0) : ;;
        esac ;;
      esac
      ;;
    delete)
      options="--yes"
      case "$before" in
        --yes) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    diff)
      options="--applied --json"
      case "$before" in
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
          1) files=yes ;;
        esac ;;
      esac
      ;;
    dns)
      options="--expect --server --timeout --watch --json --strict"
      case "$before" in
        --expect) : ;;
        --server) : ;;
        --timeout) : ;;
        *) case "$place" in
          0) : ;;
        esac ;;
      esac
      ;;
    explain)
      options="--json --strict"
      case "$before" in
        *) case "$place" in
          0) files=yes ;;
        esac ;;
      esac
      ;;
    export)
      options="-o --output --yes --json"
      case "$before" in
        -o|--output) files=yes ;;
        --yes) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    images)
      options="--rancher --rke --kubernetes --plugin --registry --check --json --strict"
      case "$before" in
        --rancher) : ;;
        --rke) : ;;
        --kubernetes) : ;;
        --plugin) : ;;
        --registry) : ;;
        *) case "$place" in
          0) : ;;
        esac ;;
      esac
      ;;
    keys)
      options="--write-settings --json"
      case "$before" in
        *) case "$place" in
        esac ;;
      esac
      ;;
    lab)
      options="--headless --fault --list-faults --session --keep --json"
      case "$before" in
        --fault) words="host-unreachable wrong-key no-docker-access name-elsewhere addon-job-fails host-dropped image-pull-stalls rancher-silent" ;;
        --session) words="$(_rancher_tui_sessions)" ;;
        *) case "$place" in
        esac ;;
      esac
      ;;
    lint)
      options="--rke --json --strict"
      case "$before" in
        --rke) : ;;
        *) case "$place" in
          0) files=yes ;;
        esac ;;
      esac
      ;;
    log)
      options="--follow -f --run --json"
      case "$before" in
        --run) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    new)
      options="--from --yes"
      case "$before" in
        --from) files=yes ;;
        --yes) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    nodes)
      options="--paste --delete --json --strict"
      case "$before" in
        --paste) files=yes ;;
        --delete) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    plan)
      options="--json"
      case "$before" in
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    ports)
      options="--node --yes --json --strict"
      case "$before" in
        --node) : ;;
        --yes) : ;;
        *) case "$place" in
          0) files=yes ;;
        esac ;;
      esac
      ;;
    preflight)
      options="--node --only -o --output --json --strict"
      case "$before" in
        --node) : ;;
        --only) : ;;
        -o|--output) files=yes ;;
        *) case "$place" in
          0) files=yes ;;
        esac ;;
      esac
      ;;
    probe)
      options="--address --ca --node --node-port --http-port --token-file --timeout --json --strict"
      case "$before" in
        --address) : ;;
        --ca) files=yes ;;
        --node) : ;;
        --node-port) : ;;
        --http-port) : ;;
        --token-file) files=yes ;;
        --timeout) : ;;
        *) case "$place" in
          0) : ;;
        esac ;;
      esac
      ;;
    redo)
      options=""
      case "$before" in
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    rehearse)
      options="--idle --yes --json --strict"
      case "$before" in
        --idle) : ;;
        --yes) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    remove)
      options="--yes --json"
      case "$before" in
        --yes) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    rename)
      options=""
      case "$before" in
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
          1) : ;;
        esac ;;
      esac
      ;;
    report)
      options="-o --output --json"
      case "$before" in
        -o|--output) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    restore)
      options="--as --set --rehearse --passphrase --json --strict"
      case "$before" in
        --as) words="$(_rancher_tui_sessions)" ;;
        --set) : ;;
        --passphrase) : ;;
        *) case "$place" in
          0) files=yes ;;
        esac ;;
      esac
      ;;
    rke)
      options="--session --fetch --mirror --sha256 -o --output --json --strict"
      case "$before" in
        --session) words="$(_rancher_tui_sessions)" ;;
        --fetch) : ;;
        --mirror) : ;;
        --sha256) : ;;
        -o|--output) files=yes ;;
        *) case "$place" in
        esac ;;
      esac
      ;;
    schema)
      options=""
      case "$before" in
        *) case "$place" in
          0) words="adopt archive attach backup balancer-lint bundle cert cert-make cert-replace check cleanup defaults diff dns explain export images keys lab lint log nodes plan ports preflight probe rehearse report restore rke sessions set show status stop trust up verdict versions" ;;
        esac ;;
      esac
      ;;
    sessions)
      options="--json"
      case "$before" in
        *) case "$place" in
        esac ;;
      esac
      ;;
    set)
      options="--json --strict"
      case "$before" in
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
          *) : ;;
        esac ;;
      esac
      ;;
    shell)
      options=""
      case "$before" in
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    show)
      options="--json"
      case "$before" in
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    status)
      options="--run --json"
      case "$before" in
        --run) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    stop)
      options="--run --yes --json"
      case "$before" in
        --run) : ;;
        --yes) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    take-over)
      options=""
      case "$before" in
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    trust)
      options="--node --yes --json"
      case "$before" in
        --node) : ;;
        --yes) : ;;
        *) case "$place" in
          0) files=yes ;;
        esac ;;
      esac
      ;;
    undo)
      options=""
      case "$before" in
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    up)
      options="--detach --yes --json"
      case "$before" in
        --yes) : ;;
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    verdict)
      options="--json --strict"
      case "$before" in
        *) case "$place" in
          0) words="$(_rancher_tui_sessions)" ;;
        esac ;;
      esac
      ;;
    versions)
      options="--rancher --rke --kubernetes --docker --os --json --strict"
      case "$before" in
        --rancher) : ;;
        --rke) : ;;
        --kubernetes) : ;;
        --docker) : ;;
        --os) : ;;
        *) case "$place" in
        esac ;;
      esac
      ;;
    why)
      options=""
      case "$before" in
        *) case "$place" in
          0) : ;;
        esac ;;
      esac
      ;;
    *) files=yes ;;
  esac
  case "$current" in -*) words="$options"; files="" ;; esac
  local IFS=$' \t\n'
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ -n "$files" ] && COMPREPLY+=($(compgen -f -- "$current"))
  return 0
}

complete -o filenames -F _rancher_tui rancher-tui
