#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

int rc = -99;
__u32 out_if;
__u8 dmac[6];
__be32 gw;
__u8 gw6[16];
__u16 mtu;
const volatile __u32 ifindex = 0;
const volatile __u32 flags = 0;

static __always_inline int go(void *ctx, void *data, void *end, __u32 in) {
  struct ethhdr *eth = data;
  struct bpf_fib_lookup p = { .ifindex = ifindex ? ifindex : in };
  if ((void *)(eth + 1) > end) return -1;
  if (eth->h_proto == bpf_htons(ETH_P_IP)) {
    struct iphdr *ip = (void *)(eth + 1);
    if ((void *)(ip + 1) > end) return -1;
    p.family = 2;
    p.ipv4_src = ip->saddr;
    p.ipv4_dst = ip->daddr;
    p.tot_len = bpf_ntohs(ip->tot_len);
  } else {
    struct ipv6hdr *ip = (void *)(eth + 1);
    if ((void *)(ip + 1) > end) return -1;
    p.family = 10;
    __builtin_memcpy(p.ipv6_src, &ip->saddr, 16);
    __builtin_memcpy(p.ipv6_dst, &ip->daddr, 16);
    p.tot_len = bpf_ntohs(ip->payload_len) + sizeof(*ip);
  }
  rc = bpf_fib_lookup(ctx, &p, sizeof(p), flags);
  out_if = p.ifindex;
  __builtin_memcpy(dmac, p.dmac, 6);
  if (p.family == 2) gw = p.ipv4_dst;
  else __builtin_memcpy(gw6, p.ipv6_dst, 16);
  return rc;
}

SEC("xdp") int route(struct xdp_md *ctx) {
  return go(ctx, (void *)(long)ctx->data, (void *)(long)ctx->data_end, ctx->ingress_ifindex) ? XDP_PASS : XDP_REDIRECT;
}

SEC("tc") int route_skb(struct __sk_buff *skb) {
  return go(skb, (void *)(long)skb->data, (void *)(long)skb->data_end, skb->ifindex) ? TC_ACT_OK : TC_ACT_REDIRECT;
}

char LICENSE[] SEC("license") = "GPL";
