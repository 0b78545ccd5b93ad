#include "kernel_btf.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct btf *__real_btf__load_vmlinux_btf(void);
void __real_btf__free(struct btf *btf);
__s32 __real_btf__find_by_name_kind(const struct btf *btf, const char *name, __u32 kind);

static struct btf *kernel;

// The kernel's types by name: numbers of types, 0 where there is none, at the hash of their name or right behind it.
// A power of two, at most half of it used.
static __u32 *places;
static __u32 mask;

// FNV-1a (draft-eastlake-fnv).
static __u32 hash(const char *text)
{
	__u32 sum = 0x811c9dc5;

	for (; *text; text++)
		sum = (sum ^ (unsigned char)*text) * 0x01000193;
	return sum;
}

static void index_names(void)
{
	__u32 id, place, count = btf__type_cnt(kernel), size = 2;

	while (size < 2 * count)
		size *= 2;
	places = calloc(size, sizeof(*places));
	if (!places)
		return;
	mask = size - 1;
	for (id = 1; id < count; id++) {
		const char *name = btf__name_by_offset(kernel, btf__type_by_id(kernel, id)->name_off);

		if (!*name)
			continue;
		for (place = hash(name) & mask; places[place]; place = (place + 1) & mask)
			;
		places[place] = id;
	}
}

struct btf *__wrap_btf__load_vmlinux_btf(void)
{
	// On failure NULL and errno, as libbpf has it, and the next call tries again.
	if (!kernel) {
		kernel = __real_btf__load_vmlinux_btf();
		if (kernel)
			index_names();
	}
	return kernel;
}

void __wrap_btf__free(struct btf *btf)
{
	if (btf != NULL && btf == kernel)
		return;
	__real_btf__free(btf);
}

__s32 __wrap_btf__find_by_name_kind(const struct btf *btf, const char *name, __u32 kind)
{
	__u32 place;

	// Names of `void` and of what has no name are libbpf's own affair.
	if (btf != kernel || !places || kind == BTF_KIND_UNKN || !*name)
		return __real_btf__find_by_name_kind(btf, name, kind);
	for (place = hash(name) & mask; places[place]; place = (place + 1) & mask) {
		const struct btf_type *type = btf__type_by_id(kernel, places[place]);

		// Numbers of one name stand in their order, so that the first is found, as libbpf's search from 1 does.
		if (btf_kind(type) == kind && !strcmp(btf__name_by_offset(kernel, type->name_off), name))
			return places[place];
	}
	errno = ENOENT;
	return -ENOENT;
}
