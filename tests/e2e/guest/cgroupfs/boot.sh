#!/bin/busybox sh
# What systemd would have done: mounts, the cgroup v2 tree with all controllers, the network.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
B=/bin/busybox
$B mount -t proc -o nosuid,nodev,noexec proc /proc
$B mount -t sysfs sys /sys
$B mount -t cgroup2 -o nsdelegate,memory_recursiveprot cgroup2 /sys/fs/cgroup
$B mount -t tmpfs -o mode=755 run /run
$B mount -t tmpfs tmp /tmp
$B mkdir -p /dev/pts /dev/shm /run/lock
$B mount -t devpts devpts /dev/pts
$B mount -t tmpfs shm /dev/shm
$B mount --make-rshared /
echo "+cpuset +cpu +io +memory +pids" > /sys/fs/cgroup/cgroup.subtree_control
# As on distributions without systemd: services live in cgroups of their own below "system".
$B mkdir -p /sys/fs/cgroup/system
echo "+cpuset +cpu +io +memory +pids" > /sys/fs/cgroup/system/cgroup.subtree_control
$B sh /node/setup.sh
