#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
extern int strcmp(const char *, const char *);
char name[16];
SEC("xdp") int q(struct xdp_md *c) { return strcmp(name, "eth0"); }
char l[] SEC("license") = "GPL";
