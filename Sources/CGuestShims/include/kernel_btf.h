// Keeps the kernel's BTF for the life of the guest agent.
//
// libbpf reads and indexes all of it (5 MB, 150,000 types) for every object that needs a kernel type's id, and drops it
// after the load: 0.1 s each time under emulation. In a guest the kernel never changes, so one copy serves all; it is read
// before the snapshot, and clones find it there.
//
// It also looks for a type's name through all of them: 57 million emulated instructions for the six programs of
// fixtures/, a sixth of all that their tests execute. Here the names are indexed.
//
// The agent is linked with --wrap for the functions below (Package.swift), so that libbpf's own calls come here.
#ifndef BPFTEST_KERNEL_BTF_H
#define BPFTEST_KERNEL_BTF_H

#include <linux/types.h>

struct btf;

struct btf *__wrap_btf__load_vmlinux_btf(void);
void __wrap_btf__free(struct btf *btf);
__s32 __wrap_btf__find_by_name_kind(const struct btf *btf, const char *name, __u32 kind);

#endif
