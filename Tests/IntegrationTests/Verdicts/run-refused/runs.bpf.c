#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
__u32 runs;
SEC("tc") int classify(struct __sk_buff *skb) { runs++; return 0; }
SEC("xdp") int filter(struct xdp_md *ctx) { runs++; return XDP_PASS; }
SEC("flow_dissector") int dissect(struct __sk_buff *skb) { runs++; return BPF_OK; }
SEC("cgroup_skb/ingress") int incoming(struct __sk_buff *skb) { runs++; return 1; }
SEC("raw_tp/sys_enter") int raw(struct bpf_raw_tracepoint_args *ctx) { runs++; return ctx->args[0]; }
SEC("sk_lookup") int lookup(struct bpf_sk_lookup *ctx) { runs++; return SK_PASS; }
SEC("tracepoint/sched/sched_process_exec") int on_exec(void *ctx) { runs++; return 0; }
char LICENSE[] SEC("license") = "GPL";
