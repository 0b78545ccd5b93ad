#include "pidfd.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int bpftest_open_thread(void)
{
	// PIDFD_THREAD is O_EXCL (include/uapi/linux/pidfd.h).
	int fd = (int)syscall(SYS_pidfd_open, syscall(SYS_gettid), O_EXCL);
	return fd >= 0 ? fd : (int)syscall(SYS_pidfd_open, getpid(), 0);
}
