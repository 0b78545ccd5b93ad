#define _GNU_SOURCE
#include "network.h"

#include <errno.h>
#include <sched.h>
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
