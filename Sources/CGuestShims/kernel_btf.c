#include "kernel_btf.h"

#include <stddef.h>

struct btf *__real_btf__load_vmlinux_btf(void);
void __real_btf__free(struct btf *btf);

static struct btf *kernel;

struct btf *__wrap_btf__load_vmlinux_btf(void)
{
	// On failure NULL and errno, as libbpf has it, and the next call tries again.
	if (!kernel)
		kernel = __real_btf__load_vmlinux_btf();
	return kernel;
}

void __wrap_btf__free(struct btf *btf)
{
	if (btf != NULL && btf == kernel)
		return;
	__real_btf__free(btf);
}
