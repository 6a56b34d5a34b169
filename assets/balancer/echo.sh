# Starts the echo server of the rehearsal. Set before: code, port, image, and its arguments as $1 to $5.
python=
for candidate in python3 python python2 /usr/libexec/platform-python; do
  if command -v "$candidate" >/dev/null 2>&1; then python=$(command -v "$candidate"); break; fi
done
[ -n "$python" ] || { echo error no-python; exit 1; }
if [ "$port" -ge 1024 ] || [ "$(id -u)" -eq 0 ]; then
  exec "$python" -u -c "$code" "$@"
fi
if sudo -n true 2>/dev/null; then
  exec sudo -n "$python" -u -c "$code" "$@"
fi
docker version >/dev/null 2>&1 || { echo error not-permitted; exit 1; }
tar -cf - -T /dev/null | docker import - "$image" >/dev/null 2>&1 || { echo error not-permitted; exit 1; }
mounts=
for folder in /usr /bin /lib /lib64 /etc; do
  [ -d "$folder" ] && mounts="$mounts -v $folder:$folder:ro"
done
# shellcheck disable=SC2086
docker run --rm -i --network host --security-opt label=disable $mounts "$image" "$python" -u -c "$code" "$@"
ended=$?
docker rmi -f "$image" >/dev/null 2>&1
exit "$ended"
