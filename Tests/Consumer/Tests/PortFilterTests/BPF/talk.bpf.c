#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int talk(struct xdp_md *ctx)
{
	bpf_printk("packet of %d bytes", (int)(ctx->data_end - ctx->data));
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
