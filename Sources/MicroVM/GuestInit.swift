/// `vm/init`, inside the program, so that a single static binary can be carried anywhere.
enum GuestInit {
  static let text = #"""
    #!/bin/busybox sh
    # PID 1 of the micro-VM: lays out what BPF programs expect of a machine, and hands over to the agent.
    # The same text is part of the program (Sources/MicroVM/GuestInit.swift); a unit test keeps the two equal.
    export PATH=/bin
    b=/bin/busybox
    # Swift's runtime reads /proc before main.
    $b mount -t proc proc /proc
    $b mount -t sysfs sys /sys
    $b mount -t devtmpfs dev /dev
    $b mount -t bpf bpf /sys/fs/bpf
    $b mount -t debugfs debug /sys/kernel/debug
    $b mount -t tracefs trace /sys/kernel/tracing
    $b mount -t cgroup2 cgroup /sys/fs/cgroup
    $b mount -t tmpfs tmp /tmp
    # Modules are numbered in the order in which they depend on one another.
    for module in /modules/*.ko; do
      [ -e "$module" ] && $b insmod "$module"
    done
    $b ip link set lo up
    # What tests run to trigger a program: /bin/true, /usr/bin/env …
    $b --install -s /bin
    $b ln -s /bin /sbin
    $b mkdir /usr
    $b ln -s /bin /usr/bin
    # bpf_jit_kallsyms and the like are for root only, which everything here is.
    echo 1 > /proc/sys/net/core/bpf_jit_enable
    # A task that hangs is told of within a test's time limit (seconds).
    echo 15 > /proc/sys/kernel/hung_task_timeout_secs
    echo 5 > /proc/sys/kernel/hung_task_check_interval_secs
    exec /agent </dev/null

    """#
}
