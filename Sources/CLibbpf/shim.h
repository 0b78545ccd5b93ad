// libbpf as Swift sees it.
#ifndef BPFTEST_CLIBBPF_SHIM_H
#define BPFTEST_CLIBBPF_SHIM_H

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/btf.h>

#endif
