# Facts that may take seconds (name servers, services, the network): asked at once, told as each is ready.
# Before this text stand the assignments MARK, FQDN and REGISTRY. The form is that of facts.sh, a fact a write.
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH

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

fact() {
    (
        name=$1
        shift
        said=$(limited 7 "$@" 2>&1 </dev/null)
        status=$?
        printf '\n%s %s\n%.3000s\n%s = %s\n' "$MARK" "$name" "$said" "$MARK" "$status"
    ) &
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

fact full-hostname hostname -f
fact time-service timedatectl
fact chrony chronyc -n tracking
fact ntp ntpq -p -n
fact firewalls firewalls
fact cloud-setup cloud_setup
if [ -n "$FQDN" ]; then
    fact fqdn name_lookup "$FQDN"
    fact balancer web_status "https://$FQDN/ping"
fi
if [ -n "$REGISTRY" ]; then
    fact registry web_status "https://$REGISTRY/v2/"
fi
wait
printf '\n%s end\n\n%s = 0\n' "$MARK" "$MARK"
