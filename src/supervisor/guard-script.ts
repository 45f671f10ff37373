/**
 * What the guard (guard.ts) runs: POSIX shell, because a shell needs one megabyte and is there.
 *
 * Its working directory is the state directory. Arguments: that directory's path, for people; epoch, marker, death_grace
 * in seconds, the manager's pid, the run's control group or "", Node. `hunt` in the environment: the program for it that
 * finds what is too quick for a shell (guard-hunt.ts).
 * A process's own identity is its start time, field 22 of stat; fields are counted behind the command's name.
 */
export const guardScript = `
trap '' INT TERM HUP QUIT
epoch=$2 run=$3 grace=$4 owner=$5 cgroup=$6 node=$7
while read -r word; do [ "$word" = done ] && exit 0; done

# I15: another manager's epoch, another manager's nodes.
for lock in lock.*; do
  number=\${lock##*.}
  case $number in *[!0-9]*) continue ;; esac
  [ "$number" -gt "$epoch" ] && exit 0
done
if read -r pid rest < "lock.$epoch" && [ "$pid" != "$owner" ]; then exit 0; fi

look() { read -r stat < "/proc/$1/stat" || return 1; set -- \${stat##*) }; group=$3 born=\${20}; }
marked() {
  for file in $(grep -lsz "^MODESHIFT_RUN=$run\\$" /proc/[0-9]*/environ); do
    file=\${file#/proc/}
    echo "\${file%/environ}"
  done
}
# The last pid that was given out; "-" where nobody tells.
newest() { last=- && read -r rest rest rest rest last < /proc/loadavg; }

gone=" "
while read -r what pid start rest; do
  [ "$what" = - ] && gone="$gone$pid:$start "
done < journal
groups=" "
while read -r what pid start boot generation signal rest; do
  [ "$what" = + ] || continue
  case $gone in *" $pid:$start "*) continue ;; esac
  if look "$pid" && [ "$born" != "$start" ]; then continue; fi
  groups="$groups$pid "
  kill -s "\${signal#SIG}" -- "-$pid"
done < journal
for pid in $(marked); do
  look "$pid" || continue
  case $groups in *" $group "*) ;; *) kill -s TERM "$pid" ;; esac
done
sleep "$grace"

[ -n "$cgroup" ] && echo 1 > "$cgroup/cgroup.kill"
for pid in $groups; do kill -s KILL -- "-$pid"; done
quiet=0 round=0 restless=
while [ $quiet -lt 2 ] && [ $round -lt 500 ]; do
  round=$((round + 1))
  newest && before=$last
  found=$(marked)
  if [ -n "$found" ]; then
    quiet=0
    kill -s STOP $found
    kill -s KILL $found
  elif [ -n "$cgroup" ] && grep -qs 'populated 1' "$cgroup/cgroup.events"; then
    quiet=0
    echo 1 > "$cgroup/cgroup.kill"
    sleep 0.01
  else
    # This look has taken two processes of its own. With more there may have been one of ours that slipped through.
    newest && [ "$((last - before))" -ne 2 ] && restless=1
    quiet=$((quiet + 1))
    sleep 0.02
  fi
done
[ -n "$restless" ] && "$node" -e "$hunt"

[ -n "$cgroup" ] && find "$cgroup" -depth -type d -exec rmdir {} \\;
[ -e "lock.$epoch" ] && touch "lock.$epoch"
exit 0
`;
