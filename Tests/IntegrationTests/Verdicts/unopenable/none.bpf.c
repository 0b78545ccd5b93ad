#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
__u32 seen;
__attribute__((used)) static int helper(int n) { seen += n; return seen; }
char LICENSE[] SEC("license") = "GPL";
