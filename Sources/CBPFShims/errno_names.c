#define _GNU_SOURCE
#include "errno_names.h"

#include <string.h>

const char *bpftest_errno_name(int value)
{
	return strerrorname_np(value);
}

const char *bpftest_errno_words(int value)
{
	return strerrordesc_np(value);
}
