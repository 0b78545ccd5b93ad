// libbpf 1.1 reads the kernel's version out of `uname -r`, wants three numbers there (get_kernel_version of libbpf.c), and
// refuses objects that ask for LINUX_KERNEL_VERSION when there are only two: Debian calls its release candidates
// "7.3-cloud-amd64". In this program uname says "7.3.0-cloud-amd64"; /proc/sys/kernel/osrelease has the kernel's own word.
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

int __real_uname(struct utsname *name);

int __wrap_uname(struct utsname *name)
{
	int result = __real_uname(name), length = 0;
	unsigned int major, minor, patch;
	char rest[sizeof(name->release)];

	if (result || sscanf(name->release, "%u.%u.%u", &major, &minor, &patch) != 2 ||
	    sscanf(name->release, "%*u.%*u%n", &length) < 0 || length <= 0)
		return result;
	strcpy(rest, name->release + length);
	snprintf(name->release, sizeof(name->release), "%u.%u.0%s", major, minor, rest);
	return result;
}
