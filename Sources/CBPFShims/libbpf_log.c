#include "libbpf_log.h"

#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>

// Enough for the warnings of a large object; what comes after is dropped, since the first ones decide.
#define CAPACITY (64 * 1024)

// In the thread's own memory, which goes with it: a thread may be made for one load.
static _Thread_local char text[CAPACITY];
static _Thread_local size_t used;
static _Thread_local int collecting;

static int collect(enum libbpf_print_level level, const char *format, va_list args)
{
	if (!collecting || level == LIBBPF_DEBUG || used + 1 >= CAPACITY)
		return 0;
	int written = vsnprintf(text + used, CAPACITY - used, format, args);
	if (written < 0)
		return written;
	size_t room = CAPACITY - used - 1;
	used += (size_t)written < room ? (size_t)written : room;
	return written;
}

void bpftest_log_install(void)
{
	libbpf_set_print(collect);
}

void bpftest_log_begin(void)
{
	text[0] = '\0';
	used = 0;
	collecting = 1;
}

const char *bpftest_log_end(void)
{
	collecting = 0;
	return text;
}
