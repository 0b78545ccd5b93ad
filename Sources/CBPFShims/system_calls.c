#define _GNU_SOURCE
#include "system_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int bpftest_open_thread(void)
{
	// PIDFD_THREAD is O_EXCL (include/uapi/linux/system_calls.h).
	int fd = (int)syscall(SYS_pidfd_open, syscall(SYS_gettid), O_EXCL);
	return fd >= 0 ? fd : (int)syscall(SYS_pidfd_open, getpid(), 0);
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
