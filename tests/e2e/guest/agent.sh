# The host's way in: runs commands that arrive on the second serial port.
# Request, one line:  ID TIMEOUT_SECONDS BASE64(command)
# Answer:             @begin ID EXIT_CODE / base64 lines of the output / @end ID
exec < /dev/ttyS1 > /dev/ttyS1 2> /dev/null
stty raw -echo < /dev/ttyS1
mkdir -p /run/agent
echo "@ready"
while read -r id limit command; do
  case $id in [0-9]*) ;; *) continue ;; esac
  echo "$command" | base64 -d > /run/agent/command
  # Not busybox's: that leaves a process behind until the limit has passed.
  /usr/bin/timeout -s KILL "$limit" /bin/sh /run/agent/command > /run/agent/output 2>&1 < /dev/null
  echo "@begin $id $?"
  base64 /run/agent/output
  echo "@end $id"
done
