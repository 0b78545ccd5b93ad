#include "btf_header.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

// Swift can't take a va_list, which is all that libbpf's dumper hands out.
static void print(void *stream, const char *format, va_list args)
{
	vfprintf(stream, format, args);
}

char *bpftest_btf_header(const void *data, uint32_t size)
{
	struct btf *btf = btf__new(data, size);
	if (!btf)
		return NULL;
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);
	struct btf_dump *dump = stream ? btf_dump__new(btf, print, stream, NULL) : NULL;
	int error = dump ? 0 : -errno;
	if (dump) {
		// As `bpftool btf dump … format c` has it: programs that include it are CO-RE without a word more.
		fputs("#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n\n"
		      "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
		      "#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)\n"
		      "#endif\n\n", stream);
		for (uint32_t id = 1; !error && id < btf__type_cnt(btf); id++)
			error = btf_dump__dump_type(dump, id);
		fputs("#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n#pragma clang attribute pop\n#endif\n\n#endif\n", stream);
		if (!error && ferror(stream))
			error = -ENOMEM;
		btf_dump__free(dump);
	}
	if (stream && fclose(stream) && !error)
		error = -errno;
	btf__free(btf);
	if (error) {
		free(text);
		errno = -error;
		return NULL;
	}
	return text;
}
