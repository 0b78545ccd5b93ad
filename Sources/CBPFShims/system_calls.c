#define _GNU_SOURCE
#include "system_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int bpftest_open_thread(void)
{
	// PIDFD_THREAD is O_EXCL (include/uapi/linux/pidfd.h).
	int fd = (int)syscall(SYS_pidfd_open, syscall(SYS_gettid), O_EXCL);
	return fd >= 0 ? fd : (int)syscall(SYS_pidfd_open, getpid(), 0);
}

int bpftest_open_process(int pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int bpftest_copy_memory(void *place, void *buffer, size_t count, int writes)
{
	struct iovec local = { buffer, count }, remote = { place, count };
	ssize_t copied = writes ? process_vm_writev(getpid(), &local, 1, &remote, 1, 0)
				: process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
	if (copied < 0)
		return -errno;
	return (size_t)copied == count ? 0 : -EFAULT;
}

int bpftest_perf_clock(int cpu, uint64_t frequency) {
  struct perf_event_attr attributes = {
      .size = sizeof attributes,
      .type = PERF_TYPE_SOFTWARE,
      .config = PERF_COUNT_SW_CPU_CLOCK,
      .sample_freq = frequency,
      .freq = 1,
  };
  long descriptor = syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
  return descriptor < 0 ? -errno : (int)descriptor;
}
