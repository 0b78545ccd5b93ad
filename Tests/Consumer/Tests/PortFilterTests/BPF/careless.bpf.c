// SPDX-License-Identifier: GPL-2.0
//
// What the verifier must refuse: a packet is read without a look at its end.

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

SEC("xdp")
int careless(struct xdp_md *ctx) {
  __u8 *data = (void *)(long)ctx->data;
  return data[13] ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
