#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int entries, opened;

SEC("fentry") int entry(__u64 *ctx) { entries++; return 0; }
SEC("lsm") int hook(__u64 *ctx) { opened++; return 0; }

char LICENSE[] SEC("license") = "GPL";
