#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

__u32 told;
__u16 told_small;
__u32 seen_prefix;
__u32 seen_length;
struct wide { __u32 a; __be32 status; __u64 b; } wide;
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 2);
  __type(key, __u32);
  __type(value, struct wide);
} results SEC(".maps");

/* Writes an IP packet into whatever comes in, and leaves a mark. */
SEC("tc") int generate(struct __sk_buff *skb) {
  if (bpf_skb_change_tail(skb, sizeof(struct ethhdr) + sizeof(struct iphdr) + 4, 0)) return 100;
  void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
  struct ethhdr *eth = data;
  struct iphdr *ip = (void *)(eth + 1);
  if ((void *)(ip + 1) > end) return 100;
  eth->h_proto = bpf_htons(ETH_P_IP);
  __builtin_memset(ip, 0, sizeof(*ip));
  ip->version = 4;
  ip->ihl = 5;
  ip->ttl = 64;
  ip->tot_len = bpf_htons(24);
  ip->protocol = IPPROTO_UDP;
  ip->saddr = bpf_htonl(0x0a000001);
  ip->daddr = bpf_htonl(0x0a000002);
  skb->mark = 5;
  skb->cb[1] = 77;
  return 7;
}

/* Takes one off the time to live, and adds to the mark. */
SEC("tc") int forward(struct __sk_buff *skb) {
  void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
  struct ethhdr *eth = data;
  struct iphdr *ip = (void *)(eth + 1);
  if ((void *)(ip + 1) > end) return 2;
  ip->ttl--;
  skb->mark += skb->cb[1];
  return ip->ttl ? 0x01020304 : 2;
}

/* What Cilium's checks do: the value that the program before returned stands in front of the packet. */
SEC("tc") int check(struct __sk_buff *skb) {
  void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
  if (data + 4 > end) return 2;
  seen_prefix = *(__u32 *)data;
  seen_length = skb->len;
  return 1;
}

/* What a program that sees the network layer gets. */
SEC("cgroup_skb/egress") int outgoing(struct __sk_buff *skb) { seen_length = skb->len; return 1; }

SEC("xdp") int shrink(struct xdp_md *ctx) { return bpf_xdp_adjust_head(ctx, 14) ? XDP_ABORTED : XDP_PASS; }
SEC("xdp") int length(struct xdp_md *ctx) { seen_length = ctx->data_end - ctx->data; return XDP_TX; }

SEC("xdp") int leave(struct xdp_md *ctx) {
  if (bpf_xdp_adjust_meta(ctx, -4)) return XDP_ABORTED;
  __u32 *hint = (void *)(long)ctx->data_meta;
  if ((void *)(hint + 1) > (void *)(long)ctx->data) return XDP_ABORTED;
  *hint = 77;
  return XDP_PASS;
}

SEC("xdp") int find(struct xdp_md *ctx) {
  __u32 *hint = (void *)(long)ctx->data_meta;
  if ((void *)(hint + 1) > (void *)(long)ctx->data) return XDP_DROP;
  seen_prefix = *hint;
  seen_length = ctx->data_end - ctx->data;
  return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
