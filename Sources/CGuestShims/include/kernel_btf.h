// Keeps the kernel's BTF for the life of the guest agent.
//
// libbpf reads and indexes all of it (5 MB, 150,000 types) for every object that needs a kernel type's id, and drops it
// after the load: 0.1 s each time under emulation. In a guest the kernel never changes, so one copy serves all; it is read
// before the snapshot, and clones find it there.
//
// The agent is linked with --wrap for the two functions below (Package.swift), so that libbpf's own calls come here.
#ifndef BPFTEST_KERNEL_BTF_H
#define BPFTEST_KERNEL_BTF_H

struct btf;

struct btf *__wrap_btf__load_vmlinux_btf(void);
void __wrap_btf__free(struct btf *btf);

#endif
