# The same under both inits: drivers, the address QEMU's network expects, the data disk.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
for module in virtio_net overlay bridge br_netfilter veth; do modprobe -q $module; done
ip link set lo up
tries=0
while [ ! -e /sys/class/net/eth0 ] && [ $tries -lt 200 ]; do
  busybox usleep 50000
  tries=$((tries + 1))
done
ip address add 10.0.2.15/24 dev eth0
ip link set eth0 up
ip route add default via 10.0.2.2
echo 1 > /proc/sys/net/ipv4/ip_forward
mkdir -p /data /run/loads
mount -t ext4 /dev/vdb /data
