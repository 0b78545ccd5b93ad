#define _GNU_SOURCE
#include "network.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int bpftest_new_network(void)
{
  return unshare(CLONE_NEWNET) ? -errno : 0;
}

int bpftest_enter_network(int descriptor)
{
  return setns(descriptor, CLONE_NEWNET) ? -errno : 0;
}

int bpftest_accept(int listener)
{
  int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  return connection < 0 ? -errno : connection;
}

int bpftest_link_netfilter(int program, unsigned int family, unsigned int hook, int priority)
{
  // `link_create` of union bpf_attr as of Linux 6.4 (include/uapi/linux/bpf.h): older headers lack its netfilter part.
  struct {
    unsigned int program, target, attach_type, flags;
    unsigned int family, hook;
    int priority;
    unsigned int netfilter_flags;
  } attr = {.program = (unsigned int)program, .attach_type = 45 /* BPF_NETFILTER */,
            .family = family, .hook = hook, .priority = priority};
  long link = syscall(SYS_bpf, 28 /* BPF_LINK_CREATE */, &attr, sizeof(attr));

  return link < 0 ? -errno : (int)link;
}

_Static_assert(sizeof(struct bpftest_affinity) == sizeof(cpu_set_t), "as wide as a cpu_set_t");

int bpftest_pin_thread(struct bpftest_affinity *before)
{
  cpu_set_t one, all;
  int cpu = sched_getcpu();

  // A machine of more than 1024 processors says EINVAL.
  if (cpu < 0 || sched_getaffinity(0, sizeof(all), &all))
    return -errno;
  memcpy(before, &all, sizeof(all));
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  return sched_setaffinity(0, sizeof(one), &one) ? -errno : 0;
}

void bpftest_unpin_thread(const struct bpftest_affinity *before)
{
  sched_setaffinity(0, sizeof(*before), (const cpu_set_t *)before);
}

int bpftest_settle_link(int socket, const char *device)
{
  struct ethtool_value value = {.cmd = ETHTOOL_GLINK};
  struct ifreq request = {.ifr_data = (char *)&value};

  strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  return ioctl(socket, SIOCETHTOOL, &request) ? -errno : 0;
}
