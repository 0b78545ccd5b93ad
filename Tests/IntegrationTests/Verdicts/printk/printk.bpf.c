#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// Written for every packet, so that a test must see its own lines and no other's.
int number = 0;

SEC("xdp")
int talk(struct xdp_md *ctx)
{
	bpf_printk("packet of %d bytes", (int)(ctx->data_end - ctx->data));
	if (number)
		bpf_printk("number %d", number);
	return XDP_PASS;
}

SEC("xdp")
int quiet(struct xdp_md *ctx)
{
	return number ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
