#!/bin/busybox sh
# service.sh NAME PROGRAM ARGUMENTS...: runs the program in the cgroup /system/NAME.
export PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
name=$1
shift
/bin/busybox mkdir -p "/sys/fs/cgroup/system/$name"
echo 0 > "/sys/fs/cgroup/system/$name/cgroup.procs"
exec "$@" > "/var/log/$name.log" 2>&1 < /dev/null
