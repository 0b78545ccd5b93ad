#include "memory_btf.h"

__attribute__((weak)) int bpftest_memory_btf_path(char path[64], const void *btf, size_t size)
{
	return 0;
}
