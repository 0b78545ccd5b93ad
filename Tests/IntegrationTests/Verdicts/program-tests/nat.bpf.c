#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/in.h>
#include <bpf/bpf_endian.h>
#include "check.h"

/* The code under test: a translation of source addresses that remembers whom it translated. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16);
  __type(key, __be32);
  __type(value, __u32);
} translated SEC(".maps");

SEC("tc") int nat(struct __sk_buff *skb) {
  void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
  struct iphdr *ip = data + sizeof(struct ethhdr);
  if ((void *)(ip + 1) > end) return 2;
  __be32 before = ip->saddr;
  __u32 one = 1, *count = bpf_map_lookup_elem(&translated, &before);
  if (count) *count += 1;
  else bpf_map_update_elem(&translated, &before, &one, BPF_ANY);
  ip->saddr = bpf_htonl(0xc0000201);
  skb->mark = 99;
  return 0;
}

struct {
  __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
  __uint(max_entries, 1);
  __uint(key_size, 4);
  __array(values, int(struct __sk_buff *));
} entry SEC(".maps") = { .values = { [0] = (void *)&nat } };

static __always_inline int packet(struct __sk_buff *skb) {
  if (bpf_skb_change_tail(skb, sizeof(struct ethhdr) + sizeof(struct iphdr), 0)) return TEST_ERROR;
  void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
  struct ethhdr *eth = data;
  struct iphdr *ip = (void *)(eth + 1);
  if ((void *)(ip + 1) > end) return TEST_ERROR;
  eth->h_proto = bpf_htons(ETH_P_IP);
  ip->version = 4;
  ip->ihl = 5;
  ip->ttl = 64;
  ip->protocol = IPPROTO_UDP;
  ip->tot_len = bpf_htons(sizeof(*ip));
  ip->saddr = bpf_htonl(0x0a000001);
  ip->daddr = bpf_htonl(0x0a000002);
  return 0;
}

static __always_inline int look(struct __sk_buff *skb, __u32 times) {
  void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
  __u32 *status = data;
  struct iphdr *ip = data + 4 + sizeof(struct ethhdr);
  if ((void *)(ip + 1) > end) return TEST_ERROR;
  __be32 before = bpf_htonl(0x0a000001);
  __u32 *count = bpf_map_lookup_elem(&translated, &before);
  return *status == 0 && skb->mark == 99 && ip->saddr == bpf_htonl(0xc0000201) && count && *count == times
    ? TEST_PASS : TEST_FAIL;
}

PKTGEN("tc", "a_first") int a_first_pktgen(struct __sk_buff *skb) { return packet(skb); }
SETUP("tc", "a_first") int a_first_setup(struct __sk_buff *skb) { bpf_tail_call(skb, &entry, 0); return TEST_ERROR; }
CHECK("tc", "a_first") int a_first_check(struct __sk_buff *skb) {
  char *at = results();
  if (!at) return TEST_ERROR;
  int status = look(skb, 1);
  /* A part that passes, its length in two bytes as Cilium's macros have it. */
  *at++ = 1 << 3 | 2;
  *at++ = (char)(12 | 0x80);
  *at++ = 0;
  put_text(at, 1, "mapping");
  *at++ = 2 << 3;
  *at++ = TEST_PASS;
  return status;
}

/* Finds what the one before it has left. */
PKTGEN("tc", "b_second") int b_second_pktgen(struct __sk_buff *skb) { return packet(skb); }
SETUP("tc", "b_second") int b_second_setup(struct __sk_buff *skb) { bpf_tail_call(skb, &entry, 0); return TEST_ERROR; }
CHECK("tc", "b_second") int b_second_check(struct __sk_buff *skb) { return look(skb, 2); }

/* A check that sees a fault. */
CHECK("tc", "c_wrong") int c_wrong_check(struct __sk_buff *skb) {
  char *at = results();
  if (!at) return TEST_ERROR;
  *at++ = 1 << 3 | 2;
  char *length = at++;
  put_text(at, 1, "counting");
  *at++ = 2 << 3;
  *at++ = TEST_FAIL;
  put_log(at, 3, "expected 7, got %d", skb->len);
  *length = at - length - 1;
  put_log(at, 2, "mark is %llx", 0x1234567890ULL);
  return TEST_FAIL;
}

/* One whose setup fails. */
SETUP("tc", "d_setup") int d_setup_setup(struct __sk_buff *skb) { return TEST_FAIL; }
CHECK("tc", "d_setup") int d_setup_check(struct __sk_buff *skb) { return TEST_PASS; }

CHECK("tc", "e_skips") int e_skips_check(struct __sk_buff *skb) {
  char *at = results();
  if (!at) return TEST_ERROR;
  put_log(at, 2, "no feature %u", 12);
  return TEST_SKIP;
}

CHECK("xdp", "f_xdp") int f_xdp_check(struct xdp_md *ctx) {
  return ctx->data_end - ctx->data == 4096 - 256 - 320 ? TEST_PASS : TEST_FAIL;
}

/* One that says nothing that means something. */
CHECK("xdp", "g_nothing") int g_nothing_check(struct xdp_md *ctx) { return 77; }

/* A packet that isn't what it should be, as newer checks tell it, and a test behind it that has nothing to do with it. */
struct assertion {
  char name[128], file[128], line[128], layer[128];
  __u16 expected_length;
  __u8 expected[1518];
  __u16 seen_length;
  __u8 seen[1518];
  __u8 padding[2];
};

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 4);
  __type(key, __u32);
  __type(value, struct assertion);
} scapy_assert_map SEC(".maps");

CHECK("tc", "h_packet") int h_packet_check(struct __sk_buff *skb) {
  __u32 first = 0;
  struct assertion *a = bpf_map_lookup_elem(&scapy_assert_map, &first);
  if (!a) return TEST_ERROR;
  __builtin_memcpy(a->name, "pod_packet", 11);
  __builtin_memcpy(a->file, "nat.c", 6);
  __builtin_memcpy(a->line, "12", 3);
  a->expected_length = a->seen_length = 14;
  a->expected[5] = 1;
  a->seen[5] = 2;
  return TEST_FAIL;
}

CHECK("tc", "i_after") int i_after_check(struct __sk_buff *skb) { return TEST_PASS; }

char LICENSE[] SEC("license") = "GPL";
