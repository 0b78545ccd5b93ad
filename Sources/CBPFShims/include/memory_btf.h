#ifndef BPFTEST_MEMORY_BTF_H
#define BPFTEST_MEMORY_BTF_H

#include <stddef.h>

// A path by which libbpf finds a BTF blob that is in memory, for bpf_object_open_opts.btf_custom_path; written to `path`.
// False where this program's libbpf wants a file: everywhere but in the guest agent (CGuestShims).
int bpftest_memory_btf_path(char path[64], const void *btf, size_t size);

#endif
