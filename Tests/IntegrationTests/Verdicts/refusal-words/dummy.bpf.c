#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct bpf_dummy_ops_state { int val; };
struct bpf_dummy_ops {
  int (*test_2)(struct bpf_dummy_ops_state *state, int a, unsigned short b, char c, unsigned long d);
};

SEC("struct_ops/test_2") int add_up(__u64 *ctx)
{
  struct bpf_dummy_ops_state *state = (void *)ctx[0];

  return state ? state->val + (int)ctx[1] : -22;
}

SEC(".struct_ops") struct bpf_dummy_ops ops = { .test_2 = (void *)add_up };

char LICENSE[] SEC("license") = "GPL";
