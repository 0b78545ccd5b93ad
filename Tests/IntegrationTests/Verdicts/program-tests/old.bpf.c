#define OLD_STATUS
#include "check.h"
PKTGEN("xdp", "passes") int passes_pktgen(struct xdp_md *ctx) { return bpf_xdp_adjust_tail(ctx, -100) ? 2 : 0; }
SETUP("xdp", "passes") int passes_setup(struct xdp_md *ctx) { return XDP_DROP; }
CHECK("xdp", "passes") int passes_check(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  if (data + 4 > end) return TEST_ERROR;
  return *(__u32 *)data == XDP_DROP && end - data == 4096 - 256 - 320 - 100 + 4 ? TEST_PASS : TEST_FAIL;
}
CHECK("xdp", "fails") int fails_check(struct xdp_md *ctx) { return TEST_FAIL; }
char LICENSE[] SEC("license") = "GPL";
