// What the port filter and those who set its rules agree on.
#pragma once

#include <linux/types.h>
#include <stdbool.h>

// What happens to a packet that no rule names.
#define OTHERWISE XDP_PASS

enum action { ACTION_PASS, ACTION_DROP, ACTION_LOG = 16 };

struct rule {
  __u64 hits;
  enum action action;
  bool quiet;
};

// Who last sent something: an address of either family, and of the rest as many bits as it takes.
struct sender {
  union {
    __be32 v4;
    __u8 v6[16];
  };
  __u8 family : 4;
  __u8 hops : 4;
  __u16 length : 14;
  __u16 fragmented : 1;
};

struct totals {
  __u64 packets;
  __u64 bytes;
};

struct event {
  __be32 source;
  __be16 port;
  __u8 action;
  __u8 hops;
  char rule[8];
};

struct __attribute__((packed)) tag {
  __u8 kind;
  __u32 value;
};
