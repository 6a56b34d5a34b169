#compdef rancher-tui
# Completion of rancher-tui, made from its commands. Names of sessions are read from their folder.
_rancher_tui_sessions() {
  local folder="${RANCHER_TUI_HOME:-${XDG_STATE_HOME:-$HOME/.local/state}/rancher-tui}/sessions"
  local -a names
  [[ -d $folder ]] && names=("$folder"/*(N/:t))
  _describe -t sessions session names
}

_rancher_tui_commands() {
  local -a names
  names=(
    'adopt:Take a cluster that stands already into a session: its files are copied and verified, nothing is run'
    'archive:Put a whole session into one file, read back and compared, and take it off the list'
    'attach:Follow a run from its first line on; when it has ended, tell the verdict'
    'backup:Copy what must not be lost (what was entered, what a run left), verified by SHA-256'
    'balancer:Write the load balancer'\''s configuration from the session'\''s nodes and names'
    'balancer-lint:Judge an existing nginx or HAProxy configuration'
    'bundle:One file with what someone else needs to help: state, findings, log, versions; secrets taken out'
    'cert:Judge a certificate chain: order, path, names, key, CA'
    'cert-make:Make a private CA and a server certificate for the FQDN; private keys are 0600, nothing is overwritten'
    'cert-replace:Say how the served certificate, or the CA, is replaced later: steps and commands with this install'\''s values'
    'check:Run the checks that prove these steps and keep their reports in the session'
    'cleanup:Show what an earlier cluster left on each node, what `rke up` would make of it, and a script that clears it'
    'completion:Print the completion script of a shell'
    'copy:Begin a new session with what was entered in another; its runs and backups stay there'
    'defaults:Show or keep what new sessions begin with: your login, key, registry and kind of load balancer'
    'delete:Delete a session and all its files for good'
    'diff:Show what an export would change: in the exported file, in the last applied one, or in any file'
    'dns:Look a name up from every vantage and compare the answers'
    'explain:Judge any rke log: phases, hosts, problems with cause and remedy, outcome'
    'export:Write the cluster file; an existing one is kept as FILE.YYYYMMDDTHHMMSSZ'
    'images:List the images that a set of versions needs, one a line, as for a mirror without the internet'
    'keys:List every key of the screens: what it does and where, and what is wrong in the settings file'
    'lab:A rehearsal of the whole install on this machine, on loopback; nothing real is touched'
    'lint:Judge a cluster file: what rke would refuse, and what would go wrong although rke takes it'
    'log:Print a run'\''s log, line by line, safe for any terminal'
    'new:Make a session: with your defaults, or from an existing cluster file'
    'nodes:Show the node table, or add pasted hosts (lines, CSV, /etc/hosts, Ansible inventory, a nodes: block)'
    'plan:Say in plain words what `up` would do to which host, and what of it needs a typed yes'
    'ports:Try the ports from each node to each, with listeners that are removed again'
    'preflight:Prove over SSH that RKE will be able to work on every node'
    'probe:Ask Rancher through its load balancer, without a login, and name the hop that is to blame'
    'redo:Make the last undone edit again'
    'rehearse:Start echo servers on the nodes, send requests through the balancer, remove them'
    'remove:Run `rke remove`: take the cluster off its nodes'
    'rename:Give a session another name'
    'report:Write the report of an install for a change ticket: entered, proven, run, decided, by whom and when'
    'restore:Make a backup or an archive a session again; every file is compared with its SHA-256 first'
    'rke:Find the rke binary (session, PATH) and judge it; with --fetch download one first'
    'schema:Print the JSON Schema of what a command prints with --json'
    'sessions:List the sessions: label, FQDN, step reached, run, verdict, last saved, held by'
    'set:Edit fields by dotted path'
    'shell:A shell in the session'\''s folder: KUBECONFIG set, rke on PATH'
    'show:Show the state and where the twelve steps stand'
    'status:Tell how a run stands: state, phase, elapsed time, problems, verdict'
    'stop:Stop a run: SIGTERM, after a deadline SIGKILL'
    'take-over:Ask the program that holds a session to save and leave, so that it can be opened here'
    'trust:Show every node'\''s host key; with --yes trust, pin those that are new'
    'undo:Take the last edit back; undo survives restarts'
    'up:Run `rke up` on the exported cluster file, detached from this terminal, and follow it'
    'verdict:Ask every witness again whether Rancher is up'
    'versions:Tell which versions go together with those given, and why others do not'
    'why:Tell why a finding matters: what goes wrong when it is left as it is'
  )
  _describe -t commands command names
  _rancher_tui_sessions
}

_rancher_tui() {
  local state line
  local -A opt_args
  _arguments -C '--home[Folder of all sessions.]:DIR:_files' '--language[Language of all texts.]:LANGUAGE:(auto en zh_CN)' '--theme[Light on dark, or dark on light.]:THEME:(dark light)' '--ascii[Draw with ASCII signs only.]' '--slow[Draw less often, for slow links.]' '--plain[No colours, no rules\: for screen readers.]' '--version[Print the version.]' \
    '1: :_rancher_tui_commands' '*:: :->rest'
  case $state in
    rest)
      case $words[1] in
        adopt) _arguments '--kubeconfig[If it does not lie beside the cluster file.]:FILE:_files' '--state[The .rkestate, if it does not lie beside it.]:FILE:_files' '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:SESSION:_rancher_tui_sessions' '2:CLUSTER_FILE:_files' ;;
        archive) _arguments '(-o --output)-o[File to write; else below the home.]:FILE:_files' '(-o --output)--output[File to write; else below the home.]:FILE:_files' '--keep[Leave the session on the list too.]' '--encrypt[Encrypt it with a passphrase.]' '--passphrase[Where the passphrase comes from (- is stdin).]:env VAR|file PATH|-: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' ;;
        attach) _arguments '--run[A run; the newest if left out.]:ID: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' ;;
        backup) _arguments '--to[A second copy, in another place.]:DIR|sftp //USER@HOST/DIR:_files' '--encrypt[Encrypt the second copy with a passphrase.]' '--passphrase[Where the passphrase comes from (- is stdin).]:env VAR|file PATH|-: ' '--list[List the backups there are\: age, what they lack.]' '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' ;;
        balancer) _arguments '(-o --output)-o[File to write; - for standard output.]:FILE:_files' '(-o --output)--output[File to write; - for standard output.]:FILE:_files' '1:SESSION:_rancher_tui_sessions' '2:KIND:(nginx haproxy alb traefik caddy envoy)' ;;
        balancer-lint) _arguments '--fqdn[Rancher'\''s name, where the file has several sites.]:NAME: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:FILE:_files' ;;
        bundle) _arguments '(-o --output)-o[File to write; else SESSION-bundle-TIME.tar.gz.]:FILE:_files' '(-o --output)--output[File to write; else SESSION-bundle-TIME.tar.gz.]:FILE:_files' '--list[Only list what would be in it.]' '--show[Only show this file as it would be in it.]:NAME: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' ;;
        cert) _arguments '--connect[Judge the chain that is served there.]:HOST PORT: ' '--key[The private key.]:FILE:_files' '--ca[The CA that Rancher publishes.]:FILE:_files' '--fqdn[The name it must cover.]:NAME: ' '--at[Judge at this time.]:RFC3339: ' '--fix[Write the repaired chain into this new file.]:OUT:_files' '--passphrase[Opens a PKCS#12 file or an encrypted key (- is stdin); it is not kept.]:env VAR|file PATH|-: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:CHAIN:_files' ;;
        cert-make) _arguments '--fqdn[The name or address of the server.]:NAME: ' '(-o --output)-o[Folder to write into.]:DIR:_files' '(-o --output)--output[Folder to write into.]:DIR:_files' '--json[Print JSON, in English; see `rancher-tui schema`.]' ;;
        cert-replace) _arguments '--new-ca[The new chain comes from another CA.]' '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' ;;
        check) _arguments '--json[Print JSON, in English, one object a line; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:SESSION:_rancher_tui_sessions' '*:STEP:(hosts balancer dns rke template nodes certificates fqdn version backup-config run backup-result)' ;;
        cleanup) _arguments '*--node[Only this node (address, name or number); may be repeated.]:NAME: ' '(-o --output)-o[Write each node'\''s script there.]:FOLDER: ' '(-o --output)--output[Write each node'\''s script there.]:FOLDER: ' '*--yes[Agree to what the code stands for; may be repeated.]:CODE: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:SESSION|CLUSTER_FILE:_files' ;;
        completion) _arguments '1:SHELL:(bash zsh fish)' ;;
        copy) _arguments '1:SESSION:_rancher_tui_sessions' '2:NEW: ' ;;
        defaults) _arguments '--forget[Begin new sessions empty again.]' '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:[SESSION]: ' ;;
        delete) _arguments '--yes[The session'\''s name again.]:NAME: ' '1:SESSION:_rancher_tui_sessions' ;;
        diff) _arguments '--applied[Compare with the file that the newest run applied.]' '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' '2:FILE:_files' ;;
        dns) _arguments '*--expect[What it should lead to; may be repeated.]:ADDR|NAME: ' '*--server[Ask only these; may be repeated.]:ADDR[ PORT]: ' '--timeout[Seconds for one question to one server.]:S: ' '--watch[Ask again until all agree, for an hour at most.]' '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:NAME: ' ;;
        explain) _arguments '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:LOG_FILE:_files' ;;
        export) _arguments '(-o --output)-o[File to write; - for standard output.]:FILE:_files' '(-o --output)--output[File to write; - for standard output.]:FILE:_files' '*--yes[Agree to what the code stands for; may be repeated.]:CODE: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' ;;
        images) _arguments '--rancher[The Rancher version.]:V: ' '--rke[The RKE version.]:V: ' '--kubernetes[The Kubernetes version, as RKE names it.]:V: ' '--plugin[The network plugin.]:NAME: ' '--registry[As named in this registry.]:HOST[ PORT]: ' '--check[Ask from every node whether they can still be pulled.]' '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:[SESSION]: ' ;;
        keys) _arguments '--write-settings[Write a commented settings file, if there is none yet.]' '--json[Print JSON, in English; see `rancher-tui schema`.]' ;;
        lab) _arguments '--headless[Do all twelve steps and exit by the verdict.]' '*--fault[A fault of the practice world; may be repeated.]:NAME:(host-unreachable wrong-key no-docker-access name-elsewhere addon-job-fails host-dropped image-pull-stalls rancher-silent)' '--list-faults[Name the faults and what they do.]' '--session[Name of the rehearsal'\''s session.]:NAME:_rancher_tui_sessions' '--keep[Leave the practice world running afterwards.]' '--json[Print JSON, in English; see `rancher-tui schema`.]' ;;
        lint) _arguments '--rke[The rke that will read it.]:VERSION: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:CLUSTER_FILE:_files' ;;
        log) _arguments '(--follow -f)--follow[Go on while the run goes on.]' '(--follow -f)-f[Go on while the run goes on.]' '--run[A run; the newest if left out.]:ID: ' '--json[Print JSON, in English, one object a line; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' ;;
        new) _arguments '--from[Read an existing cluster file in.]:CLUSTER_FILE:_files' '*--yes[Agree to what the code stands for; may be repeated.]:CODE: ' '1:SESSION:_rancher_tui_sessions' ;;
        nodes) _arguments '--paste[Add hosts from any pasteable form.]:FILE|-:_files' '*--delete[Take a node (address, name or number) out; may be repeated.]:NODE: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:SESSION:_rancher_tui_sessions' ;;
        plan) _arguments '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' ;;
        ports) _arguments '*--node[Only this node (address, name or number); may be repeated.]:NAME: ' '*--yes[Agree to what the code stands for; may be repeated.]:CODE: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:SESSION|CLUSTER_FILE:_files' ;;
        preflight) _arguments '*--node[Only this node (address, name or number); may be repeated.]:NAME: ' '*--only[Tell only these checks\: login, docker, system, kernel, net, clean; may be repeated.]:GROUP: ' '(-o --output)-o[Write the report there too\: .txt, .md or .json.]:FILE:_files' '(-o --output)--output[Write the report there too\: .txt, .md or .json.]:FILE:_files' '--json[Print JSON, in English, one object a line; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:SESSION|CLUSTER_FILE:_files' ;;
        probe) _arguments '--address[The balancer; else as the name resolves here.]:ADDR[ PORT]: ' '--ca[The CA that Rancher publishes; else the system'\''s.]:FILE:_files' '*--node[A node, asked without the balancer too; may be repeated.]:ADDR: ' '--node-port[The nodes'\'' ingress port.]:PORT: ' '--http-port[The plain HTTP port.]:PORT: ' '--token-file[An API key (NAME\:KEY) to open a WebSocket with; - reads it.]:FILE:_files' '--timeout[Seconds for one request.]:S: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:NAME[ PORT]: ' ;;
        redo) _arguments '1:SESSION:_rancher_tui_sessions' ;;
        rehearse) _arguments '--idle[Seconds of silence that a WebSocket must outlast.]:S: ' '*--yes[Agree to what the code stands for; may be repeated.]:CODE: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:SESSION:_rancher_tui_sessions' ;;
        remove) _arguments '*--yes[Agree to what the code stands for; may be repeated.]:CODE: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' ;;
        rename) _arguments '1:SESSION:_rancher_tui_sessions' '2:NEW: ' ;;
        report) _arguments '(-o --output)-o[File to write; else Markdown here.]:FILE.md|.html: ' '(-o --output)--output[File to write; else Markdown here.]:FILE.md|.html: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' ;;
        restore) _arguments '--as[Name of the new session.]:SESSION:_rancher_tui_sessions' '*--set[Another value for a field; repeatable.]:KEY=VALUE: ' '--rehearse[Only prove that it could be restored; nothing stays.]' '--passphrase[Where the passphrase comes from (- is stdin).]:env VAR|file PATH|-: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:BACKUP:_files' ;;
        rke) _arguments '--session[Whose binary.]:SESSION:_rancher_tui_sessions' '--fetch[Download this release and verify its SHA-256.]:VERSION: ' '--mirror[Fetch from URL/VERSION/ instead of the release.]:URL: ' '--sha256[The sum to hold it against, instead of the release'\''s.]:HEX: ' '(-o --output)-o[Where to put it; ./rke if left out.]:FILE:_files' '(-o --output)--output[Where to put it; ./rke if left out.]:FILE:_files' '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' ;;
        schema) _arguments '1:COMMAND:(adopt archive attach backup balancer-lint bundle cert cert-make cert-replace check cleanup defaults diff dns explain export images keys lab lint log nodes plan ports preflight probe rehearse report restore rke sessions set show status stop trust up verdict versions)' ;;
        sessions) _arguments '--json[Print JSON, in English; see `rancher-tui schema`.]' ;;
        set) _arguments '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:SESSION:_rancher_tui_sessions' '*:KEY=VALUE: ' ;;
        shell) _arguments '1:SESSION:_rancher_tui_sessions' ;;
        show) _arguments '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' ;;
        status) _arguments '--run[A run; the newest if left out.]:ID: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' ;;
        stop) _arguments '--run[A run; the newest if left out.]:ID: ' '*--yes[Agree to what the code stands for; may be repeated.]:CODE: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' ;;
        take-over) _arguments '1:SESSION:_rancher_tui_sessions' ;;
        trust) _arguments '*--node[Only this node (address, name or number); may be repeated.]:NAME: ' '*--yes[Agree to what the code stands for; may be repeated.]:CODE: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION|CLUSTER_FILE:_files' ;;
        undo) _arguments '1:SESSION:_rancher_tui_sessions' ;;
        up) _arguments '--detach[Return as soon as rke has started.]' '*--yes[Agree to what the code stands for; may be repeated.]:CODE: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '1:SESSION:_rancher_tui_sessions' ;;
        verdict) _arguments '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' '1:SESSION:_rancher_tui_sessions' ;;
        versions) _arguments '--rancher[The Rancher version.]:V: ' '--rke[The RKE version.]:V: ' '--kubernetes[The Kubernetes version, as RKE names it.]:V: ' '--docker[The Docker version of the hosts.]:V: ' '--os[The hosts'\'' system, such as ubuntu-16.04.]:NAME: ' '--json[Print JSON, in English; see `rancher-tui schema`.]' '--strict[Warnings exit with 4.]' ;;
        why) _arguments '1:CODE: ' ;;
      esac
      ;;
  esac
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _rancher_tui "$@"; else compdef _rancher_tui rancher-tui; fi
