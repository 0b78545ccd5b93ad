#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
const volatile __u32 limit = 5;
__u32 seen = 1;
__u64 total;
__u8 last[6];
__u16 ports[3] = { 80, 443, 8080 };
__u32 here SEC(".data.mine") = 7;

SEC("xdp") int count(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	if (data + 14 > end)
		return XDP_ABORTED;
	__builtin_memcpy(last, data + 6, 6);
	total += end - data;
	here++;
	return ++seen > limit ? XDP_DROP : XDP_PASS;
}

SEC("tc") int mark(struct __sk_buff *skb)
{
	skb->mark = ports[1] + seen;
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
