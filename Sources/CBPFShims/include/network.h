// Network namespaces, and the kernel's own constants of rtnetlink and packet sockets: neither is in Swift's Glibc.
#ifndef BPFTEST_NETWORK_H
#define BPFTEST_NETWORK_H

#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

// unshare(CLONE_NEWNET): the calling thread goes on in a network namespace of its own. 0 or a negative errno.
int bpftest_new_network(void);

// setns(descriptor, CLONE_NEWNET) for the calling thread. 0 or a negative errno.
int bpftest_enter_network(int descriptor);

// Attaches a netfilter program to a hook of the calling thread's network namespace. The link's descriptor, or a negative
// errno.
int bpftest_link_netfilter(int program, unsigned int family, unsigned int hook, int priority);

// Has the kernel notice now that a device has a carrier, through any socket of its network namespace; else it does so
// when it has time, and drops what is sent meanwhile (ETHTOOL_GLINK). 0 or a negative errno.
int bpftest_settle_link(int socket, const char *device);

struct bpftest_affinity {
  unsigned long bits[16];  // a cpu_set_t
};

// Keeps the calling thread on the processor that it runs on, and says where it might run before. 0 or a negative errno.
int bpftest_pin_thread(struct bpftest_affinity *before);

// Lets the calling thread run there again.
void bpftest_unpin_thread(const struct bpftest_affinity *before);

// accept4(2) with SOCK_CLOEXEC and SOCK_NONBLOCK. The connection's descriptor, or a negative errno.
int bpftest_accept(int listener);

#endif
