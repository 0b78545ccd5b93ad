/* Tests that are written in programs, in the form that Cilium's bpf/tests have: what comes of them is written into
 * suite_result_map as a message of Protocol Buffers. A small version of our own, for bpftest's tests. */
#pragma once
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#ifdef OLD_STATUS
enum { TEST_ERROR = 0, TEST_PASS = 1, TEST_FAIL = 2, TEST_SKIP = 3 };
#else
enum { TEST_ERROR = 100, TEST_PASS = 101, TEST_FAIL = 102, TEST_SKIP = 103 };
#endif

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(key_size, 4);
  __uint(value_size, 512);
  __uint(max_entries, 1);
} suite_result_map SEC(".maps");

#define PKTGEN(type, name) SEC(type "/test/" name "/pktgen")
#define SETUP(type, name) SEC(type "/test/" name "/setup")
#define CHECK(type, name) SEC(type "/test/" name "/check")

/* A field of a message: its key, the length, and a text with its zero. */
#define put_text(at, key, text) \
  ({ static const char ___t[] = text; *(at)++ = (key) << 3 | 2; *(at)++ = sizeof(___t); \
     __builtin_memcpy(at, ___t, sizeof(___t)); at += sizeof(___t); })

/* A log: a format and one argument of eight bytes. */
#define put_log(at, key, text, number) \
  ({ *(at)++ = (key) << 3 | 2; *(at)++ = 2 + sizeof(text) + 9; put_text(at, 1, text); \
     *(at)++ = 2 << 3 | 1; *(__u64 *)(at) = (number); at += 8; })

#define results() ({ __u32 ___k = 0; (char *)bpf_map_lookup_elem(&suite_result_map, &___k); })
