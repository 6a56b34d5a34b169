# Facts about this machine, read and never changed. POSIX sh; every fact comes from a program on PATH.
# Before this text stand the assignments MARK, SOCKET, PATIENCE (seconds), FQDN, REGISTRY, AUDIT, MODULES and OPTIONS.
# Form: a line "MARK name", what the program said, a line "MARK = exit status".
# Facts that may take seconds are asked for all at once, and wait in a pipe until the others have been told.
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
DOCKER_HOST="unix://$SOCKET"
export LC_ALL PATH DOCKER_HOST
unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH DOCKER_API_VERSION DOCKER_CONFIG

fact() {
    printf '\n%s %s\n' "$MARK" "$1"
    shift
    if has "$1"; then "$@" 2>&1 </dev/null; else no_program; fi
    printf '\n%s = %s\n' "$MARK" "$?"
}

slow_fact() {
    if has "$2"; then later "$@" & fi
}

later() {
    name=$1
    shift
    said=$(limited 7 "$@" 2>&1 </dev/null)
    status=$?
    printf '\n%s %s\n%.3000s\n%s = %s\n' "$MARK" "$name" "$said" "$MARK" "$status"
}

no_program() {
    echo "no such program"
    return 127
}

limited() {
    seconds=$1
    shift
    "$@" &
    child=$!
    ( exec >/dev/null 2>&1; sleep "$seconds"; kill -9 "$child" ) &
    watch=$!
    wait "$child"
    result=$?
    kill "$watch" 2>/dev/null
    return "$result"
}

has() {
    command -v "$1" >/dev/null 2>&1
}

either() {
    if has "$1"; then $2; else $3; fi
}

socket_access() {
    if [ ! -e "$SOCKET" ]; then echo missing
    elif [ ! -S "$SOCKET" ]; then echo no-socket
    elif [ -r "$SOCKET" ] && [ -w "$SOCKET" ]; then echo usable
    else echo denied
    fi
}

docker_place() {
    place=$(command -v docker) || return
    target=$(readlink -f "$place")
    printf '%s\n' "$place" "$target"
    head -c 400 "$target" | grep -a podman
    return 0
}

modules_known() {
    release=$(uname -r)
    grep -hoE "/($MODULES)\\.ko" "/lib/modules/$release/modules.builtin" "/lib/modules/$release/modules.dep" | sort -u
}

kernel_config() {
    if [ -r /proc/config.gz ]; then zcat /proc/config.gz; else cat "/boot/config-$(uname -r)"; fi |
        grep -E "^CONFIG_($OPTIONS)=y"
}

programs_running() {
    ps -e -o comm= 2>/dev/null || ps -o comm
}

disk_space() {
    roots=$(sed -n 's/.*"\(data-root\|graph\)"[^"]*"\([^"]*\)".*/\2/p' /etc/docker/daemon.json 2>/dev/null)
    limited 6 df -P -k / /var/lib/docker /var/lib/etcd /opt $roots
}

disk_kinds() {
    either lsblk 'lsblk -d -n -o NAME,ROTA,TYPE' 'grep . /sys/block/*/queue/rotational'
}

kernel_settings() {
    for setting in net.bridge.bridge-nf-call-iptables net.ipv4.ip_forward net.ipv6.conf.all.disable_ipv6; do
        sysctl "$setting"
    done
}

listening() {
    either ss 'ss -l -t -u -n -p' 'netstat -l -t -u -n'
}

packet_rules() {
    case " $(id -Gn) " in
        *" root "*) iptables -S ;;
        *" sudo "*|*" wheel "*|*" admin "*) sudo -n iptables -S ;;
        *) echo "not asked: only for an administrator"; return 77 ;;
    esac
}

may_sudo() {
    case " $(id -Gn) " in
        *" root "*|*" sudo "*|*" wheel "*|*" admin "*) sudo -n true ;;
        *) echo "not asked: no group of administrators"; return 77 ;;
    esac
}

cgroup_kind() {
    if ls /sys/fs/cgroup/cgroup.controllers >/dev/null 2>&1; then echo 2; else echo 1; fi
}

leftover_paths() {
    ls -d /etc/kubernetes /var/lib/etcd /var/lib/rancher /opt/rke /etc/cni /opt/cni /var/lib/cni /var/lib/calico \
        /var/lib/kubelet /run/calico /run/flannel
}

web_status() {
    if has curl; then curl -s -k -o /dev/null -w '%{http_code}\n' --max-time 6 "$1"
    elif has wget; then wget -q -S -O /dev/null -T 6 --no-check-certificate "$1"
    else return 127
    fi
}

name_lookup() {
    if has getent; then getent ahostsv4 "$1"; else nslookup "$1"; fi
}

firewalls() {
    systemctl is-active firewalld ufw SuSEfirewall2 nftables iptables
}

cloud_setup() {
    systemctl is-enabled nm-cloud-setup.service nm-cloud-setup.timer
}

slow_facts() {
    slow_fact full-hostname hostname -f
    slow_fact time-service timedatectl
    slow_fact chrony chronyc -n tracking
    slow_fact ntp ntpq -p -n
    slow_fact firewalls firewalls
    slow_fact cloud-setup cloud_setup
    if [ -n "$FQDN" ]; then
        slow_fact fqdn name_lookup "$FQDN"
        slow_fact balancer web_status "https://$FQDN/ping"
    fi
    if [ -n "$REGISTRY" ]; then
        slow_fact registry web_status "https://$REGISTRY/v2/"
    fi
    wait
}

quick_facts() {
    fact clock date -u +%s.%N
    fact user id -un
    fact groups id -Gn
    fact kernel uname -s -r -m
    fact os cat /etc/os-release
    fact socket socket_access
    fact socket-owner ls -l -d -L "$SOCKET"
    fact docker-place docker_place
    if has docker; then
        fact docker-ps limited "$PATIENCE" docker ps
    else
        fact socket-answer limited "$PATIENCE" curl -s --unix-socket "$SOCKET" http://docker/_ping
    fi
    fact cpus either nproc nproc 'grep -c ^processor /proc/cpuinfo'
    fact memory cat /proc/meminfo
    fact disk disk_space
    fact disk-kinds disk_kinds
    fact swap cat /proc/swaps
    fact settings kernel_settings
    fact modules-loaded cat /proc/modules
    fact modules-known modules_known
    [ -r /proc/modules ] || fact kernel-config kernel_config
    fact programs programs_running
    fact iptables iptables --version
    fact hostname either hostname hostname 'uname -n'
    fact machine-id cat /etc/machine-id
    fact product-uuid cat /sys/class/dmi/id/product_uuid
    fact boot-id cat /proc/sys/kernel/random/boot_id
    fact links ip -o link
    fact addresses ip -o addr
    fact routes ip -4 route
    fact listening listening
    fact leftovers leftover_paths
    fact resolver cat /etc/resolv.conf
    fact ufw cat /etc/ufw/ufw.conf
    fact selinux getenforce
    fact apparmor cat /sys/module/apparmor/parameters/enabled
    fact cgroup cgroup_kind
    fact packet-rules limited 5 packet_rules
    fact sudo limited 5 may_sudo
    fact docker-settings cat /etc/docker/daemon.json
    fact audit-folder ls -l -d "$AUDIT"
    fact quick-end true
}

slow_facts | { quick_facts; cat; }
fact end true
