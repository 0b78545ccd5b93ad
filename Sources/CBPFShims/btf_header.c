#include "btf_header.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A text that libbpf's dumper writes.
struct writer {
	struct btf *btf;
	struct btf_dump *dump;
	FILE *stream;
	char *text;
	size_t length;
};

// Swift can't take a va_list, which is all that libbpf's dumper hands out.
static void print(void *stream, const char *format, va_list args)
{
	vfprintf(stream, format, args);
}

static int begin(struct writer *writer, const void *data, uint32_t size)
{
	writer->btf = btf__new(data, size);
	if (!writer->btf)
		return -errno;
	writer->stream = open_memstream(&writer->text, &writer->length);
	if (!writer->stream)
		return -errno;
	writer->dump = btf_dump__new(writer->btf, print, writer->stream, NULL);
	return writer->dump ? 0 : -errno;
}

// The text, or NULL with errno set to `error` or to what went wrong with the writing.
static char *end(struct writer *writer, int error)
{
	if (!error && ferror(writer->stream))
		error = -ENOMEM;
	btf_dump__free(writer->dump);
	if (writer->stream && fclose(writer->stream) && !error)
		error = -errno;
	btf__free(writer->btf);
	if (!error)
		return writer->text;
	free(writer->text);
	errno = -error;
	return NULL;
}

char *bpftest_btf_header(const void *data, uint32_t size)
{
	struct writer writer = {0};
	int error = begin(&writer, data, size);
	if (!error) {
		// As `bpftool btf dump … format c` has it: programs that include it are CO-RE without a word more.
		fputs("#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n\n"
		      "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
		      "#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)\n"
		      "#endif\n\n", writer.stream);
		for (uint32_t id = 1; !error && id < btf__type_cnt(writer.btf); id++)
			error = btf_dump__dump_type(writer.dump, id);
		fputs("#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n#pragma clang attribute pop\n#endif\n\n#endif\n",
		      writer.stream);
	}
	return end(&writer, error);
}

static int declare(struct writer *writer, uint32_t id)
{
	const struct btf_type *function = btf__type_by_id(writer->btf, id);
	if (!function || !btf_is_func(function))
		return -EINVAL;
	LIBBPF_OPTS(btf_dump_emit_type_decl_opts, options,
			    .field_name = btf__name_by_offset(writer->btf, function->name_off));
	fputs("extern ", writer->stream);
	int error = btf_dump__emit_type_decl(writer->dump, function->type, &options);
	fputs(";\n", writer->stream);
	return error;
}

char *bpftest_btf_declarations(const void *data, uint32_t size, const uint32_t *types, uint32_t type_count,
			       const uint32_t *functions, uint32_t function_count)
{
	struct writer writer = {0};
	int error = begin(&writer, data, size);
	for (uint32_t index = 0; !error && index < type_count; index++)
		error = btf_dump__dump_type(writer.dump, types[index]);
	for (uint32_t index = 0; !error && index < function_count; index++)
		error = declare(&writer, functions[index]);
	return end(&writer, error);
}
