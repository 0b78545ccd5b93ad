#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
__attribute__((noinline)) int stub(struct xdp_md *ctx) { volatile int r = XDP_PASS; if (!ctx) return 0; return r; }
/* Before what it replaces a part of. */
SEC("freplace/stub") int component(struct xdp_md *ctx) { return XDP_DROP; }
SEC("xdp") int dispatcher(struct xdp_md *ctx) { return stub(ctx); }
char LICENSE[] SEC("license") = "GPL";
