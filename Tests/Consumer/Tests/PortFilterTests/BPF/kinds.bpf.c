// SPDX-License-Identifier: GPL-2.0
//
// One of each: maps that aren't arrays or hashes, contexts in and out, and programs that are attached.

#include "vmlinux.h"

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define AF_INET 2

struct sum_request {
  __u32 first, second;
  __u64 sum;  // out
};

struct hint {
  __u32 mark;
  __u16 flags, port;
};
struct hint tagged;

struct command {
  __u32 operation;
  __u32 limit;
};

struct {
  __uint(type, BPF_MAP_TYPE_QUEUE);
  __uint(max_entries, 4);
  __type(value, struct command);
} waiting SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_STACK);
  __uint(max_entries, 4);
  __type(value, __u32);
} buffers SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
  __uint(max_entries, 64);
  __type(value, __be32);
} seen SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_USER_RINGBUF);
  __uint(max_entries, 4096);
} commands SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
  __uint(max_entries, 2);
  __type(key, __u32);
  __type(value, __u32);
} stages SEC(".maps");

struct table {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 8);
  __type(key, __u32);
  __type(value, __u64);
} first_table SEC(".maps"), second_table SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, 1);
  __type(key, __u32);
  __array(values, struct table);
} tables SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_LPM_TRIE);
  __uint(max_entries, 64);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, struct { __u32 prefixlen; __be32 address; });
  __type(value, __u32);
} zones SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
  __uint(max_entries, 64);
  __type(key, __u32);
  __type(value, struct { __u64 packets; __u64 bytes; });
} by_cpu SEC(".maps");

struct lists {
  __u32 numbers[3];
  struct pair {
    __u16 left, right;
  } pairs[2];
  __u8 raw[2];
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4);
  __type(key, __u32);
  __type(value, struct lists);
} lists SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_STACK_TRACE);
  __uint(max_entries, 16);
  __uint(key_size, 4);
  __uint(value_size, 32 * 8);
} stacks SEC(".maps");

extern int CONFIG_HZ __kconfig;

__u32 limit SEC(".data.tuning") = 10;
__u32 target_pid, execs, connections, processor;
__s32 stack;
__u32 hertz;

SEC("xdp")
int entry(struct xdp_md *ctx) {
  __u32 key = 0;
  __u64 *count;
  void *inner = bpf_map_lookup_elem(&tables, &key);
  hertz = CONFIG_HZ;
  if (inner && (count = bpf_map_lookup_elem(inner, &key))) *count += 1;
  bpf_tail_call(ctx, &stages, 0);
  return XDP_PASS;
}

SEC("xdp")
int drop(struct xdp_md *ctx) {
  return XDP_DROP;
}

SEC("xdp")
int tag(struct xdp_md *ctx) {
  void *data;
  struct hint *hint;
  if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*hint))) return XDP_ABORTED;
  data = (void *)(long)ctx->data;
  hint = (void *)(long)ctx->data_meta;
  if ((void *)(hint + 1) > data) return XDP_ABORTED;
  tagged = (struct hint){.mark = 0xcafe, .flags = 1, .port = 443};
  *hint = tagged;
  return XDP_PASS;
}

static long command(struct bpf_dynptr *record, void *context) {
  struct command command;
  if (!bpf_dynptr_read(&command, sizeof(command), record, 0, 0) && command.operation == 1) limit = command.limit;
  return 0;
}

SEC("xdp")
int drain(struct xdp_md *ctx) {
  struct command next;
  bpf_user_ringbuf_drain(&commands, command, 0, 0);
  if (!bpf_map_pop_elem(&waiting, &next)) limit += next.limit;
  return XDP_PASS;
}

SEC("tc")
int mark(struct __sk_buff *skb) {
  skb->priority = skb->mark + 1;
  skb->cb[1] = skb->cb[0] + 1;
  return 0;
}

SEC("sk_lookup")
int choose(struct bpf_sk_lookup *ctx) {
  return ctx->family == AF_INET && ctx->local_port == 80 && ctx->remote_ip4 == bpf_htonl(0x0a010203) ? SK_DROP : SK_PASS;
}

SEC("netfilter")
int hook(struct bpf_nf_ctx *ctx) {
  return ctx->state->hook == 1 && ctx->state->pf == 2;
}

SEC("raw_tp/sys_exit")
int argument(struct bpf_raw_tracepoint_args *ctx) {
  processor = bpf_get_smp_processor_id();
  return ctx->args[1];
}

SEC("syscall")
int add(struct sum_request *request) {
  request->sum = (__u64)request->first + request->second;
  return 0;
}

SEC("flow_dissector")
int dissect(struct __sk_buff *skb) {
  skb->flow_keys->thoff = skb->flow_keys->nhoff + 20;
  skb->flow_keys->ip_proto = 17;
  return BPF_OK;
}

SEC("raw_tp/sched_process_exec")
int on_exec(struct bpf_raw_tracepoint_args *ctx) {
  __atomic_fetch_add(&execs, 1, __ATOMIC_RELAXED);
  stack = bpf_get_stackid(ctx, &stacks, 0);
  return 0;
}

SEC("cgroup/connect4")
int on_connect(struct bpf_sock_addr *ctx) {
  connections++;
  return ctx->user_port != bpf_htons(25);
}

SEC("iter/bpf_map_elem")
int list_table(struct bpf_iter__bpf_map_elem *ctx) {
  static const char line[] = "value %lld\n";
  __u64 *value = ctx->value;
  if (value) bpf_seq_printf(ctx->meta->seq, line, sizeof(line), value, sizeof(*value));
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
