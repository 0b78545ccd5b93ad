// SPDX-License-Identifier: GPL-2.0
//
// Functions that are tested alone: inlined and not, with structs, the packet, a map and a constant.

#include <linux/bpf.h>
#include <linux/if_ether.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct flow {
  __be32 saddr, daddr;
  __be16 sport, dport;
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16);
  __type(key, struct flow);
  __type(value, __u64);
} seen SEC(".maps");

enum decision { DECISION_PASS, DECISION_LIMIT, DECISION_DROP = 7 };

const volatile __u32 burst = 20;

// Inlined: only the source has it.
static __always_inline enum decision decide(__u32 rate, __u32 count) {
  if (count > burst)
    return DECISION_DROP;
  return count > rate ? DECISION_LIMIT : DECISION_PASS;
}

__attribute__((noinline)) int turn_round(const struct flow *flow, struct flow *back) {
  if (!flow || !back)
    return -1;
  back->saddr = flow->daddr;
  back->daddr = flow->saddr;
  back->sport = flow->dport;
  back->dport = flow->sport;
  return 0;
}

static __attribute__((noinline)) int ether_type(void *data, void *data_end) {
  struct ethhdr *eth = data;

  if ((void *)(eth + 1) > data_end)
    return -1;
  return bpf_ntohs(eth->h_proto);
}

static __always_inline void count(struct flow *flow) {
  __u64 one = 1, *known = bpf_map_lookup_elem(&seen, flow);

  if (known)
    ++*known;
  else
    bpf_map_update_elem(&seen, flow, &one, BPF_ANY);
}

SEC("xdp")
int limits(struct xdp_md *ctx) {
  struct flow flow = {}, back = {};

  if (ether_type((void *)(long)ctx->data, (void *)(long)ctx->data_end) != ETH_P_IP || turn_round(&flow, &back))
    return XDP_PASS;
  count(&back);
  return decide(10, ctx->rx_queue_index) == DECISION_DROP ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
