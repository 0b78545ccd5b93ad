// libbpf 1.1 takes the types that CO-RE relocations look at from a file. A file in memory, made, written, opened by its name
// in /proc and read, is two thousand pieces of code that an emulated guest must translate first, a fifteenth of all of a
// matrix' run. Here the bytes' place in memory is a path too.
#include <bpf/btf.h>
#include <memory_btf.h>
#include <stdio.h>

#define FORMAT "memory:%p+%zu"

struct btf *__real_btf__parse(const char *path, struct btf_ext **ext);
struct btf *__wrap_btf__parse(const char *path, struct btf_ext **ext);

int bpftest_memory_btf_path(char path[64], const void *btf, size_t size)
{
	return snprintf(path, 64, FORMAT, btf, size) < 64;
}

struct btf *__wrap_btf__parse(const char *path, struct btf_ext **ext)
{
	void *bytes;
	size_t size;

	if (sscanf(path, FORMAT, &bytes, &size) == 2)
		return btf__new(bytes, size);
	return __real_btf__parse(path, ext);
}
