// SPDX-License-Identifier: GPL-2.0
//
// Drops, passes or reports UDP datagrams over IPv4 by their destination port.

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "port_filter.h"

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4);
  __type(key, __be16);
  __type(value, struct rule);
} rules SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct totals);
} totals SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct sender);
} senders SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} events SEC(".maps");

const volatile bool enforce = true;
const volatile char label[8] = "default";
__u64 ignored;
struct tag last_tag = {.kind = 7, .value = 0x01020304};
const struct event *unused_event __attribute__((unused));

SEC("xdp")
int port_filter(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data;
  void *end = (void *)(long)ctx->data_end;
  __u32 zero = 0;

  struct totals *count = bpf_map_lookup_elem(&totals, &zero);
  if (!count) return XDP_ABORTED;
  count->packets++;
  count->bytes += end - data;

  struct ethhdr *eth = data;
  struct iphdr *ip = (void *)(eth + 1);
  struct udphdr *udp = (void *)(ip + 1);
  if ((void *)(udp + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP) || ip->ihl != 5 || ip->protocol != IPPROTO_UDP) {
    ignored++;
    return OTHERWISE;
  }

  struct sender *sender = bpf_map_lookup_elem(&senders, &zero);
  if (!sender) return XDP_ABORTED;
  sender->v4 = ip->saddr;
  sender->family = 2;
  sender->hops = ip->ttl & 15;
  sender->length = bpf_ntohs(ip->tot_len);
  sender->fragmented = 0;

  __be16 port = udp->dest;
  struct rule *rule = bpf_map_lookup_elem(&rules, &port);
  if (!rule) return OTHERWISE;
  __atomic_fetch_add(&rule->hits, 1, __ATOMIC_RELAXED);
  if (!rule->quiet) {
    struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
    if (event) {
      event->source = ip->saddr;
      event->port = port;
      event->action = rule->action;
      event->hops = ip->ttl;
      for (int i = 0; i < 8; i++) event->rule[i] = label[i];
      bpf_ringbuf_submit(event, 0);
    }
  }
  if (rule->action != ACTION_DROP) return XDP_PASS;
  return enforce ? XDP_DROP : XDP_PASS;
}

// Sends a datagram back where it came from.
SEC("xdp")
int reflect(struct xdp_md *ctx) {
  void *end = (void *)(long)ctx->data_end;
  struct ethhdr *eth = (void *)(long)ctx->data;
  if ((void *)(eth + 1) > end) return XDP_ABORTED;
  __u8 address[ETH_ALEN];
  __builtin_memcpy(address, eth->h_dest, ETH_ALEN);
  __builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
  __builtin_memcpy(eth->h_source, address, ETH_ALEN);
  return XDP_TX;
}

char LICENSE[] SEC("license") = "GPL";
