// SPDX-License-Identifier: GPL-2.0
//
// Names that Swift has other uses for, the program's own among them.

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

enum mood { MOOD_BAD = -1, MOOD_FAIR, MOOD_GOOD };

struct any {
  __u32 await, self, Self, self_, init, some, hash;
};

// Names of its members that the gaps between them have too.
struct gaps {
  __u8 a;
  __u32 padding0;
  __u8 padding_1[3];
  __u64 memory;
};

struct diary {
  enum mood now : 3;
  enum mood before : 3;
  __u32 day : 26;
};

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct gaps);
} self SEC(".maps");

struct any await;
struct diary diary = {.now = MOOD_BAD, .before = MOOD_GOOD, .day = 7};
struct gaps *saved = (void *)0;
struct any *kept;

SEC("xdp")
int init(struct xdp_md *ctx) {
  saved = (struct gaps *)(long)0x1234;
  return await.self ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
